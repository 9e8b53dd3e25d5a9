/* depthwise_conv2d_s16_narrow.c - depthwise convolution of int16, four channels of a pixel at a time,
 * where sums fit 32 bits. SPDX-License-Identifier: Apache-2.0
 *
 * host/pack/shorts.h has proved that, and lays out records.
 *
 * Order: output rows; within a row the pixels; within a pixel the channels. */
#include "kernels/common/shorts.h"
#include "kernels/depthwise_conv2d/s16_window.h"

size_t mote_depthwise_conv2d_s16_narrow_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

void mote_depthwise_conv2d_s16_narrow(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                      const int8_t *w, const int32_t *records, int16_t *out,
                                      void *scratch)
{
    (void)scratch;
    const uint32_t n_fours = op->multiplier == 1 ? op->out.c / 4 * 4 : 0;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int16_t *y = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            const struct window win = window_of(op, in, w, oy, ox);
            const int32_t *r = records;
            for (uint32_t oc = 0; oc < n_fours; oc += 4) {
                int32_t sum[4];
                mote_begin_shorts(op->is_proved, r, sum);
                sum_four(&win, oc, 0, win.n_rows, sum);
                r = mote_end_shorts(op->is_proved, r, sum, op->out_min, op->out_max, y);
                y += 4;
            }
            for (uint32_t oc = n_fours; oc < op->out.c; oc++, r += mote_short_words(op->is_proved))
                *y++ = mote_end_short(op->is_proved, r,
                                      *r + (int32_t)sum_one(&win, oc / op->multiplier, oc),
                                      op->out_min, op->out_max);
        }
    }
}
