/* logical.c - and, or, not of bool. SPDX-License-Identifier: Apache-2.0
 *
 * A bool is a byte of 0 or 1: `and` is the minimum of two, `or` the maximum, `not` a table. */
#include <assert.h>

#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"
#include "ir/tables.h"

static bool expect_bool(const struct graph *g, const struct node *n, struct diag *d)
{
    const enum dtype x = node_in(g, n, 0)->dtype;
    return x == DT_BOOL || node_error(d, g, n, "input type %s, expected bool", dtype_name(x));
}

static bool infer_pair(const struct graph *g, const struct node *n, struct tensor *out,
                       struct diag *d)
{
    out->dtype = DT_BOOL;
    return infer_broadcast(g, n, out, d) && expect_bool(g, n, d);
}

static void bind_pair(struct arena *a, const struct graph *g, const struct node *n,
                      union kernel_args *out)
{
    const bool fits = broadcast_walk(&node_in(g, n, 0)->shape, &node_in(g, n, 1)->shape,
                                     &g->tensors.items[n->out[0]].shape, &out->extremum.walk);
    assert(fits);
    (void)a, (void)fits;
}

static void eval_and(const struct eval *e)
{
    mote_minimum_s8_ref(&e->args->extremum, e->in[0], e->in[1], e->out, e->scratch);
}

static void eval_or(const struct eval *e)
{
    mote_maximum_s8_ref(&e->args->extremum, e->in[0], e->in[1], e->out, e->scratch);
}

static bool infer_not(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    out->shape = node_in(g, n, 0)->shape;
    out->dtype = DT_BOOL;
    return expect_bool(g, n, d);
}

static void bind_not(struct arena *a, const struct graph *g, const struct node *n,
                     union kernel_args *out)
{
    int8_t *table = ARENA_ARRAY(a, int8_t, TABLE_BYTES);
    table[0] = 1;
    out->lut = (struct mote_lut_s8){
        .n = (uint32_t)shape_count(&node_in(g, n, 0)->shape),
        .table = table,
    };
}

static void eval_not(const struct eval *e)
{
    mote_lut_s8_ref(&e->args->lut, e->in[0], e->out, e->scratch);
}

OP_BY(logical_and, infer_pair, eval_and, bind_pair, ranges_any)
OP_BY(logical_or, infer_pair, eval_or, bind_pair, ranges_any)
OP_BY(logical_not, infer_not, eval_not, bind_not, ranges_any)
