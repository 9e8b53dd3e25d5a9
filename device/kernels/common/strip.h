/* strip.h - a few columns of four channels side by side, for depthwise inner loops.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A strip holds what some pixels of one output row read of four input channels: a word a column, in
 * rows of the kernel. Columns outside the image are in_zero. A row has its columns by phases: those
 * that first taps of pixels read come first, side by side, then the columns right of them, and so on
 * up to the stride. So whatever the stride, a tap of the next pixel is four bytes further on, and
 * loops have constant offsets. */
#ifndef MOTE_COMMON_STRIP_H
#define MOTE_COMMON_STRIP_H
#include "kernels/common/requant.h"
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

#define MOTE_LANES       8  /* pixels of a strip at most, unless it is plain        */
#define MOTE_STRIP_WORDS 96 /* it lies on the stack                                 */
#define MOTE_STRIP_RUNS  16 /* of words that it is copied from: phases in its rows  */

/* Pixels of a plain strip of ROUND_PROVED: on Armv7-M each has a register for its sum, on RV32 one is
 * done before the next begins. */
#if MOTE_ISA_RV32
#define MOTE_PLAIN_LANES 24
#define MOTE_PLAIN_STEP  2
#else
#define MOTE_PLAIN_LANES MOTE_LANES
#define MOTE_PLAIN_STEP  1
#endif

struct mote_strip {
    int32_t n;          /* pixels, but the last strip of a row may have less     */
    int32_t step;       /* columns from pixel to pixel, 1 where there is one     */
    int32_t stride;     /* phases: as many, but 1 in a plain strip               */
    int32_t phase, row; /* words                                                 */
    bool is_plain; /* 3x3, its step at most MOTE_PLAIN_STEP: rows of MOTE_PLAIN_LANES + 2 words */
};

static inline struct mote_strip mote_strip_for(const struct mote_depthwise_conv2d_s8 *op, int32_t n)
{
    const int32_t step = n > 1 ? op->sw : 1;
    const int32_t span = (n - 1) * step + (op->kw - 1) * op->dw + 1;
    struct mote_strip s = {.n = n, .step = step, .stride = step, .phase = (span + step - 1) / step};
    s.is_plain = op->kh == 3 && op->kw == 3 && op->dw == 1 &&
                 (step == 1 || (op->is_proved && step <= MOTE_PLAIN_STEP));
    if (s.is_plain)
        s.stride = 1, s.phase = MOTE_PLAIN_LANES + 2;
    s.row = s.stride * s.phase;
    return s;
}

static inline bool mote_strip_fits(const struct mote_depthwise_conv2d_s8 *op,
                                   const struct mote_strip *s)
{
    return op->kh * s->row <= MOTE_STRIP_WORDS && op->kh * s->stride <= MOTE_STRIP_RUNS;
}

/* As many pixels as fit, in strips of one size; the host knows that one does. */
static inline struct mote_strip mote_strip_of(const struct mote_depthwise_conv2d_s8 *op)
{
    const struct mote_strip two = mote_strip_for(op, 2);
    const bool is_long = two.is_plain && op->is_proved;
    const int32_t most = is_long ? MOTE_PLAIN_LANES / two.step : MOTE_LANES;
    const int32_t n_strips = (op->out.w + most - 1) / most;
    struct mote_strip s = mote_strip_for(op, (op->out.w + n_strips - 1) / n_strips);
    while (s.n > 1 && !mote_strip_fits(op, &s))
        s = mote_strip_for(op, s.n - 1);
    return s;
}
#endif
