/* log_softmax_s8_ref.c - the logarithm of softmax, as docs/spec/numerics.md, section 28, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/log_softmax.h"

#include "kernels/common/softmax.h"

#define SUM_BITS  12 /* the sum of exponentials is Q12.19 */
#define LOG_BITS  6  /* its logarithm is Q6.25 until the end, then Q5.26 */
#define OUT_ZERO  127
#define OUT_SHIFT 22 /* from Q5.26 to a scale of 1/16 */

/* Real constants in fixed point. */
#define SQRT_HALF      1518500250 /* Q0.31                                   */
#define SQRT_SQRT_HALF 1805811301 /* Q0.31                                   */
#define LOG_2          1488522236 /* Q0.31                                   */
#define QUARTER        (1 << 23)  /* Q6.25                                   */
#define ALPHA_N        117049297  /* 11/240 * sqrt(sqrt(2)), Q0.31           */
#define ALPHA_D        127690142  /* 1/20 * sqrt(sqrt(2)), Q0.31             */
#define ALPHA_I        1057819769 /* (2 - sqrt(2)) / sqrt(sqrt(2)), Q0.31    */
#define ALPHA_F        638450708  /* 1/4 * sqrt(sqrt(2)), Q0.31              */

/* log r for r, near sqrt(sqrt(1/2)), a quotient of polynomials round that: Q0.31 -> Q6.25. */
static int32_t log_near(int32_t r)
{
    const int32_t p = mote_half_sum(r, SQRT_SQRT_HALF), q = 2 * (r - SQRT_SQRT_HALF);
    const int32_t square = mote_srdhm(q, q);
    const int32_t above = mote_srdhm(q, r) + mote_srdhm(mote_srdhm(q, square), ALPHA_N);
    const int32_t below = mote_srdhm(p, ALPHA_I + q + mote_srdhm(ALPHA_D, square)) +
                          mote_srdhm(ALPHA_F, q); /* less 1 */
    return mote_srdhm(mote_rdbpot(above, LOG_BITS), mote_reciprocal_one_plus(below));
}

/* log x for x >= 1: Q12.19 -> Q5.26. x is a power of 2 times r, where the power is whole or whole
 * and a half, whichever brings r nearer to sqrt(sqrt(1/2)). */
static int32_t log_of_sum(int32_t x)
{
    const int32_t zeros = mote_clz((uint32_t)x) - 1; /* 0..11 */
    const int32_t root = mote_srdhm(x, SQRT_HALF), root_zeros = mote_clz((uint32_t)root) - 1;
    const int32_t whole = (SUM_BITS - 1 - zeros) * (1 << 25) + QUARTER;
    const int32_t half = (SUM_BITS - root_zeros) * (1 << 25) - QUARTER;
    const int32_t r_whole =
        mote_shift_left_sat(mote_srdhm(mote_shift_left_sat(x, zeros), SQRT_HALF), 1);
    const int32_t r_half = mote_shift_left_sat(x, root_zeros);
    const int32_t power = mote_max_s32(whole, half); /* less 1/4 or 3/4 */
    const int32_t r = mote_min_s32(r_whole, r_half);
    return mote_shift_left_sat(mote_srdhm(power, LOG_2) + log_near(r), 1);
}

size_t mote_log_softmax_s8_ref_scratch(const struct mote_log_softmax_s8 *op)
{
    (void)op;
    return 0;
}

static void log_softmax_row(const struct mote_log_softmax_s8 *op, const int8_t *in, int8_t *out)
{
    const struct mote_softmax_s8 *of = &op->of;
    int32_t max = INT8_MIN, sum = 0;
    for (uint32_t i = 0; i < of->n; i++)
        max = mote_max_s32(max, in[i]);
    for (uint32_t i = 0; i < of->n; i++)
        if (in[i] - max >= of->diff_min)
            sum += mote_rdbpot(mote_softmax_exp(of, in[i] - max), SUM_BITS);
    const int32_t log_sum = log_of_sum(sum);
    /* below, the difference in Q5.26 less log_sum would leave int32 */
    const int32_t least = mote_max_s32(
        of->diff_min - 1, mote_requant(log_sum + INT32_MIN, op->inverse, op->inverse_shift));
    for (uint32_t i = 0; i < of->n; i++) {
        const int32_t diff = in[i] - max;
        int32_t y = INT8_MIN - OUT_ZERO;
        if (diff > least)
            y = mote_rdbpot(mote_softmax_scaled(of, diff) - log_sum, OUT_SHIFT);
        out[i] = mote_to_s8(y, OUT_ZERO, INT8_MIN, INT8_MAX);
    }
}

void mote_log_softmax_s8_ref(const struct mote_log_softmax_s8 *op, const int8_t *in, int8_t *out,
                             void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->of.n >= 1 && op->of.n <= 4095);
    for (uint32_t r = 0; r < op->of.rows; r++)
        log_softmax_row(op, in + (size_t)r * op->of.n, out + (size_t)r * op->of.n);
}
