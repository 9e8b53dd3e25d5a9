/* range.h - which interval of reals the 256 values of an int8 tensor cover.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_QUANT_RANGE_H
#define MOTE_HOST_QUANT_RANGE_H
#include "quant/observe.h"
#include "quant/quantize.h"

/* lo <= 0 <= hi: 0 is always representable, because padding and relu write it. */
struct range {
    float lo, hi;
};

/* real = scale * (q - zero), q in -128..127. */
struct affine_s8 {
    float scale;
    int32_t zero;
};

/* RANGE_MINMAX: all that was seen. RANGE_PERCENTILE: without the outermost (100 - percentile) % of
 * the values at each end. RANGE_MSE: all that was seen times the ratio in [0.3, 1] that loses the
 * least, squared, by rounding and clipping together. RANGE_KL: the ratio whose quantised values
 * have the least relative entropy to those seen (Migacz, "8-bit Inference with TensorRT", 2017). Not
 * RANGE_AUTO. */
struct range range_choose(const struct observed *o, enum range_method method, float percentile);

struct range range_union(struct range a, struct range b);

/* The quantisation that covers the range with 0 exact. An empty range, of a tensor that is always
 * 0, gives scale 1. */
struct affine_s8 range_quantisation(struct range r);

#endif
