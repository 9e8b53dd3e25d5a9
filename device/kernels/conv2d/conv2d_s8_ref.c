/* conv2d_s8_ref.c - convolution as docs/spec/numerics.md, section 6, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/conv2d.h"

#include "kernels/common/window.h"

size_t mote_conv2d_s8_ref_scratch(const struct mote_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* The accumulator of one output. The host has proved that it fits int32. */
static int32_t accumulate(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                          int32_t oy, int32_t ox)
{
    int32_t acc = 0;
    for (int32_t ky = 0; ky < op->kh; ky++)
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const int32_t iy = oy * op->sh - op->pad_top + ky * op->dh;
            const int32_t ix = ox * op->sw - op->pad_left + kx * op->dw;
            if (iy < 0 || iy >= op->in.h || ix < 0 || ix >= op->in.w)
                continue; /* a padded tap stands for real 0 */
            const int8_t *x = in + ((size_t)iy * op->in.w + (size_t)ix) * op->in.c;
            const int8_t *v = w + ((size_t)ky * op->kw + (size_t)kx) * op->in.c;
            for (int32_t ic = 0; ic < op->in.c; ic++)
                acc += v[ic] * (x[ic] - op->in_zero);
        }
    return acc;
}

void mote_conv2d_s8_ref(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *bias, int8_t *out, void *scratch)
{
    (void)scratch;
    const size_t filter_bytes = (size_t)op->kh * op->kw * op->in.c;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++)
            for (int32_t oc = 0; oc < op->out.c; oc++) {
                const int32_t acc =
                    accumulate(op, in, w + (size_t)oc * filter_bytes, oy, ox) + bias[oc];
                const int32_t y = mote_requant(acc, op->mult[oc], op->shift[oc]);
                *row++ = mote_to_s8(y, op->out_zero, op->out_min, op->out_max);
            }
    }
}
