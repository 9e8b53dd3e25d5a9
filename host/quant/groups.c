/* groups.c - which tensors must share one quantisation. SPDX-License-Identifier: Apache-2.0
 *
 * One sweep in topological order. A fixed group starts at a softmax and grows downwards only, so
 * when a node is reached it is known whether its inputs are fixed, and two groups that are joined
 * by a node above it never become fixed later. */
#include "quant/groups.h"

#include <assert.h>

/* Leaders have smaller or equal ids along the chain, so the walk ends. */
static uint32_t find(const struct groups *s, uint32_t t)
{
    while (s->leader[t] != t)
        t = s->leader[t];
    return t;
}

static void join(struct groups *s, uint32_t a, uint32_t b)
{
    const uint32_t x = find(s, a), y = find(s, b);
    const uint32_t low = x < y ? x : y, high = x < y ? y : x;
    s->leader[high] = low;
    s->fixed[low] = s->fixed[low] || s->fixed[high];
}

static void join_concat(struct groups *s, const struct node *n)
{
    bool all_fixed = true;
    for (uint32_t i = 0; i < n->n_in; i++)
        all_fixed = all_fixed && s->fixed[find(s, n->in[i])];
    for (uint32_t i = 0; i < n->n_in; i++)
        if (all_fixed || !s->fixed[find(s, n->in[i])])
            join(s, n->in[i], n->out[0]);
}

struct groups groups_find(struct arena *a, const struct graph *g)
{
    struct groups s = {
        .leader = ARENA_ARRAY(a, uint32_t, g->tensors.n),
        .fixed = ARENA_ARRAY(a, bool, g->tensors.n),
    };
    for (uint32_t t = 0; t < g->tensors.n; t++)
        s.leader[t] = t;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        switch (n->op) {
        case OP_SOFTMAX:
            s.fixed[find(&s, n->out[0])] = true;
            break;
        case OP_AVERAGE_POOL2D:
        case OP_MAX_POOL2D:
        case OP_RESHAPE:
        case OP_PAD:
            join(&s, n->in[0], n->out[0]);
            break;
        case OP_CONCAT:
            join_concat(&s, n);
            break;
        default:
            break;
        }
    }
    for (uint32_t t = 0; t < g->tensors.n; t++)
        s.leader[t] = find(&s, t);
    return s;
}
