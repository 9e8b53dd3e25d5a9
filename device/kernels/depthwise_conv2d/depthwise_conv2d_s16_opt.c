/* depthwise_conv2d_s16_opt.c - depthwise convolution of int16, four channels of a pixel at a time,
 * whatever the sums. SPDX-License-Identifier: Apache-2.0
 *
 * Order: output rows; within a row the pixels; within a pixel the channels. */
#include "kernels/common/wide.h"
#include "kernels/depthwise_conv2d/s16_window.h"

size_t mote_depthwise_conv2d_s16_opt_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* A product is at most 2^22, so that sums of 508 of them fit int32. A row has 255 at most. */
#define TAPS_MAX 508

static inline void sum_wide(const struct mote_depthwise_conv2d_s8 *op, const struct window *win,
                            uint32_t c, int64_t sum[4])
{
    const int32_t n = TAPS_MAX / op->kw;
    for (int32_t ky = 0; ky < win->n_rows; ky += n) {
        int32_t part[4] = {0};
        sum_four(win, c, ky, mote_min_s32(ky + n, win->n_rows), part);
        for (int j = 0; j < 4; j++)
            sum[j] += part[j];
    }
}

static inline int16_t end(const struct mote_depthwise_conv2d_s8 *op, int64_t sum, const void *bias,
                          uint32_t oc)
{
    return mote_to_s16(mote_requant_sum(op->wide, sum, bias, oc, op->mult[oc], op->shift[oc]),
                       op->out_min, op->out_max);
}

void mote_depthwise_conv2d_s16_opt(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const void *bias, int16_t *out, void *scratch)
{
    (void)scratch;
    const uint32_t n_fours = op->multiplier == 1 ? op->out.c / 4 * 4 : 0;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int16_t *y = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            const struct window win = window_of(op, in, w, oy, ox);
            for (uint32_t oc = 0; oc < n_fours; oc += 4) {
                int64_t sum[4] = {0};
                sum_wide(op, &win, oc, sum);
                for (uint32_t j = 0; j < 4; j++)
                    *y++ = end(op, sum[j], bias, oc + j);
            }
            for (uint32_t oc = n_fours; oc < op->out.c; oc++)
                *y++ = end(op, sum_one(&win, oc / op->multiplier, oc), bias, oc);
        }
    }
}
