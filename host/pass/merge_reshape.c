/* merge_reshape.c - of two reshapes in a row only the last one counts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"

/* merge_reshape - a reshape of a reshape reads what the first one read, if nobody else needs the
 * first one. A reshape keeps the order of the elements, whatever shape stands in between. If the
 * last shape is the first one, drop_identity takes the rest.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool merge_reshape(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *second = &g->nodes.items[i];
        if (second->op != OP_RESHAPE)
            continue;
        const uint32_t p = sole_producer(&l, second->in[0]);
        if (p != NO_NODE && g->nodes.items[p].op == OP_RESHAPE)
            skip_producer(g, &l, p, i);
    }
    graph_drop_dead(g);
    return true;
}
