/* merge_requantize.c - two changes of scale in a row become one where no byte tells.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/bind.h"
#include "pass/pass.h"
#include "pass/rewrite.h"
#include <string.h>

#define N_VALUES  256
#define SHIFT_MAX 22 /* the verifier refuses more: docs/spec/ir.md, section 3 */

/* What a node makes of each int8 value. */
struct table {
    int8_t of[N_VALUES];
};

static bool is_requantize(const struct graph *g, const struct node *n)
{
    if (n->op != OP_RELU && n->op != OP_RELU6 && n->op != OP_QUANTIZE)
        return false;
    return g->tensors.items[n->in[0]].dtype == DT_S8 && g->tensors.items[n->out[0]].dtype == DT_S8;
}

/* The table of `op` from the scale of tensor x to that of z, behind the table `first`. False when
 * there is no such node. */
static bool table_after(const struct graph *g, const struct table *first, enum op op, uint32_t x,
                        uint32_t z, struct table *out)
{
    const struct node n = {.op = op, .n_in = 1, .n_out = 1, .in = &x, .out = &z};
    union kernel_args args;
    struct diag d = {0};
    if (!bind_node(g->arena, g, &n, &args, &d) || args.requantize.shift > SHIFT_MAX)
        return false;
    args.requantize.n = N_VALUES;
    void *scratch = arena_alloc(g->arena, mote_requantize_s8_ref_scratch(&args.requantize));
    mote_requantize_s8_ref(&args.requantize, first->of, out->of, scratch);
    return true;
}

/* The one operator that does what `first` and then `second` do to every value, or N_OPS. */
static enum op merged_op(const struct graph *g, const struct node *first, const struct node *second)
{
    static const enum op candidates[] = {OP_QUANTIZE, OP_RELU, OP_RELU6};
    const uint32_t x = first->in[0], y = first->out[0], z = second->out[0];
    struct table all, middle, both, single;
    for (int32_t v = 0; v < N_VALUES; v++)
        all.of[v] = (int8_t)(v + INT8_MIN);
    if (!table_after(g, &all, first->op, x, y, &middle) ||
        !table_after(g, &middle, second->op, y, z, &both))
        return N_OPS;
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
        if (table_after(g, &all, candidates[i], x, z, &single) &&
            memcmp(&single, &both, sizeof both) == 0)
            return candidates[i];
    return N_OPS;
}

/* merge_requantize - of quantize, relu and relu6 from int8 to int8 two in a row become one, if
 * nobody else needs the value in between, and if one of these operators, from the first scale to
 * the last, gives the same byte for each of the 256 values. That is the whole proof. Two roundings
 * seldom equal one; but a relu before or behind a change of scale is no rounding.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool merge_requantize(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *second = &g->nodes.items[i];
        if (!is_requantize(g, second))
            continue;
        const uint32_t p = sole_producer(&l, second->in[0]);
        if (p == NO_NODE || !is_requantize(g, &g->nodes.items[p]))
            continue;
        const enum op op = merged_op(g, &g->nodes.items[p], second);
        if (op == N_OPS)
            continue;
        skip_producer(g, &l, p, i);
        second->op = op;
    }
    graph_drop_dead(g);
    return true;
}
