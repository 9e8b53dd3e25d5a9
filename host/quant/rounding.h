/* rounding.h - which way each weight is rounded, so that errors cancel in the layer's output.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The error of a channel's sum on calibration samples is (q - w)' H (q - w), with w the weights in
 * steps, q integers and H the mean products of its taps (moments.h): Nagel et al., "Up or Down?
 * Adaptive Rounding for Post-Training Quantization", arXiv:2004.10568, equation 13. Rounding each
 * weight to the nearest integer looks at the diagonal of H alone. */
#ifndef MOTE_HOST_QUANT_ROUNDING_H
#define MOTE_HOST_QUANT_ROUNDING_H
#include "quant/moments.h"
#include "quant/quantize.h"

/* Round the weights of all layers of the int8 graph `q` anew, in the scales that they have: what they
 * are of is read from the float graph `g`, whose tensors have the same ids (convert.h). `of` is what
 * q's layers meet, `weight_bits` [nodes of g] 8 or 4. WEIGHTS_NEAREST changes nothing. */
void round_weights(struct graph *q, const struct graph *g, const struct moments *of,
                   const uint8_t *weight_bits, enum weight_rounding method, struct pool *pool);

/* One channel: w[n] in steps, products H[n][n] symmetric and positive semidefinite, its `factor`
 * from round_factor. to[n] gets integers of -limit..limit; `slope` [n] is for work.
 *
 * WEIGHTS_BY_COLUMNS: one weight after the other, from the last to the first; each makes up for the
 * errors of those before it as far as it can (Frantar et al., GPTQ, arXiv:2210.17323, where the
 * factor of the inverse of H gives the same numbers in the opposite order).
 * WEIGHTS_BY_DESCENT: from there, single steps up or down as long as one makes the error less: the
 * objective of AdaRound, minimised over the integers themselves rather than by gradients. */
void round_channel(enum weight_rounding method, uint32_t n, const double *w, const double *products,
                   const double *factor, int32_t limit, int8_t *to, double *slope);

/* The upper triangular R[n][n] with R'R = H + 0.01 mean(diagonal of H) I, by Cholesky; what is below
 * its diagonal is not written. H of all zeros gives the identity. */
void round_factor(uint32_t n, const double *products, double *factor);

/* The largest weight of so many bits, 127 or 7; the smallest is its negative. */
int32_t weight_limit(uint8_t bits);
#endif
