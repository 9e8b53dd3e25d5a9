/* simplify.c - the passes before quantisation and compilation, in order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/rewrite.h"

struct pass {
    const char *name;
    bool (*run)(struct graph *g, struct diag *d);
};

/* Fold first what hides neighbours from each other, fuse clamps last. */
static const struct pass repeated[] = {
    {"drop_identity", drop_identity},
    {"merge_reshape", merge_reshape},
    {"fold_bn", fold_bn},
    {"fold_pad", fold_pad},
    {"fuse_activation", fuse_activation},
    {"merge_requantize", merge_requantize},
};

/* Takes away channels, never nodes, so it gives the passes above nothing to do. */
static const struct pass last = {"eliminate_channels", eliminate_channels};

#define N_REPEATED (sizeof repeated / sizeof repeated[0])
_Static_assert(N_REPEATED + 1 == N_PASSES, "pass.h counts the passes");

struct size graph_size(const struct graph *g)
{
    struct size s = {.n_nodes = g->nodes.n};
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        const bool has_bias = has_weights(n->op) && n->n_in > 2 && n->in[2] != NO_TENSOR;
        const int64_t bias_bytes =
            has_bias ? (int64_t)tensor_bytes(&g->tensors.items[n->in[2]]) : 0;
        s.macs += node_macs(g, n);
        s.weight_bytes += (int64_t)node_const_bytes(g, n) - bias_bytes;
        s.bias_bytes += bias_bytes;
    }
    return s;
}

static bool run_pass(struct graph *g, const struct pass *p, struct saving *saving, struct diag *d)
{
    const struct size before = graph_size(g);
    if (!p->run(g, d) || !graph_verify(g, d))
        return false;
    const struct size after = graph_size(g);
    saving->pass = p->name;
    saving->size.n_nodes += before.n_nodes - after.n_nodes;
    saving->size.macs += before.macs - after.macs;
    saving->size.weight_bytes += before.weight_bytes - after.weight_bytes;
    saving->size.bias_bytes += before.bias_bytes - after.bias_bytes;
    return true;
}

/* simplify_tell - all passes until they remove no more nodes, and what each of them saved.
 *
 * Only fold_bn can add nodes or change them in place, and it leaves no batch norm: so from the
 * second round on an unchanged number of nodes means an unchanged graph, and it only falls.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool simplify_tell(struct graph *g, struct saving savings[N_PASSES], struct diag *d)
{
    uint32_t n_before, n_rounds = 0;
    for (uint32_t i = 0; i < N_PASSES; i++)
        savings[i] = (struct saving){0};
    do {
        n_before = g->nodes.n;
        for (uint32_t i = 0; i < N_REPEATED; i++)
            if (!run_pass(g, &repeated[i], &savings[i], d))
                return false;
        n_rounds++;
    } while (n_rounds < 2 || g->nodes.n < n_before);
    return run_pass(g, &last, &savings[N_REPEATED], d);
}

bool simplify(struct graph *g, struct diag *d)
{
    struct saving savings[N_PASSES];
    return simplify_tell(g, savings, d);
}
