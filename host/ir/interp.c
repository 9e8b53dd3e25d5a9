/* interp.c - runs a graph node by node. SPDX-License-Identifier: Apache-2.0
 *
 * Everything that does not depend on the inputs is made once: buffers, bound kernel constants,
 * reordered float weights, zeros in place of an absent bias. A run then only calls the operators'
 * meanings in order. */
#include "ir/interp.h"

#include <assert.h>
#include <string.h>

#include "ir/ops/ops.h"

struct interp {
    const struct graph *g;
    void **buffer;      /* [tensors] of activations, NULL for constants */
    struct eval *evals; /* [nodes] */
};

/* A tensor's contents: the constant's data or the activation's buffer. */
static const void *contents(const struct interp *it, uint32_t tensor)
{
    const struct tensor *t = &it->g->tensors.items[tensor];
    return t->data ? t->data : it->buffer[tensor];
}

/* Bytes of scratch that the ref kernel of a bound node asks for. */
static size_t scratch_bytes(const struct node *n, bool reads_float, const union kernel_args *k)
{
    switch (n->op) {
    case OP_CONV2D:
        return mote_conv2d_s8_ref_scratch(&k->conv2d);
    case OP_DEPTHWISE_CONV2D:
        return mote_depthwise_conv2d_s8_ref_scratch(&k->depthwise_conv2d);
    case OP_FULLY_CONNECTED:
        return mote_fully_connected_s8_ref_scratch(&k->fully_connected);
    case OP_ADD:
        return mote_add_s8_ref_scratch(&k->add);
    case OP_AVERAGE_POOL2D:
        return mote_average_pool2d_s8_ref_scratch(&k->pool2d);
    case OP_MAX_POOL2D:
        return mote_max_pool2d_s8_ref_scratch(&k->pool2d);
    case OP_RELU:
    case OP_RELU6:
        return mote_requantize_s8_ref_scratch(&k->requantize);
    case OP_SOFTMAX:
        return mote_softmax_s8_ref_scratch(&k->softmax);
    case OP_PAD:
        return mote_pad_s8_ref_scratch(&k->pad);
    case OP_CONCAT:
        return mote_concat_s8_ref_scratch(&k->concat);
    case OP_QUANTIZE:
        return reads_float ? mote_quantize_f32_ref_scratch(&k->quantize)
                           : mote_requantize_s8_ref_scratch(&k->requantize);
    case OP_DEQUANTIZE:
        return mote_dequantize_f32_ref_scratch(&k->quantize);
    case OP_ADD_BROADCAST:
        return mote_add_broadcast_s8_ref_scratch(&k->sum);
    case OP_SUB:
        return mote_sub_s8_ref_scratch(&k->sum);
    case OP_MUL:
        return mote_mul_s8_ref_scratch(&k->mul);
    case OP_MINIMUM:
        return mote_minimum_s8_ref_scratch(&k->extremum);
    case OP_MAXIMUM:
        return mote_maximum_s8_ref_scratch(&k->extremum);
    case OP_TRANSPOSE:
    case OP_SLICE:
    case OP_DEPTH_TO_SPACE:
    case OP_SPACE_TO_DEPTH:
        return mote_view_s8_ref_scratch(&k->view);
    case OP_MEAN:
    case OP_REDUCE_SUM:
        return mote_reduce_sum_s8_ref_scratch(&k->reduce);
    case OP_REDUCE_MAX:
        return mote_reduce_max_s8_ref_scratch(&k->reduce);
    case OP_REDUCE_MIN:
        return mote_reduce_min_s8_ref_scratch(&k->reduce);
    case OP_RESIZE_NEAREST:
        return mote_resize_nearest_s8_ref_scratch(&k->resize_nearest);
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
        return mote_lut_s8_ref_scratch(&k->lut);
    case OP_BATCH_NORM:
    case OP_RESHAPE:
    case N_OPS:
        break;
    }
    return 0;
}

static bool has_weights(enum op op)
{
    return op == OP_CONV2D || op == OP_DEPTHWISE_CONV2D || op == OP_FULLY_CONNECTED;
}

/* Pointers to the inputs of a node; an absent bias becomes zeros, one per output channel. */
static const void **bind_inputs(struct arena *a, const struct interp *it, const struct node *n)
{
    uint32_t n_slots = n->n_in > 3 ? n->n_in : 3;
    const void **in = ARENA_ARRAY(a, const void *, n_slots);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i] != NO_TENSOR)
            in[i] = contents(it, n->in[i]);
    if (has_weights(n->op) && !in[2]) {
        const struct shape *y = &it->g->tensors.items[n->out[0]].shape;
        in[2] = ARENA_ARRAY(a, int32_t, (size_t)y->dim[y->rank - 1]); /* 0 and 0.0f alike */
    }
    return in;
}

static bool prepare(struct arena *a, const struct interp *it, const struct node *n, struct eval *e,
                    struct diag *d)
{
    const struct graph *g = it->g;
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    *e = (struct eval){.g = g, .n = n, .in = bind_inputs(a, it, n), .out = it->buffer[n->out[0]]};
    if (n->op == OP_RESHAPE)
        return true;
    if (x->dtype == DT_S8 || y->dtype == DT_S8) {
        union kernel_args *args = ARENA_NEW(a, union kernel_args);
        if (!bind_node(a, g, n, args, d))
            return false;
        e->args = args;
        e->scratch = arena_alloc(a, scratch_bytes(n, x->dtype == DT_F32, args));
        return true;
    }
    if (x->dtype != DT_F32 || y->dtype != DT_F32)
        return node_error(d, g, n, "the operator has no meaning for type %s", dtype_name(x->dtype));
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
    return it;
}

void interp_run(struct interp *it, const void *const *inputs)
{
    const struct graph *g = it->g;
    for (uint32_t i = 0; i < g->inputs.n; i++) {
        uint32_t t = g->inputs.items[i];
        memcpy(it->buffer[t], inputs[i], tensor_bytes(&g->tensors.items[t]));
    }
    for (uint32_t i = 0; i < g->nodes.n; i++)
        op_info(g->nodes.items[i].op)->eval(&it->evals[i]);
}

const void *interp_tensor(const struct interp *it, uint32_t tensor)
{
    assert(tensor < it->g->tensors.n);
    return contents(it, tensor);
}
