/* fixed_exp.h - e^x and 1/(1+x) in fixed point, for softmax and for the host's tables.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 12, is the definition; Qm.n has m integer and n fraction bits
 * beside the sign. Products of two such numbers are mote_srdhm. */
#ifndef MOTE_COMMON_FIXED_EXP_H
#define MOTE_COMMON_FIXED_EXP_H
#include "kernels/common/requant.h"

/* Leading zero bits of x; 32 for 0. A loop, since C99 has no name for the instruction; called
 * once per softmax row. */
static inline int32_t mote_clz(uint32_t x)
{
    int32_t n = 32;
    while (x != 0) {
        x >>= 1;
        n--;
    }
    return n;
}

/* Real constants in fixed point. */
#define MOTE_EXP_MINUS_EIGHTH 1895147668    /* e^(-1/8), Q0.31 */
#define MOTE_ONE_THIRD        715827883     /* 1/3, Q0.31      */
#define MOTE_48_OVER_17       1515870810    /* Q2.29           */
#define MOTE_MINUS_32_OVER_17 (-1010580540) /* Q2.29           */

/* e^-(2^i), i = -2..4, Q0.31 */
static const int32_t mote_exp_factor[7] = {1672461947, 1302514674, 790015084, 290630308,
                                           39332535,   720401,     242};

/* e^a for a in [-1/4, 0), Q0.31 -> Q0.31: the Taylor series of degree 4 round -1/8. */
static inline int32_t mote_exp_quarter(int32_t a)
{
    const int32_t x = a + (1 << 28); /* |x| <= 1/8      */
    const int32_t x2 = mote_srdhm(x, x);
    const int32_t x3 = mote_srdhm(x2, x);
    const int32_t x4 = mote_srdhm(x2, x2);
    /* x^4/24 + x^3/6 + x^2/2 = ((x^4/4 + x^3) / 3 + x^2) / 2 */
    const int32_t high_terms =
        mote_rdbpot(mote_srdhm(mote_rdbpot(x4, 2) + x3, MOTE_ONE_THIRD) + x2, 1);
    return MOTE_EXP_MINUS_EIGHTH + mote_srdhm(MOTE_EXP_MINUS_EIGHTH, x + high_terms);
}

/* e^a for a <= 0 with `bits` integer bits, 0..5, -> Q0.31; 1 is held at INT32_MAX. The fraction
 * below 1/4 goes through the series, every higher bit of -a multiplies by its own power of e. */
static inline int32_t mote_exp_negative_in(int32_t a, int32_t bits)
{
    const int32_t quarter = 1 << (29 - bits);
    MOTE_ASSERT(a <= 0);
    if (a == 0)
        return INT32_MAX;
    const int32_t fraction = (a & (quarter - 1)) - quarter; /* [-1/4, 0)                  */
    const int32_t rest = fraction - a;                      /* a multiple of 1/4, < 2^bits */
    int32_t result = mote_exp_quarter(mote_shift_left(fraction, bits));
    for (int32_t i = 0; i < bits + 2; i++)
        if (rest & (quarter << i))
            result = mote_srdhm(result, mote_exp_factor[i]);
    return result;
}

/* ... for a in Q5.26. */
static inline int32_t mote_exp_negative(int32_t a)
{
    return mote_exp_negative_in(a, 5);
}

/* 2 / (1 + a) for a in [0, 1), Q0.31 -> Q2.29: three Newton steps from the linear guess
 * 48/17 - 32/17 * (1 + a) / 2. */
static inline int32_t mote_two_over_one_plus(int32_t a)
{
    MOTE_ASSERT(a >= 0);
    const int32_t half_denominator = mote_half_sum(a, INT32_MAX); /* (1 + a) / 2 */
    int32_t x = MOTE_48_OVER_17 + mote_srdhm(half_denominator, MOTE_MINUS_32_OVER_17);
    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = (1 << 29) - mote_srdhm(half_denominator, x);
        x += mote_shift_left_sat(mote_srdhm(x, error), 2); /* Q4.27 -> Q2.29 */
    }
    return x;
}

/* 1 / (1 + a) for a in [0, 1), Q0.31 -> Q0.31. */
static inline int32_t mote_reciprocal_one_plus(int32_t a)
{
    return mote_shift_left_sat(mote_two_over_one_plus(a), 1);
}

/* (1 - a) / (1 + a) = 2 / (1 + a) - 1 for a in [0, 1), Q0.31 -> Q0.31. */
static inline int32_t mote_one_minus_over_one_plus(int32_t a)
{
    return mote_shift_left_sat(mote_two_over_one_plus(a) - (1 << 29), 2);
}
#endif
