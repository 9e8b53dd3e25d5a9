/* test_operators.c - the reference kernels against values worked out by hand, against double
 * precision, and against tensors of the TFLite Micro reference kernels.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "buffers.h"
#include "check.h"
#include "mote/mote.h"

TEST(conv2d_of_one_pixel_by_hand)
{
    /* (10 - 1) * 3 + (-5 - 1) * -2 = 39, bias 1: 40; * 0.5 = 20; zero point 3: 23. */
    static const int8_t in[2] = {10, -5}, w[2] = {3, -2}, shift[1] = {0};
    static const int32_t bias[1] = {1}, mult[1] = {1 << 30};
    const struct mote_conv2d_s8 op = {{1, 1, 2}, {1, 1, 1}, 1,     1,    1,    1,    1,
                                      1,         0,         0,     1,    3,    -128, 127,
                                      false,     false,     false, mult, shift};
    int8_t out[1];
    mote_conv2d_s8_ref(&op, in, w, bias, out, NULL);
    CHECK_EQ(out[0], 23);
}

TEST(conv2d_skips_padded_taps)
{
    /* 3x3 ones over a 2x2 image of q = 5 with zero point 4: every output sees four taps of 1. */
    static const int8_t in[4] = {5, 5, 5, 5}, w[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, shift[1] = {1};
    static const int32_t bias[1] = {0}, mult[1] = {1 << 30};
    const struct mote_conv2d_s8 op = {{2, 2, 1}, {2, 2, 1}, 3,     3,    1,    1,    1,
                                      1,         1,         1,     4,    0,    -128, 127,
                                      false,     false,     false, mult, shift};
    int8_t out[4];
    mote_conv2d_s8_ref(&op, in, w, bias, out, NULL);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(out[i], 4);
}

TEST(depthwise_conv2d_reads_its_own_channel)
{
    /* multiplier 2: outputs 0, 1 read channel 0, outputs 2, 3 channel 1 */
    static const int8_t in[2] = {10, -20}, w[4] = {1, 2, 3, -4}, shift[4] = {1, 1, 1, 1};
    static const int32_t bias[4] = {0, 0, 1, 0}, mult[4] = {1 << 30, 1 << 30, 1 << 30, 1 << 30};
    static const int8_t want[4] = {10, 20, -59, 80};
    const struct mote_depthwise_conv2d_s8 op = {{1, 1, 2}, {1, 1, 4}, 1,     1,     1,    1,    1,
                                                1,         0,         0,     0,     0,    -128, 127,
                                                2,         false,     false, false, mult, shift};
    int8_t out[4];
    mote_depthwise_conv2d_s8_ref(&op, in, w, bias, out, NULL);
    CHECK_BYTES(out, want, 4);
}

TEST(fully_connected_by_hand_and_clamped)
{
    static const int8_t in[3] = {1, 2, 3}, w[6] = {1, 1, 1, -9, -9, -9}, shift[2] = {1, 1};
    static const int32_t bias[2] = {100, 0}, mult[2] = {1 << 30, 1 << 30};
    const struct mote_fully_connected_s8 op = {1,  3,     2,     0, -20,  -20,
                                               60, false, false, 0, mult, shift};
    int8_t out[2];
    mote_fully_connected_s8_ref(&op, in, w, bias, out, NULL);
    CHECK_EQ(out[0], 60);  /* 106 - 20 = 86, clamped */
    CHECK_EQ(out[1], -20); /* -54 - 20, relu         */
}

TEST(add_of_equal_scales_halves_and_doubles_exactly)
{
    /* Scales all equal: each input * 2^20 / 2; the sum * 2 / 2^20 = mult 2^30, shift -18. */
    static const int8_t a[3] = {10, 127, -128}, b[3] = {-3, 127, -128};
    static const int8_t want[3] = {7, 127, -128};
    const struct mote_add_s8 op = {.n = 3,
                                   .out_min = -128,
                                   .out_max = 127,
                                   .out_shift = -18,
                                   .a_mult = 1 << 30,
                                   .b_mult = 1 << 30,
                                   .out_mult = 1 << 30};
    int8_t out[3];
    mote_add_s8_ref(&op, a, b, out, NULL);
    CHECK_BYTES(out, want, 3);
}

TEST(average_pool2d_divides_by_the_taps_inside)
{
    /* 2x2 windows with padding 1 on a 2x2 image: the corner windows see one tap each. */
    static const int8_t in[4] = {10, 20, 30, 41};
    static const int8_t want[9] = {10, 15, 20, 20, 25, 31, 30, 36, 41}; /* 30.5, 35.5 round up */
    const struct mote_pool2d_s8 op = {{2, 2, 1}, {3, 3, 1}, 2, 2, 1, 1, 1, 1, -128, 127, false};
    int8_t out[9];
    mote_average_pool2d_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 9);
}

TEST(average_pool2d_rounds_negative_halves_away_from_zero)
{
    static const int8_t in[2] = {-1, -2};
    const struct mote_pool2d_s8 op = {{1, 2, 1}, {1, 1, 1}, 1, 2, 1, 1, 0, 0, -128, 127, false};
    int8_t out[1];
    mote_average_pool2d_s8_ref(&op, in, out, NULL);
    CHECK_EQ(out[0], -2);
}

TEST(max_pool2d_takes_the_largest_and_clamps)
{
    static const int8_t in[4] = {-128, 5, 100, -7};
    const struct mote_pool2d_s8 op = {{2, 2, 1}, {1, 1, 1}, 2, 2, 1, 1, 0, 0, 0, 90, false};
    int8_t out[1];
    mote_max_pool2d_s8_ref(&op, in, out, NULL);
    CHECK_EQ(out[0], 90);
}

TEST(pad_puts_its_value_on_the_sides_asked_for)
{
    static const int8_t in[2] = {1, 2};
    static const int8_t want[9] = {9, 9, 9, 9, 1, 2, 9, 9, 9};
    const struct mote_pad_any op = {{1, 1, 2, 1}, {0, 1, 1, 0}, {0, 1, 0, 0}, 9, 1};
    int8_t out[9];
    mote_pad_any_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 9);
}

TEST(concat_interleaves_along_the_axis)
{
    static const int8_t a[4] = {1, 2, 3, 4}, b[2] = {5, 6};
    static const int8_t want[6] = {1, 2, 5, 3, 4, 6};
    static const uint32_t inner[2] = {2, 1};
    const void *const in[2] = {a, b};
    const struct mote_concat_any op = {2, 2, inner};
    int8_t out[6];
    mote_concat_any_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 6);
}

TEST(requantize_moves_scale_and_zero_point)
{
    static const int8_t in[3] = {-128, 0, 127};
    static const int8_t want[3] = {-10, 54, 118}; /* (q + 128) / 2 - 10, 127.5 -> 128 */
    const struct mote_requantize_s8 op = {3, -128, -10, -128, 127, 1 << 30, 0, 0, 0};
    int8_t out[3];
    mote_requantize_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 3);
}

/* Zero points 0 and 100 in uint8 are -128 and -28 in int8. */
TEST(requantize_turns_the_top_bit_of_uint8)
{
    static const int8_t in[4] = {-128, -127, 0, 127};
    static const uint8_t want[4] = {0, 1, 128, 255}, want_half[4] = {28, 29, 92, 156};
    const struct mote_requantize_s8 to_u8 = {4, -128, -128, -128, 127, 1 << 30, 1, 0, 0x80};
    const struct mote_requantize_s8 from_u8 = {4, -128, -128, -128, 127, 1 << 30, 1, 0x80, 0};
    const struct mote_requantize_s8 half = {4, 0, -36, -128, 127, 1 << 30, 0, 0, 0x80};
    int8_t out[4], back[4];
    mote_requantize_s8_ref(&to_u8, in, out, NULL);
    CHECK_BYTES(out, want, 4);
    mote_requantize_s8_ref(&from_u8, out, back, NULL);
    CHECK_BYTES(back, in, 4);
    mote_requantize_s8_ref(&half, in, out, NULL); /* q / 2 + 92, halves upwards */
    CHECK_BYTES(out, want_half, 4);
}

/* [2][3] op [3] and [2][1] op [3]: the second input, then the first, is repeated. */
TEST(broadcast_repeats_what_has_no_step)
{
    static const int8_t a[6] = {1, 2, 3, 4, 5, 6}, b[3] = {3, -1, 4}, c[2] = {0, 10};
    static const int8_t min_ab[6] = {1, -1, 3, 3, -1, 4}, max_cb[6] = {3, 0, 4, 10, 10, 10};
    const struct mote_extremum_s8 ab = {{{1, 1, 2, 3}, {0, 0, 3, 1}, {0, 0, 0, 1}}};
    const struct mote_extremum_s8 cb = {{{1, 1, 2, 3}, {0, 0, 1, 0}, {0, 0, 0, 1}}};
    int8_t out[6];
    mote_minimum_s8_ref(&ab, a, b, out, NULL);
    CHECK_BYTES(out, min_ab, 6);
    mote_maximum_s8_ref(&cb, c, b, out, NULL);
    CHECK_BYTES(out, max_cb, 6);
}

TEST(view_transposes_and_walks_backward)
{
    static const int8_t in[6] = {1, 2, 3, 4, 5, 6};
    static const int8_t transposed[6] = {1, 4, 2, 5, 3, 6}, mirrored[6] = {3, 2, 1, 6, 5, 4};
    const struct mote_view_any transpose = {{1, 1, 3, 2}, {0, 0, 1, 3}, 0, 1};
    const struct mote_view_any mirror = {{1, 1, 2, 3}, {0, 0, 3, -1}, 2, 1};
    int8_t out[6];
    mote_view_any_ref(&transpose, in, out, NULL);
    CHECK_BYTES(out, transposed, 6);
    mote_view_any_ref(&mirror, in, out, NULL);
    CHECK_BYTES(out, mirrored, 6);
}

TEST(reductions_by_hand)
{
    /* [2][3] over the first dimension, then over the second; zero point 1, a quarter of the sum */
    static const int8_t in[6] = {1, 2, -3, 4, 6, 6};
    static const int8_t quarter[3] = {11, 12, 11}, largest[2] = {2, 6}, smallest[2] = {-3, 4};
    const struct mote_reduce_s8 rows = {{1, 1, 3}, {0, 0, 1}, {1, 1, 2}, {0, 0, 3},
                                        2,         1 << 30,   -1,        10};
    const struct mote_reduce_s8 columns = {{1, 1, 2}, {0, 0, 3}, {1, 1, 3}, {0, 0, 1}, 0, 0, 0, 0};
    int8_t out[3];
    mote_reduce_sum_s8_ref(&rows, in, out, NULL); /* 3 / 4, 6 / 4, 1 / 4 rounded twice */
    CHECK_BYTES(out, quarter, 3);
    mote_reduce_max_s8_ref(&columns, in, out, NULL);
    CHECK_BYTES(out, largest, 2);
    mote_reduce_min_s8_ref(&columns, in, out, NULL);
    CHECK_BYTES(out, smallest, 2);
}

TEST(mul_by_hand)
{
    /* (7 - 2) * (b + 1) * 0.25 + 3, one rounding up and one away from zero */
    static const int8_t a[1] = {7}, b[4] = {-1, 1, -3, 127};
    static const int8_t want[4] = {3, 6, 0, 100};
    const struct mote_mul_s8 op = {
        {{1, 1, 1, 4}, {0, 0, 0, 0}, {0, 0, 0, 1}}, 2, -1, 3, -128, 100, -1, 1 << 30};
    int8_t out[4];
    mote_mul_s8_ref(&op, a, b, out, NULL);
    CHECK_BYTES(out, want, 4);
}

/* Half away from zero, but the first rounding goes up: a - b is not a + (-b). */
/* Two tensors of n elements side by side. */
#define FLAT(n)                                                                                    \
    {                                                                                              \
        {1, 1, 1, (n)}, {0, 0, 0, 1},                                                              \
        {                                                                                          \
            0, 0, 0, 1                                                                             \
        }                                                                                          \
    }

TEST(prelu_by_hand)
{
    /* (10 - 2) * 0.5 = 4; (-6 - 2) * (3 - 1) * 0.25 = -4; both + 5; 0 stays 0 */
    static const int8_t a[3] = {10, -6, 2}, b[3] = {100, 3, -128}, want[3] = {9, 1, 5};
    const struct mote_prelu_s8 op = {FLAT(3), 2, 1, 5, 0, -1, 1 << 30, 1 << 30};
    int8_t out[3];
    mote_prelu_s8_ref(&op, a, b, out, NULL);
    CHECK_BYTES(out, want, 3);
}

TEST(squared_difference_by_hand)
{
    /* both by 1/2: u = a * 2^6; (10 - 4)^2 * 2^12 * 2^-13 = 18; (-3 - 4)^2 / 2 = 24.5 -> 25 */
    static const int8_t a[2] = {10, -3}, b[2] = {5, 5}, want[2] = {18, 25};
    const struct mote_sum_s8 op = {FLAT(2), 0, 1,   0,       -128,    127,
                                   0,       0, -12, 1 << 30, 1 << 30, 1 << 30};
    int8_t out[2];
    mote_squared_difference_s8_ref(&op, a, b, out, NULL);
    CHECK_BYTES(out, want, 2);
}

TEST(div_by_hand)
{
    /* quotient times 8: 7 / 2 = 28, -100 / 3 = -266.7, held at -128, 5 / -4 = -10, 1 / 8 = 1;
     * by 0 the ends of what is allowed, and 0 / 0 = 0 */
    static const int8_t a[7] = {7, -100, 5, 1, 3, -3, 0}, b[7] = {2, 3, -4, 8, 0, 0, 0};
    static const int8_t want[7] = {28, -128, -10, 1, 127, -128, 0};
    const struct mote_mul_s8 op = {FLAT(7), 0, 0, 0, -128, 127, 4, 1 << 30};
    int8_t out[7];
    mote_div_s8_ref(&op, a, b, out, NULL);
    CHECK_BYTES(out, want, 7);
}

/* Whatever the operands: the real quotient, rounded, within one unit. */
TEST(div_equals_double_precision_within_one_unit)
{
    for (int32_t a = -128; a < 128; a++)
        for (int32_t b = -128; b < 128; b++) {
            const struct mote_mul_s8 op = {FLAT(1), 3, -7, -2, -128, 127, 3, 1431655765}; /* 16/3 */
            const int8_t x = (int8_t)a, v = (int8_t)b;
            int8_t out;
            mote_div_s8_ref(&op, &x, &v, &out, NULL);
            if (b == -7)
                continue;
            double want = (a - 3) / (b + 7.0) * 16.0 / 3.0 - 2.0;
            want = want < -128.0 ? -128.0 : want > 127.0 ? 127.0 : want;
            CHECK_NEAR((double)out, want, 0.5001);
        }
}

TEST(resize_bilinear_mixes_neighbours)
{
    /* one row twice as wide, by half pixels: at -1/4, 1/4, 3/4, 5/4; -10 + 21/4 = -4.75 */
    static const int8_t in[2] = {-10, 11}, want[4] = {-10, -5, 6, 11};
    const struct mote_resize_bilinear_s8 op = {{1, 2, 1}, {1, 4, 1}, 1024, 512, 0, 256 - 512};
    int8_t out[4];
    mote_resize_bilinear_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 4);
    /* halves go away from zero: 0.5 and -0.5 in the middle of a square */
    static const int8_t square[8] = {0, 0, 1, -1, 1, -1, 0, 0}, middle[2] = {1, -1};
    const struct mote_resize_bilinear_s8 one = {{2, 2, 2}, {1, 1, 2}, 0, 0, 512, 512};
    mote_resize_bilinear_s8_ref(&one, square, out, NULL);
    CHECK_BYTES(out, middle, 2);
}

TEST(batch_matmul_by_hand_and_turned)
{
    /* a = [1 2 3; 4 5 6], b = [1 0; 0 1; 1 1] with zero points 1 and 0: a - 1 = [0 1 2; 3 4 5] */
    static const int8_t a[6] = {1, 2, 3, 4, 5, 6}, b[6] = {1, 0, 0, 1, 1, 1};
    static const int8_t a_turned[6] = {1, 4, 2, 5, 3, 6}, b_turned[6] = {1, 0, 1, 0, 1, 1};
    static const int8_t want[4] = {2, 3, 8, 9};
    const struct mote_batch_matmul_s8 op = {
        {{{1, 1, 1, 1}, {0}, {0}}, 2, 3, 2, 3, 1, 2, 1}, 1, 0, 0, 1, 1 << 30};
    const struct mote_batch_matmul_s8 turned = {
        {{{1, 1, 1, 1}, {0}, {0}}, 2, 3, 2, 1, 2, 1, 3}, 1, 0, 0, 1, 1 << 30};
    int8_t out[4];
    mote_batch_matmul_s8_ref(&op, a, b, out, NULL);
    CHECK_BYTES(out, want, 4);
    mote_batch_matmul_s8_ref(&turned, a_turned, b_turned, out, NULL);
    CHECK_BYTES(out, want, 4);
}

/* Outputs of the six relations, in the order of compare.def, for one pair. */
static const uint8_t relations[6] = {MOTE_EQUAL,   MOTE_LESS | MOTE_GREATER | MOTE_UNORDERED,
                                     MOTE_LESS,    MOTE_LESS | MOTE_EQUAL,
                                     MOTE_GREATER, MOTE_GREATER | MOTE_EQUAL};

TEST(comparisons_are_of_real_values_in_256ths)
{
    /* (a - 1) / 2 against (b + 3) / 4: 2 and 2, 2 and 1.75, -64.5 and 32.5 */
    static const int8_t a[3] = {5, 5, -128}, b[3] = {5, 4, 127};
    static const int8_t want[6][3] = {{1, 0, 0}, {0, 1, 1}, {0, 0, 1},
                                      {1, 0, 1}, {0, 1, 0}, {1, 1, 0}};
    for (int i = 0; i < 6; i++) {
        const struct mote_compare op = {FLAT(3), relations[i], 1, -3, 0, -1, 1 << 30, 1 << 30};
        int8_t out[3];
        mote_compare_s8_ref(&op, a, b, out, NULL);
        CHECK_BYTES(out, want[i], 3);
    }
    /* a scale of 2^-10 is finer than 1/256: 0 and 1 become 0, 2 becomes 1/2, rounded to 1 */
    static const int8_t fine[3] = {0, 1, 2}, zero[3] = {0, 0, 0}, greater[3] = {0, 0, 1};
    const struct mote_compare op = {FLAT(3), MOTE_GREATER, 0, 0, -9, -9, 1 << 30, 1 << 30};
    int8_t out[3];
    mote_compare_s8_ref(&op, fine, zero, out, NULL);
    CHECK_BYTES(out, greater, 3);
}

TEST(wide_comparisons_have_every_digit)
{
    static const int16_t a16[3] = {-32768, 32767, 100}, b16[3] = {32767, 32766, 100};
    static const int8_t less[3] = {1, 0, 0};
    const struct mote_compare wide = {FLAT(3), MOTE_LESS, 0, 0, 7, 7, 1 << 30, 1 << 30};
    int8_t out[3];
    mote_compare_s16_ref(&wide, a16, b16, out, NULL);
    CHECK_BYTES(out, less, 3);
    static const int32_t a32[3] = {INT32_MIN, INT32_MAX, 7}, b32[3] = {INT32_MAX, INT32_MIN, 7};
    const struct mote_compare plain = {.walk = FLAT(3), .holds = MOTE_LESS};
    mote_compare_s32_ref(&plain, a32, b32, out, NULL);
    CHECK_BYTES(out, less, 3);
}

TEST(not_a_number_differs_from_everything)
{
    static const float a[4] = {NAN, 1.0f, -0.0f, INFINITY}, b[4] = {NAN, NAN, 0.0f, 1.0f};
    static const int8_t want[6][4] = {{0, 0, 1, 0}, {1, 1, 0, 1}, {0, 0, 0, 0},
                                      {0, 0, 1, 0}, {0, 0, 0, 1}, {0, 0, 1, 1}};
    for (int i = 0; i < 6; i++) {
        const struct mote_compare op = {.walk = FLAT(4), .holds = relations[i]};
        int8_t out[4];
        mote_compare_f32_ref(&op, a, b, out, NULL);
        CHECK_BYTES(out, want[i], 4);
    }
}

TEST(select_repeats_what_has_no_step)
{
    /* condition [2,1], a [2,3], b [1,3] */
    static const uint8_t condition[2] = {0, 1};
    static const int16_t a[6] = {1, 2, 3, 4, 5, 6}, b[3] = {-1, -2, -3};
    static const int16_t want[6] = {-1, -2, -3, 4, 5, 6};
    const struct mote_select_any op = {
        {1, 1, 2, 3}, {0, 0, 1, 0}, {0, 0, 3, 1}, {0, 0, 0, 1}, sizeof(int16_t)};
    int16_t out[6];
    mote_select_any_ref(&op, condition, a, b, out, NULL);
    CHECK_BYTES(out, want, sizeof want);
    memcpy(out, a, sizeof out);
    mote_select_any_ref(&op, condition, out, b, out, NULL); /* in place */
    CHECK_BYTES(out, want, sizeof want);
}

TEST(the_first_of_equal_extremes_counts)
{
    /* [1,3,2]: along the middle dimension */
    static const int8_t in[6] = {3, -1, 5, -7, 5, -7};
    static const int32_t largest[2] = {1, 0}, least[2] = {0, 1};
    struct mote_arg_extremum op = {1, 3, 2, false};
    int32_t out[2];
    mote_arg_extremum_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, largest, sizeof out);
    op.least = true;
    mote_arg_extremum_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, least, sizeof out);
}

TEST(gather_holds_indices_inside)
{
    static const int8_t in[6] = {1, 2, 3, 4, 5, 6}, want[8] = {5, 6, 1, 2, 1, 2, 5, 6};
    static const int32_t index[4] = {2, 0, -7, 1 << 30};
    const struct mote_gather_any op = {1, 3, 4, 2};
    int8_t out[8];
    mote_gather_any_ref(&op, in, index, out, NULL);
    CHECK_BYTES(out, want, 8);
}

/* Every input scattered to the outputs it reaches, as the reference does it. */
TEST(transpose_conv2d_equals_scattering)
{
    static const int8_t in[4] = {1, -2, 3, 4}, w[9] = {1, 2, 3, -4, 5, 6, 7, 8, -9}, shift[1] = {1};
    static const int32_t bias[1] = {3}, mult[1] = {1 << 30};
    const struct mote_conv2d_s8 op = {{2, 2, 1}, {4, 5, 1}, 3,     3,    2,    2,    1,
                                      1,         1,         0,     1,    5,    -128, 127,
                                      false,     false,     false, mult, shift};
    int32_t acc[4][5] = {{0}};
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 9; k++) {
            const int y = i / 2 * 2 - 1 + k / 3, x = i % 2 * 2 + k % 3;
            if (y >= 0 && y < 4 && x < 5)
                acc[y][x] += (in[i] - 1) * w[k];
        }
    int8_t out[20];
    mote_transpose_conv2d_s8_ref(&op, in, w, bias, out, NULL);
    for (int i = 0; i < 20; i++)
        CHECK_EQ(out[i], acc[i / 5][i % 5] + 3 + 5);
}

TEST(pad_writes_elements_of_any_size)
{
    static const int16_t in[2] = {1, 2}, want[4] = {0x1234, 1, 2, 0x1234};
    const struct mote_pad_any op = {{1, 1, 1, 2}, {0, 0, 0, 1}, {0, 0, 0, 1}, 0x1234, 2};
    int16_t out[4];
    mote_pad_any_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, sizeof want);
}

TEST(sub_takes_the_second_from_the_first)
{
    static const int8_t a[3] = {10, -128, 127}, b[3] = {-3, 127, -128};
    static const int8_t want[3] = {13, -128, 127};
    const struct mote_sum_s8 op = {{{1, 1, 1, 3}, {0, 0, 0, 1}, {0, 0, 0, 1}},
                                   0,
                                   0,
                                   0,
                                   -128,
                                   127,
                                   0,
                                   0,
                                   -18,
                                   1 << 30,
                                   1 << 30,
                                   1 << 30};
    int8_t out[3];
    mote_sub_s8_ref(&op, a, b, out, NULL);
    CHECK_BYTES(out, want, 3);
}

TEST(lut_reads_negative_bytes_behind_the_others)
{
    static const int8_t in[5] = {0, 127, -128, -1, 5};
    static const int8_t want[5] = {10, 11, 12, 13, 14};
    static const int8_t table[256] = {[0] = 10, [127] = 11, [128] = 12, [255] = 13, [5] = 14};
    const struct mote_lut_s8 op = {5, table};
    int8_t out[5];
    mote_lut_s8_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 5);
}

TEST(quantize_rounds_half_away_and_saturates)
{
    static const float in[10] = {0.25f,  -0.25f, 0.24f, 1e30f,    -1e30f,
                                 63.25f, -64.0f, NAN,   INFINITY, -INFINITY};
    static const int8_t want[10] = {4, 2, 3, 127, -128, 127, -125, 3, 127, -128};
    const struct mote_quantize_f32 op = {10, 0.5f, 3, false};
    int8_t out[10];
    mote_quantize_f32_ref(&op, in, out, NULL);
    CHECK_BYTES(out, want, 10);
}

TEST(quantize_equals_the_libraries_round)
{
    struct random r = random_seed(test_seed());
    const struct mote_quantize_f32 op = {1, 0.0371f, -17, false};
    for (int i = test_rounds(200000); i > 0; i--) {
        const float x = (float)random_in(&r, -1000000, 1000000) * 1.1e-5f;
        const float q = roundf(x / op.scale) - 17.0f;
        int8_t out;
        mote_quantize_f32_ref(&op, &x, &out, NULL);
        CHECK_EQ(out, (int8_t)fmaxf(-128.0f, fminf(127.0f, q)));
    }
}

TEST(dequantize_inverts_quantize)
{
    const struct mote_quantize_f32 op = {256, 0.0371f, -17, false};
    int8_t in[256], out[256];
    float real[256];
    for (int i = 0; i < 256; i++)
        in[i] = (int8_t)(i - 128);
    mote_dequantize_f32_ref(&op, in, real, NULL);
    CHECK_EQ((long long)real[128 - 17], 0);
    CHECK(real[255] == 0.0371f * 144.0f);
    mote_quantize_f32_ref(&op, real, out, NULL);
    CHECK_BYTES(out, in, 256);
}

/* Softmax arguments for an input scale, beta 1: the scale in Q5.26, as a Q31 number and a shift. */
static struct mote_softmax_s8 softmax_args(uint32_t n, double scale)
{
    int exponent;
    const double q = frexp(scale * (1 << 26), &exponent);
    struct mote_softmax_s8 op = {1, n, (int32_t)round(q * 0x1p31), (int8_t)exponent, 0};
    op.diff_min = -(int32_t)floor(31.0 * (1 << 26) / ldexp(1.0, exponent));
    return op;
}

TEST(softmax_stays_within_one_unit_of_double_precision)
{
    struct random r = random_seed(test_seed());
    for (int i = test_rounds(3000); i > 0; i--) {
        int8_t in[64], out[64];
        double e[64], sum = 0.0;
        const double scale = ldexp(1.0 + random_in(&r, 0, 1000) / 1001.0, random_in(&r, -9, -2));
        const struct mote_softmax_s8 op = softmax_args((uint32_t)random_in(&r, 1, 64), scale);
        random_fill(&r, (unsigned char *)in, sizeof in);
        int max = -128;
        for (uint32_t k = 0; k < op.n; k++)
            max = in[k] > max ? in[k] : max;
        for (uint32_t k = 0; k < op.n; k++)
            sum += e[k] = exp(scale * (in[k] - max));
        mote_softmax_s8_ref(&op, in, out, NULL);
        for (uint32_t k = 0; k < op.n; k++)
            CHECK_NEAR((double)out[k], fmin(127.0, 256.0 * e[k] / sum - 128.0), 0.51);
    }
}

TEST(softmax_of_one_element_is_one)
{
    const struct mote_softmax_s8 op = softmax_args(1, 0.1);
    const int8_t in[1] = {-77};
    int8_t out[1];
    mote_softmax_s8_ref(&op, in, out, NULL);
    CHECK_EQ(out[0], 127);
}

TEST(softmax_of_4095_equal_elements_is_zero_everywhere)
{
    static int8_t in[4095], out[4095];
    const struct mote_softmax_s8 op = softmax_args(4095, 0.1);
    memset(in, 127, sizeof in);
    mote_softmax_s8_ref(&op, in, out, NULL);
    for (int i = 0; i < 4095; i++)
        CHECK_EQ(out[i], -128);
}

static void read_file(const char *path, void *to, size_t n)
{
    FILE *f = fopen(path, "rb");
    CHECK(f != NULL);
    const size_t got = fread(to, 1, n, f);
    fclose(f);
    CHECK_EQ((long long)got, (long long)n);
}

static void check_golden_pool(const char *in_path, const char *out_path, struct mote_hwc shape)
{
    static int8_t in[65536];
    int8_t want[256], got[256];
    read_file(test_data(in_path), in, (size_t)shape.h * shape.w * shape.c);
    read_file(test_data(out_path), want, shape.c);
    const struct mote_pool2d_s8 op = {
        shape, {1, 1, shape.c}, (uint8_t)shape.h, (uint8_t)shape.w, 1, 1, 0, 0, -128, 127, false};
    mote_average_pool2d_s8_ref(&op, in, got, NULL);
    CHECK_BYTES(got, want, shape.c);
}

TEST(average_pool2d_equals_tflite_micro_on_keyword_spotting)
{
    check_golden_pool("golden/layers/kws/08.bin", "golden/layers/kws/09.bin",
                      (struct mote_hwc){25, 5, 64});
}

TEST(average_pool2d_equals_tflite_micro_on_image_classification)
{
    check_golden_pool("golden/layers/resnet/11.bin", "golden/layers/resnet/12.bin",
                      (struct mote_hwc){8, 8, 64});
}

/* Input scales of the softmax of six models, beta 1. */
TEST(softmax_equals_tflite_micro_on_six_models)
{
    static const struct {
        const char *in, *out;
        uint32_t n;
        float scale;
    } layers[] = {{"kws/11.bin", "kws/12.bin", 12, 0.144692510f},
                  {"resnet/14.bin", "resnet/15.bin", 10, 0.171853513f},
                  {"vww/29.bin", "vww/30.bin", 2, 0.0146362185f},
                  {"sww/09.bin", "sww/10.bin", 3, 0.160508901f},
                  {"person/29.bin", "person/30.bin", 2, 0.0125187514f},
                  {"speech/02.bin", "speech/03.bin", 4, 0.0917319208f}};
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        int8_t in[12], want[12], got[12];
        char path[64];
        const struct mote_softmax_s8 op = softmax_args(layers[i].n, (double)layers[i].scale);
        snprintf(path, sizeof path, "golden/layers/%s", layers[i].in);
        read_file(test_data(path), in, layers[i].n);
        snprintf(path, sizeof path, "golden/layers/%s", layers[i].out);
        read_file(test_data(path), want, layers[i].n);
        mote_softmax_s8_ref(&op, in, got, NULL);
        CHECK_BYTES(got, want, layers[i].n);
    }
}

TEST_MAIN(T(conv2d_of_one_pixel_by_hand), T(conv2d_skips_padded_taps),
          T(depthwise_conv2d_reads_its_own_channel), T(fully_connected_by_hand_and_clamped),
          T(add_of_equal_scales_halves_and_doubles_exactly),
          T(average_pool2d_divides_by_the_taps_inside),
          T(average_pool2d_rounds_negative_halves_away_from_zero),
          T(max_pool2d_takes_the_largest_and_clamps), T(pad_puts_its_value_on_the_sides_asked_for),
          T(concat_interleaves_along_the_axis), T(requantize_moves_scale_and_zero_point),
          T(requantize_turns_the_top_bit_of_uint8), T(lut_reads_negative_bytes_behind_the_others),
          T(broadcast_repeats_what_has_no_step), T(view_transposes_and_walks_backward),
          T(reductions_by_hand), T(mul_by_hand), T(prelu_by_hand), T(squared_difference_by_hand),
          T(div_by_hand), T(div_equals_double_precision_within_one_unit),
          T(resize_bilinear_mixes_neighbours), T(batch_matmul_by_hand_and_turned),
          T(comparisons_are_of_real_values_in_256ths), T(wide_comparisons_have_every_digit),
          T(not_a_number_differs_from_everything), T(select_repeats_what_has_no_step),
          T(the_first_of_equal_extremes_counts), T(gather_holds_indices_inside),
          T(transpose_conv2d_equals_scattering), T(pad_writes_elements_of_any_size),
          T(sub_takes_the_second_from_the_first), T(quantize_rounds_half_away_and_saturates),
          T(quantize_equals_the_libraries_round), T(dequantize_inverts_quantize),
          T(softmax_stays_within_one_unit_of_double_precision), T(softmax_of_one_element_is_one),
          T(softmax_of_4095_equal_elements_is_zero_everywhere),
          T(average_pool2d_equals_tflite_micro_on_keyword_spotting),
          T(average_pool2d_equals_tflite_micro_on_image_classification),
          T(softmax_equals_tflite_micro_on_six_models))
