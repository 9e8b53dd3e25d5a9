/* filters.h - convolution, depthwise convolution and dense layer of int8, seen as one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Output channel oc is a filter of kh * kw taps with n_in weights each. Weight i of tap k is
 * w[oc * out_step + k * tap_step + i]; it multiplies an input of channel filter_channel(oc, i).
 * A dense layer has one tap over the whole input; a depthwise filter one weight a tap. */
#ifndef MOTE_HOST_PASS_FILTERS_H
#define MOTE_HOST_PASS_FILTERS_H
#include "ir/graph.h"

/* Taps first..end-1 of one dimension that lie inside the image. */
struct taps {
    int32_t first, end;
};

/* The different ones among all outputs of one dimension. */
struct windows {
    uint32_t n;
    const struct taps *items;
};

struct filters {
    const int8_t *w;
    const int32_t *bias; /* [n_out]; NULL: zeros */
    uint32_t n_out, n_in, in_channels;
    uint32_t kh, kw;
    size_t out_step, tap_step;
    uint32_t multiplier; /* depthwise: output channels of an input channel; else 0 */
    int8_t in_zero, out_zero;
    int16_t out_min, out_max;
    const int32_t *mult; /* [n_out] */
    const int8_t *shift; /* [n_out] */
    struct windows y, x;
};

/* The filters of a verified int8 node with weights, in `a`; weights and bias are borrowed. */
struct filters *filters_of(struct arena *a, const struct graph *g, const struct node *n);

/* Is there an output whose window reaches into the padding? */
bool filters_pad(const struct filters *f);

uint32_t filter_channel(const struct filters *f, uint32_t oc, uint32_t i);

/* What the kernel makes of an accumulator of channel oc. Never falls as `acc` grows: the product
 * with a multiplier >= 0, both roundings and the clamp are monotone. */
int8_t filter_output(const struct filters *f, uint32_t oc, int32_t acc);
#endif
