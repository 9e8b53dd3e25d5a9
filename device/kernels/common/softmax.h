/* softmax.h - a row of softmax of int8, whatever the type of the output.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 12, is the definition. */
#ifndef MOTE_COMMON_SOFTMAX_H
#define MOTE_COMMON_SOFTMAX_H
#include "kernels/common/fixed_exp.h"
#include "mote/softmax.h"

#define MOTE_SOFTMAX_SUM_BITS 12 /* the sum of exponentials is Q12.19: up to 4095 elements */

/* What the elements of a row share: its largest one, and 1 / sum = reciprocal / 2^bits_over_unit. */
struct mote_softmax_row {
    int32_t max, reciprocal, bits_over_unit;
};

/* diff * scale * beta, diff_min <= diff <= 0, in Q5.26. */
static inline int32_t mote_softmax_scaled(const struct mote_softmax_s8 *op, int32_t diff)
{
    return mote_srdhm(mote_shift_left(diff, op->shift), op->mult);
}

/* e to that, in Q0.31. */
static inline int32_t mote_softmax_exp(const struct mote_softmax_s8 *op, int32_t diff)
{
    return mote_exp_negative(mote_softmax_scaled(op, diff));
}

static inline struct mote_softmax_row mote_softmax_row_of(const struct mote_softmax_s8 *op,
                                                          const int8_t *in)
{
    int32_t max = INT8_MIN;
    for (uint32_t i = 0; i < op->n; i++)
        max = mote_max_s32(max, in[i]);

    int32_t sum = 0; /* Q12.19, >= 2^19 since the largest element adds 1 */
    for (uint32_t i = 0; i < op->n; i++)
        if (in[i] - max >= op->diff_min)
            sum += mote_rdbpot(mote_softmax_exp(op, in[i] - max), MOTE_SOFTMAX_SUM_BITS);
    MOTE_ASSERT(sum > 0);

    /* sum = (1 + fraction) * 2^(bits_over_unit), fraction in Q0.31 */
    const int32_t headroom = mote_clz((uint32_t)sum);
    const int32_t fraction = (int32_t)(((uint32_t)sum << headroom) - (UINT32_C(1) << 31));
    const struct mote_softmax_row row = {max, mote_reciprocal_one_plus(fraction),
                                         MOTE_SOFTMAX_SUM_BITS - headroom};
    return row;
}

/* The output for x with `bits` fraction bits, 0..2^bits. Beyond 31 bits every quotient rounds to
 * 0. */
static inline int32_t mote_softmax_of(const struct mote_softmax_s8 *op,
                                      const struct mote_softmax_row *row, int32_t x, int32_t bits)
{
    const int32_t down = row->bits_over_unit + 31 - bits;
    if (x - row->max < op->diff_min || down > 31)
        return 0;
    return mote_rdbpot(mote_srdhm(row->reciprocal, mote_softmax_exp(op, x - row->max)), down);
}
#endif
