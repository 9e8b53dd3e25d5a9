/* transpose_conv2d_s16_ref.c - of int16 as docs/spec/numerics.md, sections 21 and 30, writes it, output
 * by output: no accumulators in memory. SPDX-License-Identifier: Apache-2.0 */
#include "mote/transpose_conv2d.h"

#include "kernels/common/wide.h"

size_t mote_transpose_conv2d_s16_ref_scratch(const struct mote_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* The products of one output: an input takes part at most once. */
static int64_t accumulate(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                          int32_t oy, int32_t ox)
{
    int64_t acc = 0;
    for (int32_t ky = 0; ky < op->kh; ky++)
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const int32_t y = oy + op->pad_top - ky, x = ox + op->pad_left - kx;
            if (y < 0 || y % op->sh != 0 || y / op->sh >= op->in.h || x < 0 || x % op->sw != 0 ||
                x / op->sw >= op->in.w)
                continue;
            const size_t pixel = (size_t)(y / op->sh) * op->in.w + (size_t)(x / op->sw);
            const int16_t *from = in + pixel * op->in.c;
            const int8_t *v = w + ((size_t)ky * op->kw + (size_t)kx) * op->in.c;
            for (int32_t ic = 0; ic < op->in.c; ic++)
                acc += v[ic] * from[ic];
        }
    return acc;
}

void mote_transpose_conv2d_s16_ref(const struct mote_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const void *bias, int16_t *out, void *scratch)
{
    (void)scratch;
    const size_t filter_bytes = (size_t)op->kh * op->kw * op->in.c;
    for (int32_t oy = 0; oy < op->out.h; oy++)
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (uint32_t oc = 0; oc < op->out.c; oc++) {
                const int64_t acc = accumulate(op, in, w + oc * filter_bytes, oy, ox);
                const int32_t y =
                    mote_requant_sum(op->wide, acc, bias, oc, op->mult[oc], op->shift[oc]);
                *out++ = mote_to_s16(y, op->out_min, op->out_max);
            }
}
