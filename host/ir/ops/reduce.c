/* reduce.c - mean, reduce_sum, reduce_max, reduce_min. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/reduce.h"

#include <assert.h>
#include <inttypes.h>

#include "ir/ops/ops.h"
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
    return infer_f32_or_s8(g, n, out, d);
}

static float reduce_f32(enum op op, float so_far, float x)
{
    if (op == OP_REDUCE_MAX)
        return x > so_far ? x : so_far;
    if (op == OP_REDUCE_MIN)
        return x < so_far ? x : so_far;
    return so_far + x;
}

/* In memory order of the input elements. */
static float reduce_one_f32(const struct eval *e, const struct mote_reduce_s8 *w, const float *in)
{
    const enum op op = e->n->op;
    float y = op == OP_REDUCE_MAX || op == OP_REDUCE_MIN ? in[0] : 0.0f;
    for (size_t j0 = 0; j0 < w->over[0]; j0++)
        for (size_t j1 = 0; j1 < w->over[1]; j1++)
            for (size_t j2 = 0; j2 < w->over[2]; j2++)
                y = reduce_f32(
                    op, y, in[j0 * w->over_step[0] + j1 * w->over_step[1] + j2 * w->over_step[2]]);
    return op == OP_MEAN ? y / (float)reduce_count(e->g, e->n) : y;
}

static void eval_reduce(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32) {
        const struct mote_reduce_s8 w = reduce_walk(e->g, e->n);
        const float *in = e->in[0];
        float *out = e->out;
        for (uint32_t i = 0; i < mote_reduce_outputs(&w); i++)
            out[i] = reduce_one_f32(e, &w, in + mote_reduce_at(&w, i));
    } else if (e->n->op == OP_REDUCE_MAX) {
        mote_reduce_max_s8_ref(&e->args->reduce, e->in[0], e->out, e->scratch);
    } else if (e->n->op == OP_REDUCE_MIN) {
        mote_reduce_min_s8_ref(&e->args->reduce, e->in[0], e->out, e->scratch);
    } else {
        mote_reduce_sum_s8_ref(&e->args->reduce, e->in[0], e->out, e->scratch);
    }
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
    }
REDUCE(mean)
REDUCE(reduce_sum)
REDUCE(reduce_max)
REDUCE(reduce_min)
