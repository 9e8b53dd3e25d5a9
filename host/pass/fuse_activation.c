/* fuse_activation.c - relu and relu6 become a clamp of the operator before.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/pass.h"
#include "pass/rewrite.h"

static bool can_clamp(enum op op)
{
    switch (op) {
    case OP_CONV2D:
    case OP_DEPTHWISE_CONV2D:
    case OP_FULLY_CONNECTED:
    case OP_ADD:
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
        return true;
    default:
        return false;
    }
}

/* The clamp that equals `first` followed by `then`: [0, inf) and [0, 6] nest. */
static enum act act_both(enum act first, enum act then)
{
    return first == ACT_RELU6 || then == ACT_RELU6 ? ACT_RELU6 : ACT_RELU;
}

/* On int8 the clamp is the same whether it stands in the operator or behind it, if the relu does
 * not change the scale as well. A float needs no such care. */
static bool exact(const struct graph *g, const struct node *relu)
{
    const struct tensor *in = &g->tensors.items[relu->in[0]];
    const struct tensor *out = &g->tensors.items[relu->out[0]];
    return in->dtype == out->dtype && quant_equal(&in->quant, &out->quant);
}

/* fuse_activation - fuse relu and relu6 into the convolution, depthwise convolution, fully
 * connected layer, addition or pool that feeds them and has no other reader. A chain of them is
 * fused one after the other.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 *                                 breaks:    tensor and node ids */
bool fuse_activation(struct graph *g, struct diag *d)
{
    (void)d; /* every graph can be handled */
    struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *relu = &g->nodes.items[i];
        if (relu->op != OP_RELU && relu->op != OP_RELU6)
            continue;
        const uint32_t p = sole_producer(&l, relu->in[0]);
        if (p == NO_NODE || !can_clamp(g->nodes.items[p].op) || !exact(g, relu))
            continue;
        struct node *producer = &g->nodes.items[p];
        producer->attrs.act =
            act_both(producer->attrs.act, relu->op == OP_RELU6 ? ACT_RELU6 : ACT_RELU);
        producer->origin = join_origins(g, producer->origin, relu->origin);
        take_over(g, &l, p, i);
    }
    graph_drop_dead(g);
    return true;
}
