/* convert.h - a float graph and a range per tensor make an int8 graph.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_QUANT_CONVERT_H
#define MOTE_HOST_QUANT_CONVERT_H
#include "quant/range.h"

/* `range`: [tensors], looked at for activations. Tensors of `g` keep their ids in the result;
 * copies of shared constants and requantised inputs of concat come behind them. Tensors that must
 * share a quantisation get the union of their ranges. NULL with `d` set when the arithmetic of an
 * operator does not fit int8. `weight_bits` [nodes]: 8, or 4 for weights of -7..7 in int8 tensors, in
 * the scale of least squared error. */
struct graph *convert_to_int8(struct arena *a, const struct graph *g, const struct range *range,
                              const uint8_t *weight_bits, struct diag *d);

/* Has every operator an int8 form, and is the graph float? Reports the first that has not. */
bool convert_check(const struct graph *g, struct diag *d);
#endif
