/* test_requant.c - the rounding of requant.h against independent formulations.
 * SPDX-License-Identifier: Apache-2.0 */
#include "buffers.h"
#include "check.h"
#include "kernels/common/fixed_exp.h"
#include "kernels/common/requant.h"
#include "kernels/common/window.h"

#include <math.h>

/* The definition as written in numerics.md: add a nudge, divide towards zero. */
static int32_t srdhm_by_division(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN)
        return INT32_MAX;
    const int64_t product = (int64_t)a * b;
    const int64_t nudge = product >= 0 ? (INT64_C(1) << 30) : 1 - (INT64_C(1) << 30);
    return (int32_t)((product + nudge) / (INT64_C(1) << 31));
}

/* Half away from zero, through the C library: |x| < 2^31 and its quotient are exact in double. */
static int32_t rdbpot_by_double(int32_t x, int32_t e)
{
    return (int32_t)round(ldexp((double)x, -e));
}

TEST(requant_rounds_half_of_the_first_step_up)
{
    CHECK_EQ(mote_requant(3, 1 << 30, 0), 2);   /*  3 * 0.5 =  1.5 ->  2 */
    CHECK_EQ(mote_requant(-3, 1 << 30, 0), -1); /* -3 * 0.5 = -1.5 -> -1 */
    CHECK_EQ(mote_requant(1, 1 << 30, 0), 1);
    CHECK_EQ(mote_requant(-1, 1 << 30, 0), 0);
}

TEST(requant_rounds_half_of_the_second_step_away_from_zero)
{
    CHECK_EQ(mote_requant(6, 1 << 30, -1), 2); /* 6 / 2 = 3, 3 / 2 = 1.5 -> 2 */
    CHECK_EQ(mote_requant(-6, 1 << 30, -1), -2);
    CHECK_EQ(mote_requant(4, 1 << 30, -2), 1); /* 2 / 4 = 0.5 -> 1 */
    CHECK_EQ(mote_requant(-4, 1 << 30, -2), -1);
}

TEST(requant_rounds_twice_where_once_would_differ)
{
    /* 5 * 0.5 / 2 = 1.25 rounds to 1; but 2.5 -> 3, then 1.5 -> 2. */
    CHECK_EQ(mote_requant(5, 1 << 30, -1), 2);
}

TEST(requant_shifts_left_before_it_multiplies)
{
    CHECK_EQ(mote_requant(3, 1 << 30, 4), 24);
    CHECK_EQ(mote_requant(-7, 1610612736, 1), -10); /* -14 * 0.75 = -10.5 -> -10 */
    CHECK_EQ(mote_requant(1, INT32_MAX, 30), 1073741824);
}

TEST(requant_by_zero_is_zero)
{
    CHECK_EQ(mote_requant(INT32_MAX, 0, 0), 0);
    CHECK_EQ(mote_requant(INT32_MIN, 0, 0), 0);
}

TEST(requant_survives_the_ends_of_the_range)
{
    CHECK_EQ(mote_requant(INT32_MIN, INT32_MAX, 0), -INT32_MAX);
    CHECK_EQ(mote_requant(INT32_MAX, INT32_MAX, 0), INT32_MAX - 1);
    CHECK_EQ(mote_requant(INT32_MAX, INT32_MAX, -31), 1);
    CHECK_EQ(mote_requant(INT32_MIN, INT32_MAX, -31), -1);
    CHECK_EQ(mote_requant(1 << 29, INT32_MAX, -31), 0);
}

TEST(srdhm_saturates_its_one_overflow)
{
    CHECK_EQ(mote_srdhm(INT32_MIN, INT32_MIN), INT32_MAX);
    CHECK_EQ(mote_srdhm(INT32_MIN, INT32_MAX), -INT32_MAX);
    CHECK_EQ(mote_srdhm(INT32_MIN, INT32_MIN + 1), INT32_MAX);
}

static const int32_t edges[] = {INT32_MIN,
                                INT32_MIN + 1,
                                -(1 << 30) - 1,
                                -(1 << 30),
                                1 - (1 << 30),
                                -65536,
                                -3,
                                -2,
                                -1,
                                0,
                                1,
                                2,
                                3,
                                65536,
                                (1 << 30) - 1,
                                1 << 30,
                                (1 << 30) + 1,
                                INT32_MAX - 1,
                                INT32_MAX};
#define N_EDGES (sizeof edges / sizeof edges[0])

TEST(srdhm_equals_the_division_of_the_definition)
{
    struct random r = random_seed(test_seed());
    for (size_t i = 0; i < N_EDGES; i++)
        for (size_t j = 0; j < N_EDGES; j++)
            CHECK_EQ(mote_srdhm(edges[i], edges[j]), srdhm_by_division(edges[i], edges[j]));
    for (int i = test_rounds(2000000); i > 0; i--) {
        const int32_t a = (int32_t)random_u32(&r) >> random_in(&r, 0, 31);
        const int32_t b = (int32_t)random_u32(&r);
        CHECK_EQ(mote_srdhm(a, b), srdhm_by_division(a, b));
    }
    /* Products that are an odd multiple of 2^30 are the ties. */
    for (int i = test_rounds(10000); i > 0; i--) {
        const int32_t odd = random_in(&r, -(1 << 20), 1 << 20) | 1;
        CHECK_EQ(mote_srdhm(odd, 1 << 30), srdhm_by_division(odd, 1 << 30));
    }
}

TEST(rdbpot_equals_rounding_in_double)
{
    struct random r = random_seed(test_seed());
    for (int32_t e = 0; e <= 31; e++) {
        for (size_t i = 0; i < N_EDGES; i++)
            CHECK_EQ(mote_rdbpot(edges[i], e), rdbpot_by_double(edges[i], e));
        for (int i = test_rounds(50000); i > 0; i--) {
            const int32_t x = (int32_t)random_u32(&r) >> random_in(&r, 0, 31);
            CHECK_EQ(mote_rdbpot(x, e), rdbpot_by_double(x, e));
        }
        if (e >= 1 && e <= 24) /* ties */
            for (int32_t k = -33; k <= 33; k += 2)
                CHECK_EQ(mote_rdbpot(k * (1 << (e - 1)), e),
                         rdbpot_by_double(k * (1 << (e - 1)), e));
    }
}

TEST(requant_equals_the_two_definitions_in_sequence)
{
    struct random r = random_seed(test_seed());
    for (int i = test_rounds(1000000); i > 0; i--) {
        const int32_t shift = random_in(&r, -31, 10);
        const int32_t x = (int32_t)random_u32(&r) >> random_in(&r, shift > 0 ? shift + 1 : 0, 31);
        const int32_t mult = random_in(&r, 1 << 30, INT32_MAX);
        const int32_t left = shift > 0 ? shift : 0;
        CHECK_EQ(mote_requant(x, mult, shift),
                 rdbpot_by_double(srdhm_by_division(x * (1 << left), mult), left - shift));
    }
}

TEST(requant_stays_within_one_of_the_real_product)
{
    struct random r = random_seed(test_seed());
    for (int i = test_rounds(1000000); i > 0; i--) {
        const int32_t x = random_in(&r, -(1 << 24), 1 << 24);
        const int32_t mult = random_in(&r, 1 << 30, INT32_MAX), shift = random_in(&r, -20, 5);
        const double real = (double)x * ldexp((double)mult, shift - 31);
        CHECK_NEAR((double)mote_requant(x, mult, shift), real, 1.0);
    }
}

TEST(round_div_rounds_half_away_from_zero)
{
    CHECK_EQ(mote_round_div(3, 2), 2);
    CHECK_EQ(mote_round_div(-3, 2), -2);
    CHECK_EQ(mote_round_div(1, 2), 1);
    CHECK_EQ(mote_round_div(-1, 2), -1);
    CHECK_EQ(mote_round_div(4, 9), 0);
    CHECK_EQ(mote_round_div(-5, 9), -1);
    for (int32_t n = 1; n <= 49; n++)
        for (int32_t sum = -128 * n; sum <= 127 * n; sum++)
            CHECK_EQ(mote_round_div(sum, n), (long long)round((double)sum / n));
}

TEST(shift_left_sat_holds_at_the_ends)
{
    CHECK_EQ(mote_shift_left_sat(3, 4), 48);
    CHECK_EQ(mote_shift_left_sat(-3, 4), -48);
    CHECK_EQ(mote_shift_left_sat(1 << 29, 2), INT32_MAX);
    CHECK_EQ(mote_shift_left_sat((1 << 29) - 1, 2), INT32_MAX - 3);
    CHECK_EQ(mote_shift_left_sat(-(1 << 29), 2), INT32_MIN);
    CHECK_EQ(mote_shift_left_sat(-(1 << 29) - 1, 2), INT32_MIN);
}

TEST(clz_counts_leading_zeros)
{
    CHECK_EQ(mote_clz(0), 32);
    CHECK_EQ(mote_clz(1), 31);
    CHECK_EQ(mote_clz(UINT32_C(1) << 19), 12);
    CHECK_EQ(mote_clz(UINT32_MAX), 0);
}

TEST(exp_negative_follows_the_exponential)
{
    CHECK_EQ(mote_exp_negative(0), INT32_MAX);
    for (int64_t a = -1; a > INT32_MIN; a = a * 17 / 16 - 1)
        CHECK_NEAR(ldexp(mote_exp_negative((int32_t)a), -31), exp(ldexp((double)a, -26)), 4e-7);
    CHECK_EQ(mote_exp_negative(INT32_MIN), 0);
}

TEST(constants_of_the_exponential_are_rounded_to_the_last_bit)
{
    for (int i = 0; i < 7; i++)
        CHECK_EQ(mote_exp_factor[i], (long long)round(exp(-ldexp(1.0, i - 2)) * 0x1p31));
    CHECK_EQ(MOTE_EXP_MINUS_EIGHTH, (long long)round(exp(-0.125) * 0x1p31));
    CHECK_EQ(MOTE_ONE_THIRD, (long long)round(0x1p31 / 3.0));
    CHECK_EQ(MOTE_48_OVER_17, (long long)round(0x1p29 * 48.0 / 17.0));
    CHECK_EQ(MOTE_MINUS_32_OVER_17, (long long)round(-0x1p29 * 32.0 / 17.0));
}

TEST(reciprocal_follows_the_division)
{
    for (int32_t a = 0; a < INT32_MAX - 999983; a += 999983)
        CHECK_NEAR(ldexp(mote_reciprocal_one_plus(a), -31), 1.0 / (1.0 + ldexp(a, -31)), 1e-8);
}

TEST(taps_inside_equals_counting)
{
    for (int32_t size = 1; size <= 9; size++)
        for (int32_t kernel = 1; kernel <= 5; kernel++)
            for (int32_t dilation = 1; dilation <= 4; dilation++)
                for (int32_t origin = -25; origin <= 25; origin++) {
                    const struct mote_taps t = mote_taps_inside(origin, kernel, dilation, size);
                    CHECK(t.first >= 0 && t.first <= t.end && t.end <= kernel);
                    for (int32_t k = 0; k < kernel; k++) {
                        const int32_t at = origin + k * dilation;
                        CHECK_EQ(k >= t.first && k < t.end, at >= 0 && at < size);
                    }
                }
}

TEST(outputs_inside_equals_counting)
{
    for (int32_t in = 1; in <= 9; in++)
        for (int32_t reach = 0; reach <= 10; reach++)
            for (int32_t stride = 1; stride <= 4; stride++)
                for (int32_t pad = 0; pad <= 6; pad++)
                    for (int32_t out = 1; out <= 8; out++) {
                        const struct mote_taps t = mote_outputs_inside(out, in, stride, pad, reach);
                        for (int32_t o = 0; o < out; o++) {
                            const int32_t at = o * stride - pad;
                            CHECK_EQ(o >= t.first && o < t.end, at >= 0 && at + reach < in);
                        }
                    }
}

TEST_MAIN(T(requant_rounds_half_of_the_first_step_up),
          T(requant_rounds_half_of_the_second_step_away_from_zero),
          T(requant_rounds_twice_where_once_would_differ),
          T(requant_shifts_left_before_it_multiplies), T(requant_by_zero_is_zero),
          T(requant_survives_the_ends_of_the_range), T(srdhm_saturates_its_one_overflow),
          T(srdhm_equals_the_division_of_the_definition), T(rdbpot_equals_rounding_in_double),
          T(requant_equals_the_two_definitions_in_sequence),
          T(requant_stays_within_one_of_the_real_product), T(round_div_rounds_half_away_from_zero),
          T(shift_left_sat_holds_at_the_ends), T(clz_counts_leading_zeros),
          T(exp_negative_follows_the_exponential),
          T(constants_of_the_exponential_are_rounded_to_the_last_bit),
          T(reciprocal_follows_the_division), T(taps_inside_equals_counting),
          T(outputs_inside_equals_counting))
