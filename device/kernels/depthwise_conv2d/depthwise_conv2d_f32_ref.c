/* depthwise_conv2d_f32_ref.c - depthwise convolution in float, as docs/spec/ir.md, section 5,
 * writes it. SPDX-License-Identifier: Apache-2.0
 *
 * The channels of a pixel are summed side by side, tap by tap, in their place in the output: each
 * of them sees its taps in order. */
#include "mote/window_f32.h"

#include "kernels/common/act_f32.h"
#include "kernels/common/window.h"

size_t mote_depthwise_conv2d_f32_ref_scratch(const struct mote_window_f32 *op)
{
    (void)op;
    return 0;
}

/* One tap: sum[c] += x[c / multiplier] * w[c]. A row of the output lies apart from all that is
 * still to be read (EITHER in kernels.def). */
static void add_tap(float *restrict sum, const float *restrict x, const float *restrict w,
                    uint32_t n_ic, uint32_t multiplier)
{
    if (multiplier == 1) {
        for (uint32_t c = 0; c < n_ic; c++)
            sum[c] += x[c] * w[c];
        return;
    }
    for (uint32_t ic = 0; ic < n_ic; ic++)
        for (uint32_t m = 0; m < multiplier; m++)
            sum[ic * multiplier + m] += x[ic] * w[ic * multiplier + m];
}

static void make_pixel(const struct mote_window_f32 *op, const float *in, const float *w,
                       float *sum, int32_t oy, int32_t ox)
{
    const int32_t y0 = oy * op->sh - op->pad_top, x0 = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y0, op->kh, op->dh, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x0, op->kw, op->dw, op->in.w);
    const uint32_t multiplier = (uint32_t)op->out.c / op->in.c;
    for (int32_t ky = ty.first; ky < ty.end; ky++)
        for (int32_t kx = tx.first; kx < tx.end; kx++) {
            const int32_t iy = y0 + ky * op->dh, ix = x0 + kx * op->dw; /* inside: >= 0 */
            const size_t tap = (size_t)ky * op->kw + (size_t)kx;
            add_tap(sum, in + ((size_t)iy * op->in.w + (size_t)ix) * op->in.c, w + tap * op->out.c,
                    op->in.c, multiplier);
        }
}

void mote_depthwise_conv2d_f32_ref(const struct mote_window_f32 *op, const float *in,
                                   const float *w, const float *bias, float *out, void *scratch)
{
    (void)scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        float *pixel = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++, pixel += op->out.c) {
            for (uint32_t c = 0; c < op->out.c; c++)
                pixel[c] = bias[c];
            make_pixel(op, in, w, pixel, oy, ox);
            for (uint32_t c = 0; c < op->out.c; c++)
                pixel[c] = mote_act_f32(op->act, pixel[c]);
        }
    }
}
