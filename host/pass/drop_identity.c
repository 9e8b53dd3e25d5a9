/* drop_identity.c - remove nodes whose output is their input. SPDX-License-Identifier: Apache-2.0
 */
#include "pass/pass.h"
#include "pass/rewrite.h"

/* What is known of all values of a tensor: an interval that a relu or relu6 may test. */
enum bounds { ANY, AT_LEAST_0, FROM_0_TO_6 };

static enum bounds bounds_of_act(enum act act)
{
    return act == ACT_NONE ? ANY : act == ACT_RELU ? AT_LEAST_0 : FROM_0_TO_6;
}

/* Of all inputs together. A concatenation is as loose as its loosest part. */
static enum bounds loosest_input(const struct node *n, const enum bounds *known)
{
    enum bounds b = FROM_0_TO_6;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (known[n->in[i]] < b)
            b = known[n->in[i]];
    return b;
}

/* Bounds of a node's output. The upper bound is not handed on where rounding could break it: by an
 * average of floats, by a relu that changes the scale. 0 is exact everywhere. */
static enum bounds bounds_of(const struct node *n, const enum bounds *known)
{
    const enum bounds in = n->n_in > 0 ? known[n->in[0]] : ANY;
    const enum bounds act = bounds_of_act(n->attrs.act);
    switch (n->op) {
    case OP_RELU:
        return AT_LEAST_0;
    case OP_RELU6:
    case OP_SOFTMAX:
        return FROM_0_TO_6;
    case OP_MAX_POOL2D:
        return in > act ? in : act;
    case OP_AVERAGE_POOL2D:
        return in > ANY && act == ANY ? AT_LEAST_0 : act;
    case OP_RESHAPE:
        return in;
    case OP_PAD:
        return n->attrs.value == 0.0f ? in : ANY;
    case OP_CONCAT:
        return loosest_input(n, known);
    default:
        return act;
    }
}

static bool pads_nothing(const struct attrs *a, int32_t rank)
{
    for (int32_t i = 0; i < 2 * rank; i++)
        if (a->pads[i] != 0)
            return false;
    return true;
}

static bool pools_single_cells(const struct attrs *a)
{
    return a->kernel_h == 1 && a->kernel_w == 1 && a->stride_h == 1 && a->stride_w == 1 &&
           a->pad_top == 0 && a->pad_bottom == 0 && a->pad_left == 0 && a->pad_right == 0;
}

/* Does the node's output equal its first input in shape, type, quantisation and every value? */
static bool is_identity(const struct graph *g, const struct node *n, const enum bounds *known)
{
    if (n->n_in != 1 || n->n_out != 1)
        return false;
    const struct tensor *in = &g->tensors.items[n->in[0]];
    const struct tensor *out = &g->tensors.items[n->out[0]];
    if (in->dtype != out->dtype || !shape_equal(&in->shape, &out->shape) ||
        !quant_equal(&in->quant, &out->quant))
        return false;
    switch (n->op) {
    case OP_RESHAPE:
    case OP_QUANTIZE:
    case OP_CONCAT:
        return true;
    case OP_PAD:
        return pads_nothing(&n->attrs, in->shape.rank);
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
        return pools_single_cells(&n->attrs) && known[n->in[0]] >= bounds_of_act(n->attrs.act);
    case OP_RELU:
        return known[n->in[0]] >= AT_LEAST_0;
    case OP_RELU6:
        return known[n->in[0]] == FROM_0_TO_6;
    default:
        return false;
    }
}

/* drop_identity - drop a reshape to the same shape, a pad by nothing, a pool of single cells, a
 * concatenation of one, a quantize to the very same quantisation, a relu of what is >= 0 and a
 * relu6 of what is in [0, 6]. On int8 only when the quantisation does not change.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool drop_identity(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct links l = links_find(g);
    enum bounds *known = ARENA_ARRAY(g->arena, enum bounds, g->tensors.n); /* ANY */
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        if (n->n_out != 1 || n->in[0] == NO_TENSOR)
            continue;
        known[n->out[0]] = bounds_of(n, known);
        if (is_identity(g, n, known))
            drop_node(g, &l, i, 0);
    }
    graph_drop_dead(g);
    return true;
}
