/* graph.c - building, copying and rewriting the IR.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The structure only: what an operator accepts is in ops/, what a whole graph must satisfy in
 * verify.c. */
#include "ir/graph.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "ir/ops/ops.h"

struct graph *graph_new(struct arena *a, const char *name)
{
    struct graph *g = ARENA_NEW(a, struct graph);
    g->arena = a;
    g->name = arena_strdup(a, name ? name : "");
    return g;
}

uint32_t graph_add_tensor(struct graph *g, const struct tensor *t)
{
    const struct tensor src = *t; /* t may lie in g->tensors, which moves when it grows */
    uint32_t n = src.quant.n;
    struct tensor *copy = VEC_PUSH(g->arena, &g->tensors);
    *copy = src;
    copy->name = arena_strdup(g->arena, src.name ? src.name : "");
    copy->quant.scale = n ? arena_copy(g->arena, src.quant.scale, n * sizeof(float)) : NULL;
    copy->quant.zero = n ? arena_copy(g->arena, src.quant.zero, n * sizeof(int32_t)) : NULL;
    return g->tensors.n - 1;
}

static uint32_t *copy_ids(struct arena *a, const uint32_t *ids, uint32_t n)
{
    return arena_copy(a, ids, n * sizeof *ids);
}

static void append_node(struct graph *g, const struct node *n)
{
    struct node *copy = VEC_PUSH(g->arena, &g->nodes);
    *copy = *n;
    copy->in = copy_ids(g->arena, n->in, n->n_in);
    copy->out = copy_ids(g->arena, n->out, n->n_out);
    copy->origin = n->origin ? arena_strdup(g->arena, n->origin) : NULL;
}

struct graph *graph_clone(struct arena *a, const struct graph *g)
{
    struct graph *c = graph_new(a, g->name);
    for (uint32_t i = 0; i < g->tensors.n; i++)
        graph_add_tensor(c, &g->tensors.items[i]);
    for (uint32_t i = 0; i < g->nodes.n; i++)
        append_node(c, &g->nodes.items[i]);
    for (uint32_t i = 0; i < g->inputs.n; i++)
        *VEC_PUSH(a, &c->inputs) = g->inputs.items[i];
    for (uint32_t i = 0; i < g->outputs.n; i++)
        *VEC_PUSH(a, &c->outputs) = g->outputs.items[i];
    return c;
}

uint32_t graph_add_node(struct graph *g, enum op op, const struct attrs *attrs, const uint32_t *in,
                        uint32_t n_in, const char *name, struct diag *d)
{
    struct node n = {.op = op, .n_in = n_in, .origin = name};
    n.in = copy_ids(g->arena, in, n_in);
    if (attrs)
        n.attrs = *attrs;
    struct tensor out = {.name = name};
    if (!node_infer(g, &n, &out, d))
        return NO_TENSOR;
    uint32_t id = graph_add_tensor(g, &out);
    n.n_out = 1;
    n.out = &id;
    append_node(g, &n);
    return id;
}

void graph_replace_uses(struct graph *g, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_in; k++)
            if (n->in[k] == from)
                n->in[k] = to;
    }
    for (uint32_t i = 0; i < g->outputs.n; i++)
        if (g->outputs.items[i] == from)
            g->outputs.items[i] = to;
}

/* live[t]: somebody reads tensor t, directly or through nodes that are read. One backward sweep is
 * enough because nodes stand in topological order (I1). Nodes that nobody reads are removed. */
static void drop_dead_nodes(struct graph *g, bool *live)
{
    for (uint32_t i = 0; i < g->outputs.n; i++)
        live[g->outputs.items[i]] = true;
    uint32_t kept = g->nodes.n; /* survivors gather at the end of the array */
    for (uint32_t i = g->nodes.n; i-- > 0;) {
        struct node n = g->nodes.items[i];
        bool used = false;
        for (uint32_t k = 0; k < n.n_out; k++)
            used = used || live[n.out[k]];
        if (!used)
            continue;
        for (uint32_t k = 0; k < n.n_in; k++)
            if (n.in[k] != NO_TENSOR)
                live[n.in[k]] = true;
        for (uint32_t k = 0; k < n.n_out; k++)
            live[n.out[k]] = true;
        g->nodes.items[--kept] = n;
    }
    g->nodes.n -= kept;
    if (g->nodes.n)
        memmove(g->nodes.items, g->nodes.items + kept, g->nodes.n * sizeof *g->nodes.items);
}

void graph_drop_dead(struct graph *g)
{
    if (g->tensors.n == 0)
        return;
    struct arena *tmp = arena_new("drop dead");
    bool *live = ARENA_ARRAY(tmp, bool, g->tensors.n);
    uint32_t *new_id = ARENA_ARRAY(tmp, uint32_t, g->tensors.n);
    drop_dead_nodes(g, live);
    for (uint32_t i = 0; i < g->inputs.n; i++)
        live[g->inputs.items[i]] = true; /* an unread input stays part of the interface */

    uint32_t n_live = 0;
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        new_id[t] = n_live;
        if (live[t])
            g->tensors.items[n_live++] = g->tensors.items[t];
    }
    g->tensors.n = n_live;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_in; k++)
            if (n->in[k] != NO_TENSOR)
                n->in[k] = new_id[n->in[k]];
        for (uint32_t k = 0; k < n->n_out; k++)
            n->out[k] = new_id[n->out[k]];
    }
    for (uint32_t i = 0; i < g->inputs.n; i++)
        g->inputs.items[i] = new_id[g->inputs.items[i]];
    for (uint32_t i = 0; i < g->outputs.n; i++)
        g->outputs.items[i] = new_id[g->outputs.items[i]];
    arena_free(tmp);
}

uint32_t *graph_count_uses(const struct graph *g, struct arena *a)
{
    uint32_t *uses = ARENA_ARRAY(a, uint32_t, g->tensors.n);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_in; k++)
            if (n->in[k] != NO_TENSOR)
                uses[n->in[k]]++;
    }
    for (uint32_t i = 0; i < g->outputs.n; i++)
        uses[g->outputs.items[i]]++;
    return uses;
}

uint32_t *graph_find_producers(const struct graph *g, struct arena *a)
{
    uint32_t *producer = ARENA_ARRAY(a, uint32_t, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        producer[t] = UINT32_MAX;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        for (uint32_t k = 0; k < n->n_out; k++)
            producer[n->out[k]] = i;
    }
    return producer;
}

size_t dtype_bytes(enum dtype t)
{
    static const size_t bytes[N_DTYPES] = {[DT_F32] = 4, [DT_S8] = 1, [DT_S16] = 2, [DT_S32] = 4};
    assert(t < N_DTYPES);
    return bytes[t];
}

const char *dtype_name(enum dtype t)
{
    static const char *const name[N_DTYPES] = {
        [DT_F32] = "f32", [DT_S8] = "s8", [DT_S16] = "s16", [DT_S32] = "s32"};
    assert(t < N_DTYPES);
    return name[t];
}

int64_t shape_count(const struct shape *s)
{
    int64_t n = 1;
    for (int32_t i = 0; i < s->rank; i++)
        if (__builtin_mul_overflow(n, (int64_t)s->dim[i], &n))
            return INT64_MAX; /* the verifier refuses it */
    return n;
}

bool shape_equal(const struct shape *a, const struct shape *b)
{
    if (a->rank != b->rank)
        return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i])
            return false;
    return true;
}

size_t tensor_bytes(const struct tensor *t)
{
    int64_t n = shape_count(&t->shape);
    assert(n >= 0 && n <= COUNT_MAX);
    return (size_t)n * dtype_bytes(t->dtype);
}

const char *op_name(enum op op)
{
    return op_info(op)->name;
}

bool op_from_name(const char *name, enum op *out)
{
    for (uint32_t i = 0; i < N_OPS; i++)
        if (strcmp(op_name((enum op)i), name) == 0) {
            *out = (enum op)i;
            return true;
        }
    return false;
}

void same_pad(int32_t in, int32_t kernel, int32_t stride, int32_t dilation, int32_t *before,
              int32_t *after)
{
    assert(in >= 1 && kernel >= 1 && stride >= 1 && dilation >= 1);
    int64_t out = ((int64_t)in + stride - 1) / stride;
    int64_t total = (out - 1) * stride + ((int64_t)kernel - 1) * dilation + 1 - in;
    if (total < 0)
        total = 0;
    *before = (int32_t)(total / 2);
    *after = (int32_t)(total - total / 2);
}

int64_t node_macs(const struct graph *g, const struct node *n)
{
    return op_info(n->op)->macs(g, n);
}

size_t node_const_bytes(const struct graph *g, const struct node *n)
{
    size_t bytes = 0;
    for (uint32_t k = 0; k < n->n_in; k++) {
        const struct tensor *t = node_in(g, n, k);
        if (t && t->data)
            bytes += tensor_bytes(t);
    }
    return bytes;
}
