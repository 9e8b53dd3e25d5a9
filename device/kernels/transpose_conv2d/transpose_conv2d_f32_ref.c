/* transpose_conv2d_f32_ref.c - transposed convolution in float, as docs/spec/ir.md, section 5, writes
 * it. SPDX-License-Identifier: Apache-2.0 */
#include "mote/window_f32.h"

#include "kernels/common/act_f32.h"

size_t mote_transpose_conv2d_f32_ref_scratch(const struct mote_window_f32 *op)
{
    (void)op;
    return 0;
}

/* The inputs first..end-1 of one dimension that reach output o: o = i * stride + k - before. */
struct reach {
    int32_t first, end;
};

static struct reach inputs_of(int32_t o, int32_t in, int32_t kernel, int32_t stride, int32_t before)
{
    const int32_t last = o + before, first = last - kernel + 1;
    struct reach r = {first > 0 ? (first + stride - 1) / stride : 0, last / stride + 1};
    r.end = r.end < in ? r.end : in;
    return r;
}

/* The products of one output: inputs in the order iy, ix, ic. */
static float accumulate(const struct mote_window_f32 *op, const float *in, const float *w,
                        int32_t oy, int32_t ox)
{
    const struct reach ry = inputs_of(oy, op->in.h, op->kh, op->sh, op->pad_top);
    const struct reach rx = inputs_of(ox, op->in.w, op->kw, op->sw, op->pad_left);
    float acc = 0.0f;
    for (int32_t iy = ry.first; iy < ry.end; iy++)
        for (int32_t ix = rx.first; ix < rx.end; ix++) {
            const int32_t ky = oy + op->pad_top - iy * op->sh; /* 0..kh-1 */
            const int32_t kx = ox + op->pad_left - ix * op->sw;
            const float *x = in + ((size_t)iy * op->in.w + (size_t)ix) * op->in.c;
            const float *v = w + ((size_t)ky * op->kw + (size_t)kx) * op->in.c;
            for (uint32_t ic = 0; ic < op->in.c; ic++)
                acc += x[ic] * v[ic];
        }
    return acc;
}

void mote_transpose_conv2d_f32_ref(const struct mote_window_f32 *op, const float *in,
                                   const float *w, const float *bias, float *out, void *scratch)
{
    (void)scratch;
    const size_t filter = (size_t)op->kh * op->kw * op->in.c;
    for (int32_t oy = 0; oy < op->out.h; oy++)
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (uint32_t oc = 0; oc < op->out.c; oc++)
                *out++ =
                    mote_act_f32(op->act, accumulate(op, in, w + oc * filter, oy, ox) + bias[oc]);
}
