/* ranges.h - parts of what integer kernels rely on, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each operator's file has its ranges_<op>; after these checks no accumulator, no shift and no sum
 * in a kernel leaves int32, whatever the input bytes are. */
#ifndef MOTE_HOST_IR_OPS_RANGES_H
#define MOTE_HOST_IR_OPS_RANGES_H
#include "ir/graph.h"

/* The requantised value plus a zero point must fit int32, too. */
#define REQUANT_MAX (INT32_MAX - 255)

/* The kernel relies on nothing: the rule has said it all. */
bool ranges_any(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d);

/* All s8 inputs and the output have one scale and zero point: the kernel copies or compares bytes.
 */
bool ranges_same_quant(const struct graph *g, const struct node *n, struct diag *d);

/* Scales, accumulators and shifts of a node with weights. */
bool ranges_weighted(struct arena *tmp, const struct graph *g, const struct node *n,
                     struct diag *d);

/* Weights or bias have this many scales, several of them along axis 0, and zero points 0. */
bool ranges_parameter(const struct graph *g, const struct node *n, const struct tensor *t,
                      uint32_t n_scales, struct diag *d);
/* Is a bias scale the product of the two, as near as a float can say it? */
bool ranges_bias_scale(const struct graph *g, const struct node *n, uint32_t channel, double scale,
                       double product, struct diag *d);
/* Two tensors of a node with one scale each have the same. */
bool ranges_equal_quant(const struct graph *g, const struct node *n, const struct tensor *x,
                        const struct tensor *y, struct diag *d);

/* The output has the scale, but for `slack`, and the zero point that the kernel gives it. */
bool ranges_output(const struct graph *g, const struct node *n, float scale, float slack,
                   int32_t zero, struct diag *d);
/* Length and multiplier of the rows of a softmax or its logarithm. */
struct mote_softmax_s8;
bool ranges_softmax_s8(const struct graph *g, const struct node *n,
                       const struct mote_softmax_s8 *op, struct diag *d);

/* An accumulator of at most `bound`, before and after the shift. */
bool ranges_accumulator(const struct graph *g, const struct node *n, uint32_t channel,
                        int64_t bound, int8_t shift, struct diag *d);

/* The same with sums in 64 bits of a bias and products of s16 with weights that add up to `weight`,
 * below 2^48. */
bool ranges_wide(const struct graph *g, const struct node *n, uint32_t channel, int64_t bias,
                 int64_t weight, int32_t mult, int8_t shift, struct diag *d);

/* A matrix whose rows are multiplied with s8 vectors, and the one shift of the products. */
struct dense {
    const int8_t *weights; /* [rows][n]      */
    const int32_t *bias;   /* [rows] or NULL */
    uint32_t rows, n;
    int8_t shift;
};
bool ranges_dense(const struct graph *g, const struct node *n, const struct dense *m,
                  struct diag *d);

/* The shift of a sum's output, which goes to the right only. */
bool ranges_sum_shift(const struct graph *g, const struct node *n, int8_t shift, struct diag *d);

/* The multiplier of relu, relu6 and of quantize from s8. */
bool ranges_requantize(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d);
#endif
