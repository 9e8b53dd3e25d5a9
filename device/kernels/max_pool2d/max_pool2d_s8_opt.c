/* max_pool2d_s8_opt.c - max pooling in portable C: four channels at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/pool.h"

size_t mote_max_pool2d_s8_opt_scratch(const struct mote_pool2d_s8 *op)
{
    (void)op;
    return 0;
}

/* Channels c..c + 3. */
static void pool_4(const struct mote_pool_window *w, int32_t c, int32_t y[4])
{
    int32_t s0 = INT8_MIN, s1 = INT8_MIN, s2 = INT8_MIN, s3 = INT8_MIN;
    for (int32_t ky = 0; ky < w->h; ky++) {
        const int8_t *x = w->in + (size_t)ky * w->row_bytes + c;
        for (int32_t kx = 0; kx < w->w; kx++, x += w->c) {
            s0 = mote_max_s32(s0, x[0]);
            s1 = mote_max_s32(s1, x[1]);
            s2 = mote_max_s32(s2, x[2]);
            s3 = mote_max_s32(s3, x[3]);
        }
    }

    y[0] = s0;
    y[1] = s1;
    y[2] = s2;
    y[3] = s3;
}

void mote_max_pool2d_s8_opt(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
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
                *row++ =
                    (int8_t)mote_clamp_s32(mote_max_pool_channel(&w, c), op->out_min, op->out_max);
        }
    }
}
