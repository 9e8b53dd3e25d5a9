/* table.c - the operators as rows, and the rules that hold for all of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ir/ops/ops.h"

const struct op_info *op_info(enum op op)
{
    static const struct op_info table[N_OPS] = {
#define OP(UPPER, lower, in_min, in_max, attr_mask)                                                \
    [OP_##UPPER] = {#lower,        (in_min),     (in_max),    (attr_mask),                         \
                    infer_##lower, macs_##lower, eval_##lower},
#include "ir/ops.def"
#undef OP
    };
    assert((uint32_t)op < N_OPS);
    return &table[op];
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

const char *shape_fault(const struct shape *s)
{
    if (s->rank < 1 || s->rank > RANK_MAX)
        return "the rank is outside 1..6";
    for (int32_t i = 0; i < s->rank; i++)
        if (s->dim[i] < 1 || s->dim[i] > DIM_MAX)
            return "a dimension is outside 1..16777216";
    return shape_count(s) > COUNT_MAX ? "more than 268435456 elements" : NULL;
}

const char *shape_text(const struct shape *s, char *buf)
{
    size_t at = 0;
    buf[0] = '\0';
    for (int32_t i = 0; i < s->rank && i < RANK_MAX; i++)
        at += (size_t)snprintf(buf + at, SHAPE_TEXT - at, i ? "x%" PRId32 : "%" PRId32, s->dim[i]);
    return buf;
}

/* Attributes that the operator does not have are zero: else the text form would lose them. */
static bool check_foreign_attrs(const struct graph *g, const struct node *n, struct diag *d)
{
    struct attrs rest = n->attrs;
    uint32_t mask = op_info(n->op)->attrs;
    if (mask & ATTR_KERNEL)
        rest.kernel_h = rest.kernel_w = 0;
    if (mask & ATTR_STRIDE)
        rest.stride_h = rest.stride_w = 0;
    if (mask & ATTR_DILATION)
        rest.dilation_h = rest.dilation_w = 0;
    if (mask & ATTR_PAD)
        rest.pad_top = rest.pad_bottom = rest.pad_left = rest.pad_right = 0;
    if (mask & ATTR_AXIS)
        rest.axis = 0;
    if (mask & ATTR_PADS)
        memset(rest.pads, 0, sizeof rest.pads);
    if (mask & ATTR_NEW_SHAPE) {
        memset(rest.new_shape, 0, sizeof rest.new_shape);
        rest.new_rank = 0;
    }
    bool clean =
        rest.kernel_h == 0 && rest.kernel_w == 0 && rest.stride_h == 0 && rest.stride_w == 0 &&
        rest.dilation_h == 0 && rest.dilation_w == 0 && rest.pad_top == 0 && rest.pad_bottom == 0 &&
        rest.pad_left == 0 && rest.pad_right == 0 && rest.axis == 0 && rest.new_rank == 0 &&
        ((mask & ATTR_ACT) || rest.act == ACT_NONE) && ((mask & ATTR_EPS) || rest.eps == 0.0f) &&
        ((mask & ATTR_BETA) || rest.beta == 0.0f) && ((mask & ATTR_ALPHA) || rest.alpha == 0.0f);
    for (int32_t i = 0; i < 2 * RANK_MAX; i++)
        clean = clean && rest.pads[i] == 0;
    for (int32_t i = 0; i < RANK_MAX; i++)
        clean = clean && rest.new_shape[i] == 0;
    if (!clean)
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
            if (i < op->in_min || n->op == OP_CONCAT)
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
    if (!check_inputs(g, n, d) || !check_foreign_attrs(g, n, d))
        return false;
    if (!op_info(n->op)->infer(g, n, out, d))
        return false;
    const char *fault = shape_fault(&out->shape);
    if (fault)
        return node_error(d, g, n, "its output would not fit: %s", fault);
    if (out->shape.dim[0] != 1)
        return node_error(d, g, n, "its output would have batch %" PRId32 ", only 1 is supported",
                          out->shape.dim[0]);
    return true;
}
