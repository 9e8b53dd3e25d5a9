/* test_sums_products.c - sums of many tensors, products, inverse square roots: against the reference's
 * steps one by one in 64 bits, and against real numbers. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "buffers.h"
#include "check.h"
#include "mote/mote.h"

#define TENSORS_MAX 15
#define FACTORS_MAX 12

/* a * b / 2^31 and x / 2^n, halves away from zero but for the first's below zero. */
static int64_t high(int64_t a, int64_t b)
{
    const int64_t nudge = a * b >= 0 ? INT64_C(1) << 30 : 1 - (INT64_C(1) << 30);
    return (a * b + nudge) / (INT64_C(1) << 31);
}

static int64_t part(int64_t x, int n)
{
    const int64_t half = n ? INT64_C(1) << (n - 1) : 0;
    return x >= 0 ? (x + half) / (INT64_C(1) << n) : -((-x + half) / (INT64_C(1) << n));
}

static int64_t held(int64_t x, int64_t low, int64_t top)
{
    return x < low ? low : x > top ? top : x;
}

/* As TFLite Micro's ADD_N goes: from minus the zero point on, each input times 2^20 and by 1/2. */
static int64_t sum_of(const struct mote_add_n_s8 *op, int64_t zero, int8_t in[][1])
{
    const int64_t half = 1 << 30;
    int64_t sum = high(-zero * (1 << 20), half);
    for (uint32_t k = 0; k < op->n_in; k++)
        sum += high((in[k][0] - zero) * (1 << 20), half);
    return held(part(high(sum, op->mult), -op->shift) + op->out_zero, -128, 127);
}

TEST(a_sum_of_many_rounds_once_and_begins_at_minus_the_zero_point)
{
    struct random r = random_seed(test_seed());
    for (int i = test_rounds(3000); i > 0; i--) {
        const int32_t zero = random_in(&r, -128, 127), n_in = random_in(&r, 2, TENSORS_MAX);
        const struct mote_add_n_s8 op = {1,
                                         (uint32_t)n_in,
                                         zero * (n_in + 1),
                                         random_in(&r, 1 << 30, INT32_MAX),
                                         (int8_t)random_in(&r, -24, -17),
                                         (int8_t)random_in(&r, -128, 127)};
        const bool is_extreme = random_in(&r, 0, 3) == 0;
        int8_t in[TENSORS_MAX][1], out[1];
        const void *of[TENSORS_MAX];
        for (int k = 0; k < n_in; k++) {
            in[k][0] = (int8_t)(is_extreme ? (zero < 0 ? 127 : -128) : random_in(&r, -128, 127));
            of[k] = in[k];
        }
        mote_add_n_s8_ref(&op, of, out, NULL);
        CHECK_EQ(out[0], sum_of(&op, zero, in));
    }
}

TEST(a_sum_of_many_may_lie_where_an_input_does)
{
    int8_t a[3] = {1, 2, -3}, b[3] = {10, 0, 0}, c[3] = {-1, -1, 100};
    static const int8_t want[3] = {10, 1, 97};
    const struct mote_add_n_s8 op = {3, 3, 0, 1 << 30, -18, 0}; /* by 2^-19 */
    mote_add_n_s8_ref(&op, (const void *const[]){a, b, c}, b, NULL);
    CHECK_BYTES(b, want, 3);
}

/* x times a multiplier of which 16 bits are left, once rounded: for wide numbers. */
static int64_t wide(int64_t x, int64_t mult, int shift)
{
    const int64_t top = mult < 0x7fff0000 ? (mult + (1 << 15)) / (1 << 16) : 0x7fff;
    const int64_t unit = INT64_C(1) << (15 - shift), n = x * top + unit / 2; /* below 2^58 */
    return n / unit - (n % unit < 0 ? 1 : 0); /* picolibc's floor is wrong for some numbers */
}

struct product {
    struct mote_reduce_s8 op;
    int32_t x[FACTORS_MAX];
    int n;
};

/* One output of a few factors that stay small. */
static struct product random_product_of(struct random *r, int32_t top, bool has_zero)
{
    struct product p = {.n = random_in(r, 1, FACTORS_MAX)};
    p.op =
        (struct mote_reduce_s8){{1, 1, 1}, {0, 0, 0}, {1, 1, (uint32_t)p.n}, {0, 0, 1}, 0, 0, 0, 0};
    p.op.zero_sum = has_zero ? random_in(r, -20, 20) : 0;
    p.op.out_zero = (int8_t)(has_zero ? random_in(r, -128, 127) : 0);
    p.op.mult = random_in(r, 1 << 30, INT32_MAX);
    p.op.shift = (int8_t)random_in(r, -9, 0);
    for (int i = 0; i < p.n; i++)
        p.x[i] = random_in(r, -top, top);
    return p;
}

static int64_t product_of(const struct product *p, int64_t low, int64_t top)
{
    int64_t y = p->x[0] - p->op.zero_sum;
    for (int i = 1; i < p->n; i++)
        y = (int32_t)wide(y * (p->x[i] - p->op.zero_sum), p->op.mult, p->op.shift);
    return held(wide(y, p->op.mult, p->op.shift) + p->op.out_zero, low, top);
}

TEST(products_are_rescaled_with_every_factor)
{
    struct random r = random_seed(test_seed());
    for (int i = test_rounds(3000); i > 0; i--) {
        struct product p = random_product_of(&r, 100, true);
        int8_t x[FACTORS_MAX], y[1];
        for (int k = 0; k < p.n; k++)
            x[k] = (int8_t)p.x[k];
        mote_reduce_prod_s8_ref(&p.op, x, y, NULL);
        CHECK_EQ(y[0], product_of(&p, -128, 127));
        p = random_product_of(&r, 600, false);
        int16_t u[FACTORS_MAX], v[1];
        for (int k = 0; k < p.n; k++)
            u[k] = (int16_t)p.x[k];
        mote_reduce_prod_s16_ref(&p.op, u, v, NULL);
        CHECK_EQ(v[0], product_of(&p, INT16_MIN, INT16_MAX));
    }
}

TEST(products_by_hand)
{
    /* [2][3] over the first dimension: (x - 1) (y - 1) / 16 + 5; float over the second */
    static const int8_t in[6] = {17, 5, -15, 17, 9, 3}, want[3] = {21, 7, 3};
    static const float real[6] = {2.0f, 3.0f, -0.5f, 1.5f, 0.0f, 7.0f};
    const struct mote_reduce_s8 rows = {{1, 1, 3}, {0, 0, 1}, {1, 1, 2}, {0, 0, 3},
                                        1,         1 << 30,   -1,        5};
    const struct mote_reduce_f32 columns = {{1, 1, 2}, {0, 0, 3}, {1, 1, 3}, {0, 0, 1}, 1.0f};
    int8_t out[3];
    float y[2];
    mote_reduce_prod_s8_ref(&rows, in, out, NULL);
    CHECK_BYTES(out, want, 3);
    mote_reduce_prod_f32_ref(&columns, real, y, NULL);
    CHECK(y[0] == -3.0f && y[1] == 0.0f);
}

/* Two roundings to 20 fraction bits, then two to the output's unit, err by 3/4 at most each. */
TEST(inverse_square_roots_of_int16_are_near_the_function)
{
    const struct mote_rsqrt_s16 op = {1, 1610612736, 15}; /* 0.75 * 2^15 */
    for (int32_t x = -3; x <= INT16_MAX; x++) {
        const int16_t in = (int16_t)x;
        int16_t out;
        mote_rsqrt_s16_ref(&op, &in, &out, NULL);
        const double want = x <= 0 ? 32767.0 : 24576.0 / sqrt(x);
        CHECK_NEAR((double)out, want, 0.75 + 0.75 * 24576.0 * 0x1p-20);
    }
}

TEST_MAIN(T(a_sum_of_many_rounds_once_and_begins_at_minus_the_zero_point),
          T(a_sum_of_many_may_lie_where_an_input_does), T(products_are_rescaled_with_every_factor),
          T(products_by_hand), T(inverse_square_roots_of_int16_are_near_the_function))
