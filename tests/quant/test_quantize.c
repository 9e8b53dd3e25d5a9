/* test_quantize.c - float graphs become int8 graphs. SPDX-License-Identifier: Apache-2.0 */
#include "quant/quantize.h"

#include "ir/interp.h"
#include "ir/random_graph.h"
#include "ir/verify.h"
#include "mote/quantize.h"
#include "pass/pass.h"
#include "quant/build.h"
#include <math.h>

static const struct quantize_options minmax = {.ranges = RANGE_MINMAX, .weight_bits = 8};
static const struct quantize_options best = {
    .ranges = RANGE_AUTO, .percentile = 99.99f, .weight_bits = 8};

static struct graph *quantised(struct bench *b, const float *samples, uint32_t n)
{
    struct diag d = {0};
    struct quantize_report report;
    const struct calibration c = {.samples = samples, .n = n, .n_fit = n};
    struct graph *q = quantize_graph(b->a, b->g, &c, &minmax, b->pool, &report, &d);
    check_no_error(&d);
    CHECK(graph_verify(q, &d));
    return q;
}

/* The contents of output `i`, as floats, for one sample of either graph. */
static float *run(struct bench *b, const struct graph *g, const float *sample, uint32_t i)
{
    struct diag d = {0};
    struct interp *it = interp_new(b->a, g, &d);
    check_no_error(&d);
    const struct tensor *in = &g->tensors.items[g->inputs.items[0]];
    const struct tensor *out = &g->tensors.items[g->outputs.items[i]];
    const uint32_t n_in = (uint32_t)shape_count(&in->shape);
    const uint32_t n_out = (uint32_t)shape_count(&out->shape);
    const void *x = sample;
    if (in->dtype == DT_S8) {
        const struct mote_quantize_f32 op = {n_in, in->quant.scale[0], (int16_t)in->quant.zero[0],
                                             false};
        int8_t *bytes = ARENA_ARRAY(b->a, int8_t, n_in);
        mote_quantize_f32_ref(&op, sample, bytes, NULL);
        x = bytes;
    }
    interp_run(it, &x);
    float *y = ARENA_ARRAY(b->a, float, n_out);
    const void *result = interp_tensor(it, g->outputs.items[i]);
    if (out->dtype == DT_S8) {
        const struct mote_quantize_f32 op = {n_out, out->quant.scale[0],
                                             (int16_t)out->quant.zero[0], false};
        mote_dequantize_f32_ref(&op, result, y, NULL);
    } else {
        memcpy(y, result, n_out * sizeof *y);
    }
    return y;
}

/* Root mean square error of output i over the samples, relative to the range of its values. A
 * softmax over many classes has only tiny values, but its step is 1/256: the range counts as at
 * least 0.1. */
static double relative_error(struct bench *b, const struct graph *q, const float *samples,
                             uint32_t n, uint32_t i)
{
    const struct tensor *in = &b->g->tensors.items[b->g->inputs.items[0]];
    const size_t len = (size_t)shape_count(&in->shape);
    const int64_t n_out = shape_count(&b->g->tensors.items[b->g->outputs.items[i]].shape);
    double sum = 0.0, low = 0.0, high = 0.0;
    for (uint32_t s = 0; s < n; s++) {
        const float *want = run(b, b->g, samples + len * s, i);
        const float *got = run(b, q, samples + len * s, i);
        for (int64_t k = 0; k < n_out; k++) {
            sum += pow((double)got[k] - (double)want[k], 2.0);
            low = fmin(low, (double)want[k]);
            high = fmax(high, (double)want[k]);
        }
    }
    return sqrt(sum / ((double)n * (double)n_out)) / fmax(high - low, 0.1);
}

TEST(int8_is_close_to_float_on_random_graphs)
{
    for (uint64_t i = 0; i < 150; i++) {
        struct bench b = bench_begin(1);
        b.rng = rng_split(test_seed(), i);
        b.g = random_graph(b.a, &b.rng, RANDOM_F32, 1 + rng_below(&b.rng, 12));
        struct diag d = {0};
        CHECK(simplify(b.g, &d));
        const float *samples = random_samples(&b, 16);
        const struct graph *q = quantised(&b, samples, 16);
        CHECK_EQ(q->outputs.n, b.g->outputs.n);
        for (uint32_t k = 0; k < q->outputs.n; k++) {
            CHECK_STR(q->tensors.items[q->outputs.items[k]].name,
                      b.g->tensors.items[b.g->outputs.items[k]].name);
            CHECK_NEAR(relative_error(&b, q, samples, 16, k), 0.0, 0.05);
        }
        bench_end(&b);
    }
}

static void check_channel(const struct tensor *w, const struct tensor *form, int32_t c, int64_t at,
                          int64_t step)
{
    const float *x = w->data;
    const int8_t *q = form->data;
    const int64_t n = shape_count(&w->shape) / (int64_t)form->quant.n;
    const double scale = (double)form->quant.scale[c];
    double largest = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double value = (double)x[at + i * step];
        largest = fmax(largest, fabs(value));
        CHECK_NEAR(scale * q[at + i * step], value, 0.5001 * scale);
        CHECK(q[at + i * step] >= -127);
    }
    CHECK_NEAR(scale, largest / 127.0, 1e-6 * scale);
    CHECK_EQ(form->quant.zero[c], 0);
}

TEST(weights_have_a_scale_per_output_channel)
{
    struct bench b = bench_begin(1);
    const uint32_t in = add_input(&b, "x", (struct shape){.rank = 4, .dim = {1, 6, 6, 3}});
    const uint32_t conv = add_conv(&b, in, 5, 3, "conv");
    const uint32_t dw[3] = {
        conv, add_random(&b, "dw.w", (struct shape){.rank = 4, .dim = {1, 2, 2, 5}}, 1.0f),
        add_random(&b, "dw.b", (struct shape){.rank = 1, .dim = {5}}, 1.0f)};
    const uint32_t y = add_node(&b, OP_DEPTHWISE_CONV2D, unit_window(), dw, 3, "dw");
    const uint32_t fc[2] = {
        y, add_random(&b, "fc.w", (struct shape){.rank = 2, .dim = {4, 45}}, 0.1f)};
    add_output(&b, add_node(&b, OP_FULLY_CONNECTED, (struct attrs){0}, fc, 2, "fc"));
    const struct graph *q = quantised(&b, random_samples(&b, 8), 8);

    const struct tensor *w = tensor_named(q, "conv.w");
    CHECK(w->dtype == DT_S8 && w->quant.n == 5 && w->quant.axis == 0);
    for (int32_t c = 0; c < 5; c++)
        check_channel(tensor_named(b.g, "conv.w"), w, c, c * 27, 1);
    w = tensor_named(q, "dw.w");
    CHECK(w->dtype == DT_S8 && w->quant.n == 5 && w->quant.axis == 3);
    for (int32_t c = 0; c < 5; c++)
        check_channel(tensor_named(b.g, "dw.w"), w, c, c, 5);
    w = tensor_named(q, "fc.w");
    CHECK(w->dtype == DT_S8 && w->quant.n == 4 && w->quant.axis == 0);
    for (int32_t c = 0; c < 4; c++)
        check_channel(tensor_named(b.g, "fc.w"), w, c, c * 45, 1);

    const struct tensor *bias = tensor_named(q, "conv.b");
    const float input_scale = tensor_named(q, "x")->quant.scale[0];
    const float *value = tensor_named(b.g, "conv.b")->data;
    CHECK(bias->dtype == DT_S32 && bias->quant.n == 5);
    for (uint32_t c = 0; c < 5; c++) {
        const double unit = (double)input_scale * (double)tensor_named(q, "conv.w")->quant.scale[c];
        CHECK_NEAR((double)bias->quant.scale[c], unit, 1e-6 * unit);
        CHECK_NEAR(unit * ((const int32_t *)bias->data)[c], (double)value[c], 0.5001 * unit);
    }
    bench_end(&b);
}

static void check_same_quant(const struct graph *g, const char *a, const char *b)
{
    const struct quant *x = &tensor_named(g, a)->quant, *y = &tensor_named(g, b)->quant;
    CHECK_EQ(x->n, 1);
    CHECK_EQ(y->n, 1);
    CHECK_NEAR((double)x->scale[0], (double)y->scale[0], 0.0);
    CHECK_EQ(x->zero[0], y->zero[0]);
}

TEST(pools_reshape_pad_and_concat_share_one_scale)
{
    struct bench b = bench_begin(1);
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 4, .dim = {1, 4, 4, 2}});
    const uint32_t conv = add_conv(&b, x, 2, 1, "conv");
    struct attrs pool = {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2};
    const uint32_t max = add_unary(&b, OP_MAX_POOL2D, pool, conv, "max");
    const uint32_t mean = add_unary(&b, OP_AVERAGE_POOL2D, pool, x, "mean");
    const uint32_t both[2] = {max, mean};
    const uint32_t cat = add_node(&b, OP_CONCAT, (struct attrs){.axis = 3}, both, 2, "cat");
    const struct attrs rim = {.pads = {0, 0, 1, 1, 1, 1, 0, 0}};
    const uint32_t pad = add_unary(&b, OP_PAD, rim, cat, "pad");
    const struct attrs flat = {.new_rank = 2, .new_shape = {1, 64}};
    add_output(&b, add_unary(&b, OP_RESHAPE, flat, pad, "flat"));
    const struct graph *q = quantised(&b, random_samples(&b, 8), 8);
    CHECK_EQ(q->nodes.n, b.g->nodes.n); /* nothing had to be requantised */
    const char *const all[] = {"conv", "max", "mean", "cat", "pad", "flat"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        check_same_quant(q, "x", all[i]);
    bench_end(&b);
}

TEST(concat_requantises_a_softmax_beside_something_larger)
{
    struct bench b = bench_begin(1);
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 4}});
    const uint32_t p = add_unary(&b, OP_SOFTMAX, (struct attrs){.beta = 1.0f}, x, "p");
    const uint32_t both[3] = {x, p, p};
    add_output(&b, add_node(&b, OP_CONCAT, (struct attrs){.axis = 1}, both, 3, "cat"));
    add_output(&b, p);
    const float *samples = random_samples(&b, 8);
    const struct graph *q = quantised(&b, samples, 8);
    CHECK_NEAR((double)tensor_named(q, "p")->quant.scale[0], 1.0 / 256.0, 0.0);
    CHECK_EQ(tensor_named(q, "p")->quant.zero[0], -128);
    check_same_quant(q, "x", "cat");
    check_same_quant(q, "p.requantised", "cat");
    CHECK_NEAR(relative_error(&b, q, samples, 8, 0), 0.0, 0.01);
    bench_end(&b);
}

TEST(concat_of_softmaxes_stays_at_one_256th)
{
    struct bench b = bench_begin(1);
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 4}});
    const uint32_t p = add_unary(&b, OP_SOFTMAX, (struct attrs){.beta = 1.0f}, x, "p");
    const uint32_t r = add_unary(&b, OP_SOFTMAX, (struct attrs){.beta = 2.0f}, x, "r");
    const uint32_t both[2] = {p, r};
    add_output(&b, add_node(&b, OP_CONCAT, (struct attrs){.axis = 1}, both, 2, "cat"));
    const struct graph *q = quantised(&b, random_samples(&b, 8), 8);
    CHECK_EQ(q->nodes.n, 3);
    check_same_quant(q, "p", "cat");
    CHECK_EQ(tensor_named(q, "cat")->quant.zero[0], -128);
    bench_end(&b);
}

TEST(a_relu_of_its_own_starts_at_zero)
{
    struct bench b = bench_begin(1);
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 8}});
    add_output(&b, add_unary(&b, OP_RELU, (struct attrs){0}, x, "relu"));
    add_output(&b, add_unary(&b, OP_RELU6, (struct attrs){0}, x, "relu6"));
    const float *samples = random_samples(&b, 50);
    const struct graph *q = quantised(&b, samples, 50);
    CHECK_EQ(tensor_named(q, "relu")->quant.zero[0], -128);
    CHECK_EQ(tensor_named(q, "relu6")->quant.zero[0], -128);
    CHECK_NEAR(relative_error(&b, q, samples, 50, 0), 0.0, 0.006);
    CHECK_NEAR(relative_error(&b, q, samples, 50, 1), 0.0, 0.006);
    bench_end(&b);
}

TEST(zero_in_gives_exactly_the_bias_out)
{
    /* Input 0 must be its zero point: then only the rounding of bias and output remains. */
    struct bench b = bench_begin(1);
    const float w[6] = {0.31f, -0.7f, 0.11f, 0.9f, 0.2f, -0.05f}, bias[2] = {0.5f, -0.25f};
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 3}});
    add_output(&b, add_fc(&b, x, 2, w, bias, "fc"));
    const struct graph *q = quantised(&b, random_samples(&b, 20), 20);
    const float zeros[3] = {0};
    const float *y = run(&b, q, zeros, 0);
    const double step = (double)tensor_named(q, "fc")->quant.scale[0];
    CHECK_NEAR((double)y[0], 0.5, 0.51 * step);
    CHECK_NEAR((double)y[1], -0.25, 0.51 * step);
    bench_end(&b);
}

TEST(negligible_channels_neither_overflow_nor_disturb)
{
    /* Channel 0 is usual; 1 has no weights but a bias; 2 has weights near the smallest float and
     * a large bias; 3 is nothing at all. */
    struct bench b = bench_begin(1);
    const float w[8] = {0.5f, -1.0f, 0.0f, 0.0f, 1e-37f, -1e-37f, 0.0f, 0.0f};
    const float bias[4] = {0.1f, 2.0f, -3.0f, 0.0f};
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 2}});
    add_output(&b, add_fc(&b, x, 4, w, bias, "fc"));
    const float *samples = random_samples(&b, 20);
    const struct graph *q = quantised(&b, samples, 20);
    const double step = (double)tensor_named(q, "fc")->quant.scale[0];
    for (uint32_t s = 0; s < 20; s++) {
        const float *y = run(&b, q, samples + 2 * s, 0);
        CHECK_NEAR((double)y[0], 0.5 * (double)samples[2 * s] - (double)samples[2 * s + 1] + 0.1,
                   1.6 * step);
        CHECK_NEAR((double)y[1], 2.0, 0.51 * step);
        CHECK_NEAR((double)y[2], -3.0, 0.51 * step);
        CHECK_NEAR((double)y[3], 0.0, 0.0);
    }
    bench_end(&b);
}

TEST(a_channel_of_zeros_beside_tiny_ones_has_a_multiplier)
{
    struct bench b = bench_begin(1);
    const float w[4] = {1e-12f, -2e-12f, 0.0f, 0.0f};
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 2}});
    add_output(&b, add_fc(&b, x, 2, w, NULL, "fc"));
    const float *samples = random_samples(&b, 20);
    const struct graph *q = quantised(&b, samples, 20);
    const float *y = run(&b, q, samples, 0);
    CHECK_NEAR((double)y[0], 1e-12 * (double)samples[0] - 2e-12 * (double)samples[1],
               1.6 * (double)tensor_named(q, "fc")->quant.scale[0]);
    CHECK_NEAR((double)y[1], 0.0, 0.0);
    bench_end(&b);
}

TEST(a_network_of_zeros_quantises)
{
    struct bench b = bench_begin(1);
    const float w[4] = {0}, bias[2] = {0};
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 2}});
    const uint32_t y = add_fc(&b, x, 2, w, bias, "fc");
    add_output(&b, add_unary(&b, OP_SOFTMAX, (struct attrs){.beta = 1.0f}, y, "p"));
    const float samples[4] = {0};
    const struct graph *q = quantised(&b, samples, 2);
    const float *p = run(&b, q, samples, 0);
    CHECK_NEAR((double)p[0], 0.5, 0.004);
    CHECK_NEAR((double)p[1], 0.5, 0.004);
    bench_end(&b);
}

TEST(an_output_that_hardly_moves_is_widened)
{
    /* Large inputs cancel in the calibration samples: the output seen is 1e-9 of what it could
     * be, and no multiplier could scale the accumulator up to that. */
    struct bench b = bench_begin(1);
    const float w[2] = {1000.0f, -1000.0f};
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 2}});
    add_output(&b, add_fc(&b, x, 1, w, NULL, "fc"));
    const float samples[4] = {1.0f, 1.0f, 100.0f, 99.9999924f};
    const struct graph *q = quantised(&b, samples, 2);
    CHECK(tensor_named(q, "fc")->quant.scale[0] > 1e-5f);
    bench_end(&b);
}

TEST(shared_constants_get_the_form_each_reader_needs)
{
    /* Both layers read one weight matrix and one bias; their input scales differ, so the biases
     * do, the weights do not. The bias is read as a term of a sum, too. */
    struct bench b = bench_begin(1);
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 3}});
    const uint32_t w = add_random(&b, "w", (struct shape){.rank = 2, .dim = {3, 3}}, 1.0f);
    const uint32_t bias = add_random(&b, "b", (struct shape){.rank = 1, .dim = {3}}, 1.0f);
    const uint32_t term = add_random(&b, "t", (struct shape){.rank = 2, .dim = {1, 3}}, 1.0f);
    const uint32_t first[3] = {x, w, bias};
    const uint32_t y = add_node(&b, OP_FULLY_CONNECTED, (struct attrs){0}, first, 3, "y");
    const uint32_t second[3] = {y, w, bias};
    const uint32_t z = add_node(&b, OP_FULLY_CONNECTED, (struct attrs){0}, second, 3, "z");
    const uint32_t sum[2] = {z, term};
    add_output(&b, add_node(&b, OP_ADD, (struct attrs){0}, sum, 2, "sum"));
    const float *samples = random_samples(&b, 20);
    const struct graph *q = quantised(&b, samples, 20);
    CHECK_EQ(q->nodes.items[0].in[1], q->nodes.items[1].in[1]);
    CHECK(q->nodes.items[0].in[2] != q->nodes.items[1].in[2]);
    CHECK(tensor_named(q, "b_2")->dtype == DT_S32);
    CHECK(tensor_named(q, "t")->dtype == DT_S8);
    CHECK_NEAR(relative_error(&b, q, samples, 20, 0), 0.0, 0.02);
    bench_end(&b);
}

TEST(the_result_outlives_its_source)
{
    /* With AddressSanitizer, a borrowed name or constant would be found here. */
    struct bench b = bench_begin(1), source = bench_begin(1);
    const uint32_t x = add_input(&source, "x", (struct shape){.rank = 4, .dim = {1, 5, 5, 2}});
    add_output(&source, add_conv(&source, x, 3, 3, "conv"));
    const float *samples = random_samples(&source, 4);
    float *first = arena_copy(b.a, samples, 50 * sizeof *samples);
    const struct calibration c = {samples, 4, 4, NULL};
    struct diag d = {0};
    struct graph *q = quantize_graph(b.a, source.g, &c, &minmax, source.pool, NULL, &d);
    check_no_error(&d);
    bench_end(&source);
    CHECK_STR(q->name, "test");
    CHECK(tensor_named(q, "conv.w")->dtype == DT_S8);
    CHECK(tensor_named(q, "conv.b")->dtype == DT_S32);
    CHECK(run(&b, q, first, 0));
    bench_end(&b);
}

/* A small network: conv, pool, fully connected, softmax. */
static void build_network(struct bench *b)
{
    const uint32_t x = add_input(b, "x", (struct shape){.rank = 4, .dim = {1, 8, 8, 1}});
    const uint32_t conv = add_conv(b, x, 6, 3, "conv");
    const uint32_t relu = add_unary(b, OP_RELU, (struct attrs){0}, conv, "relu");
    struct attrs pool = {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2};
    const uint32_t max = add_unary(b, OP_MAX_POOL2D, pool, relu, "max");
    const uint32_t fc[2] = {max,
                            add_random(b, "fc.w", (struct shape){.rank = 2, .dim = {5, 54}}, 0.3f)};
    const uint32_t y = add_node(b, OP_FULLY_CONNECTED, (struct attrs){0}, fc, 2, "fc");
    add_output(b, add_unary(b, OP_SOFTMAX, (struct attrs){.beta = 1.0f}, y, "p"));
    struct diag d = {0};
    CHECK(simplify(b->g, &d));
}

static void check_same_graph(const struct graph *x, const struct graph *y)
{
    CHECK_EQ(x->nodes.n, y->nodes.n);
    CHECK_EQ(x->tensors.n, y->tensors.n);
    for (uint32_t t = 0; t < x->tensors.n; t++) {
        const struct tensor *u = &x->tensors.items[t], *v = &y->tensors.items[t];
        CHECK_STR(u->name, v->name);
        CHECK_EQ(u->quant.n, v->quant.n);
        CHECK_BYTES(u->quant.scale, v->quant.scale, u->quant.n * sizeof(float));
        CHECK_BYTES(u->quant.zero, v->quant.zero, u->quant.n * sizeof(int32_t));
        if (u->data)
            CHECK_BYTES(u->data, v->data, tensor_bytes(u));
    }
}

TEST(one_and_many_threads_give_the_same_graph_and_report)
{
    struct bench b = bench_begin(1);
    build_network(&b);
    const struct calibration c = {.samples = random_samples(&b, 60), .n = 60, .n_fit = 40};
    struct quantize_report report[3];
    const struct graph *q[3];
    for (uint32_t i = 0; i < 3; i++) {
        struct diag d = {0};
        struct pool *pool = pool_new(i + 1);
        q[i] = quantize_graph(b.a, b.g, &c, &best, pool, &report[i], &d);
        pool_free(pool);
        check_no_error(&d);
        check_same_graph(q[0], q[i]);
        CHECK_EQ(report[i].chosen, report[0].chosen);
        CHECK_EQ(report[i].n_trials, RANGE_AUTO);
        for (int m = 0; m < RANGE_AUTO; m++) {
            CHECK_NEAR(report[i].trials[m].mse, report[0].trials[m].mse, 0.0);
            CHECK_NEAR(report[i].trials[m].agreement, report[0].trials[m].agreement, 0.0);
        }
    }
    bench_end(&b);
}

TEST(auto_chooses_the_smallest_error_and_reports_all)
{
    struct bench b = bench_begin(1);
    struct diag d = {0};
    struct quantize_report report;
    build_network(&b);
    float *samples = random_samples(&b, 60);
    /* One broken pixel among the 2,560 that choose ranges: cut by a percentile below 99.96, kept by
     * min-max, and by MSE, to which it means more than all rounding together. */
    samples[17] = 300.0f;
    const struct quantize_options opt = {
        .ranges = RANGE_AUTO, .percentile = 99.9f, .weight_bits = 8};
    const struct calibration c = {.samples = samples, .n = 60, .n_fit = 40};
    CHECK(quantize_graph(b.a, b.g, &c, &opt, b.pool, &report, &d));
    CHECK_EQ(report.n_trials, RANGE_AUTO);
    const struct trial *chosen = &report.trials[report.chosen];
    for (int m = 0; m < RANGE_AUTO; m++) {
        const struct trial *t = &report.trials[m];
        CHECK_EQ(t->method.ranges, m);
        CHECK(t->mse > 0.0 && t->mse >= chosen->mse);
        CHECK(t->agreement >= 0.0 && t->agreement <= 1.0);
        CHECK(isnan(t->accuracy)); /* no labels */
    }
    CHECK_EQ(chosen->method.ranges, RANGE_PERCENTILE);
    CHECK(chosen->mse < 0.5 * report.trials[RANGE_MINMAX].mse);
    bench_end(&b);
}

TEST(a_named_method_is_the_only_one_tried)
{
    struct bench b = bench_begin(1);
    build_network(&b);
    const struct calibration c = {.samples = random_samples(&b, 30), .n = 30, .n_fit = 20};
    for (int m = 0; m < RANGE_AUTO; m++) {
        struct diag d = {0};
        struct quantize_report report;
        const struct quantize_options opt = {
            .ranges = (enum range_method)m, .percentile = 99.9f, .weight_bits = 8};
        CHECK(quantize_graph(b.a, b.g, &c, &opt, b.pool, &report, &d));
        CHECK_EQ(report.n_trials, 1);
        CHECK_EQ(report.trials[report.chosen].method.ranges, m);
    }
    bench_end(&b);
}

TEST(logits_are_judged_where_softmax_hides_errors)
{
    /* Logits of +-50 make probabilities of 0 and 1: those are wrong by 1/256 at most, a mean
     * square of 2^-17. The logits' step is 100/255, a mean square of step^2/12 = 0.013. */
    struct bench b = bench_begin(2);
    const float w[4] = {50.0f, 0.0f, 0.0f, 50.0f};
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 2}});
    const uint32_t y = add_fc(&b, x, 2, w, NULL, "fc");
    add_output(&b, add_unary(&b, OP_SOFTMAX, (struct attrs){.beta = 1.0f}, y, "p"));
    float samples[400];
    for (uint32_t i = 0; i < 200; i++) {
        const float big = 0.8f + 0.2f * rng_f32(&b.rng);
        samples[2 * i] = i % 2 ? big : -big;
        samples[2 * i + 1] = -samples[2 * i];
    }
    struct diag d = {0};
    struct quantize_report report;
    const struct calibration c = {samples, 200, 100, NULL};
    CHECK(quantize_graph(b.a, b.g, &c, &minmax, b.pool, &report, &d));
    CHECK(report.trials[0].mse > 1e-3 && report.trials[0].mse < 0.1);
    CHECK_NEAR(report.trials[0].agreement, 1.0, 0.0); /* the classes are far apart */
    bench_end(&b);
}

/* Quantise what must be refused. Returns the message, with the hint behind it. */
static const char *refusal(struct bench *b, const struct calibration *c,
                           const struct quantize_options *opt)
{
    struct diag d = {0};
    struct quantize_report report;
    CHECK(!quantize_graph(b->a, b->g, c, opt, b->pool, &report, &d));
    CHECK(d.failed);
    return arena_printf(b->a, "%s\n%s", d.message, d.hint);
}

TEST(a_batch_norm_is_refused_with_the_remedy)
{
    struct bench b = bench_begin(1);
    const struct shape s = {.rank = 1, .dim = {2}};
    const float ones[2] = {1.0f, 1.0f};
    uint32_t in[5] = {add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 2}})};
    for (int i = 1; i < 5; i++)
        in[i] = add_constant(&b, arena_printf(b.a, "c%d", i), s, ones);
    add_output(&b, add_node(&b, OP_BATCH_NORM, (struct attrs){.eps = 1e-3f}, in, 5, "bn"));
    const struct calibration c = {.samples = random_samples(&b, 4), .n = 4, .n_fit = 4};
    const char *text = refusal(&b, &c, &minmax);
    CHECK_HAS(text, "batch_norm 'bn' has no int8 form");
    CHECK_HAS(text, "fold_bn");
    bench_end(&b);
}

TEST(samples_that_do_not_suffice_are_refused)
{
    struct bench b = bench_begin(1);
    build_network(&b);
    const float *x = random_samples(&b, 4);
    CHECK_HAS(refusal(&b, &(struct calibration){x, 0, 0, NULL}, &minmax), "no calibration samples");
    CHECK_HAS(refusal(&b, &(struct calibration){x, 4, 0, NULL}, &minmax), "no calibration samples");
    CHECK_HAS(refusal(&b, &(struct calibration){x, 4, 5, NULL}, &minmax), "there are only 4");
    CHECK_HAS(refusal(&b, &(struct calibration){x, 4, 4, NULL}, &best), "none is left to judge");
    bench_end(&b);
}

TEST(values_that_are_not_finite_are_refused_with_their_place)
{
    struct bench b = bench_begin(2);
    build_network(&b);
    float *x = random_samples(&b, 4);
    const struct calibration c = {x, 4, 2, NULL};
    x[64 * 3 + 5] = NAN;
    CHECK_HAS(refusal(&b, &c, &minmax), "calibration sample 3: value 5 is NaN");
    x[64 * 3 + 5] = -INFINITY;
    CHECK_HAS(refusal(&b, &c, &minmax), "calibration sample 3: value 5 is infinite");
    bench_end(&b);
}

TEST(a_network_that_overflows_is_refused_by_tensor)
{
    struct bench b = bench_begin(2);
    const float w[2] = {3e38f, 3e38f};
    const uint32_t x = add_input(&b, "x", (struct shape){.rank = 2, .dim = {1, 2}});
    add_output(&b, add_fc(&b, x, 1, w, NULL, "fc"));
    const float samples[6] = {0.1f, 0.1f, 1.0f, 1.0f, 1.0f, 1.0f};
    CHECK_HAS(refusal(&b, &(struct calibration){samples, 3, 3, NULL}, &minmax),
              "tensor 'fc' is NaN or infinite for calibration sample 1");
    bench_end(&b);
}

TEST(a_percentile_beyond_its_range_is_refused)
{
    struct bench b = bench_begin(1);
    build_network(&b);
    const struct calibration c = {random_samples(&b, 4), 4, 2, NULL};
    const float wrong[] = {0.0f, 50.0f, 100.5f, NAN};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK_HAS(refusal(&b, &c,
                          &(struct quantize_options){.ranges = RANGE_PERCENTILE,
                                                     .percentile = wrong[i],
                                                     .weight_bits = 8}),
                  "percentile");
        CHECK_HAS(refusal(&b, &c,
                          &(struct quantize_options){
                              .ranges = RANGE_AUTO, .percentile = wrong[i], .weight_bits = 8}),
                  "percentile");
    }
    bench_end(&b);
}

TEST(graphs_of_another_kind_are_refused)
{
    struct bench b = bench_begin(1);
    build_network(&b);
    const float *x = random_samples(&b, 4);
    const struct calibration c = {x, 4, 2, NULL};
    struct graph *source = b.g;
    b.g = quantised(&b, x, 4);
    CHECK_HAS(refusal(&b, &c, &minmax), "is s8, expected float");
    b.g = source;
    add_input(&b, "second", (struct shape){.rank = 2, .dim = {1, 1}});
    CHECK_HAS(refusal(&b, &c, &minmax), "the graph has 2 inputs");
    bench_end(&b);
}

TEST_MAIN(T(int8_is_close_to_float_on_random_graphs), T(weights_have_a_scale_per_output_channel),
          T(pools_reshape_pad_and_concat_share_one_scale),
          T(concat_requantises_a_softmax_beside_something_larger),
          T(concat_of_softmaxes_stays_at_one_256th), T(a_relu_of_its_own_starts_at_zero),
          T(zero_in_gives_exactly_the_bias_out),
          T(negligible_channels_neither_overflow_nor_disturb),
          T(a_channel_of_zeros_beside_tiny_ones_has_a_multiplier), T(a_network_of_zeros_quantises),
          T(an_output_that_hardly_moves_is_widened),
          T(shared_constants_get_the_form_each_reader_needs), T(the_result_outlives_its_source),
          T(one_and_many_threads_give_the_same_graph_and_report),
          T(auto_chooses_the_smallest_error_and_reports_all),
          T(a_named_method_is_the_only_one_tried), T(logits_are_judged_where_softmax_hides_errors),
          T(a_batch_norm_is_refused_with_the_remedy), T(samples_that_do_not_suffice_are_refused),
          T(values_that_are_not_finite_are_refused_with_their_place),
          T(a_network_that_overflows_is_refused_by_tensor),
          T(a_percentile_beyond_its_range_is_refused), T(graphs_of_another_kind_are_refused))
