/* tflite_ops.c - operators of TensorFlow Lite that compute: what each means in the IR.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules are those of the TFLite Micro reference kernels. Where an operator of the IR would
 * give other bytes, the operator is refused. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"
#include "ir/verify.h"

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

/* Weights of int8 under float activations (dynamic range quantisation) are widened to what they stand
 * for: each the float product of scale and integer. */
static bool widen_weights(struct tfl *t, const struct tfl_op *op, uint32_t x, uint32_t *w)
{
    const struct tensor from = *tfl_tensor_of(t, *w);
    if (tfl_tensor_of(t, x)->dtype != DT_F32 || from.dtype != DT_S8)
        return true;
    if (!from.data || from.quant.n == 0)
        return tfl_refuse(op, "int8 weights that are no constant, or without a scale");
    const int64_t n = shape_count(&from.shape);
    if (!tfl_count_copy(t, op, (uint64_t)n * sizeof(float)))
        return false;
    float *wide = ARENA_ARRAY(t->a, float, (size_t)n);
    int64_t inner = 1; /* elements of one scale, side by side */
    for (int32_t i = from.quant.axis + 1; i < from.shape.rank; i++)
        inner *= from.shape.dim[i];
    for (int64_t i = 0; i < n; i++) {
        const int64_t c = from.quant.n == 1 ? 0 : i / inner % from.quant.n;
        const int64_t q = element_int(DT_S8, from.data, i) - from.quant.zero[c];
        wide[i] = from.quant.scale[c] * (float)q;
    }
    const struct tensor to = {
        .name = from.name, .dtype = DT_F32, .shape = from.shape, .data = wide};
    struct diag ir = {0};
    if (!graph_verify_tensor(&to, &ir))
        return tfl_refuse(op, "%s", ir.message);
    *w = graph_add_tensor(t->g, &to);
    t->n_widened++;
    t->widened_bytes += (size_t)n;
    return true;
}

/* Input, weights and optional bias. */
static bool weighted_inputs(struct tfl *t, const struct tfl_op *op, uint32_t in[3])
{
    return tfl_arity(op, 2, 3) && tfl_in(t, op, 0, &in[0]) && tfl_in(t, op, 1, &in[1]) &&
           tfl_in_optional(t, op, 2, &in[2]) && widen_weights(t, op, in[0], &in[1]);
}

static uint32_t n_inputs(const uint32_t in[3])
{
    return in[2] == NO_TENSOR ? 2 : 3;
}

static bool weights_rank(const struct tfl *t, const struct tfl_op *op, uint32_t w, int32_t rank)
{
    int32_t found = tfl_tensor_of(t, w)->shape.rank;
    if (found != rank)
        return tfl_refuse(op, "its weights have rank %" PRId32 ", expected %" PRId32, found, rank);
    return true;
}

/* Elements first..first+n-1 along dimension 0 of a constant, its scales too. */
static uint32_t cut_constant(struct tfl *t, uint32_t id, int32_t first, int32_t n)
{
    struct tensor part = *tfl_tensor_of(t, id);
    const size_t row = tensor_bytes(&part) / (size_t)part.shape.dim[0];
    part.data = (const uint8_t *)part.data + (size_t)first * row;
    part.shape.dim[0] = n;
    if (part.quant.n > 1) {
        part.quant.n = (uint32_t)n;
        part.quant.scale += first;
        part.quant.zero += first;
    }
    return graph_add_tensor(t->g, &part);
}

/* Weights [o,kh,kw,1], of one input channel each, are those of a depthwise convolution: [1,kh,kw,o]. */
static bool turn_weights(struct tfl *t, const struct tfl_op *op, uint32_t *id)
{
    struct tensor w = *tfl_tensor_of(t, *id);
    if (!tfl_count_copy(t, op, tensor_bytes(&w)))
        return false;
    const size_t bytes = dtype_bytes(w.dtype), n_out = (size_t)w.shape.dim[0];
    const size_t n_taps = (size_t)w.shape.dim[1] * (size_t)w.shape.dim[2];
    uint8_t *to = arena_alloc(t->a, tensor_bytes(&w));
    for (size_t o = 0; o < n_out; o++)
        for (size_t k = 0; k < n_taps; k++)
            memcpy(to + (k * n_out + o) * bytes, (const uint8_t *)w.data + (o * n_taps + k) * bytes,
                   bytes);
    w.data = to;
    w.shape.dim[0] = 1;
    w.shape.dim[3] = (int32_t)n_out;
    w.quant.axis = w.quant.n > 1 ? 3 : 0;
    *id = graph_add_tensor(t->g, &w);
    return true;
}

/* A convolution in groups: each makes its share of the output from its share of the input. */
static bool grouped(struct tfl *t, const struct tfl_op *op, const struct attrs *at, uint32_t in[3],
                    int32_t n_groups)
{
    const struct tensor x = *tfl_tensor_of(t, in[0]), w = *tfl_tensor_of(t, in[1]);
    const int32_t n_ic = w.shape.dim[3], n_oc = w.shape.dim[0] / n_groups;
    uint32_t part[TFL_OPERANDS_MAX];
    struct tensor as;
    if (!tfl_out_tensor(t, op, &as))
        return false;
    for (int32_t k = 0; k < n_groups; k++) {
        struct attrs slice = tfl_whole(&x.shape);
        uint32_t of[3] = {NO_TENSOR, cut_constant(t, in[1], k * n_oc, n_oc), NO_TENSOR};
        slice.begin[3] = k * n_ic;
        slice.size[3] = n_ic;
        if (in[2] != NO_TENSOR)
            of[2] = cut_constant(t, in[2], k * n_oc, n_oc);
        if (!tfl_step(t, op, OP_SLICE, &slice, in, 1, &x, &of[0]) ||
            !tfl_step(t, op, OP_CONV2D, at, of, n_inputs(of), &as, &part[k]))
            return false;
    }
    return tfl_add(t, op, OP_CONCAT, &(struct attrs){.axis = 3}, part, (uint32_t)n_groups);
}

/* The groups of a convolution whose padding is known: 1 if it is an ordinary one, or if its shapes do
 * not fit, which the IR's rule will say. */
static int32_t groups_of(const struct tfl *t, const uint32_t in[3])
{
    const struct tensor *x = tfl_tensor_of(t, in[0]), *w = tfl_tensor_of(t, in[1]);
    const struct tensor *bias = in[2] == NO_TENSOR ? NULL : tfl_tensor_of(t, in[2]);
    const int32_t n = x->shape.dim[3] / w->shape.dim[3];
    const bool fits = x->shape.dim[3] % w->shape.dim[3] == 0 && w->shape.dim[0] % n == 0 &&
                      w->data && (w->quant.n <= 1 || w->quant.axis == 0) &&
                      (!bias || (bias->data && shape_count(&bias->shape) == w->shape.dim[0]));
    return fits ? n : 1;
}

bool tfl_conv2d(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t in[3];
    if (!weighted_inputs(t, op, in) || !weights_rank(t, op, in[1], 4) ||
        !tfl_options(op, OPTIONS_CONV2D) || !tfl_act(t, op, CONV_ACT, &at.act))
        return false;
    const struct shape *w = &tfl_tensor_of(t, in[1])->shape;
    at.stride_w = fb_i32(t->fb, &op->options, CONV_STRIDE_W, 0);
    at.stride_h = fb_i32(t->fb, &op->options, CONV_STRIDE_H, 0);
    at.dilation_w = fb_i32(t->fb, &op->options, CONV_DIL_W, 1);
    at.dilation_h = fb_i32(t->fb, &op->options, CONV_DIL_H, 1);
    uint8_t padding = fb_u8(t->fb, &op->options, CONV_PADDING, TFL_SAME);
    const bool one_each = w->dim[3] == 1;
    if (!window(op, tfl_tensor_of(t, in[0]), padding, w->dim[1], w->dim[2], &at))
        return false;
    const int32_t n_groups = groups_of(t, in);
    if (n_groups == 1)
        return tfl_add_images(t, op, OP_CONV2D, &at, in, n_inputs(in));
    if (one_each)
        return turn_weights(t, op, &in[1]) &&
               tfl_add_images(t, op, OP_DEPTHWISE_CONV2D, &at, in, n_inputs(in));
    if (n_groups > TFL_OPERANDS_MAX)
        return tfl_refuse(op, "%" PRId32 " groups, at most %d are supported", n_groups,
                          TFL_OPERANDS_MAX);
    return grouped(t, op, &at, in, n_groups);
}

/* What the output is cropped by, in one dimension. The padding is that of the convolution which goes
 * the other way, from an image of `out` back to one of `in`. */
static bool crop_of(const struct tfl_op *op, uint8_t padding, int32_t in, int32_t out,
                    int32_t kernel, int32_t stride, int32_t *before, int32_t *after)
{
    if (!pad_of(op, padding, out, kernel, stride, 1, before, after))
        return false;
    const int64_t whole = ((int64_t)in - 1) * stride + kernel - *before - out;
    *after = (int32_t)(whole < -DIM_MAX ? -DIM_MAX : whole > DIM_MAX ? DIM_MAX : whole);
    return true;
}

/* Inputs are the output's shape, which is declared as well, weights, x and the optional bias. */
bool tfl_transpose_conv(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t in[3];
    struct tensor y;
    if (!tfl_arity(op, 3, 4) || !tfl_in(t, op, 2, &in[0]) || !tfl_in(t, op, 1, &in[1]) ||
        !tfl_in_optional(t, op, 3, &in[2]) || !widen_weights(t, op, in[0], &in[1]) ||
        !weights_rank(t, op, in[1], 4) || !tfl_options(op, OPTIONS_TRANSPOSE_CONV) ||
        !tfl_act(t, op, TRANSPOSE_CONV_ACT, &at.act) || !tfl_out_tensor(t, op, &y))
        return false;
    const struct shape *x = &tfl_tensor_of(t, in[0])->shape;
    const struct shape *w = &tfl_tensor_of(t, in[1])->shape;
    if (x->rank != 4 || y.shape.rank != 4)
        return tfl_refuse(op, "from rank %" PRId32 " to rank %" PRId32 ", expected 4 (NHWC)",
                          x->rank, y.shape.rank);
    at.stride_w = fb_i32(t->fb, &op->options, TRANSPOSE_CONV_STRIDE_W, 0);
    at.stride_h = fb_i32(t->fb, &op->options, TRANSPOSE_CONV_STRIDE_H, 0);
    uint8_t padding = fb_u8(t->fb, &op->options, TRANSPOSE_CONV_PADDING, TFL_SAME);
    return crop_of(op, padding, x->dim[1], y.shape.dim[1], w->dim[1], at.stride_h, &at.pad_top,
                   &at.pad_bottom) &&
           crop_of(op, padding, x->dim[2], y.shape.dim[2], w->dim[2], at.stride_w, &at.pad_left,
                   &at.pad_right) &&
           tfl_add_images(t, op, OP_TRANSPOSE_CONV2D, &at, in, n_inputs(in));
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
    const struct shape *w = &tfl_tensor_of(t, in[1])->shape;
    at.stride_w = fb_i32(t->fb, &op->options, DEPTHWISE_STRIDE_W, 0);
    at.stride_h = fb_i32(t->fb, &op->options, DEPTHWISE_STRIDE_H, 0);
    at.dilation_w = fb_i32(t->fb, &op->options, DEPTHWISE_DIL_W, 1);
    at.dilation_h = fb_i32(t->fb, &op->options, DEPTHWISE_DIL_H, 1);
    uint8_t padding = fb_u8(t->fb, &op->options, DEPTHWISE_PADDING, TFL_SAME);
    return window(op, tfl_tensor_of(t, in[0]), padding, w->dim[1], w->dim[2], &at) &&
           tfl_add_images(t, op, OP_DEPTHWISE_CONV2D, &at, in, n_inputs(in));
}

/* Applied to as many vectors as the input has. The IR's output is [vectors, out]; with keep_num_dims,
 * or when the file declares so, the same numbers have more dimensions. */
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
    const struct shape x = tfl_tensor_of(t, in[0])->shape, w = tfl_tensor_of(t, in[1])->shape;
    const int64_t n = shape_count(&x), rows = n / w.dim[1];
    const struct shape vectors = {.rank = 2, .dim = {(int32_t)rows, w.dim[1]}};
    if (n % w.dim[1] == 0 && rows != x.dim[0] && rows <= DIM_MAX &&
        !tfl_step_reshape(t, op, &vectors, in[0], &in[0]))
        return false;
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
    return window(op, tfl_tensor_of(t, x), padding, at.kernel_h, at.kernel_w, &at) &&
           tfl_add_images(t, op, op->kind, &at, &x, 1);
}

/* Shapes that differ broadcast; the IR's add is the one of equal shapes. */
static bool binary(struct tfl *t, const struct tfl_op *op, const struct attrs *at)
{
    enum op kind = op->kind;
    uint32_t in[2];
    if (!tfl_arity(op, 2, 2) || !tfl_in(t, op, 0, &in[0]) || !tfl_in(t, op, 1, &in[1]))
        return false;
    if (kind == OP_ADD &&
        !shape_equal(&tfl_tensor_of(t, in[0])->shape, &tfl_tensor_of(t, in[1])->shape))
        kind = OP_ADD_BROADCAST;
    return tfl_add(t, op, kind, at, in, 2);
}

bool tfl_add_op(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    return tfl_options(op, OPTIONS_ADD) && tfl_act(t, op, ADD_ACT, &at.act) && binary(t, op, &at);
}

/* Floats and plain integers are added one after the other; of int8 the reference rounds once, at the
 * end, which no chain does. It has no int16. */
bool tfl_add_n(struct tfl *t, const struct tfl_op *op)
{
    const struct attrs at = {0};
    uint32_t in[TFL_OPERANDS_MAX] = {0};
    struct tensor as;
    if (!tfl_arity(op, 2, TFL_OPERANDS_MAX) || !tfl_out_tensor(t, op, &as))
        return false;
    for (uint32_t k = 0; k < op->in_ids.n; k++)
        if (!tfl_in(t, op, k, &in[k]))
            return false;
    if (as.dtype == DT_S8)
        return tfl_add(t, op, OP_ADD_N, NULL, in, op->in_ids.n);
    if (as.dtype != DT_F32 && as.dtype != DT_S32)
        return tfl_refuse(op, "of type %s, expected f32, s8 or s32", dtype_name(as.dtype));
    for (uint32_t k = 1; k < op->in_ids.n; k++) {
        const uint32_t pair[2] = {in[0], in[k]};
        if (!tfl_step(t, op, OP_ADD, &at, pair, 2, &as, &in[0]))
            return false;
    }
    return tfl_set(t, op, in[0]);
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

bool tfl_div(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    return tfl_options(op, OPTIONS_DIV) && tfl_act(t, op, DIV_ACT, &at.act) && binary(t, op, &at);
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

/* In int16 the reference computes in float, and cuts the quotient by the output's scale; a number below
 * zero, which stops it, gives 0 here. */
bool tfl_sqrt(struct tfl *t, const struct tfl_op *op)
{
    const struct tensor real = {.name = op->out, .dtype = DT_F32};
    struct tensor y, scale = {.name = op->out, .dtype = DT_F32, .shape = {.rank = 1, .dim = {1}}};
    uint32_t x, in[2];
    if (!tfl_arity(op, 1, 1) || !tfl_in(t, op, 0, &x) || !tfl_out_tensor(t, op, &y))
        return false;
    if (y.dtype != DT_S16 || tfl_tensor_of(t, x)->dtype != DT_S16)
        return tfl_unary(t, op);
    const struct quant q = tfl_tensor_of(t, x)->quant;
    if (q.n != 1 || y.quant.n != 1 || q.zero[0] != 0 || y.quant.zero[0] != 0)
        return tfl_refuse(op, "of int16 without a scale, or with a zero point");
    scale.data = arena_copy(t->a, y.quant.scale, sizeof(float));
    if (!tfl_step(t, op, OP_DEQUANTIZE, NULL, &x, 1, &real, &x) ||
        !tfl_step(t, op, OP_SQRT, NULL, &x, 1, &real, &in[0]))
        return false;
    in[1] = graph_add_tensor(t->g, &scale);
    return tfl_step(t, op, OP_DIV, NULL, in, 2, &real, &x) && tfl_add(t, op, OP_CAST, NULL, &x, 1);
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
    const struct quant *x = &tfl_tensor_of(t, n->in[0])->quant,
                       *y = &tfl_tensor_of(t, n->out[0])->quant;
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
