/* average_pool2d_s8_opt.c - average pooling in portable C: four channels at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/pool.h"

size_t mote_average_pool2d_s8_opt_scratch(const struct mote_pool2d_s8 *op)
{
    (void)op;
    return 0;
}

/* Channels c..c + 3. */
static void pool_4(const struct mote_pool_window *w, int32_t c, int32_t y[4])
{
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0; /* at most 255 * 255 taps: |s| < 2^23 */
    for (int32_t ky = 0; ky < w->h; ky++) {
        const int8_t *x = w->in + (size_t)ky * w->row_bytes + c;
        for (int32_t kx = 0; kx < w->w; kx++, x += w->c) {
            s0 += x[0];
            s1 += x[1];
            s2 += x[2];
            s3 += x[3];
        }
    }
    const int32_t n = w->h * w->w;
    y[0] = mote_round_div(s0, n);
    y[1] = mote_round_div(s1, n);
    y[2] = mote_round_div(s2, n);
    y[3] = mote_round_div(s3, n);
}

void mote_average_pool2d_s8_opt(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch)
{
    (void)scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            const struct mote_pool_window w = mote_pool_window(op, in, oy, ox);
            int32_t c = 0;
            for (; c + 3 < op->out.c; c += 4) {
                int32_t y[4];
                pool_4(&w, c, y);
                for (int32_t j = 0; j < 4; j++)
                    *row++ = (int8_t)mote_clamp_s32(y[j], op->out_min, op->out_max);
            }
            for (; c < op->out.c; c++)
                *row++ = (int8_t)mote_clamp_s32(mote_average_pool_channel(&w, c), op->out_min,
                                                op->out_max);
        }
    }
}
