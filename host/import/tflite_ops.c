/* tflite_ops.c - operators of TensorFlow Lite that compute: what each means in the IR.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules are those of the TFLite Micro reference kernels. Where an operator of the IR would
 * give other bytes, the operator is refused. */
#include <assert.h>
#include <inttypes.h>

#include "import/tflite_parts.h"

/* One input of the operator as the IR has it. */
static const struct tensor *tensor_of(const struct tfl *t, uint32_t id)
{
    assert(id < t->g->tensors.n);
    return &t->g->tensors.items[id];
}

/* Explicit padding of one dimension; numbers that no window can have are left to the IR's rule. */
static bool pad_of(const struct tfl_op *op, uint8_t padding, int32_t in, int32_t kernel,
                   int32_t stride, int32_t dilation, int32_t *before, int32_t *after)
{
    const int32_t max = 65535; /* far above what the IR accepts: no sum overflows */
    *before = *after = 0;
    if (padding != TFL_SAME && padding != TFL_VALID)
        return tfl_refuse(op, "padding %d, expected 0 (same) or 1 (valid)", padding);
    bool sane = in >= 1 && in <= DIM_MAX && kernel >= 1 && kernel <= max && stride >= 1 &&
                stride <= max && dilation >= 1 && dilation <= max;
    if (padding == TFL_SAME && sane)
        same_pad(in, kernel, stride, dilation, before, after);
    return true;
}

/* Padding of a window over the image x; false when it is no image. */
static bool window(const struct tfl_op *op, const struct tensor *x, uint8_t padding, int32_t kh,
                   int32_t kw, struct attrs *at)
{
    if (x->shape.rank != 4)
        return tfl_refuse(op, "its input has rank %" PRId32 ", expected 4 (NHWC)", x->shape.rank);
    int32_t dh = at->dilation_h ? at->dilation_h : 1, dw = at->dilation_w ? at->dilation_w : 1;
    return pad_of(op, padding, x->shape.dim[1], kh, at->stride_h, dh, &at->pad_top,
                  &at->pad_bottom) &&
           pad_of(op, padding, x->shape.dim[2], kw, at->stride_w, dw, &at->pad_left,
                  &at->pad_right);
}

/* Input, weights and optional bias. */
static bool weighted_inputs(struct tfl *t, const struct tfl_op *op, uint32_t in[3])
{
    return tfl_arity(op, 2, 3) && tfl_in(t, op, 0, &in[0]) && tfl_in(t, op, 1, &in[1]) &&
           tfl_in_optional(t, op, 2, &in[2]) &&
           tfl_refuse_hybrid(op, tensor_of(t, in[0])->dtype, tensor_of(t, in[1])->dtype);
}

static uint32_t n_inputs(const uint32_t in[3])
{
    return in[2] == NO_TENSOR ? 2 : 3;
}

static bool weights_rank(const struct tfl *t, const struct tfl_op *op, uint32_t w, int32_t rank)
{
    int32_t found = tensor_of(t, w)->shape.rank;
    if (found != rank)
        return tfl_refuse(op, "its weights have rank %" PRId32 ", expected %" PRId32, found, rank);
    return true;
}

bool tfl_conv2d(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t in[3];
    if (!weighted_inputs(t, op, in) || !weights_rank(t, op, in[1], 4) ||
        !tfl_options(op, OPTIONS_CONV2D) || !tfl_act(t, op, CONV_ACT, &at.act))
        return false;
    const struct shape *w = &tensor_of(t, in[1])->shape;
    at.stride_w = fb_i32(t->fb, &op->options, CONV_STRIDE_W, 0);
    at.stride_h = fb_i32(t->fb, &op->options, CONV_STRIDE_H, 0);
    at.dilation_w = fb_i32(t->fb, &op->options, CONV_DIL_W, 1);
    at.dilation_h = fb_i32(t->fb, &op->options, CONV_DIL_H, 1);
    uint8_t padding = fb_u8(t->fb, &op->options, CONV_PADDING, TFL_SAME);
    return window(op, tensor_of(t, in[0]), padding, w->dim[1], w->dim[2], &at) &&
           tfl_add(t, op, OP_CONV2D, &at, in, n_inputs(in));
}

/* The attribute depth_multiplier is redundant and ignored by the reference: it follows from the
 * shapes. */
bool tfl_depthwise_conv2d(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t in[3];
    if (!weighted_inputs(t, op, in) || !weights_rank(t, op, in[1], 4) ||
        !tfl_options(op, OPTIONS_DEPTHWISE) || !tfl_act(t, op, DEPTHWISE_ACT, &at.act))
        return false;
    const struct shape *w = &tensor_of(t, in[1])->shape;
    at.stride_w = fb_i32(t->fb, &op->options, DEPTHWISE_STRIDE_W, 0);
    at.stride_h = fb_i32(t->fb, &op->options, DEPTHWISE_STRIDE_H, 0);
    at.dilation_w = fb_i32(t->fb, &op->options, DEPTHWISE_DIL_W, 1);
    at.dilation_h = fb_i32(t->fb, &op->options, DEPTHWISE_DIL_H, 1);
    uint8_t padding = fb_u8(t->fb, &op->options, DEPTHWISE_PADDING, TFL_SAME);
    return window(op, tensor_of(t, in[0]), padding, w->dim[1], w->dim[2], &at) &&
           tfl_add(t, op, OP_DEPTHWISE_CONV2D, &at, in, n_inputs(in));
}

/* The IR's output is [1, out]; with keep_num_dims, or when the file declares so, the same numbers
 * have more dimensions. */
bool tfl_fully_connected(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t in[3];
    if (!weighted_inputs(t, op, in) || !weights_rank(t, op, in[1], 2) ||
        !tfl_options(op, OPTIONS_FC) || !tfl_act(t, op, FC_ACT, &at.act))
        return false;
    uint8_t format = fb_u8(t->fb, &op->options, FC_WEIGHTS_FORMAT, 0);
    if (format != 0)
        return tfl_refuse(op, "weights in the shuffled format %d, expected 0", format);
    const struct shape *x = &tensor_of(t, in[0])->shape, *w = &tensor_of(t, in[1])->shape;
    int64_t n = shape_count(x);
    if (n != w->dim[1] && n % w->dim[1] == 0) {
        tfl_refuse(op, "applied to %" PRId64 " vectors of %" PRId32 ", only one is supported",
                   n / w->dim[1], w->dim[1]);
        return diag_hint(op->d, "use a 1x1 convolution where a dense layer runs over positions");
    }
    return tfl_add_reshaped(t, op, OP_FULLY_CONNECTED, &at, in, n_inputs(in));
}

bool tfl_pool(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t x;
    if (!tfl_arity(op, 1, 1) || !tfl_in(t, op, 0, &x) || !tfl_options(op, OPTIONS_POOL) ||
        !tfl_act(t, op, POOL_ACT, &at.act))
        return false;
    at.stride_w = fb_i32(t->fb, &op->options, POOL_STRIDE_W, 0);
    at.stride_h = fb_i32(t->fb, &op->options, POOL_STRIDE_H, 0);
    at.kernel_w = fb_i32(t->fb, &op->options, POOL_FILTER_W, 0);
    at.kernel_h = fb_i32(t->fb, &op->options, POOL_FILTER_H, 0);
    uint8_t padding = fb_u8(t->fb, &op->options, POOL_PADDING, TFL_SAME);
    return window(op, tensor_of(t, x), padding, at.kernel_h, at.kernel_w, &at) &&
           tfl_add(t, op, op->kind, &at, &x, 1);
}

/* Shapes that differ broadcast; the IR's add is the one of equal shapes. */
static bool binary(struct tfl *t, const struct tfl_op *op, const struct attrs *at)
{
    enum op kind = op->kind;
    uint32_t in[2];
    if (!tfl_arity(op, 2, 2) || !tfl_in(t, op, 0, &in[0]) || !tfl_in(t, op, 1, &in[1]))
        return false;
    if (kind == OP_ADD && !shape_equal(&tensor_of(t, in[0])->shape, &tensor_of(t, in[1])->shape))
        kind = OP_ADD_BROADCAST;
    return tfl_add(t, op, kind, at, in, 2);
}

bool tfl_add_op(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    return tfl_options(op, OPTIONS_ADD) && tfl_act(t, op, ADD_ACT, &at.act) && binary(t, op, &at);
}

bool tfl_sub(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    return tfl_options(op, OPTIONS_SUB) && tfl_act(t, op, SUB_ACT, &at.act) && binary(t, op, &at);
}

bool tfl_mul(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    return tfl_options(op, OPTIONS_MUL) && tfl_act(t, op, MUL_ACT, &at.act) && binary(t, op, &at);
}

bool tfl_binary(struct tfl *t, const struct tfl_op *op)
{
    return binary(t, op, NULL);
}

static bool unary(struct tfl *t, const struct tfl_op *op, enum op kind, const struct attrs *at)
{
    uint32_t x;
    return tfl_arity(op, 1, 1) && tfl_in(t, op, 0, &x) && tfl_add(t, op, kind, at, &x, 1);
}

bool tfl_unary(struct tfl *t, const struct tfl_op *op)
{
    return unary(t, op, op->kind, NULL);
}

bool tfl_gelu(struct tfl *t, const struct tfl_op *op)
{
    bool approximate = fb_u8(t->fb, &op->options, GELU_APPROXIMATE, 0) != 0;
    return tfl_options(op, OPTIONS_GELU) &&
           unary(t, op, approximate ? OP_GELU_TANH : OP_GELU, NULL);
}

bool tfl_leaky_relu(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {.alpha = fb_f32(t->fb, &op->options, LEAKY_RELU_ALPHA, 0.0f)};
    return tfl_options(op, OPTIONS_LEAKY_RELU) && unary(t, op, OP_LEAKY_RELU, &at);
}

/* The reference clamps the int8 numbers as they are: with two different scales its result is not
 * that of rescaling. */
bool tfl_relu6(struct tfl *t, const struct tfl_op *op)
{
    uint32_t n_before = t->g->nodes.n;
    if (!unary(t, op, OP_RELU6, NULL))
        return false;
    assert(t->g->nodes.n == n_before + 1);
    const struct node *n = &t->g->nodes.items[n_before];
    const struct quant *x = &tensor_of(t, n->in[0])->quant, *y = &tensor_of(t, n->out[0])->quant;
    if (x->n == 1 && (x->scale[0] != y->scale[0] || x->zero[0] != y->zero[0]))
        return tfl_refuse(op, "its output is quantised otherwise than its input, which the "
                              "reference kernel does not heed");
    return true;
}

bool tfl_softmax(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {.beta = fb_f32(t->fb, &op->options, SOFTMAX_BETA, 0.0f)};
    return tfl_options(op, OPTIONS_SOFTMAX) && unary(t, op, OP_SOFTMAX, &at);
}
