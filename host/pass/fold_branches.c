/* fold_branches.c - an operand that never changes needs nobody to compute it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "pass/pass.h"
#include "pass/ranges.h"
#include "pass/rewrite.h"

/* Operators whose operands may be constants of any values, and are repeated. */
static bool is_binary(enum op op)
{
    switch (op) {
    case OP_ADD:
    case OP_ADD_BROADCAST:
    case OP_SUB:
    case OP_MUL:
    case OP_MINIMUM:
    case OP_MAXIMUM:
        return true;
    default:
        return false;
    }
}

/* Has every channel of tensor t one value? */
static bool never_changes(const struct graph *g, const struct ranges *r, uint32_t t)
{
    if (!r->of[t].lo)
        return false;
    for (uint32_t c = 0; c < last_dim(&g->tensors.items[t]); c++)
        if (!range_is_constant(r, t, c))
            return false;
    return true;
}

/* Operand k of node n, which it alone reads, while the other one gives the output its shape. */
static bool can_fold(const struct graph *g, const struct ranges *r, const struct links *l,
                     const struct node *n, uint32_t k)
{
    const struct tensor *other = &g->tensors.items[n->in[1 - k]];
    return sole_producer(l, n->in[k]) != NO_NODE && !other->data &&
           shape_equal(&other->shape, &g->tensors.items[n->out[0]].shape) &&
           never_changes(g, r, n->in[k]);
}

/* The origins of all nodes that nobody reads any more. */
static const char *origins_of_dead(struct graph *g, struct arena *tmp)
{
    uint32_t *uses = graph_count_uses(g, tmp);
    const char *origin = NULL;
    for (uint32_t i = g->nodes.n; i-- > 0;) {
        const struct node *n = &g->nodes.items[i];
        bool dead = true;
        for (uint32_t k = 0; k < n->n_out; k++)
            dead = dead && uses[n->out[k]] == 0;
        for (uint32_t k = 0; dead && k < n->n_in; k++)
            if (n->in[k] != NO_TENSOR)
                uses[n->in[k]]--;
        if (dead)
            origin = join_origins(g, n->origin, origin);
    }
    return origin;
}

static void fold(struct graph *g, struct arena *tmp, const struct ranges *r, uint32_t i, uint32_t k)
{
    struct node *n = &g->nodes.items[i];
    struct tensor value = g->tensors.items[n->in[k]];
    const uint32_t n_channels = last_dim(&value);
    value.name = fresh_name(g, arena_printf(g->arena, "%s.value", value.name));
    value.data = arena_copy(g->arena, r->of[n->in[k]].lo, n_channels);
    value.shape = (struct shape){.rank = 1, .dim = {(int32_t)n_channels}};
    n->in[k] = graph_add_tensor(g, &value);
    if (n->op == OP_ADD)
        n->op = OP_ADD_BROADCAST;
    n->origin = join_origins(g, origins_of_dead(g, tmp), n->origin);
    graph_drop_dead(g);
}

/* Fold one operand, if there is one. Ids change, so what was known is gone. */
static bool fold_one(struct graph *g)
{
    struct arena *tmp = arena_new("fold branches");
    const struct ranges r = ranges_find(tmp, g);
    const struct links l = {.uses = graph_count_uses(g, tmp),
                            .producer = graph_find_producers(g, tmp)};
    bool found = false;
    for (uint32_t i = 0; i < g->nodes.n && !found; i++) {
        const struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < 2 && !found && is_binary(n->op) && ranges_know(g, n); k++) {
            found = can_fold(g, &r, &l, n, k);
            if (found)
                fold(g, tmp, &r, i, k);
        }
    }
    arena_free(tmp);
    return found;
}

/* fold_branches - an int8 operand of add, sub, mul, minimum or maximum whose every channel has one
 * value, whatever goes in, becomes a constant of one value a channel, and the branch that computed
 * it goes: a residual block pruned to nothing, an attention that is always on.
 *
 * The intervals of ranges.c are the proof. add with a constant that is repeated is add_broadcast,
 * of the same arithmetic (docs/spec/numerics.md, section 18).
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool fold_branches(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    while (fold_one(g))
        continue;
    return true;
}
