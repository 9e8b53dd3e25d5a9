/* table.c - the operators as rows, and the rules that hold for all of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ir/ops/ops.h"
#include "ir/text_parts.h"

const struct op_info *op_info(enum op op)
{
    static const struct op_info table[N_OPS] = {
#define OP(UPPER, lower, in_min, in_max, attr_mask)                                                \
    OP_OUTS(UPPER, lower, in_min, in_max, 1, attr_mask)
#define OP_OUTS(UPPER, lower, in_min, in_max, n_out, attr_mask)                                    \
    [OP_##UPPER] = {#lower,        (in_min),     (in_max),     (n_out),      (attr_mask),          \
                    infer_##lower, macs_##lower, eval_##lower, bind_##lower, ranges_##lower},
#include "ir/ops.def"
#undef OP
    };
    assert((uint32_t)op < N_OPS);
    return &table[op];
}

bool op_has_weights(enum op op)
{
    return op == OP_CONV2D || op == OP_DEPTHWISE_CONV2D || op == OP_TRANSPOSE_CONV2D ||
           op == OP_FULLY_CONNECTED;
}

const struct tensor *node_in(const struct graph *g, const struct node *n, uint32_t i)
{
    if (i >= n->n_in || n->in[i] == NO_TENSOR)
        return NULL;
    assert(n->in[i] < g->tensors.n);
    return &g->tensors.items[n->in[i]];
}

const char *node_name(const struct graph *g, const struct node *n)
{
    if (n->n_out && n->out[0] < g->tensors.n)
        return g->tensors.items[n->out[0]].name;
    return n->origin ? n->origin : "";
}

bool node_error(struct diag *d, const struct graph *g, const struct node *n, const char *fmt, ...)
{
    char what[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return diag_error(d, NULL, "%s (%s): %s", node_name(g, n), op_name(n->op), what);
}

enum dtype stated_type(const struct graph *g, const struct node *n, enum dtype preset)
{
    return n->n_out && n->out[0] < g->tensors.n ? g->tensors.items[n->out[0]].dtype : preset;
}

const char *shape_fault(const struct shape *s)
{
    if (s->rank < 1 || s->rank > RANK_MAX)
        return "the rank is outside 1..6";
    for (int32_t i = 0; i < s->rank; i++)
        if (s->dim[i] < 1 || s->dim[i] > DIM_MAX)
            return "a dimension is outside 1..16777216";
    return shape_count(s) > COUNT_MAX ? "more than 268435456 elements" : NULL;
}

/* Attributes that the operator does not have are zero: else the text form would lose them. */
static bool has_own_attrs_only(const struct node *n)
{
    uint32_t n_specs;
    const struct attr_spec *specs = attr_specs(&n_specs);
    const uint32_t mask = op_info(n->op)->attrs;
    for (uint32_t i = 0; i < n_specs; i++)
        for (uint32_t k = 0; k < specs[i].n && !(mask & specs[i].bit); k++)
            if (attr_get(&n->attrs, &specs[i], k) != 0)
                return false;
    return (mask & ATTR_NEW_SHAPE) || n->attrs.new_rank == 0;
}

static bool check_attrs(const struct graph *g, const struct node *n, struct diag *d)
{
    if (!has_own_attrs_only(n))
        return node_error(d, g, n, "an attribute is set that the operator does not have");
    if ((uint32_t)n->attrs.act >= N_ACTS)
        return node_error(d, g, n, "unknown activation %d", (int)n->attrs.act);
    return true;
}

static bool check_inputs(const struct graph *g, const struct node *n, struct diag *d)
{
    const struct op_info *op = op_info(n->op);
    if (n->n_in < op->in_min || n->n_in > op->in_max)
        return node_error(d, g, n, "%" PRIu32 " inputs, expected %" PRIu32 "..%" PRIu32, n->n_in,
                          op->in_min, op->in_max);
    for (uint32_t i = 0; i < n->n_in; i++) {
        if (n->in[i] == NO_TENSOR) {
            if (i < op->in_min || n->op == OP_CONCAT || n->op == OP_ADD_N)
                return node_error(d, g, n, "input %" PRIu32 " is absent", i);
            continue;
        }
        if (n->in[i] >= g->tensors.n)
            return node_error(d, g, n, "input %" PRIu32 " is tensor %" PRIu32 " of %" PRIu32, i,
                              n->in[i], g->tensors.n);
        const struct tensor *t = node_in(g, n, i);
        const char *fault = shape_fault(&t->shape);
        if (fault)
            return node_error(d, g, n, "input '%s': %s", t->name, fault);
    }
    return true;
}

bool node_infer(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!check_inputs(g, n, d) || !check_attrs(g, n, d))
        return false;
    if (!op_info(n->op)->infer(g, n, out, d))
        return false;
    for (uint32_t k = 0; k < op_info(n->op)->n_out; k++) {
        const char *fault = shape_fault(&out[k].shape);
        if (fault)
            return node_error(d, g, n, "its output would not fit: %s", fault);
    }
    return true;
}
