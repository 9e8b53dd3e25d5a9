/* verify_quant.c - the quantisation of tensors, and of what integer kernels read and write.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What each operator's kernel relies on beyond that is ranges_<op> in its file. */
#include <inttypes.h>
#include <math.h>

#include "ir/ops/ops.h"
#include "ir/verify_parts.h"

/* The types of quantised activations, with zero points; s32 and wider are symmetric. */
static bool is_activation(enum dtype t)
{
    return t == DT_S8 || t == DT_U8 || t == DT_S16;
}

static int32_t zero_max(enum dtype t)
{
    return is_activation(t) ? (int32_t)dtype_max(t) : 0;
}

static int32_t zero_min(enum dtype t)
{
    return is_activation(t) ? (int32_t)dtype_min(t) : 0;
}

bool verify_quant(const struct tensor *t, struct diag *d)
{
    const struct quant *q = &t->quant;
    if (q->n == 0)
        return true;
    if (!q->scale || !q->zero)
        return diag_error(d, NULL, "tensor '%s': quantised without scales or zero points", t->name);
    if (t->dtype == DT_F32 || t->dtype == DT_BOOL)
        return diag_error(d, NULL, "tensor '%s': %s with a quantisation", t->name,
                          dtype_name(t->dtype));
    if (q->n > 1 && (q->axis < 0 || q->axis >= t->shape.rank))
        return diag_error(d, NULL, "tensor '%s': quantisation axis %" PRId32 " of rank %" PRId32,
                          t->name, q->axis, t->shape.rank);
    if (q->n > 1 && q->n != (uint32_t)t->shape.dim[q->axis])
        return diag_error(
            d, NULL, "tensor '%s': %" PRIu32 " scales for %" PRId32 " channels along axis %" PRId32,
            t->name, q->n, t->shape.dim[q->axis], q->axis);
    if (q->n > 1 && !t->data)
        return diag_error(d, NULL, "tensor '%s': an activation with more than one scale", t->name);
    for (uint32_t c = 0; c < q->n; c++) {
        if (!(q->scale[c] > 0.0f) || !isfinite(q->scale[c]))
            return diag_error(d, NULL, "tensor '%s': scale %.9g is not finite and > 0", t->name,
                              (double)q->scale[c]);
        if (q->zero[c] < zero_min(t->dtype) || q->zero[c] > zero_max(t->dtype))
            return diag_error(
                d, NULL,
                "tensor '%s': zero point %" PRId32 " is outside %" PRId32 "..%" PRId32 " for %s",
                t->name, q->zero[c], zero_min(t->dtype), zero_max(t->dtype), dtype_name(t->dtype));
    }
    return true;
}

/* Copies of elements: in s16 they need no scale. */
static bool copies_elements(enum op op)
{
    return op == OP_RESHAPE || op == OP_CONCAT || op == OP_TRANSPOSE || op == OP_SLICE ||
           op == OP_DEPTH_TO_SPACE || op == OP_SPACE_TO_DEPTH || op == OP_RESIZE_NEAREST ||
           op == OP_SELECT || op == OP_TOPK;
}

/* Kernels for s16 compute with zero points 0, apart from copies and changes of scale, and from
 * softmax, whose file says which it has. */
static bool takes_zero_points(enum op op)
{
    return copies_elements(op) || op == OP_QUANTIZE || op == OP_DEQUANTIZE || op == OP_SOFTMAX;
}

static bool one_scale(const struct graph *g, const struct node *n, const struct tensor *t,
                      struct diag *d)
{
    if (t->dtype == DT_S16 && t->quant.n == 0 && copies_elements(n->op))
        return true;
    if (t->quant.n != 1)
        return node_error(d, g, n, "'%s' has %" PRIu32 " scales, an %s activation needs one",
                          t->name, t->quant.n, dtype_name(t->dtype));
    if (t->dtype == DT_S16 && t->quant.zero[0] != 0 && !takes_zero_points(n->op))
        return node_error(d, g, n, "'%s' has zero point %" PRId32 ", expected 0 in s16", t->name,
                          t->quant.zero[0]);
    return true;
}

/* A change of scale needs two scales whatever the types are. */
static bool needs_scale(const struct node *n, const struct tensor *t)
{
    return is_activation(t->dtype) || (n->op == OP_QUANTIZE && t->dtype == DT_S32);
}

static bool one_scale_each(const struct graph *g, const struct node *n, struct diag *d)
{
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct tensor *x = node_in(g, n, i);
        bool is_parameter = i >= 1 && i <= op_parameters(n->op);
        if (!is_parameter && needs_scale(n, x) && !one_scale(g, n, x, d))
            return false;
    }
    const struct tensor *y = &g->tensors.items[n->out[0]];
    return !needs_scale(n, y) || one_scale(g, n, y, d);
}

/* Wide integers without a scale are numbers as they are: what moves them asks for nothing, and the
 * audio front end is made for them. */
static bool is_plain(const struct node *n, const struct tensor *x, const struct tensor *y)
{
    if (x->quant.n || y->quant.n || dtype_bytes(x->dtype) == 1)
        return false;
    switch (n->op) {
    case OP_RESHAPE:
    case OP_TRANSPOSE:
    case OP_SLICE:
    case OP_CONCAT:
#define SIGNAL(UPPER, lower, n_in, n_out, attr_mask) case OP_##UPPER:
#include "ir/signal.def"
#undef SIGNAL
        return true;
    default:
        return false;
    }
}

bool verify_ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    const bool has_scale = x->quant.n > 0 || y->quant.n > 0;
    if (n->op == OP_CAST || is_plain(n, x, y))
        return true;
    if (!is_activation(x->dtype) && !is_activation(y->dtype) && !has_scale)
        return true;
    return one_scale_each(g, n, d) && op_info(n->op)->ranges(tmp, g, n, d);
}
