/* requant.h - the only rounding in the project. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, sections 4 and 5, is the definition: double rounding, as the TFLite
 * reference does it. `>>` on a negative value is taken to be arithmetic, which C99 leaves to the
 * compiler and every compiler of this project does; the assertion below refuses another one. */
#ifndef MOTE_COMMON_REQUANT_H
#define MOTE_COMMON_REQUANT_H
#include <stddef.h>
#include <stdint.h>

#include "kernels/common/assert.h"

typedef char mote_requant_needs_arithmetic_shift[(-3 >> 1) == -2 ? 1 : -1];

static inline int32_t mote_min_s32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t mote_max_s32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static inline int32_t mote_clamp_s32(int32_t x, int32_t low, int32_t high)
{
    return mote_min_s32(mote_max_s32(x, low), high);
}

/* x * 2^e modulo 2^32, 0 <= e <= 31: what the reference computes when it shifts to the left. The
 * verifier keeps in range what must not wrap. */
static inline int32_t mote_shift_left(int32_t x, int32_t e)
{
    return (int32_t)((uint32_t)x << e);
}

/* x * 2^e, 0 <= e <= 30, held at the ends of int32. */
static inline int32_t mote_shift_left_sat(int32_t x, int32_t e)
{
    const int32_t limit = INT32_MAX >> e;
    if (x > limit)
        return INT32_MAX;
    if (x < -limit)
        return INT32_MIN;
    return mote_shift_left(x, e);
}

/* round(a * b / 2^31), half towards plus infinity, for a pair that is not (INT32_MIN, INT32_MIN).
 * The reference adds 2^30 to a positive product or 1 - 2^30 to a negative one and divides towards
 * zero: the same number. |a * b| <= 2^62 - 2^31 here, so the sum fits int64 and the quotient
 * int32. */
static inline int32_t mote_srdhm_unsat(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

/* SaturatingRoundingDoublingHighMul: as above for every pair; (INT32_MIN, INT32_MIN) gives
 * INT32_MAX. */
static inline int32_t mote_srdhm(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN)
        return INT32_MAX;
    return mote_srdhm_unsat(a, b);
}

/* The same in 16 bits: round(a * b / 2^15) for |a|, |b| <= 2^15; (-2^15, -2^15) gives 2^15 - 1. */
static inline int32_t mote_srdhm16(int32_t a, int32_t b)
{
    return mote_min_s32((a * b + (1 << 14)) >> 15, INT16_MAX);
}

/* a * b / 2^15 towards zero, held at 2^15 - 1. */
static inline int32_t mote_sdhm16(int32_t a, int32_t b)
{
    return mote_min_s32(a * b / (1 << 15), INT16_MAX);
}

/* x * 2^e held at the ends of int16, |x| <= 2^15, e >= 0. */
static inline int32_t mote_shift_left_sat16(int32_t x, int32_t e)
{
    return mote_clamp_s32(x * (1 << mote_min_s32(e, 15)), INT16_MIN, INT16_MAX);
}

/* RoundingDivideByPOT: round(x / 2^e), half away from zero, 0 <= e <= 31. No intermediate
 * overflows: the remainder is < 2^31, the threshold <= 2^30. */
static inline int32_t mote_rdbpot(int32_t x, int32_t e)
{
    const int32_t mask = (int32_t)((UINT32_C(1) << e) - 1u);
    const int32_t threshold = (mask >> 1) + (x < 0);
    return (x >> e) + ((x & mask) > threshold);
}

/* (a + b) / 2, half away from zero, for a + b >= 0. */
static inline int32_t mote_half_sum(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a + b + 1) >> 1);
}

/* The real multiplier mult / 2^31 * 2^shift, taken apart once for many values. */
struct mote_scale {
    int32_t mult;        /* Q31, >= 0                              */
    int32_t left, right; /* 0..30 and 0..31; at most one is not 0 */
};

/* `shift` is positive to the left, -31..30. */
static inline struct mote_scale mote_scale_of(int32_t mult, int32_t shift)
{
    MOTE_ASSERT(mult >= 0);
    MOTE_ASSERT(shift >= -31 && shift <= 30);
    struct mote_scale s = {mult, mote_max_s32(shift, 0), mote_max_s32(-shift, 0)};
    return s;
}

/* x times the real multiplier. The two roundings, SRDHM and RDBPOT, are part of the definition.
 * mult is never INT32_MIN, so the pair that saturates cannot occur, and |h| <= 2^31 - 1; h is at
 * most 2^31 - 2. Half away from zero is floor((h - [h < 0] + 2^(right-1)) / 2^right), which is
 * floor((floor((h - [h < 0]) / 2^(right-1)) + 1) / 2): nothing there leaves int32. */
static inline int32_t mote_requant_by(struct mote_scale s, int32_t x)
{
    const int32_t h = mote_srdhm_unsat(mote_shift_left(x, s.left), s.mult);
    if (s.right == 0)
        return h;
    return (((h + (h >> 31)) >> (s.right - 1)) + 1) >> 1;
}

static inline int32_t mote_requant(int32_t x, int32_t mult, int32_t shift)
{
    return mote_requant_by(mote_scale_of(mult, shift), x);
}

/* x times the real multiplier for wide sums, |x| < 2^47: the multiplier is rounded to 16 bits, the
 * product once, half towards plus infinity. The verifier keeps the result in int32.
 * -31 <= shift <= 7, so |x * short_mult| + half < 2^62 + 2^45. */
static inline int64_t mote_requant_s64_whole(int64_t x, int32_t mult, int32_t shift)
{
    MOTE_ASSERT(mult >= 0);
    MOTE_ASSERT(shift >= -31 && shift <= 7);
    const int32_t short_mult = mult < 0x7fff0000 ? (mult + (1 << 15)) >> 16 : 0x7fff;
    const int32_t right = 15 - shift;
    return (x * short_mult + (INT64_C(1) << (right - 1))) >> right;
}

static inline int32_t mote_requant_s64(int64_t x, int32_t mult, int32_t shift)
{
    return (int32_t)mote_requant_s64_whole(x, mult, shift);
}

/* Add the zero point and clamp to the fused activation, low <= high in output units. The clamp
 * comes first, so that no x overflows. */
static inline int8_t mote_to_s8(int32_t x, int32_t zero, int32_t low, int32_t high)
{
    return (int8_t)(mote_clamp_s32(x, low - zero, high - zero) + zero);
}

/* The same for int16, whose zero points are 0. */
static inline int16_t mote_to_s16(int32_t x, int32_t low, int32_t high)
{
    return (int16_t)mote_clamp_s32(x, low, high);
}

/* A fused activation, where bytes are already made; most have none left to apply. */
static inline void mote_clamp_s8(int8_t *y, size_t n, int32_t low, int32_t high)
{
    if (low <= INT8_MIN && high >= INT8_MAX)
        return;
    for (size_t i = 0; i < n; i++)
        y[i] = (int8_t)mote_clamp_s32(y[i], low, high);
}

/* sum / n to the nearest, half away from zero. |sum| + n / 2 fits int32, n >= 1. */
static inline int32_t mote_round_div(int32_t sum, int32_t n)
{
    MOTE_ASSERT(n >= 1);
    return sum > 0 ? (sum + n / 2) / n : (sum - n / 2) / n;
}
#endif
