/* verify.c - the structure of a graph: invariants I1..I4 of graph.h and the operators' rules.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the integer kernels rely on beyond that is in verify_quant.c. */
#include "ir/verify.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "ir/ops/ops.h"
#include "ir/verify_parts.h"

static bool tensor_error(struct diag *d, const struct tensor *t, const char *what)
{
    return diag_error(d, NULL, "tensor '%s': %s", t->name, what);
}

static const char *finite_fault(const struct tensor *t)
{
    const float *x = t->data;
    int64_t n = shape_count(&t->shape);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return "a constant is infinite or not a number";
    return NULL;
}

static const char *bool_fault(const struct tensor *t)
{
    const uint8_t *x = t->data;
    for (int64_t i = 0; i < shape_count(&t->shape); i++)
        if (x[i] > 1)
            return "a constant of bool is neither 0 nor 1";
    return NULL;
}

bool graph_verify_tensor(const struct tensor *t, struct diag *d)
{
    if (!t->name)
        return diag_error(d, NULL, "a tensor has no name");
    if ((uint32_t)t->dtype >= N_DTYPES)
        return tensor_error(d, t, "unknown type");
    const char *fault = shape_fault(&t->shape);
    if (fault)
        return tensor_error(d, t, fault);
    if (t->data && t->dtype == DT_F32 && (fault = finite_fault(t)))
        return tensor_error(d, t, fault);
    if (t->data && t->dtype == DT_BOOL && (fault = bool_fault(t)))
        return tensor_error(d, t, fault);
    return verify_quant(t, d);
}

/* Written so far: by the caller (inputs), by the model (constants), by the call before (states), by
 * a node. */
enum written { UNWRITTEN, CONSTANT, WRITTEN };

static bool verify_inputs(const struct graph *g, uint8_t *written, struct diag *d)
{
    if (g->inputs.n == 0)
        return diag_error(d, NULL, "the graph has no input");
    if (g->outputs.n == 0)
        return diag_error(d, NULL, "the graph has no output");
    for (uint32_t i = 0; i < g->inputs.n; i++) {
        uint32_t t = g->inputs.items[i];
        if (t >= g->tensors.n)
            return diag_error(d, NULL, "graph input %" PRIu32 " is tensor %" PRIu32 " of %" PRIu32,
                              i, t, g->tensors.n);
        if (written[t] == CONSTANT)
            return tensor_error(d, &g->tensors.items[t], "a graph input is a constant");
        if (written[t] == WRITTEN)
            return tensor_error(d, &g->tensors.items[t], "is a graph input twice");
        written[t] = WRITTEN;
    }
    return true;
}

/* Another tensor that holds what a state holds, at the end of a call or before the first. */
static bool verify_state_like(const struct graph *g, const struct state *s, uint32_t other,
                              struct diag *d)
{
    const struct tensor *in = &g->tensors.items[s->in];
    if (other >= g->tensors.n)
        return tensor_error(d, in, "a state's other tensor is not there");
    const struct tensor *t = &g->tensors.items[other];
    if (in->dtype != t->dtype || !shape_equal(&in->shape, &t->shape) || in->quant.n > 1 ||
        !quant_equal(&in->quant, &t->quant))
        return diag_error(d, NULL, "state '%s' and '%s' differ in type, shape or quantisation",
                          in->name, t->name);
    return true;
}

static bool verify_states(const struct graph *g, uint8_t *written, struct diag *d)
{
    for (uint32_t i = 0; i < g->states.n; i++) {
        const struct state *s = &g->states.items[i];
        if (s->in >= g->tensors.n)
            return diag_error(d, NULL, "state %" PRIu32 " is tensor %" PRIu32 " of %" PRIu32, i,
                              s->in, g->tensors.n);
        const struct tensor *in = &g->tensors.items[s->in];
        if (written[s->in] != UNWRITTEN)
            return tensor_error(d, in, "a state is a constant, a graph input or a state twice");
        written[s->in] = WRITTEN;
        if (!verify_state_like(g, s, s->out, d))
            return false;
        if (s->init == NO_TENSOR)
            continue;
        if (!verify_state_like(g, s, s->init, d))
            return false;
        if (!g->tensors.items[s->init].data)
            return tensor_error(d, in, "the first contents of a state are not a constant");
    }
    return true;
}

static bool verify_reads(const struct graph *g, const struct node *n, const uint8_t *written,
                         struct diag *d)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i] < g->tensors.n && written[n->in[i]] == UNWRITTEN)
            return node_error(d, g, n, "reads '%s' before it is written",
                              g->tensors.items[n->in[i]].name);
    return true;
}

static bool verify_write(const struct graph *g, const struct node *n, uint8_t *written,
                         struct diag *d)
{
    const uint32_t n_out = op_info(n->op)->n_out;
    if (n->n_out != n_out)
        return node_error(d, g, n, "%" PRIu32 " outputs, expected %" PRIu32, n->n_out, n_out);
    for (uint32_t k = 0; k < n_out; k++) {
        const uint32_t y = n->out[k];
        if (y >= g->tensors.n)
            return node_error(d, g, n, "its output is tensor %" PRIu32 " of %" PRIu32, y,
                              g->tensors.n);
        if (written[y] == CONSTANT)
            return node_error(d, g, n, "writes a constant");
        if (written[y] == WRITTEN)
            return node_error(d, g, n,
                              "writes a tensor that is a graph input, a state or written before");
        written[y] = WRITTEN;
    }
    return true;
}

/* The stated output is the one that follows from the operator's rule. */
static bool verify_rule(const struct graph *g, const struct node *n, struct diag *d)
{
    struct tensor expected[NODE_OUT_MAX] = {{0}};
    if (!node_infer(g, n, expected, d))
        return false;
    for (uint32_t k = 0; k < n->n_out; k++) {
        const struct tensor *y = &g->tensors.items[n->out[k]];
        char found[SHAPE_TEXT], wanted[SHAPE_TEXT];
        if (y->dtype != expected[k].dtype || !shape_equal(&y->shape, &expected[k].shape))
            return node_error(d, g, n, "its output is %s %s, its inputs make %s %s",
                              dtype_name(y->dtype), shape_text(&y->shape, found),
                              dtype_name(expected[k].dtype),
                              shape_text(&expected[k].shape, wanted));
    }
    return true;
}

/* Weights, biases and batch-norm parameters belong to the model. A variance is not negative, and
 * not zero where eps is. */
static bool verify_parameters(const struct graph *g, const struct node *n, struct diag *d)
{
    for (uint32_t i = 1; i < n->n_in && i <= op_parameters(n->op); i++) {
        const struct tensor *t = node_in(g, n, i);
        if (t && !t->data)
            return node_error(d, g, n, "parameter '%s' is not a constant", t->name);
    }
    if (n->op != OP_BATCH_NORM)
        return true;
    const struct tensor *variance = node_in(g, n, 4);
    const float *v = variance->data;
    for (int32_t c = 0; c < variance->shape.dim[0]; c++)
        if (v[c] < 0.0f || v[c] + n->attrs.eps <= 0.0f)
            return node_error(d, g, n, "variance[%" PRId32 "] is %.9g with eps %.9g", c,
                              (double)v[c], (double)n->attrs.eps);
    return true;
}

static bool verify_node(const struct graph *g, const struct node *n, uint8_t *written,
                        struct arena *tmp, struct diag *d)
{
    if ((uint32_t)n->op >= N_OPS)
        return diag_error(d, NULL, "a node has the unknown operator %d", (int)n->op);
    return verify_reads(g, n, written, d) && verify_write(g, n, written, d) &&
           verify_rule(g, n, d) && verify_parameters(g, n, d) && verify_ranges(tmp, g, n, d);
}

bool graph_verify_node(const struct graph *g, uint32_t i_node, struct diag *d)
{
    assert(i_node < g->nodes.n && g->nodes.items[i_node].n_out >= 1);
    const struct node *n = &g->nodes.items[i_node];
    struct arena *tmp = arena_new("verify");
    bool ok = graph_verify_tensor(&g->tensors.items[n->out[0]], d) && verify_rule(g, n, d) &&
              verify_parameters(g, n, d) && verify_ranges(tmp, g, n, d);
    arena_free(tmp);
    return ok;
}

static bool verify_outputs(const struct graph *g, const uint8_t *written, struct diag *d)
{
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        uint32_t t = g->outputs.items[i];
        if (t >= g->tensors.n)
            return diag_error(d, NULL, "graph output %" PRIu32 " is tensor %" PRIu32 " of %" PRIu32,
                              i, t, g->tensors.n);
        if (written[t] != WRITTEN)
            return tensor_error(d, &g->tensors.items[t],
                                written[t] == CONSTANT ? "a graph output is a constant"
                                                       : "a graph output is never written");
    }
    for (uint32_t i = 0; i < g->states.n; i++)
        if (written[g->states.items[i].out] != WRITTEN)
            return tensor_error(d, &g->tensors.items[g->states.items[i].out],
                                "the next value of a state is never written");
    return true;
}

/* `tmp` holds what checking needs; `w` says what is being looked at. */
static bool verify_all(const struct graph *g, struct arena *tmp, struct verify_where *w,
                       struct diag *d)
{
    uint8_t *written = ARENA_ARRAY(tmp, uint8_t, g->tensors.n);
    w->part = VERIFY_TENSOR;
    for (w->i = 0; w->i < g->tensors.n; w->i++) {
        const struct tensor *t = &g->tensors.items[w->i];
        if (!graph_verify_tensor(t, d))
            return false;
        written[w->i] = t->data ? CONSTANT : UNWRITTEN;
    }
    w->part = VERIFY_GRAPH;
    if (!verify_inputs(g, written, d) || !verify_states(g, written, d))
        return false;
    w->part = VERIFY_NODE;
    for (w->i = 0; w->i < g->nodes.n; w->i++)
        if (!verify_node(g, &g->nodes.items[w->i], written, tmp, d))
            return false;
    w->part = VERIFY_GRAPH;
    return verify_outputs(g, written, d);
}

bool graph_verify_where(const struct graph *g, struct verify_where *w, struct diag *d)
{
    struct arena *tmp = arena_new("verify");
    bool ok = verify_all(g, tmp, w, d);
    arena_free(tmp);
    return ok;
}

bool graph_verify(const struct graph *g, struct diag *d)
{
    struct verify_where w = {0};
    return graph_verify_where(g, &w, d);
}
