/* merge_requantize.c - two changes of scale in a row become one where no byte tells.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"
#include "pass/table.h"
#include <string.h>

/* The table of `op` from the scale of tensor x to that of z. */
static bool table_between(const struct graph *g, enum op op, uint32_t x, uint32_t z,
                          struct table *out)
{
    const struct node n = {.op = op, .n_in = 1, .n_out = 1, .in = &x, .out = &z};
    return table_of(g->arena, g, &n, out);
}

/* The one operator that does what `first` and then `second` do to every value, or N_OPS. */
static enum op merged_op(const struct graph *g, const struct node *first, const struct node *second)
{
    static const enum op candidates[] = {OP_QUANTIZE, OP_RELU, OP_RELU6};
    const uint32_t x = first->in[0], z = second->out[0];
    struct table one, two, single;
    if (!table_of(g->arena, g, first, &one) || !table_of(g->arena, g, second, &two))
        return N_OPS;
    for (int32_t i = 0; i < N_VALUES; i++)
        one.of[i] = two.of[(uint8_t)one.of[i]];
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
        if (table_between(g, candidates[i], x, z, &single) &&
            memcmp(&single, &one, sizeof one) == 0)
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
