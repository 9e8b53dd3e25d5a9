/* equalise.h - channels of neighbouring layers brought to like ranges.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cross-layer equalisation (Nagel et al., arXiv:1906.04721, section 4.1): where nothing between two
 * layers but a ReLU, pools or a flattening changes what a positive factor does, channel i of the
 * first layer is divided by s_i and the weights of the second that read it multiplied, s_i =
 * sqrt(r1_i r2_i) / r2_i with r the largest weight: the function stays, and each channel gets its
 * share of the activation's steps. */
#ifndef MOTE_HOST_QUANT_EQUALISE_H
#define MOTE_HOST_QUANT_EQUALISE_H
#include "ir/graph.h"

/* A clone of the float graph `g` in `a`, equal up to float rounding, its tensors with the same ids;
 * NULL if no two layers can be equalised. */
struct graph *equalise(struct arena *a, const struct graph *g);
#endif
