/* mixed.h - which layers get weights of 4 bits. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_QUANT_MIXED_H
#define MOTE_HOST_QUANT_MIXED_H
#include "ir/graph.h"

/* May node n have weights of 4 bits? Convolutions and dense layers; for depthwise ones no kernel reads
 * two weights from a byte. */
bool may_have_4_bits(const struct graph *g, uint32_t n);

/* The output error of the int8 graph with these bits [nodes]; false when it cannot be had. */
typedef bool mixed_trial(void *ctx, const uint8_t *bits, double *error);

/* Fill bits[nodes] with 8 and 4: as many layers have 4 as the error, at most `limit`, allows. Each layer
 * is tried alone; those that cost the least error a byte come first, and the longest such list that
 * stays within the limit is sought by bisection, since errors add up. False when a trial fails. */
bool mixed_choose(const struct graph *g, double limit, mixed_trial *trial, void *ctx,
                  uint8_t *bits);
#endif
