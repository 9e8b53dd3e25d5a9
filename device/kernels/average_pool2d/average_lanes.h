/* average_lanes.h - average pooling by some channels at a time, whose sums have 16 bits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * 255 bytes sum to 32,640 at most, so that sums grow to 32 bits from 255 taps to 255. A kernel says how
 * sums of 16 bits are made, then takes this in:
 *
 *     LANES   channels at a time
 *     sum_rows(w, x, n_rows, sum)  adds rows of w->w taps from x on to sums of LANES channels; 255 taps
 *             at most
 *
 * Order: output rows; within a row the pixels; within a pixel LANES channels after LANES, of which the last
 * begin earlier where they would not be whole. */
#ifndef MOTE_AVERAGE_POOL2D_AVERAGE_LANES_H
#define MOTE_AVERAGE_POOL2D_AVERAGE_LANES_H
#include "kernels/common/pool.h"

#define TAPS_MOST 255

/* Rows that lie side by side in the image become one. */
static inline struct mote_pool_window join_rows(struct mote_pool_window w)
{
    const int32_t n = w.h * w.w;
    if (w.row_bytes == (size_t)(w.w * w.c) && n <= TAPS_MOST)
        w.h = 1, w.w = n;
    return w;
}

static __attribute__((noinline)) void average(const struct mote_pool_window *w, int32_t c,
                                              const struct mote_pool2d_s8 *op, int8_t *out)
{
    int32_t sum[LANES] = {0};
    const int32_t n_rows = TAPS_MOST / w->w;
    for (int32_t ky = 0; ky < w->h; ky += n_rows)
        sum_rows(w, w->in + (size_t)ky * w->row_bytes + c, mote_min_s32(n_rows, w->h - ky), sum);
    const int32_t n = w->h * w->w;
    for (int32_t i = 0; i < LANES; i++)
        out[i] = (int8_t)mote_clamp_s32(mote_round_div(sum[i], n), op->out_min, op->out_max);
}

static inline void average_all(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out)
{
    const int32_t n_c = op->out.c;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *y = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++, y += n_c) {
            const struct mote_pool_window w = join_rows(mote_pool_window(op, in, oy, ox));
            for (int32_t c = 0; n_c >= LANES && c < n_c; c += LANES) {
                const int32_t at = mote_min_s32(c, n_c - LANES);
                average(&w, at, op, y + at);
            }
            for (int32_t c = 0; n_c < LANES && c < n_c; c++)
                y[c] = (int8_t)mote_clamp_s32(mote_average_pool_channel(&w, c), op->out_min,
                                              op->out_max);
        }
    }
}
#endif
