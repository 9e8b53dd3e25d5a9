/* rig.h - small graphs, and a trainer whose gradients are compared with central differences.
 *
 * Piecewise linear operators get whole numbers as data and half numbers as bias: sums are exact,
 * and a step of RIG_STEP crosses no kink, so that the difference quotient is exact as well.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_TRAIN_RIG_H
#define MOTE_TESTS_TRAIN_RIG_H
#include "base/rng.h"
#include "base/str.h"
#include "check.h"
#include "ir/graph.h"
#include "train/trainer.h"
#include <math.h>
#include <stdio.h>

#define RIG_BATCH 11    /* a whole shard and a part of one */
#define RIG_STEP  0.125 /* a power of two: exact           */

enum fill {
    FILL_WHOLE,    /* -3 .. 3                          */
    FILL_HALF,     /* -2.5 .. 3.5                      */
    FILL_DISTINCT, /* all different, one apart, by half */
    FILL_THIRD,    /* whole + 0.3                      */
    FILL_NORMAL,   /* mean 0, variance 1               */
    FILL_SIDES     /* near -1 or near +1               */
};

static inline void rig_fill(struct rng *r, enum fill fill, float *x, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        const float whole = (float)rng_below(r, 7) - 3.0f;
        const float side = rng_below(r, 2) ? 1.0f : -1.0f;
        const float value[] = {whole,        whole + 0.5f,  (float)(i - n / 2) + 0.5f,
                               whole + 0.3f, rng_normal(r), side + 0.1f * rng_normal(r)};
        x[i] = value[fill];
    }
    for (ptrdiff_t i = 0; fill == FILL_DISTINCT && i < n; i++) {
        const uint32_t k = rng_below(r, (uint32_t)(i + 1));
        const float old = x[i];
        x[i] = x[k];
        x[k] = old;
    }
}

static inline struct shape shape_of(int32_t rank, const int32_t *dim)
{
    struct shape s = {.rank = rank};
    for (int32_t i = 0; i < rank; i++)
        s.dim[i] = dim[i];
    return s;
}
#define SHAPE(...)                                                                                 \
    shape_of((int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)),                        \
             (const int32_t[]){__VA_ARGS__})

static inline uint32_t rig_input(struct graph *g, struct shape s)
{
    const struct tensor t = {.name = "x", .dtype = DT_F32, .shape = s};
    const uint32_t id = graph_add_tensor(g, &t);
    *VEC_PUSH(g->arena, &g->inputs) = id;
    return id;
}

static inline uint32_t rig_constant(struct graph *g, struct rng *r, enum fill fill, struct shape s)
{
    const int64_t n = shape_count(&s);
    float *data = ARENA_ARRAY(g->arena, float, (size_t)n);
    rig_fill(r, fill, data, n);
    const struct tensor t = {.name = "w", .dtype = DT_F32, .shape = s, .data = data};
    return graph_add_tensor(g, &t);
}

static inline uint32_t rig_node(struct graph *g, enum op op, const struct attrs *at,
                                const uint32_t *in, uint32_t n_in)
{
    struct diag d = {0};
    const uint32_t out = graph_add_node(g, op, at, in, n_in, "y", &d);
    diag_print(&d, stderr);
    CHECK(out != NO_TENSOR);
    return out;
}

static inline void rig_output(struct graph *g, uint32_t tensor)
{
    *VEC_PUSH(g->arena, &g->outputs) = tensor;
}

/* The verifier wants names that differ. */
static inline void rig_name(struct graph *g)
{
    for (uint32_t i = 0; i < g->tensors.n; i++)
        g->tensors.items[i].name = arena_printf(g->arena, "t%u", (unsigned)i);
}

static inline float *rig_value(const struct trainer *t, uint32_t slot, uint32_t tensor)
{
    return t->memory + slot * t->slot_floats + t->blobs[tensor].value;
}

static inline float *rig_grad(const struct trainer *t, uint32_t slot, uint32_t tensor)
{
    return t->memory + slot * t->slot_floats + t->blobs[tensor].grad;
}

static inline ptrdiff_t rig_shard_n(uint32_t slot)
{
    const uint32_t rest = RIG_BATCH - slot * SHARD_SAMPLES;
    return rest < SHARD_SAMPLES ? rest : SHARD_SAMPLES;
}

/* The graph under test, in training without a loss: instead, the sum of r * y over all outputs
 * with random r is differentiated. */
struct rig {
    struct arena *a;
    struct pool *pool;
    struct trainer *t;
    float **r; /* [outputs] RIG_BATCH * count */
};

static inline void rig_start(struct rig *rig, struct graph *g, struct rng *r, enum fill fill)
{
    struct diag d = {0};
    const struct trainer_config config = {
        .batch = RIG_BATCH, .bn_momentum = 0.1f, .loss = LOSS_NONE, .input_grad = INPUT_GRAD_YES};
    rig_name(g);
    rig->a = g->arena;
    rig->pool = pool_new(1);
    rig->t = trainer_new(rig->a, g, &config, rig->pool, &d);
    diag_print(&d, stderr);
    CHECK(rig->t);
    rig->t->batch.n = RIG_BATCH;
    for (uint32_t i = 0; i < g->inputs.n; i++)
        for (uint32_t s = 0; s < rig->t->n_shards; s++)
            rig_fill(r, fill, rig_value(rig->t, s, g->inputs.items[i]),
                     SHARD_SAMPLES * rig->t->blobs[g->inputs.items[i]].count);
    rig->r = ARENA_ARRAY(rig->a, float *, g->outputs.n);
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        const ptrdiff_t n = SHARD_SAMPLES * 2 * rig->t->blobs[g->outputs.items[i]].count;
        rig->r[i] = ARENA_ARRAY(rig->a, float, (size_t)n);
        rig_fill(r, FILL_WHOLE, rig->r[i], n);
    }
}

static inline double rig_objective(struct rig *rig)
{
    const struct graph *g = rig->t->graph;
    double sum = 0.0;
    trainer_pack(rig->t);
    trainer_run(rig->t, 0, rig->t->n_forward);
    for (uint32_t i = 0; i < g->outputs.n; i++)
        for (uint32_t s = 0; s < rig->t->n_shards; s++) {
            const ptrdiff_t count = rig->t->blobs[g->outputs.items[i]].count;
            const float *y = rig_value(rig->t, s, g->outputs.items[i]);
            const float *k = rig->r[i] + s * SHARD_SAMPLES * count;
            for (ptrdiff_t j = 0; j < rig_shard_n(s) * count; j++)
                sum += (double)y[j] * (double)k[j];
        }
    return sum;
}

/* Forward and backward: gradients of everything. */
static inline void rig_backward(struct rig *rig)
{
    const struct graph *g = rig->t->graph;
    (void)rig_objective(rig);
    for (uint32_t i = 0; i < g->outputs.n; i++)
        for (uint32_t s = 0; s < rig->t->n_shards; s++) {
            const ptrdiff_t n = SHARD_SAMPLES * rig->t->blobs[g->outputs.items[i]].count;
            memcpy(rig_grad(rig->t, s, g->outputs.items[i]), rig->r[i] + s * n,
                   (size_t)n * sizeof(float));
        }
    trainer_run(rig->t, rig->t->n_forward, rig->t->train.n);
}

/* d objective / d *x. Two quotients cancel the error of second order in the step. */
static inline double rig_quotient(struct rig *rig, float *x, double step)
{
    const float old = *x;
    double q[2];
    for (int k = 0; k < 2; k++) {
        const double h = step / (k + 1);
        *x = (float)((double)old + h);
        const double up = rig_objective(rig);
        const double above = (double)*x;
        *x = (float)((double)old - h);
        const double down = rig_objective(rig);
        q[k] = (up - down) / (above - (double)*x);
    }
    *x = old;
    return (4.0 * q[1] - q[0]) / 3.0;
}

/* Compare the gradient of up to `n_max` of n values with quotients, within `tolerance` of the
 * largest gradient. */
static inline void rig_compare(struct rig *rig, struct rng *r, float *x, const double *gradient,
                               ptrdiff_t n, double step, double tolerance)
{
    double largest = 1.0;
    for (ptrdiff_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(gradient[i]));
    const ptrdiff_t n_max = 24;
    for (ptrdiff_t i = 0; i < n && i < n_max; i++) {
        const ptrdiff_t at = n <= n_max ? i : (ptrdiff_t)rng_below(r, (uint32_t)n);
        CHECK_NEAR(gradient[at], rig_quotient(rig, x + at, step), tolerance * largest);
    }
}

/* All inputs in all shards, and all parameters. */
static inline void rig_check(struct rig *rig, struct rng *r, double step, double tolerance)
{
    const struct trainer *t = rig->t;
    const size_t room = (size_t)(t->slot_floats + t->n_w);
    double *input_grads = ARENA_ARRAY(rig->a, double, room * t->n_shards);
    double *param_grads = ARENA_ARRAY(rig->a, double, (size_t)t->n_w);
    rig_backward(rig);
    for (uint32_t s = 0; s < t->n_shards; s++) {
        for (ptrdiff_t i = 0; i < t->slot_floats; i++)
            input_grads[s * room + (size_t)i] = (double)t->memory[s * t->slot_floats + i];
        for (ptrdiff_t i = 0; i < t->n_w; i++)
            param_grads[i] += (double)t->grads[s * t->n_w + i];
    }
    for (uint32_t i = 0; i < t->graph->inputs.n; i++)
        for (uint32_t s = 0; s < t->n_shards; s++) {
            const uint32_t x = t->graph->inputs.items[i];
            rig_compare(rig, r, rig_value(t, s, x), input_grads + s * room + t->blobs[x].grad,
                        rig_shard_n(s) * t->blobs[x].count, step, tolerance);
        }
    for (uint32_t i = 0; i < t->params.n; i++) {
        const struct param *p = &t->params.items[i];
        if (p->kind != PARAM_STATISTIC)
            rig_compare(rig, r, t->w + p->first, param_grads + p->first, p->count, step, tolerance);
    }
}

static inline void rig_end(struct rig *rig)
{
    pool_free(rig->pool);
}
#endif
