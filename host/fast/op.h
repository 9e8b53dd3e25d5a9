/* op.h - what computes a node faster than the interpreter. SPDX-License-Identifier: Apache-2.0
 *
 * One function an operator looks at a node of int8, packs its constants and says what runs it; or
 * declines, and the interpreter computes the node. */
#ifndef MOTE_HOST_FAST_OP_H
#define MOTE_HOST_FAST_OP_H
#include "fast/kernels.h"
#include "ir/bind.h"

struct call {
    const struct fast_kernels *k;
    const int8_t *in[2];
    int8_t *out;
    void *scratch;
};

struct fast_op {
    void (*run)(const void *constants, const struct call *c); /* NULL: the interpreter */
    const void *constants;                                    /* shared by all instances */
    size_t scratch_bytes;
};

/* What a planner sees of a node. */
struct plan {
    struct arena *a;
    const struct fast_kernels *k;
    const struct graph *g;
    const struct node *n;
    const union kernel_args *args; /* as the `ref` kernel sees them */
};

/* False: not a case for this operator. */
typedef bool plan_fn(const struct plan *p, struct fast_op *op);
plan_fn plan_conv2d;
plan_fn plan_depthwise_conv2d;
plan_fn plan_depthwise_of_one; /* depthwise_conv2d of one input channel */
plan_fn plan_fully_connected;
plan_fn plan_add;
plan_fn plan_average_pool2d;
plan_fn plan_max_pool2d;
plan_fn plan_softmax;
plan_fn plan_table; /* any operator that is a function of one byte */

/* The contents of a constant input, NULL if there is none. */
static inline const void *plan_data(const struct plan *p, uint32_t i)
{
    const bool there = i < p->n->n_in && p->n->in[i] != NO_TENSOR;
    return there ? p->g->tensors.items[p->n->in[i]].data : NULL;
}
#endif
