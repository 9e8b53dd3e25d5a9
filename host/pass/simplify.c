/* simplify.c - the passes before quantisation and compilation, in order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/verify.h"
#include "pass/pass.h"

/* Fold first what hides neighbours from each other, fuse clamps last. */
static bool simplify_once(struct graph *g, struct diag *d)
{
    return drop_identity(g, d) && graph_verify(g, d) && fold_bn(g, d) && graph_verify(g, d) &&
           fold_pad(g, d) && graph_verify(g, d) && fuse_activation(g, d) && graph_verify(g, d);
}

/* simplify - all passes until they remove no more nodes.
 *
 * Only fold_bn can add nodes or change them in place, and it leaves no batch norm: so from the
 * second round on an unchanged number of nodes means an unchanged graph, and it only falls.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool simplify(struct graph *g, struct diag *d)
{
    if (!simplify_once(g, d))
        return false;
    uint32_t n_before;
    do {
        n_before = g->nodes.n;
        if (!simplify_once(g, d))
            return false;
    } while (g->nodes.n < n_before);
    return true;
}
