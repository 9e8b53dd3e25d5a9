/* test_along.c - kernels along one dimension: sums so far, vectors of length 1, the logarithm of
 * softmax, the largest elements. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "buffers.h"
#include "check.h"
#include "mote/mote.h"

TEST(sums_of_int8_begin_at_minus_the_zero_point)
{
    /* scales alike: a sum of q - 1 from -1 on, plus 10 */
    static const int8_t in[4] = {4, 0, 6, 127};
    static const int8_t want[4] = {12, 11, 16, 127};
    static const int8_t before[4] = {9, 12, 11, 16}, reversed[4] = {127, 127, 127, 127};
    struct mote_cumsum_s8 op = {{1, 4, 1, false, false}, 1, 10, 1 << 30, -18};
    int8_t out[4];
    mote_cumsum_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 4);
    op.of.exclusive = true;
    mote_cumsum_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, before, 4);
    op.of.exclusive = false;
    op.of.reverse = true;
    mote_cumsum_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, reversed, 4);
}

TEST(sums_go_along_the_dimension_in_the_middle)
{
    static const float in[6] = {1.0f, 10.0f, 2.0f, 20.0f, 4.0f, 40.0f};
    static const float want[6] = {1.0f, 10.0f, 3.0f, 30.0f, 7.0f, 70.0f};
    static const float behind[6] = {6.0f, 60.0f, 4.0f, 40.0f, 0.0f, 0.0f};
    static const int32_t wide[3] = {INT32_MAX, 1, -1},
                         wrapped[3] = {INT32_MAX, INT32_MIN, INT32_MAX};
    struct mote_cumsum op = {1, 3, 2, false, false};
    float out[6];
    int32_t sums[3];
    mote_cumsum_f32_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, sizeof want);
    op.exclusive = op.reverse = true;
    mote_cumsum_f32_ref(&op, in, out, NULL);
    CHECK_BYTES(out, behind, sizeof behind);
    op = (struct mote_cumsum){1, 3, 1, false, false};
    mote_cumsum_s32_ref(&op, wide, sums, NULL);
    CHECK_BYTES(sums, wrapped, sizeof wrapped);
}

TEST(vectors_of_int8_get_length_128)
{
    static const int8_t in[8] = {3 + 5, 4 + 5, 5, 5, 6, 5, 5, -123};
    static const int8_t want[8] = {77, 102, 0, 0, 127, 0, 0, -128}; /* 76.8, 102.4 */
    const struct mote_l2_normalization op = {4, 2, 5};
    int8_t out[8];
    mote_l2_normalization_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 8);
}

TEST(short_vectors_of_float_stay_short)
{
    static const float in[6] = {3.0f, 4.0f, 0.0f, 0.0f, 1e-7f, 0.0f};
    static const float want[6] = {0.6f, 0.8f, 0.0f, 0.0f, 1e-7f / 1e-6f, 0.0f};
    const struct mote_l2_normalization op = {3, 2, 0};
    float out[6];
    mote_l2_normalization_f32_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, sizeof want);
}

/* m as a multiplier in Q31 and a shift to the left. */
static void split(double m, int32_t *mult, int8_t *shift)
{
    int exponent;
    *mult = (int32_t)fmin(round(ldexp(frexp(m, &exponent), 31)), 2147483647.0);
    *shift = (int8_t)exponent;
}

/* How far a row of n elements of this scale is from the exact one, in units of the output. */
static double log_softmax_error(struct random *r, uint32_t n, double scale)
{
    int8_t x[1000] = {0}, y[1000];
    struct mote_log_softmax_s8 op = {.of = {.rows = 1, .n = n}};
    split(fmin(ldexp(scale, 26), 2147483647.0), &op.of.mult, &op.of.shift);
    op.of.diff_min = -(int32_t)floor(31.0 * ldexp(1.0, 26 - op.of.shift));
    split(ldexp(1.0, 31 - op.of.shift) / (double)op.of.mult, &op.inverse, &op.inverse_shift);
    for (uint32_t i = 0; i < n; i++)
        x[i] = (int8_t)random_in(r, -128, 127);
    double sum = 0.0, error = 0.0;
    for (uint32_t i = 0; i < n; i++)
        sum += exp(scale * x[i]);
    mote_log_softmax_s8_ref(&op, x, y, NULL);
    for (uint32_t i = 0; i < n; i++) {
        const double exact = fmax(-128.0, 16.0 * (scale * x[i] - log(sum)) + 127.0);
        error = fmax(error, fabs(exact - (double)y[i]));
    }
    return error;
}

TEST(logarithms_of_softmax_are_the_exact_ones_rounded)
{
    struct random r = random_seed(test_seed());
    for (uint32_t k = 0; k < (uint32_t)test_rounds(300); k++) {
        const double scale = ldexp(1.0 + (double)random_u32(&r) * 0x1p-32, -random_in(&r, 0, 11));
        CHECK(log_softmax_error(&r, (uint32_t)random_in(&r, 1, 1000), scale) < 0.51);
    }
}

TEST(largest_elements_come_first_and_the_first_of_equal_ones)
{
    static const int8_t in[10] = {3, 9, -1, 9, 4, -5, -5, -6, -5, -128};
    static const int8_t want[6] = {9, 9, 4, -5, -5, -5};
    static const int32_t at[6] = {1, 3, 4, 0, 1, 3};
    static const float x[3] = {1.0f, -2.0f, 3.0f}, sorted[3] = {3.0f, 1.0f, -2.0f};
    struct mote_topk op = {2, 5, 3};
    int8_t out[6];
    float all[3];
    int32_t places[6];
    mote_topk_s8_ref(&op, in, out, places, NULL);
    CHECK_BYTES(out, want, sizeof want);
    CHECK_BYTES(places, at, sizeof at);
    op = (struct mote_topk){1, 3, 3};
    mote_topk_f32_ref(&op, x, all, places, NULL);
    CHECK_BYTES(all, sorted, sizeof sorted);
}

TEST_MAIN(T(sums_of_int8_begin_at_minus_the_zero_point),
          T(sums_go_along_the_dimension_in_the_middle), T(vectors_of_int8_get_length_128),
          T(short_vectors_of_float_stay_short), T(logarithms_of_softmax_are_the_exact_ones_rounded),
          T(largest_elements_come_first_and_the_first_of_equal_ones))
