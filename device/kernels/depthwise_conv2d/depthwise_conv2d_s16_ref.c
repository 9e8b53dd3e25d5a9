/* depthwise_conv2d_s16_ref.c - depthwise convolution of int16 as docs/spec/numerics.md, section 30,
 * writes it. SPDX-License-Identifier: Apache-2.0 */
#include "mote/depthwise_conv2d.h"

#include "kernels/common/wide.h"
#include "kernels/common/window.h"

size_t mote_depthwise_conv2d_s16_ref_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* The products of one output. */
static int64_t accumulate(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                          const int8_t *w, int32_t oy, int32_t ox, uint32_t oc)
{
    const uint32_t ic = oc / op->multiplier;
    int64_t acc = 0;
    for (int32_t ky = 0; ky < op->kh; ky++)
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const int32_t iy = oy * op->sh - op->pad_top + ky * op->dh;
            const int32_t ix = ox * op->sw - op->pad_left + kx * op->dw;
            if (iy < 0 || iy >= op->in.h || ix < 0 || ix >= op->in.w)
                continue; /* a padded tap stands for real 0 */
            const size_t i_in = ((size_t)iy * op->in.w + (size_t)ix) * op->in.c + ic;
            acc += w[((size_t)ky * op->kw + (size_t)kx) * op->out.c + oc] * in[i_in];
        }
    return acc;
}

void mote_depthwise_conv2d_s16_ref(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const void *bias, int16_t *out, void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->out.c == op->in.c * op->multiplier);
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int16_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (uint32_t oc = 0; oc < op->out.c; oc++) {
                const int64_t acc = accumulate(op, in, w, oy, ox, oc);
                const int32_t y =
                    mote_requant_sum(op->wide, acc, bias, oc, op->mult[oc], op->shift[oc]);
                *row++ = mote_to_s16(y, op->out_min, op->out_max);
            }
    }
}
