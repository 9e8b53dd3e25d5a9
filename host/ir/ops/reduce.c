/* reduce.c - mean, reduce_sum, reduce_max, reduce_min, reduce_prod. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/reduce.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"
#include "kernels/common/reduce.h"

/* Neighbouring dimensions that are both kept or both reduced are one, so six make three of each at
 * most. From the innermost on; dimensions of 1 have no say. */
struct mote_reduce_s8 reduce_walk(const struct graph *g, const struct node *n)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    struct mote_reduce_s8 w = {.n = {1, 1, 1}, .over = {1, 1, 1}};
    uint32_t size = 1, *joined = w.n; /* the first dimension sets it */
    int32_t kept = MOTE_REDUCE_DIMS, reduced = MOTE_REDUCE_DIMS, before = -1;
    for (int32_t i = x->rank - 1; i >= 0; i--) {
        const uint32_t dim = (uint32_t)x->dim[i];
        const int32_t over = n->attrs.over[i];
        if (dim == 1)
            continue;
        if (over != before) {
            int32_t *to = over ? &reduced : &kept;
            assert(*to > 0);
            --*to;
            joined = over ? &w.over[*to] : &w.n[*to];
            *(over ? &w.over_step[*to] : &w.step[*to]) = size;
        }
        *joined *= dim;
        size *= dim;
        before = over;
    }
    return w;
}

int64_t reduce_count(const struct graph *g, const struct node *n)
{
    const struct mote_reduce_s8 w = reduce_walk(g, n);
    return (int64_t)w.over[0] * w.over[1] * w.over[2];
}

static bool infer_reduce(const struct graph *g, const struct node *n, struct tensor *out,
                         struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    out->shape = *x;
    for (int32_t i = 0; i < RANK_MAX; i++) {
        const int32_t over = n->attrs.over[i];
        if (i >= x->rank && over != 0)
            return node_error(d, g, n, "over is longer than the rank %" PRId32, x->rank);
        if (over != 0 && over != 1)
            return node_error(d, g, n, "over has %" PRId32 ", expected 0 or 1", over);
        if (over)
            out->shape.dim[i] = 1;
    }
    if (node_in(g, n, 0)->dtype == DT_BOOL && (n->op == OP_REDUCE_MAX || n->op == OP_REDUCE_MIN)) {
        out->dtype = DT_BOOL;
        return true;
    }
    return infer_activation(g, n, out, d);
}

static void eval_reduce_f32(const struct eval *e)
{
    const struct mote_reduce_f32 *op = &e->args->reduce_f32;
    if (e->n->op == OP_REDUCE_MAX)
        mote_reduce_max_f32_ref(op, e->in[0], e->out, e->scratch);
    else if (e->n->op == OP_REDUCE_MIN)
        mote_reduce_min_f32_ref(op, e->in[0], e->out, e->scratch);
    else if (e->n->op == OP_REDUCE_PROD)
        mote_reduce_prod_f32_ref(op, e->in[0], e->out, e->scratch);
    else
        mote_reduce_sum_f32_ref(op, e->in[0], e->out, e->scratch);
}

static void eval_reduce(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32) {
        eval_reduce_f32(e);
        return;
    }
    const bool wide = node_in(e->g, e->n, 0)->dtype == DT_S16;
    const struct mote_reduce_s8 *op = &e->args->reduce;
    if (e->n->op == OP_REDUCE_MAX && wide)
        mote_reduce_max_s16_ref(op, e->in[0], e->out, e->scratch);
    else if (e->n->op == OP_REDUCE_MAX)
        mote_reduce_max_s8_ref(op, e->in[0], e->out, e->scratch);
    else if (e->n->op == OP_REDUCE_MIN && wide)
        mote_reduce_min_s16_ref(op, e->in[0], e->out, e->scratch);
    else if (e->n->op == OP_REDUCE_MIN)
        mote_reduce_min_s8_ref(op, e->in[0], e->out, e->scratch);
    else if (e->n->op == OP_REDUCE_PROD && wide)
        mote_reduce_prod_s16_ref(op, e->in[0], e->out, e->scratch);
    else if (e->n->op == OP_REDUCE_PROD)
        mote_reduce_prod_s8_ref(op, e->in[0], e->out, e->scratch);
    else if (wide)
        mote_reduce_sum_s16_ref(op, e->in[0], e->out, e->scratch);
    else
        mote_reduce_sum_s8_ref(op, e->in[0], e->out, e->scratch);
}

static void bind_reduce_f32(const struct graph *g, const struct node *n, struct mote_reduce_f32 *op)
{
    const struct mote_reduce_s8 w = reduce_walk(g, n);
    *op = (struct mote_reduce_f32){
        .divisor = n->op == OP_MEAN ? (float)reduce_count(g, n) : 1.0f,
    };
    memcpy(op->n, w.n, sizeof op->n);
    memcpy(op->step, w.step, sizeof op->step);
    memcpy(op->over, w.over, sizeof op->over);
    memcpy(op->over_step, w.over_step, sizeof op->over_step);
}

/* Each of n factors is rescaled, so that no product leaves int32 for long: by the n-th root of what the
 * whole product takes. */
static void bind_product(const struct graph *g, const struct node *n, struct mote_reduce_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    op->zero_sum = zero_of(x);
    op->out_zero = zero_of(y);
    set_multiplier(scale_of(x) / pow(scale_of(y), 1.0 / (double)reduce_count(g, n)), &op->mult,
                   &op->shift);
}

/* A mean divides by the number of elements in the multiplier, which gets as many more bits as the
 * number has and the shift allows. */
static void bind_reduce_s8(const struct graph *g, const struct node *n, struct mote_reduce_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    const int64_t count = reduce_count(g, n); /* 1..2^28 */
    *op = reduce_walk(g, n);
    if (n->op == OP_REDUCE_MAX || n->op == OP_REDUCE_MIN)
        return;
    if (n->op == OP_REDUCE_PROD) {
        bind_product(g, n, op);
        return;
    }
    op->zero_sum = (int32_t)(zero_of(x) * count); /* the verifier refuses what does not fit */
    op->out_zero = zero_of(y);
    set_multiplier(scale_of(x) / scale_of(y), &op->mult, &op->shift);
    if (n->op != OP_MEAN)
        return;
    int32_t bits = 0;
    while (count >> (bits + 1) != 0)
        bits++;
    if (bits > 31 + op->shift)
        bits = 31 + op->shift;
    op->mult = (int32_t)(((int64_t)op->mult << bits) / count);
    op->shift = (int8_t)(op->shift - bits);
}

static void bind_reduce(const struct graph *g, const struct node *n, union kernel_args *out)
{
    if (node_in(g, n, 0)->dtype == DT_F32)
        bind_reduce_f32(g, n, &out->reduce_f32);
    else
        bind_reduce_s8(g, n, &out->reduce);
}

/* |sum - zero point * count| <= 255 * count in s8, 2^15 * count in s16, and it is shifted to the left if the shift is > 0. */
static bool ranges_sum(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    const int64_t most = node_in(g, n, 0)->dtype == DT_S16 ? 1 << 15 : 255;
    const int64_t bound = most * reduce_count(g, n); /* < 2^44 */
    union kernel_args args;
    if (bound > REQUANT_MAX)
        return node_error(d, g, n, "a sum of %" PRId64 " elements may leave int32", bound / most);
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    if (args.reduce.shift > 30 ||
        (args.reduce.shift > 0 && bound > REQUANT_MAX >> args.reduce.shift))
        return node_error(d, g, n, "the output scale is too small: a sum times 2^%d leaves int32",
                          args.reduce.shift);
    return true;
}

static bool ranges_product(struct arena *tmp, const struct graph *g, const struct node *n,
                           struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    if (args.reduce.shift > 7)
        return node_error(d, g, n,
                          "the output scale is too small: each of %" PRId64
                          " factors would be shifted to the left by %d, at most 7 are supported",
                          reduce_count(g, n), args.reduce.shift);
    return true;
}

static bool ranges_reduce(struct arena *tmp, const struct graph *g, const struct node *n,
                          struct diag *d)
{
    const bool picks = n->op == OP_REDUCE_MAX || n->op == OP_REDUCE_MIN;
    if (n->op == OP_REDUCE_PROD)
        return ranges_product(tmp, g, n, d);
    return picks ? ranges_same_quant(g, n, d) : ranges_sum(tmp, g, n, d);
}

#define REDUCE(lower)                                                                              \
    bool infer_##lower(const struct graph *g, const struct node *n, struct tensor *out,            \
                       struct diag *d)                                                             \
    {                                                                                              \
        return infer_reduce(g, n, out, d);                                                         \
    }                                                                                              \
    int64_t macs_##lower(const struct graph *g, const struct node *n)                              \
    {                                                                                              \
        (void)g, (void)n;                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    void eval_##lower(const struct eval *e)                                                        \
    {                                                                                              \
        eval_reduce(e);                                                                            \
    }                                                                                              \
    bool bind_##lower(struct arena *a, const struct graph *g, const struct node *n,                \
                      union kernel_args *out, struct diag *d)                                      \
    {                                                                                              \
        (void)a, (void)d;                                                                          \
        bind_reduce(g, n, out);                                                                    \
        return true;                                                                               \
    }                                                                                              \
    bool ranges_##lower(struct arena *tmp, const struct graph *g, const struct node *n,            \
                        struct diag *d)                                                            \
    {                                                                                              \
        return ranges_reduce(tmp, g, n, d);                                                        \
    }
REDUCE(mean)
REDUCE(reduce_sum)
REDUCE(reduce_max)
REDUCE(reduce_min)
REDUCE(reduce_prod)
