/* graph.c - building, copying and rewriting the IR.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The structure only: what an operator accepts is in ops/, what a whole graph must satisfy in
 * verify.c. */
#include "ir/graph.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
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
    for (uint32_t i = 0; i < g->states.n; i++)
        *VEC_PUSH(a, &c->states) = g->states.items[i];
    for (uint32_t i = 0; i < g->notes.n; i++)
        *VEC_PUSH(a, &c->notes) = g->notes.items[i];
    return c;
}

uint32_t graph_add_node(struct graph *g, enum op op, const struct attrs *attrs, const uint32_t *in,
                        uint32_t n_in, const char *name, struct diag *d)
{
    struct node n = {.op = op, .n_in = n_in, .origin = name};
    n.in = copy_ids(g->arena, in, n_in);
    if (attrs)
        n.attrs = *attrs;
    struct tensor out[NODE_OUT_MAX] = {{.name = name}};
    uint32_t id[NODE_OUT_MAX] = {NO_TENSOR};
    if (!node_infer(g, &n, out, d))
        return NO_TENSOR;
    n.n_out = op_info(op)->n_out;
    n.out = id;
    for (uint32_t k = 0; k < n.n_out; k++) {
        if (k > 0)
            out[k].name = arena_printf(g->arena, "%s:%" PRIu32, name, k);
        id[k] = graph_add_tensor(g, &out[k]);
    }
    append_node(g, &n);
    return id[0];
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
    for (uint32_t i = 0; i < g->states.n; i++)
        if (g->states.items[i].out == from)
            g->states.items[i].out = to;
}

/* Does anybody read an output of the node? */
static bool is_live(const struct node *n, const bool *live)
{
    for (uint32_t k = 0; k < n->n_out; k++)
        if (live[n->out[k]])
            return true;
    return false;
}

/* live[t] spreads from a live node's outputs to its inputs. One backward sweep is enough because
 * nodes stand in topological order (I1). */
static void spread_life(const struct graph *g, bool *live)
{
    for (uint32_t i = g->nodes.n; i-- > 0;) {
        const struct node *n = &g->nodes.items[i];
        if (!is_live(n, live))
            continue;
        for (uint32_t k = 0; k < n->n_in; k++)
            if (n->in[k] != NO_TENSOR)
                live[n->in[k]] = true;
        for (uint32_t k = 0; k < n->n_out; k++)
            live[n->out[k]] = true;
    }
}

/* live[t]: somebody reads tensor t, directly or through nodes and states that are read. A state
 * keeps alive what computes it only if its own value is read. */
static void find_live(const struct graph *g, bool *live)
{
    for (uint32_t i = 0; i < g->outputs.n; i++)
        live[g->outputs.items[i]] = true;
    bool has_spread = true;
    while (has_spread) {
        has_spread = false;
        spread_life(g, live);
        for (uint32_t i = 0; i < g->states.n; i++) {
            const struct state *s = &g->states.items[i];
            if (!live[s->in] || live[s->out])
                continue;
            live[s->out] = true;
            has_spread = true;
        }
    }
    for (uint32_t i = 0; i < g->states.n; i++)
        if (live[g->states.items[i].in] && g->states.items[i].init != NO_TENSOR)
            live[g->states.items[i].init] = true;
}

static void drop_dead_nodes(struct graph *g, const bool *live)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (is_live(&g->nodes.items[i], live))
            g->nodes.items[kept++] = g->nodes.items[i];
    g->nodes.n = kept;
    kept = 0;
    for (uint32_t i = 0; i < g->states.n; i++)
        if (live[g->states.items[i].in])
            g->states.items[kept++] = g->states.items[i];
    g->states.n = kept;
}

void graph_drop_dead(struct graph *g)
{
    if (g->tensors.n == 0)
        return;
    struct arena *tmp = arena_new("drop dead");
    bool *live = ARENA_ARRAY(tmp, bool, g->tensors.n);
    uint32_t *new_id = ARENA_ARRAY(tmp, uint32_t, g->tensors.n);
    find_live(g, live);
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
    for (uint32_t i = 0; i < g->states.n; i++) {
        struct state *s = &g->states.items[i];
        s->in = new_id[s->in];
        s->out = new_id[s->out];
        if (s->init != NO_TENSOR)
            s->init = new_id[s->init];
    }
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
    for (uint32_t i = 0; i < g->states.n; i++) {
        uses[g->states.items[i].out]++;
        if (g->states.items[i].init != NO_TENSOR)
            uses[g->states.items[i].init]++;
    }
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

/* What is known of an element type; min and max of the integers. */
static const struct dtype_info {
    const char *name;
    size_t bytes;
    int64_t min, max;
} dtypes[N_DTYPES] = {
    [DT_F32] = {"f32", 4, 0, 0},
    [DT_S8] = {"s8", 1, INT8_MIN, INT8_MAX},
    [DT_S16] = {"s16", 2, INT16_MIN, INT16_MAX},
    [DT_S32] = {"s32", 4, INT32_MIN, INT32_MAX},
    [DT_S64] = {"s64", 8, INT64_MIN, INT64_MAX},
    [DT_U8] = {"u8", 1, 0, UINT8_MAX},
    [DT_U32] = {"u32", 4, 0, UINT32_MAX},
    [DT_U64] = {"u64", 8, 0, INT64_MAX},
    [DT_BOOL] = {"bool", 1, 0, 1},
};

static const struct dtype_info *info_of(enum dtype t)
{
    assert((uint32_t)t < N_DTYPES);
    return &dtypes[t];
}

size_t dtype_bytes(enum dtype t)
{
    return info_of(t)->bytes;
}

const char *dtype_name(enum dtype t)
{
    return info_of(t)->name;
}

int64_t dtype_min(enum dtype t)
{
    return info_of(t)->min;
}

int64_t dtype_max(enum dtype t)
{
    return info_of(t)->max;
}

/* By bytes, little-endian as all contents are (I4): tensors end to end in a file are not aligned. */
int64_t element_int(enum dtype t, const void *data, int64_t i)
{
    const struct dtype_info *info = info_of(t);
    const uint8_t *at = (const uint8_t *)data + (size_t)i * info->bytes;
    assert(t != DT_F32 && info->bytes >= 1 && info->bytes <= sizeof(uint64_t));
    uint64_t value = 0;
    for (size_t k = 0; k < info->bytes; k++)
        value |= (uint64_t)at[k] << (8 * k);
    const unsigned unused = (unsigned)(64 - 8 * info->bytes);
    if (info->min == 0)
        return (int64_t)value;
    return (int64_t)(value << unused) >> unused;
}

void element_set_int(enum dtype t, void *data, int64_t i, int64_t value)
{
    const struct dtype_info *info = info_of(t);
    uint8_t *at = (uint8_t *)data + (size_t)i * info->bytes;
    assert(t != DT_F32 && value >= info->min && value <= info->max);
    for (size_t k = 0; k < info->bytes; k++)
        at[k] = (uint8_t)((uint64_t)value >> (8 * k));
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

bool quant_equal(const struct quant *a, const struct quant *b)
{
    if (a->n != b->n)
        return false;
    if (a->n > 1 && a->axis != b->axis)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->scale[i] != b->scale[i] || a->zero[i] != b->zero[i])
            return false;
    return true;
}

const char *shape_text(const struct shape *s, char *buf)
{
    size_t at = 0;
    buf[0] = '\0';
    for (int32_t i = 0; i < s->rank && i < RANK_MAX; i++)
        at += (size_t)snprintf(buf + at, SHAPE_TEXT - at, i ? "x%" PRId32 : "%" PRId32, s->dim[i]);
    return buf;
}

size_t tensor_bytes(const struct tensor *t)
{
    int64_t n = shape_count(&t->shape);
    assert(n >= 0 && n <= COUNT_MAX);
    return (size_t)n * dtype_bytes(t->dtype);
}

bool contents_finite(const struct tensor *t, const void *data)
{
    const float *x = data;
    for (int64_t i = 0; t->dtype == DT_F32 && i < shape_count(&t->shape); i++)
        if (!isfinite(x[i]))
            return false;
    return true;
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
