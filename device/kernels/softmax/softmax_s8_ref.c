/* softmax_s8_ref.c - softmax as docs/spec/numerics.md, section 12, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/softmax.h"

#include "kernels/common/fixed_exp.h"

#define SUM_INTEGER_BITS 12 /* the sum of exponentials is Q12.19: up to 4095 elements */

size_t mote_softmax_s8_ref_scratch(const struct mote_softmax_s8 *op)
{
    (void)op;
    return 0;
}

/* e^(diff * scale * beta), diff_min <= diff <= 0, in Q0.31. */
static int32_t exp_of(const struct mote_softmax_s8 *op, int32_t diff)
{
    return mote_exp_negative(mote_srdhm(mote_shift_left(diff, op->shift), op->mult));
}

static void softmax_row(const struct mote_softmax_s8 *op, const int8_t *in, int8_t *out)
{
    int32_t max = INT8_MIN;
    for (uint32_t i = 0; i < op->n; i++)
        max = mote_max_s32(max, in[i]);

    int32_t sum = 0; /* Q12.19, >= 2^19 since the largest element adds 1 */
    for (uint32_t i = 0; i < op->n; i++)
        if (in[i] - max >= op->diff_min)
            sum += mote_rdbpot(exp_of(op, in[i] - max), SUM_INTEGER_BITS);
    MOTE_ASSERT(sum > 0);

    /* sum = (1 + fraction) * 2^(bits_over_unit), fraction in Q0.31 */
    const int32_t headroom = mote_clz((uint32_t)sum);
    const int32_t bits_over_unit = SUM_INTEGER_BITS - headroom;
    const int32_t fraction = (int32_t)(((uint32_t)sum << headroom) - (UINT32_C(1) << 31));
    const int32_t reciprocal = mote_reciprocal_one_plus(fraction);

    /* The output has 8 fraction bits. Beyond 31 bits every quotient rounds to 0. */
    const int32_t down = bits_over_unit + 31 - 8;
    for (uint32_t i = 0; i < op->n; i++) {
        int32_t y = 0;
        if (in[i] - max >= op->diff_min && down <= 31)
            y = mote_rdbpot(mote_srdhm(reciprocal, exp_of(op, in[i] - max)), down);
        out[i] = (int8_t)mote_clamp_s32(y + INT8_MIN, INT8_MIN, INT8_MAX);
    }
}

void mote_softmax_s8_ref(const struct mote_softmax_s8 *op, const int8_t *in, int8_t *out,
                         void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->n >= 1 && op->n <= 4095);
    for (uint32_t row = 0; row < op->rows; row++)
        softmax_row(op, in + (size_t)row * op->n, out + (size_t)row * op->n);
}
