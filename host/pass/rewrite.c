/* rewrite.c - the few moves that graph rewrites are made of. SPDX-License-Identifier: Apache-2.0 */
#include "pass/rewrite.h"

#include "base/str.h"
#include <assert.h>
#include <string.h>

struct links links_find(const struct graph *g)
{
    return (struct links){
        .uses = graph_count_uses(g, g->arena),
        .producer = graph_find_producers(g, g->arena),
    };
}

uint32_t sole_producer(const struct links *l, uint32_t t)
{
    return l->uses[t] == 1 ? l->producer[t] : NO_NODE;
}

void take_over(struct graph *g, struct links *l, uint32_t p, uint32_t f)
{
    struct node *producer = &g->nodes.items[p], *follower = &g->nodes.items[f];
    const uint32_t old = producer->out[0], kept = follower->out[0];
    assert(producer->n_out == 1 && follower->n_out == 1);
    assert(l->producer[old] == p && l->producer[kept] == f);
    assert(!is_result(g, old));

    graph_replace_uses(g, old, kept); /* the follower's own read included */
    producer->out[0] = kept;
    follower->out[0] = old;
    l->producer[kept] = p;
    l->producer[old] = f;
    l->uses[kept] += l->uses[old] - 1; /* without the follower, which is dead */
    l->uses[old] = 0;
}

void redirect_input(struct graph *g, struct links *l, uint32_t n, uint32_t i_in, uint32_t t)
{
    uint32_t *in = &g->nodes.items[n].in[i_in];
    l->uses[*in]--;
    l->uses[t]++;
    *in = t;
}

void skip_producer(struct graph *g, struct links *l, uint32_t p, uint32_t f)
{
    const struct node *producer = &g->nodes.items[p];
    struct node *follower = &g->nodes.items[f];
    assert(producer->n_in == 1 && follower->n_in == 1);
    assert(sole_producer(l, follower->in[0]) == p);
    const uint32_t source = producer->in[0];
    follower->origin = join_origins(g, producer->origin, follower->origin);
    redirect_input(g, l, f, 0, source);
    l->uses[source]--; /* without the producer, which is dead */
}

/* The origin of a dropped node goes to the node before it, which now stands for both, else to the
 * first one after it. */
static void hand_on_origin(struct graph *g, uint32_t producer, uint32_t dropped)
{
    const struct node *gone = &g->nodes.items[dropped];
    if (producer != NO_NODE) {
        struct node *n = &g->nodes.items[producer];
        n->origin = join_origins(g, n->origin, gone->origin);
        return;
    }
    for (uint32_t i = dropped + 1; i < g->nodes.n; i++) {
        struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_in; k++)
            if (n->in[k] == gone->out[0]) {
                n->origin = join_origins(g, gone->origin, n->origin);
                return;
            }
    }
}

void drop_node(struct graph *g, struct links *l, uint32_t i, uint32_t i_in)
{
    const uint32_t in = g->nodes.items[i].in[i_in], out = g->nodes.items[i].out[0];
    const uint32_t producer = l->producer[in];
    if (!is_result(g, out)) {
        hand_on_origin(g, producer, i);
        graph_replace_uses(g, out, in);
        l->uses[in] += l->uses[out] - 1; /* without node i, which is dead */
        l->uses[out] = 0;
    } else if (producer != NO_NODE && g->nodes.items[producer].n_out == 1 && !is_result(g, in)) {
        hand_on_origin(g, producer, i);
        take_over(g, l, producer, i);
    }
}

bool has_weights(enum op op)
{
    return op == OP_CONV2D || op == OP_DEPTHWISE_CONV2D || op == OP_FULLY_CONNECTED;
}

int32_t channel_axis(enum op op)
{
    assert(has_weights(op));
    return op == OP_DEPTHWISE_CONV2D ? 3 : 0;
}

size_t channel_of(const struct tensor *w, int32_t axis, size_t i)
{
    const size_t n_channels = (size_t)w->shape.dim[axis];
    return axis == 0 ? i / ((size_t)shape_count(&w->shape) / n_channels) : i % n_channels;
}

bool is_result(const struct graph *g, uint32_t t)
{
    for (uint32_t i = 0; i < g->outputs.n; i++)
        if (g->outputs.items[i] == t)
            return true;
    for (uint32_t i = 0; i < g->states.n; i++)
        if (g->states.items[i].out == t)
            return true;
    return false;
}

const char *join_origins(struct graph *g, const char *a, const char *b)
{
    if (!a || !*a)
        return b;
    if (!b || !*b)
        return a;
    return arena_printf(g->arena, "%s+%s", a, b);
}

static bool name_taken(const struct graph *g, const char *name)
{
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (g->tensors.items[t].name && strcmp(g->tensors.items[t].name, name) == 0)
            return true;
    return false;
}

const char *fresh_name(struct graph *g, const char *base)
{
    const char *name = base;
    for (uint32_t i = 2; name_taken(g, name); i++)
        name = arena_printf(g->arena, "%s_%u", base, (unsigned)i);
    return name;
}

static uint32_t count_readers(const struct graph *g, uint32_t t)
{
    struct arena *tmp = arena_new("count readers");
    const uint32_t n_readers = graph_count_uses(g, tmp)[t];
    arena_free(tmp);
    return n_readers;
}

void set_constant(struct graph *g, uint32_t n, uint32_t i_in, const struct tensor *t)
{
    struct node *node = &g->nodes.items[n];
    assert(t->data && i_in <= node->n_in);
    const uint32_t old_id = i_in < node->n_in ? node->in[i_in] : NO_TENSOR;
    if (old_id != NO_TENSOR && count_readers(g, old_id) == 1) {
        struct tensor *old = &g->tensors.items[old_id];
        const char *name = old->name;
        *old = *t;
        old->name = name;
        return;
    }
    if (i_in == node->n_in) {
        uint32_t *in = ARENA_ARRAY(g->arena, uint32_t, node->n_in + 1u);
        memcpy(in, node->in, node->n_in * sizeof *in);
        node->in = in;
        node->n_in++;
    }
    struct tensor fresh = *t;
    fresh.name = fresh_name(g, t->name);
    node->in[i_in] = graph_add_tensor(g, &fresh);
}

void move_last_node(struct graph *g, uint32_t i)
{
    const uint32_t last = g->nodes.n - 1;
    assert(i <= last);
    const struct node moved = g->nodes.items[last];
    memmove(&g->nodes.items[i + 1], &g->nodes.items[i], (last - i) * sizeof moved);
    g->nodes.items[i] = moved;
}
