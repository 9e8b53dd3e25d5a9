/* s16_window.h - what a pixel of a convolution of int16 sums. SPDX-License-Identifier: Apache-2.0
 *
 * Taps that lie side by side in the image, a row of a window that is not dilated, are one run. Those
 * outside stand for 0 and are left out. */
#ifndef MOTE_CONV2D_S16_WINDOW_H
#define MOTE_CONV2D_S16_WINDOW_H
#include "mote/conv2d.h"

#include "kernels/common/dot_s16.h"
#include "kernels/common/window.h"

/* What of a pixel's window lies inside the image: n_rows times n_runs runs. */
struct window {
    const int16_t *x; /* the first run                            */
    size_t w;         /* its weights, from the channel's first on */
    size_t x_row, w_row;
    size_t x_run, w_run;
    int32_t n_rows, n_runs;
    size_t n_taps;       /* of a run */
    size_t filter_bytes; /* of a channel */
};

static inline struct window window_of(const struct mote_conv2d_s8 *op, const int16_t *in,
                                      int32_t oy, int32_t ox)
{
    const int32_t y = oy * op->sh - op->pad_top, x = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y, op->kh, op->dh, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x, op->kw, op->dw, op->in.w);
    const size_t c = op->in.c, row = op->in.w * c;
    const int32_t n = tx.end - tx.first;
    const bool is_whole = op->dw == 1 && n > 0;
    struct window win = {.x = in,
                         .w = ((size_t)ty.first * op->kw + (size_t)tx.first) * c,
                         .x_row = op->dh * row,
                         .w_row = op->kw * c,
                         .x_run = op->dw * c,
                         .w_run = c,
                         .n_rows = ty.end - ty.first,
                         .n_runs = is_whole ? 1 : n,
                         .n_taps = is_whole ? (size_t)n * c : c,
                         .filter_bytes = (size_t)op->kh * op->kw * c};
    if (win.n_rows > 0 && n > 0)
        win.x += (size_t)(y + ty.first * op->dh) * row + (size_t)(x + tx.first * op->dw) * c;
    return win;
}

/* Run kx of row ky. */
static inline const int16_t *run_of(const struct window *win, int32_t ky, int32_t kx)
{
    return win->x + (size_t)ky * win->x_row + (size_t)kx * win->x_run;
}

/* Its weights, from a channel's first on. */
static inline size_t weights_of(const struct window *win, int32_t ky, int32_t kx)
{
    return win->w + (size_t)ky * win->w_row + (size_t)kx * win->w_run;
}
#endif
