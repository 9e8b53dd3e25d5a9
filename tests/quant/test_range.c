/* test_range.c - each method's range on distributions with a known answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quant/range.h"

#include "quant/build.h"
#include <math.h>

#define N_VALUES 100000

/* What `observe` says of these values, as contents of a graph input. */
static struct observed *observe_values(struct bench *b, const float *x, uint32_t n)
{
    struct diag d = {0};
    const uint32_t in = add_input(b, "x", (struct shape){.rank = 2, .dim = {1, 1}});
    const struct attrs at = {.new_rank = 1, .new_shape = {1}};
    add_output(b, add_unary(b, OP_RESHAPE, at, in, "y"));
    struct observed *o = observe(b->a, b->g, x, n, OBSERVE_HISTOGRAMS, b->pool, &d);
    check_no_error(&d);
    return &o[in];
}

/* Standard normal values; five outliers at 50. */
static float *normal_with_outliers(struct bench *b)
{
    float *x = ARENA_ARRAY(b->a, float, N_VALUES);
    for (uint32_t i = 0; i < N_VALUES; i++)
        x[i] = i % 20000 == 7 ? 50.0f : rng_normal(&b->rng);
    return x;
}

static double squared_error(const float *x, uint32_t n, struct range r)
{
    const struct affine_s8 q = range_quantisation(r);
    double sum = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        const double steps = round((double)x[i] / (double)q.scale) + q.zero;
        const double held = fmax(-128.0, fmin(127.0, steps)) - q.zero;
        sum += pow((double)x[i] - held * (double)q.scale, 2.0);
    }
    return sum;
}

TEST(observe_counts_every_value_once)
{
    struct bench b = bench_begin(2);
    const float x[6] = {-1.0f, 0.0f, 0.0f, 0.25f, 3.0f, 3.0f};
    const struct observed *o = observe_values(&b, x, 6);
    CHECK_NEAR((double)o->min, -1.0, 0.0);
    CHECK_NEAR((double)o->max, 3.0, 0.0);
    CHECK_EQ((long long)o->n_zero, 2);
    CHECK_EQ((long long)o->bins[0], 1);
    CHECK_EQ((long long)o->bins[HISTOGRAM_BINS * 5 / 16], 1); /* (0.25 + 1) / 4 */
    CHECK_EQ((long long)o->bins[HISTOGRAM_BINS - 1], 2);
    bench_end(&b);
}

TEST(many_threads_see_what_one_sees)
{
    struct bench one = bench_begin(1), many = bench_begin(3);
    float *x = normal_with_outliers(&one);
    x[N_VALUES / 3] = -60.0f;
    x[N_VALUES / 3 * 2] = 60.0f;
    const struct observed *o = observe_values(&one, x, N_VALUES);
    const struct observed *p = observe_values(&many, x, N_VALUES);
    CHECK_NEAR((double)p->min, -60.0, 0.0);
    CHECK_NEAR((double)p->max, 60.0, 0.0);
    CHECK_EQ((long long)p->n_zero, (long long)o->n_zero);
    CHECK_BYTES(p->bins, o->bins, HISTOGRAM_BINS * sizeof *o->bins);
    bench_end(&one);
    bench_end(&many);
}

TEST(minmax_takes_everything)
{
    struct bench b = bench_begin(3);
    const float *x = normal_with_outliers(&b);
    const struct observed *o = observe_values(&b, x, N_VALUES);
    const struct range r = range_choose(o, RANGE_MINMAX, 0.0f);
    CHECK_NEAR((double)r.hi, 50.0, 0.0);
    CHECK_NEAR((double)r.lo, (double)o->min, 0.0);
    CHECK(r.lo < -3.5f);
    bench_end(&b);
}

TEST(percentile_leaves_outliers_out)
{
    struct bench b = bench_begin(1);
    const struct observed *o = observe_values(&b, normal_with_outliers(&b), N_VALUES);
    /* 99.9: of 100,000 values 100 are cut at each end, below among them no outlier, above five.
     * The normal distribution has 0.1 % beyond 3.09. One bin is 0.027 wide; the quantile's own
     * deviation is 0.03. */
    const struct range r = range_choose(o, RANGE_PERCENTILE, 99.9f);
    CHECK_NEAR((double)r.lo, -3.09, 0.15);
    CHECK_NEAR((double)r.hi, 3.11, 0.15);
    bench_end(&b);
}

TEST(percentile_100_takes_everything)
{
    struct bench b = bench_begin(1);
    const struct observed *o = observe_values(&b, normal_with_outliers(&b), N_VALUES);
    const struct range r = range_choose(o, RANGE_PERCENTILE, 100.0f);
    CHECK_NEAR((double)r.lo, (double)o->min, 1e-6);
    CHECK_NEAR((double)r.hi, 50.0, 1e-5);
    bench_end(&b);
}

TEST(percentile_counts_zeros)
{
    /* 99 % zeros, 1 % spread evenly over (0, 10]: half of those are above 5, 0.5 % of all. */
    struct bench b = bench_begin(1);
    float *x = ARENA_ARRAY(b.a, float, N_VALUES);
    for (uint32_t i = 0; i < N_VALUES / 100; i++)
        x[i] = 10.0f * (float)(i + 1) / (N_VALUES / 100);
    const struct observed *o = observe_values(&b, x, N_VALUES);
    const struct range half = range_choose(o, RANGE_PERCENTILE, 99.5f);
    CHECK_NEAR((double)half.lo, 0.0, 0.0);
    CHECK_NEAR((double)half.hi, 5.0, 0.02);
    const struct range none = range_choose(o, RANGE_PERCENTILE, 98.0f);
    CHECK_NEAR((double)none.hi, 0.0, 0.0);
    bench_end(&b);
}

TEST(mse_clips_as_far_as_it_may_when_outliers_are_rare)
{
    struct bench b = bench_begin(1);
    float *x = normal_with_outliers(&b);
    for (uint32_t i = 0; i < N_VALUES; i++)
        x[i] = i == 7 ? 10.0f : x[i] == 50.0f ? 0.5f : x[i];
    const struct observed *o = observe_values(&b, x, N_VALUES);
    const struct range all = range_choose(o, RANGE_MINMAX, 0.0f);
    const struct range r = range_choose(o, RANGE_MSE, 0.0f);
    CHECK(r.hi < 9.0f && r.hi >= 3.0f);
    CHECK(squared_error(x, N_VALUES, r) < 0.9 * squared_error(x, N_VALUES, all));
    /* No other ratio does better, but for the width of a bin. */
    for (int i = 0; i < 100; i++) {
        const float ratio = 0.3f + 0.7f * (float)i / 99.0f;
        const struct range other = {all.lo * ratio, all.hi * ratio};
        CHECK(squared_error(x, N_VALUES, r) < 1.02 * squared_error(x, N_VALUES, other));
    }
    bench_end(&b);
}

TEST(mse_keeps_an_even_distribution_whole)
{
    struct bench b = bench_begin(1);
    float *x = ARENA_ARRAY(b.a, float, N_VALUES);
    for (uint32_t i = 0; i < N_VALUES; i++)
        x[i] = -2.0f + 5.0f * (float)i / (N_VALUES - 1);
    const struct observed *o = observe_values(&b, x, N_VALUES);
    const struct range r = range_choose(o, RANGE_MSE, 0.0f);
    CHECK(r.lo <= -1.97f && r.lo >= -2.0f);
    CHECK(r.hi >= 2.95f && r.hi <= 3.0f);
    bench_end(&b);
}

TEST(kl_clips_rare_outliers_and_keeps_an_even_distribution)
{
    struct bench b = bench_begin(1);
    float *x = normal_with_outliers(&b);
    for (uint32_t i = 9; i < N_VALUES; i += 20000)
        x[i] = -50.0f; /* both ends clip alike */
    const struct observed *o = observe_values(&b, x, N_VALUES);
    const struct range clipped = range_choose(o, RANGE_KL, 0.0f);
    CHECK(clipped.hi <= 0.31f * 50.0f); /* as far as it may */
    bench_end(&b);

    b = bench_begin(1);
    x = ARENA_ARRAY(b.a, float, N_VALUES);
    for (uint32_t i = 0; i < N_VALUES; i++)
        x[i] = -2.0f + 5.0f * (float)i / (N_VALUES - 1);
    const struct range whole = range_choose(observe_values(&b, x, N_VALUES), RANGE_KL, 0.0f);
    CHECK(whole.lo <= -1.9f && whole.hi >= 2.85f);
    bench_end(&b);
}

TEST(every_range_includes_zero)
{
    struct bench b = bench_begin(1);
    float x[1000];
    for (uint32_t i = 0; i < 1000; i++)
        x[i] = 3.0f + (float)i / 1000.0f;
    const struct observed *o = observe_values(&b, x, 1000);
    for (int m = 0; m < RANGE_AUTO; m++) {
        const struct range r = range_choose(o, (enum range_method)m, 99.0f);
        CHECK_NEAR((double)r.lo, 0.0, 0.0);
        CHECK(r.hi > 1.0f);
    }
    bench_end(&b);
}

TEST(one_repeated_value_is_a_range)
{
    struct bench b = bench_begin(1);
    const float x[3] = {-2.5f, -2.5f, -2.5f};
    const struct observed *o = observe_values(&b, x, 3);
    for (int m = 0; m < RANGE_AUTO; m++) {
        const struct range r = range_choose(o, (enum range_method)m, 99.0f);
        CHECK_NEAR((double)r.hi, 0.0, 0.0);
        CHECK_NEAR((double)r.lo, -2.5, 1e-6);
    }
    bench_end(&b);
}

TEST(zero_is_exact_and_the_range_is_covered)
{
    struct rng r = rng_seed(test_seed());
    for (int i = 0; i < 10000; i++) {
        const struct range range = {-expf(3.0f * rng_normal(&r)), expf(3.0f * rng_normal(&r))};
        const struct affine_s8 q = range_quantisation(range);
        const double scale = (double)q.scale;
        CHECK(q.zero >= -128 && q.zero <= 127);
        CHECK(scale > 0.0);
        /* The zero point was rounded, so each end may be off by half a step. */
        CHECK(scale * (-128 - q.zero) <= (double)range.lo + 0.501 * scale);
        CHECK(scale * (127 - q.zero) >= (double)range.hi - 0.501 * scale);
    }
}

TEST(one_sided_ranges_use_all_256_values)
{
    CHECK_EQ(range_quantisation((struct range){0.0f, 5.1f}).zero, -128);
    CHECK_EQ(range_quantisation((struct range){-5.1f, 0.0f}).zero, 127);
    CHECK_NEAR((double)range_quantisation((struct range){0.0f, 5.1f}).scale, 0.02, 1e-9);
}

TEST(an_empty_range_has_scale_1)
{
    const struct affine_s8 q = range_quantisation((struct range){0.0f, 0.0f});
    CHECK_NEAR((double)q.scale, 1.0, 0.0);
    CHECK_EQ(q.zero, 0);
}

TEST_MAIN(T(observe_counts_every_value_once), T(many_threads_see_what_one_sees),
          T(minmax_takes_everything), T(percentile_leaves_outliers_out),
          T(percentile_100_takes_everything), T(percentile_counts_zeros),
          T(mse_clips_as_far_as_it_may_when_outliers_are_rare),
          T(mse_keeps_an_even_distribution_whole),
          T(kl_clips_rare_outliers_and_keeps_an_even_distribution), T(every_range_includes_zero),
          T(one_repeated_value_is_a_range), T(zero_is_exact_and_the_range_is_covered),
          T(one_sided_ranges_use_all_256_values), T(an_empty_range_has_scale_1))
