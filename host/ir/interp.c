/* interp.c - runs a graph node by node. SPDX-License-Identifier: Apache-2.0
 *
 * Everything that does not depend on the inputs is made once: buffers, bound kernel constants,
 * reordered float weights, zeros in place of an absent bias. A run then only calls the operators'
 * meanings in order. */
#include "ir/interp.h"

#include <assert.h>
#include <string.h>

#include "ir/kernels.h"
#include "ir/ops/ops.h"

struct interp {
    const struct graph *g;
    void **buffer;      /* [tensors] of activations, NULL for constants */
    struct eval *evals; /* [nodes] */
    void **next;        /* [states] the value of each for the next run */
};

/* A tensor's contents: the constant's data or the activation's buffer. */
static const void *contents(const struct interp *it, uint32_t tensor)
{
    const struct tensor *t = &it->g->tensors.items[tensor];
    return t->data ? t->data : it->buffer[tensor];
}

/* Pointers to the inputs of a node; an absent bias becomes zeros, one per output channel. */
static const void **bind_inputs(struct arena *a, const struct interp *it, const struct node *n)
{
    uint32_t n_slots = n->n_in > 3 ? n->n_in : 3;
    const void **in = ARENA_ARRAY(a, const void *, n_slots);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i] != NO_TENSOR)
            in[i] = contents(it, n->in[i]);
    if (op_has_weights(n->op) && !in[2]) {
        const struct shape *y = &it->g->tensors.items[n->out[0]].shape;
        in[2] = ARENA_ARRAY(a, int64_t, (size_t)y->dim[y->rank - 1]); /* of every type */
    }
    return in;
}

static void **bind_outputs(struct arena *a, const struct interp *it, const struct node *n)
{
    void **outs = ARENA_ARRAY(a, void *, n->n_out);
    for (uint32_t k = 0; k < n->n_out; k++)
        outs[k] = it->buffer[n->out[k]];
    return outs;
}

/* The contents of a state before the first run. */
static void reset_state(const struct graph *g, const struct state *s, void *value)
{
    const struct tensor *t = &g->tensors.items[s->in];
    const int32_t zero = t->quant.n ? t->quant.zero[0] : 0;
    if (s->init != NO_TENSOR) {
        memcpy(value, g->tensors.items[s->init].data, tensor_bytes(t));
        return;
    }
    memset(value, 0, tensor_bytes(t)); /* 0.0f, too */
    for (int64_t i = 0; zero && i < shape_count(&t->shape); i++)
        element_set_int(t->dtype, value, i, zero);
}

static bool prepare(struct arena *a, const struct interp *it, const struct node *n, struct eval *e,
                    struct diag *d)
{
    const struct graph *g = it->g;
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    *e = (struct eval){.g = g,
                       .n = n,
                       .in = bind_inputs(a, it, n),
                       .out = it->buffer[n->out[0]],
                       .outs = bind_outputs(a, it, n)};
    if (n->op == OP_RESHAPE)
        return true;
    const struct kernel_row *row = kernel_reference(g, n);
    if (row) {
        union kernel_args *args = ARENA_NEW(a, union kernel_args);
        if (!bind_node(a, g, n, args, d))
            return false;
        e->args = args;
        e->scratch = arena_alloc(a, row->kernel.scratch(args));
    } else if (x->dtype != DT_F32 || y->dtype != DT_F32) {
        return node_error(d, g, n, "the operator has no meaning for type %s", dtype_name(x->dtype));
    }
    if (x->dtype != DT_F32)
        return true;
    if (n->op == OP_CONV2D || n->op == OP_FULLY_CONNECTED) {
        const struct tensor *w = node_in(g, n, 1);
        size_t n_out = (size_t)w->shape.dim[0];
        e->packed = float_pack(a, w->data, n_out, (size_t)shape_count(&w->shape) / n_out);
    }
    return true;
}

struct interp *interp_new(struct arena *a, const struct graph *g, struct diag *d)
{
    struct interp *it = ARENA_NEW(a, struct interp);
    it->g = g;
    it->buffer = ARENA_ARRAY(a, void *, g->tensors.n);
    it->evals = ARENA_ARRAY(a, struct eval, g->nodes.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (!g->tensors.items[t].data)
            it->buffer[t] = arena_alloc(a, tensor_bytes(&g->tensors.items[t]));
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (!prepare(a, it, &g->nodes.items[i], &it->evals[i], d))
            return NULL;
    it->next = ARENA_ARRAY(a, void *, g->states.n);
    for (uint32_t i = 0; i < g->states.n; i++)
        it->next[i] = arena_alloc(a, tensor_bytes(&g->tensors.items[g->states.items[i].in]));
    interp_reset(it);
    return it;
}

void interp_reset(struct interp *it)
{
    for (uint32_t i = 0; i < it->g->states.n; i++)
        reset_state(it->g, &it->g->states.items[i], it->next[i]);
}

void interp_begin(struct interp *it, const void *const *inputs)
{
    const struct graph *g = it->g;
    for (uint32_t i = 0; i < g->inputs.n; i++) {
        uint32_t t = g->inputs.items[i];
        memcpy(it->buffer[t], inputs[i], tensor_bytes(&g->tensors.items[t]));
    }
    const struct state *states = g->states.items;
    for (uint32_t i = 0; i < g->states.n; i++)
        memcpy(it->buffer[states[i].in], it->next[i],
               tensor_bytes(&g->tensors.items[states[i].in]));
}

void interp_node(struct interp *it, uint32_t i_node)
{
    assert(i_node < it->g->nodes.n);
    op_info(it->g->nodes.items[i_node].op)->eval(&it->evals[i_node]);
}

void interp_end(struct interp *it)
{
    const struct graph *g = it->g;
    const struct state *states = g->states.items;
    for (uint32_t i = 0; i < g->states.n; i++)
        memcpy(it->next[i], contents(it, states[i].out),
               tensor_bytes(&g->tensors.items[states[i].in]));
}

void interp_run(struct interp *it, const void *const *inputs)
{
    interp_begin(it, inputs);
    for (uint32_t i = 0; i < it->g->nodes.n; i++)
        interp_node(it, i);
    interp_end(it);
}

const void *interp_one(struct arena *tmp, const struct graph *g, const struct node *n,
                       const void *const *in)
{
    struct graph *one = graph_new(tmp, "");
    struct node copy = *n;
    assert(n->n_out == 1);
    copy.in = ARENA_ARRAY(tmp, uint32_t, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++) {
        copy.in[i] = NO_TENSOR;
        if (n->in[i] == NO_TENSOR)
            continue;
        struct tensor t = g->tensors.items[n->in[i]];
        t.data = in[i];
        copy.in[i] = graph_add_tensor(one, &t);
    }
    copy.out = ARENA_NEW(tmp, uint32_t);
    copy.out[0] = graph_add_tensor(one, &g->tensors.items[n->out[0]]);
    *VEC_PUSH(tmp, &one->nodes) = copy;
    struct diag d = {0};
    struct interp *it = interp_new(tmp, one, &d);
    if (!it)
        return NULL;
    interp_node(it, 0); /* there is nothing else */
    return interp_tensor(it, copy.out[0]);
}

void *interp_place(const struct interp *it, uint32_t tensor)
{
    assert(tensor < it->g->tensors.n && it->buffer[tensor]);
    return it->buffer[tensor];
}

const void *interp_tensor(const struct interp *it, uint32_t tensor)
{
    assert(tensor < it->g->tensors.n);
    return contents(it, tensor);
}
