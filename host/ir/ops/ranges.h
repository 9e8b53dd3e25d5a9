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

/* All inputs and the output have one scale and zero point: the kernel copies or compares bytes. */
bool ranges_same_quant(const struct graph *g, const struct node *n, struct diag *d);

/* Scales, accumulators and shifts of a node with weights. */
bool ranges_weighted(struct arena *tmp, const struct graph *g, const struct node *n,
                     struct diag *d);

/* The shift of a sum's output, which goes to the right only. */
bool ranges_sum_shift(const struct graph *g, const struct node *n, int8_t shift, struct diag *d);

/* The multiplier of relu, relu6 and of quantize from s8. */
bool ranges_requantize(struct arena *tmp, const struct graph *g, const struct node *n,
                       struct diag *d);
#endif
