/* conv2d_s16_ref.c - convolution of int16 as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/conv2d.h"

#include "kernels/common/wide.h"
#include "kernels/common/window.h"

size_t mote_conv2d_s16_ref_scratch(const struct mote_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* The products of one output. */
static int64_t accumulate(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                          int32_t oy, int32_t ox)
{
    int64_t acc = 0;
    for (int32_t ky = 0; ky < op->kh; ky++)
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const int32_t iy = oy * op->sh - op->pad_top + ky * op->dh;
            const int32_t ix = ox * op->sw - op->pad_left + kx * op->dw;
            if (iy < 0 || iy >= op->in.h || ix < 0 || ix >= op->in.w)
                continue; /* a padded tap stands for real 0 */
            const int16_t *x = in + ((size_t)iy * op->in.w + (size_t)ix) * op->in.c;
            const int8_t *v = w + ((size_t)ky * op->kw + (size_t)kx) * op->in.c;
            for (int32_t ic = 0; ic < op->in.c; ic++)
                acc += v[ic] * x[ic];
        }
    return acc;
}

void mote_conv2d_s16_ref(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                         const void *bias, int16_t *out, void *scratch)
{
    (void)scratch;
    const size_t filter_bytes = (size_t)op->kh * op->kw * op->in.c;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int16_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (uint32_t oc = 0; oc < op->out.c; oc++) {
                const int64_t acc = accumulate(op, in, w + oc * filter_bytes, oy, ox);
                const int32_t y =
                    mote_requant_sum(op->wide, acc, bias, oc, op->mult[oc], op->shift[oc]);
                *row++ = mote_to_s16(y, op->out_min, op->out_max);
            }
    }
}
