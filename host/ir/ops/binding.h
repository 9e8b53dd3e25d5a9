/* binding.h - parts of the constants of integer kernels, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md is the definition. Each operator's file has its bind_<op>; what several
 * of them need stands here. */
#ifndef MOTE_HOST_IR_OPS_BINDING_H
#define MOTE_HOST_IR_OPS_BINDING_H
#include "ir/bind.h"

/* quantize_multiplier for the int8 shifts of kernels. A shift beyond INT8_MAX is held there, far
 * above what the verifier lets through. */
void set_multiplier(double m, int32_t *mult, int8_t *shift);

/* The one scale of a tensor, its zero point in s8 (of u8 less 128), its height, width and channels.
 */
double scale_of(const struct tensor *t);
int8_t zero_of(const struct tensor *t);
struct mote_hwc hwc_of(const struct tensor *t);

/* The output range that a fused clamp leaves; of s8 and s16 it fits int16. */
struct clamp {
    int32_t min, max;
};
struct clamp clamp_of(const struct tensor *out, enum act act);
void set_clamp(const struct tensor *out, enum act act, int16_t *min, int16_t *max);

/* Multiplier and shift for each output channel of a node with weights. */
void bind_channels(struct arena *a, const struct graph *g, const struct node *n, uint32_t channels,
                   const int32_t **mult, const int8_t **shift);

/* conv2d and depthwise_conv2d: the same members with the same meaning. */
void bind_window(struct arena *a, const struct graph *g, const struct node *n,
                 struct mote_conv2d_s8 *op);

/* The same in float. */
void bind_window_f32(const struct graph *g, const struct node *n, struct mote_window_f32 *op);

/* A function of one float. */
void bind_unary_f32(const struct graph *g, const struct node *n, struct mote_unary_f32 *op);

/* A function of two floats, whose shapes broadcast. */
void bind_binary_f32(const struct graph *g, const struct node *n, struct mote_binary_f32 *op);

/* The same of plain s32. */
void bind_binary_s32(const struct graph *g, const struct node *n, struct mote_binary_s32 *op);

/* A change of scale with a clamp, between integers: relu, relu6, quantize. For bytes to bytes there is
 * a kernel of its own. */
bool is_byte_to_byte(const struct graph *g, const struct node *n);
void bind_change_of_scale(const struct graph *g, const struct node *n, enum act act,
                          union kernel_args *out);

/* relu and relu6 as operators, of float or of integers. */
void bind_clamp(const struct graph *g, const struct node *n, enum act act, union kernel_args *out);

/* quantize from f32 and dequantize, by the tensor that has a scale. */
void bind_conversion(const struct tensor *quantised, struct mote_quantize_f32 *op);

/* Of softmax and its logarithm: what differences of the s8 x mean in Q5.26. */
void bind_softmax_s8(const struct tensor *x, float beta, struct mote_softmax_s8 *op);

/* add: both inputs are brought to twice the larger scale, with so many more bits; the sum goes from
 * there to the output's scale. */
int32_t sum_left_shift(enum dtype t);
void bind_sum_of_two(const struct graph *g, const struct node *n, struct mote_add_s8 *op);
#endif
