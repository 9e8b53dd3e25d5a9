/* conv2d_s16_opt.c - convolution of int16, four output channels of a pixel at a time, whatever the
 * sums. SPDX-License-Identifier: Apache-2.0
 *
 * Order: output rows; within a row the pixels; within a pixel the channels. */
#include "kernels/common/wide.h"
#include "kernels/conv2d/s16_window.h"

size_t mote_conv2d_s16_opt_scratch(const struct mote_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* The sums of up to four channels, whose weights begin at w. */
static void sum_channels(const struct window *win, const int8_t *w, uint32_t n_channels,
                         int64_t sum[4])
{
    for (int32_t ky = 0; ky < win->n_rows; ky++)
        for (int32_t kx = 0; kx < win->n_runs; kx++) {
            const int16_t *x = run_of(win, ky, kx);
            const int8_t *v = w + weights_of(win, ky, kx);
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
