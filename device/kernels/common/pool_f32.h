/* pool_f32.h - the windows of pooling in float. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_POOL_F32_H
#define MOTE_COMMON_POOL_F32_H
#include "kernels/common/act_f32.h"
#include "kernels/common/window.h"
#include "mote/window_f32.h"

/* The part of a window that is inside the image: at least one tap. */
struct mote_pool_window_f32 {
    const float *in;  /* its first tap, channel 0                   */
    size_t row;       /* from one row of taps to the next           */
    uint32_t h, w, c; /* taps; from one tap of a row to the next    */
};

static inline struct mote_pool_window_f32
mote_pool_window_f32(const struct mote_window_f32 *op, const float *in, int32_t oy, int32_t ox)
{
    const int32_t y0 = oy * op->sh - op->pad_top, x0 = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y0, op->kh, 1, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x0, op->kw, 1, op->in.w);
    MOTE_ASSERT(ty.first < ty.end && tx.first < tx.end);
    const size_t row = (size_t)op->in.w * op->in.c;
    const struct mote_pool_window_f32 w = {
        in + (size_t)(y0 + ty.first) * row + (size_t)(x0 + tx.first) * op->in.c,
        row,
        (uint32_t)(ty.end - ty.first),
        (uint32_t)(tx.end - tx.first),
        op->in.c,
    };
    return w;
}
#endif
