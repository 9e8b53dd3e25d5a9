/* conv2d_s16_opt.c - convolution of int16, four output channels of a pixel at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Taps that lie side by side in the image, a row of a window that is not dilated, are one run. Those
 * outside stand for 0 and are left out.
 *
 * Order: output rows; within a row the pixels; within a pixel the channels. */
#include "mote/conv2d.h"

#include "kernels/common/dot_s16.h"
#include "kernels/common/wide.h"
#include "kernels/common/window.h"

size_t mote_conv2d_s16_opt_scratch(const struct mote_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

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

static struct window window_of(const struct mote_conv2d_s8 *op, const int16_t *in, int32_t oy,
                               int32_t ox)
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

/* The sums of up to four channels, whose weights begin at w. */
static void sum_channels(const struct window *win, const int8_t *w, uint32_t n_channels,
                         int64_t sum[4])
{
    for (int32_t ky = 0; ky < win->n_rows; ky++)
        for (int32_t kx = 0; kx < win->n_runs; kx++) {
            const int16_t *x = win->x + (size_t)ky * win->x_row + (size_t)kx * win->x_run;
            const int8_t *v = w + win->w + (size_t)ky * win->w_row + (size_t)kx * win->w_run;
            if (n_channels == 4) {
                mote_dot_s16_1x4(x, v, win->filter_bytes, win->n_taps, sum);
                continue;
            }
            for (uint32_t j = 0; j < n_channels; j++)
                sum[j] = mote_dot_s16(x, v + j * win->filter_bytes, win->n_taps, sum[j]);
        }
}

void mote_conv2d_s16_opt(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                         const void *bias, int16_t *out, void *scratch)
{
    (void)scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int16_t *y = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            const struct window win = window_of(op, in, oy, ox);
            for (uint32_t oc = 0; oc < op->out.c; oc += 4) {
                const uint32_t left = op->out.c - oc, n = left < 4 ? left : 4;
                int64_t sum[4] = {0};
                sum_channels(&win, w + oc * win.filter_bytes, n, sum);
                for (uint32_t j = oc; j < oc + n; j++)
                    *y++ = mote_to_s16(
                        mote_requant_sum(op->wide, sum[j - oc], bias, j, op->mult[j], op->shift[j]),
                        op->out_min, op->out_max);
            }
        }
    }
}
