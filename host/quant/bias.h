/* bias.h - biases that make up for what quantisation shifts. SPDX-License-Identifier: Apache-2.0
 *
 * Rounding weights and inputs shifts the mean of a channel. Nagel et al., "Data-Free Quantization
 * Through Weight Equalization and Bias Correction", arXiv:1906.04721, section 4.2: take the mean
 * error of the sum off its bias. Here both means are measured on calibration samples, layer after
 * layer, each with the biases before it corrected already. */
#ifndef MOTE_HOST_QUANT_BIAS_H
#define MOTE_HOST_QUANT_BIAS_H
#include "quant/moments.h"

/* Correct the int8 graph `q` made of the float graph `g`, whose tensors have the same ids. Layers
 * without a bias get one. False with `d` set when a graph cannot run. */
bool correct_biases(struct graph *q, const struct graph *g, const float *samples, uint32_t n,
                    struct pool *pool, struct diag *d);
#endif
