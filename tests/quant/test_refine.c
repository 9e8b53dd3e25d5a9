/* test_refine.c - rounding, equalisation and bias correction keep what they promise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/interp.h"
#include "ir/random_graph.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/rewrite.h"
#include "quant/bias.h"
#include "quant/build.h"
#include "quant/convert.h"
#include "quant/equalise.h"
#include "quant/mixed.h"
#include "quant/quantize.h"
#include "quant/rounding.h"
#include <math.h>

#define TAPS 12

/* Mean products of taps that move together, as neighbours in an image do. */
static void correlated_products(struct rng *rng, uint32_t n, double *products)
{
    float x[TAPS];
    memset(products, 0, (size_t)n * n * sizeof *products);
    for (int sample = 0; sample < 200; sample++) {
        const float common = rng_normal(rng);
        for (uint32_t i = 0; i < n; i++)
            x[i] = common + 0.4f * rng_normal(rng);
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < n; j++)
                products[i * n + j] += (double)(x[i] * x[j]) / 200.0;
    }
}

static double output_error(uint32_t n, const double *w, const double *products, const int8_t *q)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++)
            sum += (q[i] - w[i]) * products[i * n + j] * (q[j] - w[j]);
    return sum;
}

TEST(the_factor_times_itself_is_the_damped_matrix)
{
    struct rng rng = rng_seed(test_seed());
    double h[TAPS * TAPS], r[TAPS * TAPS] = {0};
    correlated_products(&rng, TAPS, h);
    round_factor(TAPS, h, r);
    double mean = 0.0;
    for (int i = 0; i < TAPS; i++)
        mean += h[i * TAPS + i] / TAPS;
    for (int i = 0; i < TAPS; i++)
        for (int j = i; j < TAPS; j++) {
            double sum = 0.0;
            for (int k = 0; k <= i; k++)
                sum += r[k * TAPS + i] * r[k * TAPS + j];
            CHECK_NEAR(sum, h[i * TAPS + j] + (i == j ? 0.01 * mean : 0.0), 1e-9);
        }
}

TEST(better_rounding_makes_less_error_and_ends_where_no_step_helps)
{
    struct rng rng = rng_seed(test_seed());
    double h[TAPS * TAPS], r[TAPS * TAPS], w[TAPS], slope[TAPS], nearest = 0.0, columns = 0.0;
    for (int round_no = 0; round_no < 200; round_no++) {
        int8_t near[TAPS], col[TAPS], low[TAPS];
        correlated_products(&rng, TAPS, h);
        round_factor(TAPS, h, r);
        for (int i = 0; i < TAPS; i++) {
            w[i] = 14.0 * (double)rng_f32(&rng) - 7.0;
            near[i] = (int8_t)round(w[i]);
        }
        round_channel(WEIGHTS_BY_COLUMNS, TAPS, w, h, r, 7, col, slope);
        round_channel(WEIGHTS_BY_DESCENT, TAPS, w, h, r, 7, low, slope);
        const double least = output_error(TAPS, w, h, low);
        nearest += output_error(TAPS, w, h, near);
        columns += output_error(TAPS, w, h, col);
        CHECK(least <= output_error(TAPS, w, h, col) + 1e-12);
        for (int i = 0; i < TAPS; i++) {
            CHECK(low[i] >= -7 && low[i] <= 7 && col[i] >= -7 && col[i] <= 7);
            for (int step = -1; step <= 1; step += 2) {
                if (low[i] + step < -7 || low[i] + step > 7)
                    continue;
                low[i] = (int8_t)(low[i] + step);
                CHECK(output_error(TAPS, w, h, low) >= least - 1e-9);
                low[i] = (int8_t)(low[i] - step);
            }
        }
    }
    CHECK(columns < 0.5 * nearest);
}

TEST(taps_that_are_always_zero_are_rounded_to_the_nearest)
{
    const double h[4] = {0}, w[2] = {1.4, -2.6};
    double r[4], slope[2];
    int8_t q[2];
    round_factor(2, h, r);
    round_channel(WEIGHTS_BY_DESCENT, 2, w, h, r, 127, q, slope);
    CHECK(q[0] == 1 && q[1] == -3);
}

/* Conv, depthwise conv, pool, flatten, dense: what equalisation looks through. */
static void build_layers(struct bench *b)
{
    const uint32_t x = add_input(b, "x", (struct shape){.rank = 4, .dim = {1, 8, 8, 3}});
    uint32_t t = add_conv(b, x, 6, 3, "conv");
    t = add_unary(b, OP_RELU, (struct attrs){0}, t, "relu");
    const uint32_t dw[3] = {
        t, add_random(b, "dw.w", (struct shape){.rank = 4, .dim = {1, 3, 3, 6}}, 0.4f),
        add_random(b, "dw.b", (struct shape){.rank = 1, .dim = {6}}, 0.2f)};
    t = add_node(b, OP_DEPTHWISE_CONV2D, unit_window(), dw, 3, "dw");
    const struct attrs pool = {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2};
    t = add_unary(b, OP_AVERAGE_POOL2D, pool, t, "pool");
    t = add_unary(b, OP_RESHAPE, (struct attrs){.new_rank = 2, .new_shape = {1, 24}}, t, "flat");
    const uint32_t fc[2] = {t,
                            add_random(b, "fc.w", (struct shape){.rank = 2, .dim = {5, 24}}, 0.3f)};
    add_output(b, add_node(b, OP_FULLY_CONNECTED, (struct attrs){0}, fc, 2, "fc"));
}

/* With a mean, so that taps move together and errors of weights shift outputs. */
static const float *positive_samples(struct bench *b, uint32_t n)
{
    float *samples = random_samples(b, n);
    for (size_t i = 0; i < (size_t)n * 192; i++)
        samples[i] = fabsf(samples[i]);
    return samples;
}

static double largest_of_channel(const struct graph *g, const char *name, int32_t axis, size_t c)
{
    const struct tensor *w = tensor_named(g, name);
    const float *x = w->data;
    double largest = 0.0;
    for (size_t i = 0; i < (size_t)shape_count(&w->shape); i++)
        if (channel_of(w, axis, i) == c)
            largest = fmax(largest, fabs((double)x[i]));
    return largest;
}

TEST(equalising_keeps_the_function_and_evens_the_ranges)
{
    struct bench b = bench_begin(1);
    struct diag d = {0};
    build_layers(&b);
    CHECK(simplify(b.g, &d));
    const struct graph *even = equalise(b.a, b.g);
    CHECK(even && graph_verify(even, &d));
    struct interp *before = interp_new(b.a, b.g, &d), *after = interp_new(b.a, even, &d);
    const float *samples = random_samples(&b, 5);
    for (uint32_t s = 0; s < 5; s++) {
        interp_run(before, &(const void *){samples + 192 * s});
        interp_run(after, &(const void *){samples + 192 * s});
        const float *y = interp_tensor(before, b.g->outputs.items[0]);
        const float *z = interp_tensor(after, even->outputs.items[0]);
        for (int i = 0; i < 5; i++)
            CHECK_NEAR((double)z[i], (double)y[i], 1e-4 * (1.0 + fabs((double)y[i])));
    }
    /* Six channels between the convolutions: the weights before and after are alike now. */
    for (size_t c = 0; c < 6; c++)
        CHECK_NEAR(largest_of_channel(even, "conv.w", 0, c) /
                       largest_of_channel(even, "dw.w", 3, c),
                   1.0, 0.02);
    bench_end(&b);
}

TEST(what_two_layers_read_or_a_relu6_bounds_is_not_equalised)
{
    struct bench b = bench_begin(1);
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 4, .dim = {1, 6, 6, 2}});
    const uint32_t first = add_conv(&b, x, 3, 1, "a");
    const uint32_t bounded = add_unary(&b, OP_RELU6, (struct attrs){0}, first, "r");
    add_output(&b, add_conv(&b, bounded, 3, 1, "c"));
    const uint32_t shared = add_conv(&b, x, 3, 1, "d");
    add_output(&b, add_conv(&b, shared, 3, 1, "e"));
    add_output(&b, add_conv(&b, shared, 3, 1, "f"));
    CHECK(!equalise(b.a, b.g));
    bench_end(&b);
}

/* The largest difference between a channel's means in what the dense layer reads, float and int8, in
 * steps of the latter. */
static double mean_shift(struct bench *b, const struct graph *q, const float *samples, uint32_t n)
{
    struct diag d = {0};
    struct arena *tmp = arena_new("test");
    const struct moments *f = moments_measure(tmp, b->g, samples, n, MOMENTS_MEANS, b->pool, &d);
    const struct moments *m = moments_measure(tmp, q, samples, n, MOMENTS_MEANS, b->pool, &d);
    CHECK(f && m);
    const uint32_t last = b->g->nodes.n - 1, q_last = q->nodes.n - 1;
    const double scale = (double)q->tensors.items[q->nodes.items[q_last].in[0]].quant.scale[0];
    double worst = 0.0;
    for (uint32_t c = 0; c < 6; c++) {
        double shift = 0.0;
        for (uint32_t t = c; t < 24; t += 6)
            shift += (m[q_last].mean[t] - f[last].mean[t] / scale) / 4.0;
        worst = fmax(worst, fabs(shift));
    }
    arena_free(tmp);
    return worst;
}

TEST(corrected_biases_take_off_the_mean_error)
{
    struct bench b = bench_begin(2);
    struct diag d = {0};
    build_layers(&b);
    CHECK(simplify(b.g, &d));
    const float *samples = positive_samples(&b, 64);
    struct range *range = ARENA_ARRAY(b.a, struct range, b.g->tensors.n);
    const struct observed *seen = observe(b.a, b.g, samples, 64, OBSERVE_RANGES, b.pool, &d);
    uint8_t *bits = ARENA_ARRAY(b.a, uint8_t, b.g->nodes.n);
    for (uint32_t t = 0; t < b.g->tensors.n; t++)
        if (is_activation(&b.g->tensors.items[t]))
            range[t] = range_choose(&seen[t], RANGE_MINMAX, 0.0f);
    for (uint32_t n = 0; n < b.g->nodes.n; n++)
        bits[n] = 4;
    struct graph *q = convert_to_int8(b.a, b.g, range, bits, &d);
    CHECK(q);
    const double before = mean_shift(&b, q, samples, 64);
    CHECK(correct_biases(q, b.g, samples, 64, b.pool, &d) && graph_verify(q, &d));
    const double after = mean_shift(&b, q, samples, 64);
    CHECK(before > 1.0);
    CHECK(after < 1.0 && after < 0.3 * before);
    bench_end(&b);
}

TEST(refinements_help_weights_of_4_bits_and_do_not_depend_on_threads)
{
    struct bench b = bench_begin(1);
    struct diag d = {0};
    build_layers(&b);
    CHECK(simplify(b.g, &d));
    const struct calibration c = {.samples = positive_samples(&b, 80), .n = 80, .n_fit = 60};
    const struct quantize_options opt = {
        .ranges = RANGE_MSE, .percentile = 99.99f, .refine = true, .weight_bits = 4};
    struct quantize_report report[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct pool *pool = pool_new(i + 1);
        struct graph *q = quantize_graph(b.a, b.g, &c, &opt, pool, &report[i], &d);
        pool_free(pool);
        check_no_error(&d);
        CHECK(graph_verify(q, &d));
        const struct tensor *w = tensor_named(q, "conv.w");
        for (int64_t k = 0; k < shape_count(&w->shape); k++)
            CHECK(((const int8_t *)w->data)[k] >= -7 && ((const int8_t *)w->data)[k] <= 7);
        CHECK_EQ(report[i].n_trials, 5);
        for (uint32_t t = 0; t < report[i].n_trials; t++) {
            CHECK_NEAR(report[i].trials[t].mse, report[0].trials[t].mse, 0.0);
            CHECK(report[i].trials[report[i].chosen].mse <= report[i].trials[t].mse);
        }
    }
    CHECK(report[0].chosen > 0);
    CHECK(report[0].trials[report[0].chosen].mse < report[0].trials[0].mse);
    bench_end(&b);
}

/* A trial whose error is what the layers say, and nothing else. */
struct prices {
    const double *of; /* [nodes] */
    uint32_t n, n_calls;
};

static bool add_prices(void *ctx, const uint8_t *bits, double *error)
{
    struct prices *p = ctx;
    *error = 0.001;
    for (uint32_t i = 0; i < p->n; i++)
        *error += bits[i] == 4 ? p->of[i] : 0.0;
    p->n_calls++;
    return true;
}

TEST(mixed_takes_the_cheapest_bytes_up_to_the_limit)
{
    struct bench b = bench_begin(1);
    build_layers(&b); /* conv 162 bytes, relu, dw, pool, flat, fc 120 bytes */
    uint8_t bits[6];
    const double dear_conv[6] = {0.02, 0.0, 0.0, 0.0, 0.0, 0.01};
    struct prices p = {dear_conv, 6, 0};
    CHECK(mixed_choose(b.g, 0.015, add_prices, &p, bits));
    CHECK(bits[0] == 8 && bits[5] == 4 && bits[2] == 8);
    CHECK(mixed_choose(b.g, 0.04, add_prices, &p, bits));
    CHECK(bits[0] == 4 && bits[5] == 4 && bits[2] == 8);
    CHECK(mixed_choose(b.g, 0.005, add_prices, &p, bits));
    CHECK(bits[0] == 8 && bits[5] == 8);
    const double dear_bytes[6] = {0.01, 0.0, 0.0, 0.0, 0.0, 0.009}; /* less a byte in conv */
    p.of = dear_bytes;
    CHECK(mixed_choose(b.g, 0.012, add_prices, &p, bits));
    CHECK(bits[0] == 4 && bits[5] == 8);
    bench_end(&b);
}

TEST(mixed_weights_stay_within_the_error_asked_for)
{
    struct bench b = bench_begin(1);
    struct diag d = {0};
    build_layers(&b);
    CHECK(simplify(b.g, &d));
    const struct calibration c = {.samples = positive_samples(&b, 60), .n = 60, .n_fit = 40};
    struct quantize_options opt = {.ranges = RANGE_MSE, .weight_bits = 8, .mixed = true};
    for (int i = 0; i < 3; i++) {
        struct quantize_report report;
        opt.mixed_error = (const double[]){0.0, 0.001, 1.0}[i];
        const struct graph *q = quantize_graph(b.a, b.g, &c, &opt, b.pool, &report, &d);
        check_no_error(&d);
        CHECK(graph_verify(q, &d));
        const struct trial *chosen = &report.trials[report.chosen];
        CHECK_EQ(report.chosen, report.n_trials - 1);
        CHECK(chosen->method.n_4_bits == 0 || chosen->error <= opt.mixed_error);
        if (i == 0)
            CHECK_EQ(chosen->method.n_4_bits, 0);
        if (i == 2)
            CHECK_EQ(chosen->method.n_4_bits, 2);
    }
    bench_end(&b);
}

TEST(random_graphs_are_refined_into_valid_int8)
{
    for (uint64_t i = 0; i < 30; i++) {
        struct bench b = bench_begin(2);
        struct diag d = {0};
        b.rng = rng_split(test_seed(), i);
        b.g = random_graph(b.a, &b.rng, RANDOM_F32, 1 + rng_below(&b.rng, 12));
        CHECK(simplify(b.g, &d));
        const struct calibration c = {.samples = random_samples(&b, 12), .n = 12, .n_fit = 8};
        const struct quantize_options opt = {.ranges = RANGE_AUTO,
                                             .percentile = 99.9f,
                                             .refine = true,
                                             .weight_bits = i % 2 ? 4 : 8};
        struct quantize_report report;
        const struct graph *q = quantize_graph(b.a, b.g, &c, &opt, b.pool, &report, &d);
        check_no_error(&d);
        CHECK(graph_verify(q, &d));
        bench_end(&b);
    }
}

TEST_MAIN(T(the_factor_times_itself_is_the_damped_matrix),
          T(better_rounding_makes_less_error_and_ends_where_no_step_helps),
          T(taps_that_are_always_zero_are_rounded_to_the_nearest),
          T(equalising_keeps_the_function_and_evens_the_ranges),
          T(what_two_layers_read_or_a_relu6_bounds_is_not_equalised),
          T(corrected_biases_take_off_the_mean_error),
          T(refinements_help_weights_of_4_bits_and_do_not_depend_on_threads),
          T(mixed_takes_the_cheapest_bytes_up_to_the_limit),
          T(mixed_weights_stay_within_the_error_asked_for),
          T(random_graphs_are_refined_into_valid_int8))
