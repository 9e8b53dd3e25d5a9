/* verify_quant.c - what the integer kernels rely on: docs/spec/numerics.md.
 * SPDX-License-Identifier: Apache-2.0
 *
 * After these checks no accumulator, no shift and no sum in a kernel leaves int32, whatever the
 * input bytes are. */
#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "ir/ops/ops.h"
#include "ir/ops/reduce.h"
#include "ir/tables.h"
#include "ir/verify_parts.h"

#define SOFTMAX_LAST_MAX 4095 /* the sum of exponentials has 12 integer bits */

/* The requantised value plus a zero point must fit int32, too. */
#define REQUANT_MAX (INT32_MAX - 255)

static int32_t zero_max(enum dtype t)
{
    return t == DT_S8 ? INT8_MAX : 0; /* s16 and s32 are symmetric */
}

static int32_t zero_min(enum dtype t)
{
    return t == DT_S8 ? INT8_MIN : 0;
}

bool verify_quant(const struct tensor *t, struct diag *d)
{
    const struct quant *q = &t->quant;
    if (q->n == 0)
        return true;
    if (!q->scale || !q->zero)
        return diag_error(d, NULL, "tensor '%s': quantised without scales or zero points", t->name);
    if (t->dtype == DT_F32)
        return diag_error(d, NULL, "tensor '%s': f32 with a quantisation", t->name);
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

static bool one_scale(const struct graph *g, const struct node *n, const struct tensor *t,
                      struct diag *d)
{
    if (t->quant.n != 1)
        return node_error(d, g, n, "'%s' has %" PRIu32 " scales, an s8 activation needs one",
                          t->name, t->quant.n);
    return true;
}

static bool same_quant(const struct graph *g, const struct node *n, const struct tensor *x,
                       const struct tensor *y, struct diag *d)
{
    if (x->quant.scale[0] == y->quant.scale[0] && x->quant.zero[0] == y->quant.zero[0])
        return true;
    return node_error(d, g, n,
                      "scale %.9g and zero point %" PRId32 " of '%s' differ from %.9g and %" PRId32
                      " of '%s'",
                      (double)x->quant.scale[0], x->quant.zero[0], x->name,
                      (double)y->quant.scale[0], y->quant.zero[0], y->name);
}

/* Weights: one scale, or one per output channel; zero point 0. Bias: the product of the input's
 * and the weights' scale, as near as a float can say it. */
static bool verify_weight_scales(const struct graph *g, const struct node *n, uint32_t channels,
                                 struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1), *b = node_in(g, n, 2);
    int32_t axis = n->op == OP_DEPTHWISE_CONV2D ? 3 : 0;
    if (w->quant.n != 1 && (w->quant.n != channels || w->quant.axis != axis))
        return node_error(d, g, n,
                          "weights have %" PRIu32 " scales along axis %" PRId32
                          ", expected 1, or %" PRIu32 " along axis %" PRId32,
                          w->quant.n, w->quant.axis, channels, axis);
    for (uint32_t c = 0; c < w->quant.n; c++)
        if (w->quant.zero[c] != 0)
            return node_error(d, g, n, "weights have zero point %" PRId32 ", expected 0",
                              w->quant.zero[c]);
    if (!b)
        return true;
    if (b->quant.n != 1 && b->quant.n != channels)
        return node_error(d, g, n, "bias has %" PRIu32 " scales, expected 1 or %" PRIu32,
                          b->quant.n, channels);
    for (uint32_t c = 0; c < channels; c++) {
        double product =
            (double)x->quant.scale[0] * (double)w->quant.scale[w->quant.n == 1 ? 0 : c];
        double scale = (double)b->quant.scale[b->quant.n == 1 ? 0 : c];
        if (fabs(scale - product) > 1e-5 * product + (double)FLT_MIN)
            return node_error(d, g, n,
                              "bias scale %.9g of channel %" PRIu32
                              " is not input scale * weight scale = %.9g",
                              scale, c, product);
    }
    return true;
}

/* Sum of |w| over one output channel, below 2^28 * 2^7. Depthwise weights are [taps][channels],
 * all others [channels][taps]. */
static int64_t channel_weight(const struct graph *g, const struct node *n, uint32_t channels,
                              uint32_t c)
{
    const struct tensor *w = node_in(g, n, 1);
    const int8_t *v = w->data;
    int64_t taps = shape_count(&w->shape) / channels, sum = 0;
    bool depthwise = n->op == OP_DEPTHWISE_CONV2D;
    int64_t at = depthwise ? c : c * taps, step = depthwise ? channels : 1;
    for (int64_t i = 0; i < taps; i++, at += step)
        sum += abs(v[at]);
    return sum;
}

/* |acc| <= |bias| + 255 * sum |w|, and kernels that fold the zero point into the bias go through
 * |bias| + 128 * sum |w| plus partial sums of 128 * |w|: 256 covers both. Then the accumulator is
 * shifted to the left by `shift` bits if that is positive. */
static bool verify_accumulators(const struct graph *g, const struct node *n, uint32_t channels,
                                const int8_t *shift, struct diag *d)
{
    const struct tensor *b = node_in(g, n, 2);
    const int32_t *bias = b ? b->data : NULL;
    for (uint32_t c = 0; c < channels; c++) {
        int64_t bound = 256 * channel_weight(g, n, channels, c);
        bound += bias ? llabs((long long)bias[c]) : 0; /* < 2^44 */
        if (bound > REQUANT_MAX)
            return node_error(d, g, n,
                              "the accumulator of channel %" PRIu32 " may reach %" PRId64
                              ", above int32",
                              c, bound);
        if (shift[c] > 30 || (shift[c] > 0 && bound > REQUANT_MAX >> shift[c]))
            return node_error(d, g, n,
                              "the output scale is too small for channel %" PRIu32
                              ": an accumulator of %" PRId64 " times 2^%d leaves int32",
                              c, bound, shift[c]);
    }
    return true;
}

static bool verify_weighted(struct arena *tmp, const struct graph *g, const struct node *n,
                            struct diag *d)
{
    const struct tensor *w = node_in(g, n, 1);
    uint32_t channels = (uint32_t)w->shape.dim[n->op == OP_DEPTHWISE_CONV2D ? 3 : 0];
    union kernel_args args;
    if (!verify_weight_scales(g, n, channels, d) || !bind_node(tmp, g, n, &args, d))
        return false;
    const int8_t *shift = n->op == OP_CONV2D             ? args.conv2d.shift
                          : n->op == OP_DEPTHWISE_CONV2D ? args.depthwise_conv2d.shift
                                                         : args.fully_connected.shift;
    return verify_accumulators(g, n, channels, shift, d);
}

static bool verify_add(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    const int8_t shift = n->op == OP_ADD ? args.add.out_shift : args.sum.out_shift;
    if (shift > 0)
        return node_error(d, g, n,
                          "the output scale is too small: below 2^-20 of twice the larger input's");
    return true;
}

static bool verify_requantize(struct arena *tmp, const struct graph *g, const struct node *n,
                              struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    /* |q - zero| <= 255 < 2^8 */
    if (args.requantize.shift > 22)
        return node_error(d, g, n, "the output scale is too small: below 2^-22 of the input's");
    return true;
}

static bool verify_mul(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    /* 255 * 255 * 2^15 < 2^31 */
    if (args.mul.shift > 15)
        return node_error(d, g, n,
                          "the output scale is too small: below 2^-15 of the inputs' product");
    return true;
}

/* |sum - zero point * count| <= 255 * count, and it is shifted to the left if the shift is > 0. */
static bool verify_sum(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d)
{
    const int64_t bound = 255 * reduce_count(g, n); /* < 2^36 */
    union kernel_args args;
    if (bound > REQUANT_MAX)
        return node_error(d, g, n, "a sum of %" PRId64 " elements may leave int32", bound / 255);
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    if (args.reduce.shift > 30 ||
        (args.reduce.shift > 0 && bound > REQUANT_MAX >> args.reduce.shift))
        return node_error(d, g, n, "the output scale is too small: a sum times 2^%d leaves int32",
                          args.reduce.shift);
    return true;
}

static bool verify_softmax(struct arena *tmp, const struct graph *g, const struct node *n,
                           struct diag *d)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    if (y->quant.scale[0] != 1.0f / 256.0f || y->quant.zero[0] != -128)
        return node_error(d, g, n,
                          "output scale %.9g and zero point %" PRId32
                          ", an s8 softmax gives 0.00390625 (1/256) and -128",
                          (double)y->quant.scale[0], y->quant.zero[0]);
    if (args.softmax.n > SOFTMAX_LAST_MAX)
        return node_error(d, g, n, "%" PRIu32 " elements, at most %d in s8", args.softmax.n,
                          SOFTMAX_LAST_MAX);
    if (args.softmax.mult == 0 || args.softmax.shift < 0 || args.softmax.shift > 31)
        return node_error(d, g, n, "the input scale times beta is too small: below 2^-27");
    return true;
}

static bool verify_table(const struct graph *g, const struct node *n, struct diag *d)
{
    const char *fault = table_fault(g, n);
    return fault ? node_error(d, g, n, "%s", fault) : true;
}

static bool one_scale_each(const struct graph *g, const struct node *n, struct diag *d)
{
    bool weighted =
        n->op == OP_CONV2D || n->op == OP_DEPTHWISE_CONV2D || n->op == OP_FULLY_CONNECTED;
    uint32_t n_in = weighted ? 1 : n->n_in;
    for (uint32_t i = 0; i < n_in; i++) {
        const struct tensor *x = node_in(g, n, i);
        if (x->dtype == DT_S8 && !one_scale(g, n, x, d))
            return false;
    }
    const struct tensor *y = &g->tensors.items[n->out[0]];
    return y->dtype != DT_S8 || one_scale(g, n, y, d);
}

bool verify_ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    if (x->dtype != DT_S8 && y->dtype != DT_S8)
        return true;
    if (!one_scale_each(g, n, d))
        return false;
    switch (n->op) {
    case OP_CONV2D:
    case OP_DEPTHWISE_CONV2D:
    case OP_FULLY_CONNECTED:
        return verify_weighted(tmp, g, n, d);
    case OP_ADD:
    case OP_ADD_BROADCAST:
    case OP_SUB:
        return verify_add(tmp, g, n, d);
    case OP_RELU:
    case OP_RELU6:
        return verify_requantize(tmp, g, n, d);
    case OP_QUANTIZE:
        return x->dtype == DT_F32 || verify_requantize(tmp, g, n, d);
    case OP_MEAN:
    case OP_REDUCE_SUM:
        return verify_sum(tmp, g, n, d);
    case OP_MUL:
        return verify_mul(tmp, g, n, d);
    case OP_SOFTMAX:
        return verify_softmax(tmp, g, n, d);
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
    case OP_RESHAPE:
    case OP_PAD:
    case OP_CONCAT:
    case OP_MINIMUM:
    case OP_MAXIMUM:
    case OP_REDUCE_MAX:
    case OP_REDUCE_MIN:
    case OP_TRANSPOSE:
    case OP_SLICE:
    case OP_DEPTH_TO_SPACE:
    case OP_SPACE_TO_DEPTH:
    case OP_RESIZE_NEAREST:
        for (uint32_t i = 0; i < n->n_in; i++)
            if (!same_quant(g, n, node_in(g, n, i), y, d))
                return false;
        return true;
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
        return verify_table(g, n, d);
    case OP_DEQUANTIZE:
    case OP_BATCH_NORM:
    case N_OPS:
        break;
    }
    return true;
}
