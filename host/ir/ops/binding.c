/* binding.c - parts of the constants of integer kernels. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"

#include <assert.h>
#include <math.h>

#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"

void set_multiplier(double m, int32_t *mult, int8_t *shift)
{
    int32_t wide;
    quantize_multiplier(m, mult, &wide);
    *shift = (int8_t)(wide > INT8_MAX ? INT8_MAX : wide);
}

double scale_of(const struct tensor *t)
{
    assert(t->quant.n == 1);
    return (double)t->quant.scale[0];
}

int8_t zero_of(const struct tensor *t)
{
    assert(t->quant.n == 1);
    const int32_t zero = t->quant.zero[0] - (t->dtype == DT_U8 ? 128 : 0);
    assert(zero >= INT8_MIN && zero <= INT8_MAX);
    return (int8_t)zero;
}

/* zero + round(value / scale), in float as the reference does, held within the type. */
static int32_t quantized_bound(const struct tensor *t, float value)
{
    const float q = roundf(value / t->quant.scale[0]), hold = 0x1p17f;       /* above every int16 */
    const int64_t bound = (int64_t)(q > hold ? hold : q) + t->quant.zero[0]; /* value >= 0 */
    return (int32_t)(bound > dtype_max(t->dtype) ? dtype_max(t->dtype) : bound);
}

struct clamp clamp_of(const struct tensor *out, enum act act)
{
    const struct clamp whole = {(int32_t)dtype_min(out->dtype), (int32_t)dtype_max(out->dtype)};
    return (struct clamp){
        .min = act == ACT_NONE ? whole.min : quantized_bound(out, 0.0f),
        .max = act == ACT_RELU6 ? quantized_bound(out, 6.0f) : whole.max,
    };
}

void set_clamp(const struct tensor *out, enum act act, int16_t *min, int16_t *max)
{
    const struct clamp clamp = clamp_of(out, act);
    *min = (int16_t)clamp.min;
    *max = (int16_t)clamp.max;
}

struct mote_hwc hwc_of(const struct tensor *t)
{
    const int32_t *dim = t->shape.dim;
    assert(t->shape.rank == 4);
    return (struct mote_hwc){(uint16_t)dim[1], (uint16_t)dim[2], (uint16_t)dim[3]};
}

/* Real multipliers of a node with weights: input scale * weight scale / output scale per output
 * channel, in double. The one exception is the reference's: a fully connected node with a single
 * weight scale multiplies the two scales in float. */
void bind_channels(struct arena *a, const struct graph *g, const struct node *n, uint32_t channels,
                   const int32_t **mult, const int8_t **shift)
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

bool node_sums_wide(const struct graph *g, const struct node *n)
{
    const struct tensor *b = node_in(g, n, 2);
    if (node_in(g, n, 0)->dtype != DT_S16)
        return false;
    return b ? b->dtype == DT_S64 : n->op == OP_DEPTHWISE_CONV2D || n->op == OP_TRANSPOSE_CONV2D;
}

void bind_window(struct arena *a, const struct graph *g, const struct node *n,
                 struct mote_conv2d_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *w = node_in(g, n, 1);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    const struct attrs *at = &n->attrs;
    *op = (struct mote_conv2d_s8){
        .in = hwc_of(x),
        .out = hwc_of(y),
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
    op->wide = node_sums_wide(g, n);
    bind_channels(a, g, n, op->out.c, &op->mult, &op->shift);
}

void bind_window_f32(const struct graph *g, const struct node *n, struct mote_window_f32 *op)
{
    const struct attrs *at = &n->attrs;
    const bool is_weighted = op_has_weights(n->op);
    const int32_t *taps = is_weighted ? node_in(g, n, 1)->shape.dim : NULL;
    *op = (struct mote_window_f32){
        .in = hwc_of(node_in(g, n, 0)),
        .out = hwc_of(&g->tensors.items[n->out[0]]),
        .kh = (uint8_t)(is_weighted ? taps[1] : at->kernel_h),
        .kw = (uint8_t)(is_weighted ? taps[2] : at->kernel_w),
        .sh = (uint8_t)at->stride_h,
        .sw = (uint8_t)at->stride_w,
        .dh = (uint8_t)(is_weighted ? at->dilation_h : 1),
        .dw = (uint8_t)(is_weighted ? at->dilation_w : 1),
        .pad_top = (uint8_t)at->pad_top,
        .pad_left = (uint8_t)at->pad_left,
        .act = (uint8_t)at->act,
    };
}

void bind_unary_f32(const struct graph *g, const struct node *n, struct mote_unary_f32 *op)
{
    *op = (struct mote_unary_f32){
        .n = (uint32_t)shape_count(&node_in(g, n, 0)->shape),
        .alpha = n->attrs.alpha,
    };
}

void bind_binary_f32(const struct graph *g, const struct node *n, struct mote_binary_f32 *op)
{
    *op = (struct mote_binary_f32){.act = (uint8_t)n->attrs.act};
    const bool fits = broadcast_walk(&node_in(g, n, 0)->shape, &node_in(g, n, 1)->shape,
                                     &g->tensors.items[n->out[0]].shape, &op->walk);
    assert(fits);
    (void)fits;
}

void bind_binary_s32(const struct graph *g, const struct node *n, struct mote_binary_s32 *op)
{
    struct mote_binary_f32 same;
    bind_binary_f32(g, n, &same);
    *op = (struct mote_binary_s32){.walk = same.walk};
}

_Static_assert((int)ACT_NONE == MOTE_ACT_NONE && (int)ACT_RELU == MOTE_ACT_RELU &&
                   (int)ACT_RELU6 == MOTE_ACT_RELU6,
               "the device numbers activations as the graph does");

static void bind_requantize(const struct graph *g, const struct node *n, enum act act,
                            struct mote_requantize_s8 *op)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    *op = (struct mote_requantize_s8){
        .n = (uint32_t)shape_count(&x->shape),
        .in_zero = zero_of(x),
        .out_zero = zero_of(y),
        .in_flip = x->dtype == DT_U8 ? 0x80 : 0,
        .out_flip = y->dtype == DT_U8 ? 0x80 : 0,
    };
    const struct clamp clamp = clamp_of(y, act);
    op->out_min = (int8_t)(clamp.min - op->out_flip);
    op->out_max = (int8_t)(clamp.max - op->out_flip);
    set_multiplier(scale_of(x) / scale_of(y), &op->mult, &op->shift);
}

static void bind_requantize_wide(const struct graph *g, const struct node *n, enum act act,
                                 struct mote_requantize_s32 *op)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    const struct clamp clamp = clamp_of(y, act);
    *op = (struct mote_requantize_s32){
        .n = (uint32_t)shape_count(&x->shape),
        .in_bytes = (uint8_t)dtype_bytes(x->dtype),
        .out_bytes = (uint8_t)dtype_bytes(y->dtype),
        .in_zero = x->quant.zero[0],
        .out_zero = y->quant.zero[0],
        .out_min = clamp.min,
        .out_max = clamp.max,
    };
    set_multiplier(scale_of(x) / scale_of(y), &op->mult, &op->shift);
}

bool is_byte_to_byte(const struct graph *g, const struct node *n)
{
    return dtype_bytes(node_in(g, n, 0)->dtype) == 1 &&
           dtype_bytes(g->tensors.items[n->out[0]].dtype) == 1;
}

void bind_change_of_scale(const struct graph *g, const struct node *n, enum act act,
                          union kernel_args *out)
{
    if (is_byte_to_byte(g, n))
        bind_requantize(g, n, act, &out->requantize);
    else
        bind_requantize_wide(g, n, act, &out->requantize_wide);
}

void bind_conversion(const struct tensor *quantised, struct mote_quantize_f32 *op)
{
    *op = (struct mote_quantize_f32){
        .n = (uint32_t)shape_count(&quantised->shape),
        .scale = quantised->quant.scale[0],
        .zero = (int16_t)quantised->quant.zero[0],
        .wide = quantised->dtype == DT_S16,
    };
}

int32_t sum_left_shift(enum dtype t)
{
    return t == DT_S16 ? 15 : 20;
}

void bind_sum_of_two(const struct graph *g, const struct node *n, struct mote_add_s8 *op)
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
    set_multiplier(twice_max / ((double)(1 << sum_left_shift(y->dtype)) * scale_of(y)),
                   &op->out_mult, &op->out_shift);
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
}
