/* build.h - small float graphs for the tests of quantisation. SPDX-License-Identifier: Apache-2.0
 */
#ifndef MOTE_TESTS_QUANT_BUILD_H
#define MOTE_TESTS_QUANT_BUILD_H
#include "base/pool.h"
#include "base/rng.h"
#include "base/str.h"
#include "check.h"
#include "ir/graph.h"

/* A test's arena, threads and random numbers; bench_end releases them. */
struct bench {
    struct arena *a;
    struct pool *pool;
    struct rng rng;
    struct graph *g;
};

static inline void check_no_error(const struct diag *d)
{
    if (d->failed)
        test_fail(__FILE__, __LINE__, "%s", d->message);
}

static inline struct bench bench_begin(uint32_t n_threads)
{
    struct arena *a = arena_new("test");
    return (struct bench){
        .a = a,
        .pool = pool_new(n_threads),
        .rng = rng_seed(test_seed()),
        .g = graph_new(a, "test"),
    };
}

static inline void bench_end(struct bench *b)
{
    pool_free(b->pool);
    arena_free(b->a);
}

static inline uint32_t add_input(struct bench *b, const char *name, struct shape s)
{
    const uint32_t t =
        graph_add_tensor(b->g, &(struct tensor){.name = name, .dtype = DT_F32, .shape = s});
    *VEC_PUSH(b->a, &b->g->inputs) = t;
    return t;
}

static inline uint32_t add_constant(struct bench *b, const char *name, struct shape s,
                                    const float *x)
{
    const size_t bytes = (size_t)shape_count(&s) * sizeof *x;
    return graph_add_tensor(
        b->g, &(struct tensor){
                  .name = name, .dtype = DT_F32, .shape = s, .data = arena_copy(b->a, x, bytes)});
}

/* Normal values with this spread. */
static inline uint32_t add_random(struct bench *b, const char *name, struct shape s, float spread)
{
    const size_t n = (size_t)shape_count(&s);
    float *x = ARENA_ARRAY(b->a, float, n);
    for (size_t i = 0; i < n; i++)
        x[i] = spread * rng_normal(&b->rng);
    return add_constant(b, name, s, x);
}

static inline uint32_t add_node(struct bench *b, enum op op, struct attrs at, const uint32_t *in,
                                uint32_t n_in, const char *name)
{
    struct diag d = {0};
    const uint32_t t = graph_add_node(b->g, op, &at, in, n_in, name, &d);
    check_no_error(&d);
    return t;
}

static inline uint32_t add_unary(struct bench *b, enum op op, struct attrs at, uint32_t x,
                                 const char *name)
{
    return add_node(b, op, at, &x, 1, name);
}

/* A fully connected layer with given weights [n_out][n_in] and bias (NULL: none). */
static inline uint32_t add_fc(struct bench *b, uint32_t x, int32_t n_out, const float *w,
                              const float *bias, const char *name)
{
    const int32_t n_in = (int32_t)shape_count(&b->g->tensors.items[x].shape);
    const struct shape ws = {.rank = 2, .dim = {n_out, n_in}}, bs = {.rank = 1, .dim = {n_out}};
    const uint32_t in[3] = {x, add_constant(b, arena_printf(b->a, "%s.w", name), ws, w),
                            bias ? add_constant(b, arena_printf(b->a, "%s.b", name), bs, bias)
                                 : NO_TENSOR};
    return add_node(b, OP_FULLY_CONNECTED, (struct attrs){0}, in, bias ? 3 : 2, name);
}

static inline struct attrs unit_window(void)
{
    return (struct attrs){.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
}

/* A convolution with random weights and bias, no padding. */
static inline uint32_t add_conv(struct bench *b, uint32_t x, int32_t n_out, int32_t kernel,
                                const char *name)
{
    const int32_t n_in = b->g->tensors.items[x].shape.dim[3];
    const struct shape ws = {.rank = 4, .dim = {n_out, kernel, kernel, n_in}};
    const struct shape bs = {.rank = 1, .dim = {n_out}};
    const uint32_t in[3] = {x, add_random(b, arena_printf(b->a, "%s.w", name), ws, 0.3f),
                            add_random(b, arena_printf(b->a, "%s.b", name), bs, 0.3f)};
    return add_node(b, OP_CONV2D, unit_window(), in, 3, name);
}

static inline void add_output(struct bench *b, uint32_t t)
{
    *VEC_PUSH(b->a, &b->g->outputs) = t;
}

static inline float *random_samples(struct bench *b, uint32_t n)
{
    const size_t len = (size_t)shape_count(&b->g->tensors.items[b->g->inputs.items[0]].shape);
    float *x = ARENA_ARRAY(b->a, float, len *n);
    for (size_t i = 0; i < len * n; i++)
        x[i] = rng_normal(&b->rng);
    return x;
}

static inline const struct tensor *tensor_named(const struct graph *g, const char *name)
{
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (strcmp(g->tensors.items[t].name, name) == 0)
            return &g->tensors.items[t];
    test_fail(__FILE__, __LINE__, "no tensor is called %s", name);
}
#endif
