/* bind.c - the constants of int8 kernels: docs/spec/numerics.md, in double precision.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/bind.h"

#include <assert.h>
#include <math.h>

#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"
#include "ir/ops/reduce.h"
#include "ir/ops/resize.h"
#include "ir/ops/view.h"
#include "ir/tables.h"

#define SOFTMAX_INTEGER_BITS 5 /* scaled differences are Q5.26 */
#define ADD_LEFT_SHIFT       20

void quantize_multiplier(double m, int32_t *mult, int32_t *shift)
{
    assert(m >= 0.0);
    *mult = 0;
    *shift = 0;
    if (isinf(m)) { /* beyond every limit: the verifier refuses it by its shift */
        *mult = INT32_MAX;
        *shift = INT8_MAX;
        return;
    }
    if (m == 0.0)
        return;
    int exponent;
    int64_t q = (int64_t)round(frexp(m, &exponent) * 0x1p31); /* 2^30..2^31 */
    if (q == INT64_C(1) << 31) {
        q /= 2;
        exponent++;
    }
    if (exponent < -31)
        return;
    *mult = (int32_t)q;
    *shift = exponent;
}

/* As above, for the int8 shifts of kernels. A shift beyond INT8_MAX is held there, far above what
 * the verifier lets through. */
static void set_multiplier(double m, int32_t *mult, int8_t *shift)
{
    int32_t wide;
    quantize_multiplier(m, mult, &wide);
    *shift = (int8_t)(wide > INT8_MAX ? INT8_MAX : wide);
}

static double scale_of(const struct tensor *t)
{
    assert(t->quant.n == 1);
    return (double)t->quant.scale[0];
}

static int8_t zero_of(const struct tensor *t)
{
    assert(t->quant.n == 1 && t->quant.zero[0] >= INT8_MIN && t->quant.zero[0] <= INT8_MAX);
    return (int8_t)t->quant.zero[0];
}

/* zero + round(value / scale), in float as the reference does, held within int8. */
static int8_t quantized_bound(const struct tensor *t, float value)
{
    float q = roundf(value / t->quant.scale[0]);
    int32_t bound = q > 512.0f ? 512 : (int32_t)q; /* value >= 0 */
    bound += t->quant.zero[0];
    return (int8_t)(bound > INT8_MAX ? INT8_MAX : bound);
}

static void set_clamp(const struct tensor *out, enum act act, int8_t *min, int8_t *max)
{
    *min = act == ACT_NONE ? INT8_MIN : quantized_bound(out, 0.0f);
    *max = act == ACT_RELU6 ? quantized_bound(out, 6.0f) : INT8_MAX;
}

static struct mote_hwc hwc(const struct tensor *t)
{
    const int32_t *dim = t->shape.dim;
    assert(t->shape.rank == 4);
    return (struct mote_hwc){(uint16_t)dim[1], (uint16_t)dim[2], (uint16_t)dim[3]};
}

/* Real multipliers of a node with weights: input scale * weight scale / output scale per output
 * channel, in double. The one exception is the reference's: a fully connected node with a single
 * weight scale multiplies the two scales in float. */
static void bind_channels(struct arena *a, const struct graph *g, const struct node *n,
                          uint32_t channels, const int32_t **mult, const int8_t **shift)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    int32_t *mults = ARENA_ARRAY(a, int32_t, channels);
    int8_t *shifts = ARENA_ARRAY(a, int8_t, channels);
    assert(w->quant.n == 1 || w->quant.n == channels);
    for (uint32_t c = 0; c < channels; c++) {
        float weight_scale = w->quant.scale[w->quant.n == 1 ? 0 : c];
        double product = scale_of(x) * (double)weight_scale;
        if (n->op == OP_FULLY_CONNECTED && w->quant.n == 1)
            product = (double)(float)(x->quant.scale[0] * weight_scale);
        set_multiplier(product / scale_of(y), &mults[c], &shifts[c]);
    }
    *mult = mults;
    *shift = shifts;
}

static void bind_conv2d(struct arena *a, const struct graph *g, const struct node *n,
                        struct mote_conv2d_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    const struct attrs *at = &n->attrs;
    *op = (struct mote_conv2d_s8){
        .in = hwc(x),
        .out = hwc(y),
        .kh = (uint8_t)w->shape.dim[1],
        .kw = (uint8_t)w->shape.dim[2],
        .sh = (uint8_t)at->stride_h,
        .sw = (uint8_t)at->stride_w,
        .dh = (uint8_t)at->dilation_h,
        .dw = (uint8_t)at->dilation_w,
        .pad_top = (uint8_t)at->pad_top,
        .pad_left = (uint8_t)at->pad_left,
        .in_zero = zero_of(x),
        .out_zero = zero_of(y),
    };
    set_clamp(y, at->act, &op->out_min, &op->out_max);
    bind_channels(a, g, n, op->out.c, &op->mult, &op->shift);
}

static void bind_depthwise(struct arena *a, const struct graph *g, const struct node *n,
                           struct mote_depthwise_conv2d_s8 *op)
{
    struct mote_conv2d_s8 c; /* the same members with the same meaning */
    bind_conv2d(a, g, n, &c);
    *op = (struct mote_depthwise_conv2d_s8){
        .in = c.in,
        .out = c.out,
        .kh = c.kh,
        .kw = c.kw,
        .sh = c.sh,
        .sw = c.sw,
        .dh = c.dh,
        .dw = c.dw,
        .pad_top = c.pad_top,
        .pad_left = c.pad_left,
        .in_zero = c.in_zero,
        .out_zero = c.out_zero,
        .out_min = c.out_min,
        .out_max = c.out_max,
        .multiplier = (uint16_t)(c.out.c / c.in.c),
        .mult = c.mult,
        .shift = c.shift,
    };
}

static void bind_fully_connected(struct arena *a, const struct graph *g, const struct node *n,
                                 struct mote_fully_connected_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_fully_connected_s8){
        .rows = (uint32_t)x->shape.dim[0],
        .in_n = (uint32_t)w->shape.dim[1],
        .out_n = (uint32_t)w->shape.dim[0],
        .in_zero = zero_of(x),
        .out_zero = zero_of(y),
    };
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
    bind_channels(a, g, n, op->out_n, &op->mult, &op->shift);
}

/* Both inputs are brought to twice the larger scale, with 20 more bits; the sum goes from there to
 * the output's scale. */
static void bind_add(const struct graph *g, const struct node *n, struct mote_add_s8 *op)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    double twice_max = 2.0 * fmax(scale_of(a), scale_of(b));
    *op = (struct mote_add_s8){
        .n = (uint32_t)shape_count(&y->shape),
        .a_zero = zero_of(a),
        .b_zero = zero_of(b),
        .out_zero = zero_of(y),
    };
    set_multiplier(scale_of(a) / twice_max, &op->a_mult, &op->a_shift);
    set_multiplier(scale_of(b) / twice_max, &op->b_mult, &op->b_shift);
    set_multiplier(twice_max / ((double)(1 << ADD_LEFT_SHIFT) * scale_of(y)), &op->out_mult,
                   &op->out_shift);
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
}

static void bind_pool(const struct graph *g, const struct node *n, struct mote_pool2d_s8 *op)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_pool2d_s8){
        .in = hwc(node_in(g, n, 0)),
        .out = hwc(y),
        .kh = (uint8_t)n->attrs.kernel_h,
        .kw = (uint8_t)n->attrs.kernel_w,
        .sh = (uint8_t)n->attrs.stride_h,
        .sw = (uint8_t)n->attrs.stride_w,
        .pad_top = (uint8_t)n->attrs.pad_top,
        .pad_left = (uint8_t)n->attrs.pad_left,
    };
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
}

/* Differences x - max are multiplied by beta * scale in Q5.26; those that would leave the format
 * contribute nothing. */
static void bind_softmax(const struct graph *g, const struct node *n, struct mote_softmax_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0);
    int32_t last = x->shape.dim[x->shape.rank - 1];
    double m = (double)n->attrs.beta * scale_of(x) * (double)(1 << (31 - SOFTMAX_INTEGER_BITS));
    *op = (struct mote_softmax_s8){
        .rows = (uint32_t)(shape_count(&x->shape) / last),
        .n = (uint32_t)last,
    };
    set_multiplier(fmin(m, 2147483647.0), &op->mult, &op->shift);
    int32_t left = op->shift > 0 ? op->shift : 0; /* the verifier refuses negative ones */
    double radius = (double)((1 << SOFTMAX_INTEGER_BITS) - 1) *
                    (double)(1 << (31 - SOFTMAX_INTEGER_BITS)) / ldexp(1.0, left);
    op->diff_min = -(int32_t)floor(radius);
}

static void bind_pad(const struct graph *g, const struct node *n, struct mote_pad_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0);
    int32_t lead = 4 - x->shape.rank;
    assert(lead >= 0);
    *op = (struct mote_pad_s8){.in = {1, 1, 1, 1}, .value = zero_of(x)};
    for (int32_t i = 0; i < x->shape.rank; i++) {
        op->in[lead + i] = (uint16_t)x->shape.dim[i];
        op->before[lead + i] = (uint16_t)n->attrs.pads[2 * i];
        op->after[lead + i] = (uint16_t)n->attrs.pads[2 * i + 1];
    }
}

static void bind_concat(struct arena *a, const struct graph *g, const struct node *n,
                        struct mote_concat_s8 *op)
{
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    int64_t outer = 1;
    for (int32_t i = 0; i < n->attrs.axis; i++)
        outer *= y->dim[i];
    uint32_t *inner = ARENA_ARRAY(a, uint32_t, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++)
        inner[i] = (uint32_t)(shape_count(&node_in(g, n, i)->shape) / outer);
    *op = (struct mote_concat_s8){.outer = (uint32_t)outer, .n_in = n->n_in, .inner = inner};
}

static void bind_requantize(const struct graph *g, const struct node *n, enum act act,
                            struct mote_requantize_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_requantize_s8){
        .n = (uint32_t)shape_count(&x->shape),
        .in_zero = zero_of(x),
        .out_zero = zero_of(y),
    };
    set_clamp(y, act, &op->out_min, &op->out_max);
    set_multiplier(scale_of(x) / scale_of(y), &op->mult, &op->shift);
}

static void bind_conversion(const struct tensor *quantised, struct mote_quantize_f32 *op)
{
    *op = (struct mote_quantize_f32){
        .n = (uint32_t)shape_count(&quantised->shape),
        .scale = quantised->quant.scale[0],
        .zero = zero_of(quantised),
    };
}

static void bind_walk(const struct graph *g, const struct node *n, struct mote_broadcast *w)
{
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    bool fits = broadcast_walk(&node_in(g, n, 0)->shape, &node_in(g, n, 1)->shape, y, w);
    assert(fits);
    (void)fits;
}

static void bind_sum(const struct graph *g, const struct node *n, struct mote_sum_s8 *op)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    struct mote_add_s8 sum;
    bind_add(g, n, &sum);
    *op = (struct mote_sum_s8){
        .a_zero = sum.a_zero,
        .b_zero = sum.b_zero,
        .out_zero = sum.out_zero,
        .out_min = sum.out_min,
        .out_max = sum.out_max,
        .a_shift = sum.a_shift,
        .b_shift = sum.b_shift,
        .out_shift = sum.out_shift,
        .a_mult = sum.a_mult,
        .b_mult = sum.b_mult,
        .out_mult = sum.out_mult,
    };
    bind_walk(g, n, &op->walk);
    if (n->op != OP_SUB)
        return;
    /* The reference computes these three in float for differences, in double for sums. */
    const float a = node_in(g, n, 0)->quant.scale[0], b = node_in(g, n, 1)->quant.scale[0];
    const float twice_max = 2.0f * (a > b ? a : b);
    const float wide_out = (float)(1 << ADD_LEFT_SHIFT) * y->quant.scale[0];
    set_multiplier((double)(a / twice_max), &op->a_mult, &op->a_shift);
    set_multiplier((double)(b / twice_max), &op->b_mult, &op->b_shift);
    set_multiplier((double)(twice_max / wide_out), &op->out_mult, &op->out_shift);
}

static void bind_mul(const struct graph *g, const struct node *n, struct mote_mul_s8 *op)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_mul_s8){
        .a_zero = zero_of(a),
        .b_zero = zero_of(b),
        .out_zero = zero_of(y),
    };
    bind_walk(g, n, &op->walk);
    set_multiplier(scale_of(a) * scale_of(b) / scale_of(y), &op->mult, &op->shift);
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
}

static void bind_view(const struct graph *g, const struct node *n, struct mote_view_s8 *op)
{
    bool fits = view_of(g, n, op);
    assert(fits);
    (void)fits;
}

/* A mean divides by the number of elements in the multiplier, which gets as many more bits as the
 * number has and the shift allows. */
static void bind_reduce(const struct graph *g, const struct node *n, struct mote_reduce_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    const int64_t count = reduce_count(g, n); /* 1..2^28 */
    *op = reduce_walk(g, n);
    if (n->op == OP_REDUCE_MAX || n->op == OP_REDUCE_MIN)
        return;
    op->zero_sum = (int32_t)(zero_of(x) * count); /* the verifier refuses what does not fit */
    op->out_zero = zero_of(y);
    set_multiplier(scale_of(x) / scale_of(y), &op->mult, &op->shift);
    if (n->op != OP_MEAN)
        return;
    int32_t bits = 0;
    while (count >> (bits + 1) != 0)
        bits++;
    if (bits > 31 + op->shift)
        bits = 31 + op->shift;
    op->mult = (int32_t)(((int64_t)op->mult << bits) / count);
    op->shift = (int8_t)(op->shift - bits);
}

static const uint16_t *nearest(struct arena *a, const struct attrs *at, int32_t in, int32_t out)
{
    uint16_t *from = ARENA_ARRAY(a, uint16_t, (size_t)out);
    for (int32_t i = 0; i < out; i++)
        from[i] = (uint16_t)resize_nearest_from(at, i, in, out);
    return from;
}

static void bind_resize_nearest(struct arena *a, const struct graph *g, const struct node *n,
                                struct mote_resize_nearest_s8 *op)
{
    op->in = hwc(node_in(g, n, 0));
    op->out = hwc(&g->tensors.items[n->out[0]]);
    op->row = nearest(a, &n->attrs, op->in.h, op->out.h);
    op->column = nearest(a, &n->attrs, op->in.w, op->out.w);
}

static void bind_lut(struct arena *a, const struct graph *g, const struct node *n,
                     struct mote_lut_s8 *op)
{
    int8_t *table = ARENA_ARRAY(a, int8_t, TABLE_BYTES);
    table_fill(g, n, table);
    *op = (struct mote_lut_s8){
        .n = (uint32_t)shape_count(&node_in(g, n, 0)->shape),
        .table = table,
    };
}

bool bind_node(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
               struct diag *d) /* long: one case per operator */
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    if (x->dtype != DT_S8 && y->dtype != DT_S8)
        return node_error(d, g, n, "no integer kernel for type %s", dtype_name(x->dtype));
    switch (n->op) {
    case OP_CONV2D:
        bind_conv2d(a, g, n, &out->conv2d);
        return true;
    case OP_DEPTHWISE_CONV2D:
        bind_depthwise(a, g, n, &out->depthwise_conv2d);
        return true;
    case OP_FULLY_CONNECTED:
        bind_fully_connected(a, g, n, &out->fully_connected);
        return true;
    case OP_ADD:
        bind_add(g, n, &out->add);
        return true;
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
        bind_pool(g, n, &out->pool2d);
        return true;
    case OP_RELU:
        bind_requantize(g, n, ACT_RELU, &out->requantize);
        return true;
    case OP_RELU6:
        bind_requantize(g, n, ACT_RELU6, &out->requantize);
        return true;
    case OP_SOFTMAX:
        bind_softmax(g, n, &out->softmax);
        return true;
    case OP_PAD:
        bind_pad(g, n, &out->pad);
        return true;
    case OP_CONCAT:
        bind_concat(a, g, n, &out->concat);
        return true;
    case OP_QUANTIZE:
        if (x->dtype == DT_F32)
            bind_conversion(y, &out->quantize);
        else
            bind_requantize(g, n, ACT_NONE, &out->requantize);
        return true;
    case OP_DEQUANTIZE:
        bind_conversion(x, &out->quantize);
        return true;
    case OP_ADD_BROADCAST:
    case OP_SUB:
        bind_sum(g, n, &out->sum);
        return true;
    case OP_MUL:
        bind_mul(g, n, &out->mul);
        return true;
    case OP_MINIMUM:
    case OP_MAXIMUM:
        bind_walk(g, n, &out->extremum.walk);
        return true;
    case OP_TRANSPOSE:
    case OP_SLICE:
    case OP_DEPTH_TO_SPACE:
    case OP_SPACE_TO_DEPTH:
        bind_view(g, n, &out->view);
        return true;
    case OP_MEAN:
    case OP_REDUCE_SUM:
    case OP_REDUCE_MAX:
    case OP_REDUCE_MIN:
        bind_reduce(g, n, &out->reduce);
        return true;
    case OP_RESIZE_NEAREST:
        bind_resize_nearest(a, g, n, &out->resize_nearest);
        return true;
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
        bind_lut(a, g, n, &out->lut);
        return true;
    case OP_BATCH_NORM:
    case OP_RESHAPE:
    case N_OPS:
        break;
    }
    return node_error(d, g, n, "no integer kernel for this operator");
}
