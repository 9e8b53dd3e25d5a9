/* simplify.c - the passes before quantisation and compilation, in order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/rewrite.h"
#include <string.h>

struct pass {
    const char *name;
    bool (*run)(struct graph *g, struct diag *d);
};

/* Fold first what hides neighbours from each other, take out channels last. */
static const struct pass passes[N_PASSES] = {
#define PASS(name) {#name, name},
#include "pass/passes.def"
#undef PASS
};

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

static bool same_nodes(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->n_in == b->n_in && a->n_out == b->n_out &&
           memcmp(a->in, b->in, a->n_in * sizeof *a->in) == 0 &&
           memcmp(a->out, b->out, a->n_out * sizeof *a->out) == 0 &&
           /* No padding; a zero of the other sign would only cost a round. NOLINTNEXTLINE */
           memcmp(&a->attrs, &b->attrs, sizeof a->attrs) == 0;
}

/* Has no pass changed anything since `before` was cloned from `g`? A constant that was touched is
 * a new one. */
static bool unchanged(const struct graph *before, const struct graph *g)
{
    if (before->nodes.n != g->nodes.n || before->tensors.n != g->tensors.n)
        return false;
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        const struct tensor *x = &before->tensors.items[t], *y = &g->tensors.items[t];
        if (x->data != y->data || x->dtype != y->dtype || !shape_equal(&x->shape, &y->shape))
            return false;
    }
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (!same_nodes(&before->nodes.items[i], &g->nodes.items[i]))
            return false;
    return true;
}

/* simplify_tell - all passes, until a round of them changes nothing, and what each of them saved.
 *
 * Rounds come to an end since nothing undoes what another pass did: batch norms go and none comes
 * back, nodes, channels and clamps become fewer.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool simplify_tell(struct graph *g, struct saving savings[N_PASSES], struct diag *d)
{
    bool ok = true, more = true;
    for (uint32_t i = 0; i < N_PASSES; i++)
        savings[i] = (struct saving){0};
    while (ok && more) {
        struct arena *tmp = arena_new("simplify");
        const struct graph *before = graph_clone(tmp, g);
        for (uint32_t i = 0; i < N_PASSES && ok; i++)
            ok = run_pass(g, &passes[i], &savings[i], d);
        more = !unchanged(before, g);
        arena_free(tmp);
    }
    return ok;
}

bool simplify(struct graph *g, struct diag *d)
{
    struct saving savings[N_PASSES];
    return simplify_tell(g, savings, d);
}
