/* conv2d_s16_narrow.c - convolution of int16, four output channels of a pixel at a time, where sums fit
 * 32 bits. SPDX-License-Identifier: Apache-2.0
 *
 * host/pack/shorts.h has proved that, and lays out records.
 *
 * Order: output rows; within a row the pixels; within a pixel the channels. */
#include "kernels/common/shorts.h"
#include "kernels/conv2d/s16_window.h"

size_t mote_conv2d_s16_narrow_scratch(const struct mote_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* The sums of four channels, whose weights begin at w: at once where rows are runs of whole groups. */
static void sum_four(const struct window *win, const int8_t *w, struct mote_block_s16 *b)
{
    if (win->n_runs == 1 && win->n_rows > 0 && win->n_taps % MOTE_S16_GROUP == 0) {
        b->n_groups = (uint32_t)(win->n_taps / MOTE_S16_GROUP);
        b->n_rows = (uint32_t)win->n_rows;
        b->x_skip = (int32_t)((win->x_row - win->n_taps) * sizeof *win->x);
        b->w_skip = (int32_t)(win->w_row - win->n_taps);
        mote_sum_block_s16(win->x, w + win->w, win->filter_bytes, b);
        return;
    }
    for (int32_t ky = 0; ky < win->n_rows; ky++)
        for (int32_t kx = 0; kx < win->n_runs; kx++)
            mote_dot_s16_narrow(run_of(win, ky, kx), w + weights_of(win, ky, kx), win->filter_bytes,
                                win->n_taps, b);
}

/* Of one. */
static int32_t sum_one(const struct window *win, const int8_t *w, int32_t sum)
{
    for (int32_t ky = 0; ky < win->n_rows; ky++)
        for (int32_t kx = 0; kx < win->n_runs; kx++)
            sum = (int32_t)mote_dot_s16(run_of(win, ky, kx), w + weights_of(win, ky, kx),
                                        win->n_taps, sum);
    return sum;
}

static void one_pixel(const struct mote_conv2d_s8 *op, const struct window *win, const int8_t *w,
                      const int32_t *r, int16_t *out)
{
    const uint32_t n_fours = op->out.c / 4 * 4;
    uint32_t oc = 0;
    for (; oc < n_fours; oc += 4, w += 4 * win->filter_bytes) {
        struct mote_block_s16 b;
        mote_begin_shorts(op->is_proved, r, b.sum);
        sum_four(win, w, &b);
        r = mote_end_shorts(op->is_proved, r, b.sum, op->out_min, op->out_max, out + oc);
    }
    for (; oc < op->out.c; oc++, w += win->filter_bytes, r += mote_short_words(op->is_proved))
        out[oc] = mote_end_short(op->is_proved, r, sum_one(win, w, *r), op->out_min, op->out_max);
}

void mote_conv2d_s16_narrow(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                            const int32_t *records, int16_t *out, void *scratch)
{
    (void)scratch;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int16_t *y = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++, y += op->out.c) {
            const struct window win = window_of(op, in, oy, ox);
            one_pixel(op, &win, w, records, y);
        }
    }
}
