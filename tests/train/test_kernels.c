/* test_kernels.c - the inner loops, every variant against plain double sums, with canaries.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/rng.h"
#include "check.h"
#include "train/kernels.h"
#include <math.h>
#include <stdio.h>

static float *random_floats(struct arena *a, struct rng *r, ptrdiff_t n)
{
    float *x = ARENA_ARRAY(a, float, (size_t)n);
    for (ptrdiff_t i = 0; i < n; i++)
        x[i] = rng_normal(r);
    return x;
}

/* Two segments of `steps`, rows two apart, two y. */
static void check_product(const struct kernels *k, struct arena *a, struct rng *r, ptrdiff_t m,
                          ptrdiff_t n, enum store store)
{
    const ptrdiff_t steps = 1 + rng_below(r, 6), row = 5, seg[] = {0, 3};
    const float *x = random_floats(a, r, (m + 8) * row + 40);
    const float *b = random_floats(a, r, 2 * steps * n + KERNEL_SLACK);
    const float *bias = rng_below(r, 2) ? random_floats(a, r, n + KERNEL_SLACK) : NULL;
    const ptrdiff_t c_row = n + 3, c_n = 2 * m * c_row;
    float *c = random_floats(a, r, c_n);
    const float *before = arena_copy(a, c, (size_t)c_n * sizeof *c);
    const struct product p = {.a = x,
                              .a_row = row,
                              .a_step = 2,
                              .a_y = 7,
                              .seg = seg,
                              .n_seg = 2,
                              .seg_len = steps,
                              .b = b,
                              .b_step = n,
                              .b_seg = steps * n,
                              .c = c,
                              .c_row = c_row,
                              .c_y = m * c_row,
                              .bias = bias,
                              .m = m,
                              .n = n,
                              .n_y = 2,
                              .store = store};
    k->product(&p);
    for (ptrdiff_t at = 0; at < c_n; at++) {
        const ptrdiff_t y = at / (m * c_row), i = at / c_row % m, j = at % c_row;
        double sum = j < n && bias ? (double)bias[j] : 0.0;
        if (j >= n || store == STORE_ADD)
            sum += (double)before[at];
        for (ptrdiff_t s = 0; j < n && s < 2; s++)
            for (ptrdiff_t t = 0; t < steps; t++)
                sum += (double)x[y * 7 + seg[s] + i * row + t * 2] *
                       (double)b[(s * steps + t) * n + j];
        CHECK_NEAR((double)c[at], sum, 1e-5);
    }
}

TEST(product_equals_plain_sums_for_every_tile_and_touches_nothing_else)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    for (uint32_t v = 0; kernels_variant(v); v++)
        for (ptrdiff_t m = 1; m <= 30; m++)
            for (ptrdiff_t n = 1; n <= 40; n += n < 34 ? 3 : 1) {
                check_product(kernels_variant(v), a, &r, m, n, n % 2 ? STORE_SET : STORE_ADD);
                arena_reset(a);
            }
    arena_free(a);
}

/* A mean of 1000 deviations: sums of plain squares would lose every digit in float. */
TEST(moments_keep_their_digits_when_the_mean_is_large)
{
    enum { ROWS = 501, N = 19 };
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    float *x = random_floats(a, &r, ROWS * N);
    for (ptrdiff_t i = 0; i < ROWS * N; i++)
        x[i] += 1000.0f;
    for (uint32_t v = 0; kernels_variant(v); v++) {
        float mean[N], m2[N];
        kernels_variant(v)->moments(x, ROWS, N, mean, m2);
        for (int j = 0; j < N; j++) {
            double sum = 0.0, squares = 0.0;
            for (int i = 0; i < ROWS; i++)
                sum += (double)x[i * N + j] / ROWS;
            for (int i = 0; i < ROWS; i++)
                squares += pow((double)x[i * N + j] - sum, 2.0);
            CHECK_NEAR((double)mean[j], sum, 1e-3);
            CHECK_NEAR((double)m2[j], squares, 1e-3 * squares);
        }
    }
    arena_free(a);
}

TEST(a_clamp_lets_not_a_number_through)
{
    for (uint32_t v = 0; kernels_variant(v); v++) {
        const float x[] = {NAN, -1.0f, 7.0f, 3.0f}, one[] = {1.0f, 1.0f, 1.0f, 1.0f};
        const float zero[] = {0.0f, 0.0f, 0.0f, 0.0f};
        const struct range relu6 = {0.0f, 6.0f};
        float y[4], z[4];
        kernels_variant(v)->clamp(x, 4, relu6, y);
        kernels_variant(v)->scale(x, 1, 4, one, zero, relu6, z);
        CHECK(isnan(y[0]) && isnan(z[0]));
        CHECK_EQ((int)y[1], 0);
        CHECK_EQ((int)y[2], 6);
        CHECK_EQ((int)y[3], 3);
    }
}

TEST(the_first_of_equal_maxima_gets_the_whole_gradient)
{
    const struct max_pool p = {.in_h = 1,
                               .in_w = 5,
                               .out_h = 1,
                               .out_w = 1,
                               .channels = 2,
                               .kernel_h = 1,
                               .kernel_w = 4,
                               .stride_h = 1,
                               .stride_w = 4};
    const float x[] = {1.0f, 5.0f, 4.0f, 5.0f, 4.0f, 5.0f, 3.0f, 5.0f, 9.0f, 9.0f};
    const float dy[] = {2.0f, 3.0f};
    for (uint32_t v = 0; kernels_variant(v); v++) {
        float y[2], dx[10] = {[8] = 7.0f, [9] = 7.0f};
        const float want[10] = {[2] = 2.0f, [1] = 3.0f, [8] = 7.0f, [9] = 7.0f};
        kernels_variant(v)->max_pool(&p, x, y);
        kernels_variant(v)->max_pool_grad(&p, x, y, dy, dx, STORE_SET);
        for (int i = 0; i < 10; i++)
            CHECK_NEAR((double)dx[i], (double)want[i], 0.0);
        kernels_variant(v)->max_pool_grad(&p, x, y, dy, dx, STORE_ADD);
        CHECK_NEAR((double)dx[2], 4.0, 0.0);
        CHECK_NEAR((double)dx[8], 7.0, 0.0);
    }
}

TEST(the_portable_variant_is_always_there)
{
    CHECK_STR(kernels_variant(0)->name, "c");
    CHECK(kernels_best());
    CHECK(!kernels_variant(16));
}

TEST_MAIN(T(product_equals_plain_sums_for_every_tile_and_touches_nothing_else),
          T(moments_keep_their_digits_when_the_mean_is_large),
          T(the_first_of_equal_maxima_gets_the_whole_gradient),
          T(a_clamp_lets_not_a_number_through), T(the_portable_variant_is_always_there))
