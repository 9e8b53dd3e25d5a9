/* pool.h - the windows of pooling, and one channel of one window.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_POOL_H
#define MOTE_COMMON_POOL_H
#include "kernels/common/window.h"
#include "mote/pool2d.h"

/* The part of a window that is inside the image. */
struct mote_pool_window {
    const int8_t *in; /* its first tap, channel 0            */
    size_t row_bytes; /* from one row of taps to the next    */
    int32_t h, w, c;  /* taps; bytes from one tap to the next */
};

static inline struct mote_pool_window mote_pool_window(const struct mote_pool2d_s8 *op,
                                                       const int8_t *in, int32_t oy, int32_t ox)
{
    const int32_t y0 = oy * op->sh - op->pad_top, x0 = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y0, op->kh, 1, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x0, op->kw, 1, op->in.w);
    MOTE_ASSERT(ty.first < ty.end && tx.first < tx.end);
    const size_t row_bytes = (size_t)op->in.w * op->in.c;
    const struct mote_pool_window win = {in + (size_t)(y0 + ty.first) * row_bytes +
                                             (size_t)(x0 + tx.first) * op->in.c,
                                         row_bytes, ty.end - ty.first, tx.end - tx.first, op->in.c};
    return win;
}

/* The average of channel c, before the clamp. */
static inline int32_t mote_average_pool_channel(const struct mote_pool_window *w, int32_t c)
{
    int32_t sum = 0; /* at most 255 * 255 taps: |sum| < 2^23 */
    for (int32_t ky = 0; ky < w->h; ky++) {
        const int8_t *x = w->in + (size_t)ky * w->row_bytes + c;
        for (int32_t kx = 0; kx < w->w; kx++)
            sum += x[kx * w->c];
    }
    return mote_round_div(sum, w->h * w->w);
}

/* What one window of int16 comes to, and its number of taps. */
struct mote_pooled {
    int32_t value, n;
};
typedef int32_t mote_pool_fn(int32_t so_far, int32_t x);

/* Taps of at most 2^15 in magnitude, at most 255 * 255 of them: a sum stays below 2^31 - 2^16. */
static inline struct mote_pooled mote_pool_s16(const struct mote_pool2d_s8 *op, const int16_t *in,
                                               int32_t oy, int32_t ox, int32_t c, int32_t start,
                                               mote_pool_fn *add)
{
    const int32_t y0 = oy * op->sh - op->pad_top, x0 = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y0, op->kh, 1, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x0, op->kw, 1, op->in.w);
    struct mote_pooled p = {start, (ty.end - ty.first) * (tx.end - tx.first)};
    for (int32_t ky = ty.first; ky < ty.end; ky++)
        for (int32_t kx = tx.first; kx < tx.end; kx++)
            p.value =
                add(p.value,
                    in[((size_t)(y0 + ky) * op->in.w + (size_t)(x0 + kx)) * op->in.c + (size_t)c]);
    return p;
}

/* The maximum of channel c, before the clamp. */
static inline int32_t mote_max_pool_channel(const struct mote_pool_window *w, int32_t c)
{
    int32_t max = INT8_MIN;
    for (int32_t ky = 0; ky < w->h; ky++) {
        const int8_t *x = w->in + (size_t)ky * w->row_bytes + c;
        for (int32_t kx = 0; kx < w->w; kx++)
            max = mote_max_s32(max, x[kx * w->c]);
    }
    return max;
}
#endif
