/* conv2d_f32_ref.c - convolution in float, as docs/spec/ir.md, section 5, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/window_f32.h"

#include "kernels/common/act_f32.h"
#include "kernels/common/window.h"

size_t mote_conv2d_f32_ref_scratch(const struct mote_window_f32 *op)
{
    (void)op;
    return 0;
}

/* One output: bias, then the taps in the order ky, kx, ic. */
static float accumulate(const struct mote_window_f32 *op, const float *in, const float *w,
                        float bias, int32_t oy, int32_t ox)
{
    const int32_t y0 = oy * op->sh - op->pad_top, x0 = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y0, op->kh, op->dh, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x0, op->kw, op->dw, op->in.w);
    float acc = bias;
    for (int32_t ky = ty.first; ky < ty.end; ky++)
        for (int32_t kx = tx.first; kx < tx.end; kx++) {
            const int32_t iy = y0 + ky * op->dh, ix = x0 + kx * op->dw; /* inside: >= 0 */
            const float *x = in + ((size_t)iy * op->in.w + (size_t)ix) * op->in.c;
            const float *v = w + ((size_t)ky * op->kw + (size_t)kx) * op->in.c;
            for (uint32_t ic = 0; ic < op->in.c; ic++)
                acc += x[ic] * v[ic];
        }
    return acc;
}

void mote_conv2d_f32_ref(const struct mote_window_f32 *op, const float *in, const float *w,
                         const float *bias, float *out, void *scratch)
{
    (void)scratch;
    const size_t filter = (size_t)op->kh * op->kw * op->in.c;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        float *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (uint32_t oc = 0; oc < op->out.c; oc++)
                *row++ =
                    mote_act_f32(op->act, accumulate(op, in, w + oc * filter, bias[oc], oy, ox));
    }
}
