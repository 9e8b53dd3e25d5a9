/* fours.h - weights as bytes for inner loops that have several channels at once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Channels in blocks of four, filled up with zeros: [block][tap][4]. So one pointer with constant
 * offsets serves the four.
 * STRIPS is the same, for depthwise layers with windows that a strip can hold
 * (device/kernels/common/strip.h).
 *
 * The second array has per block four biases, then for each channel `mult`, `add` and, for
 * ROUND_EXACT, `shift` (record.h). Where all channels share a multiplier, the biases of all blocks,
 * then these two or three once. */
#ifndef MOTE_HOST_PACK_FOURS_H
#define MOTE_HOST_PACK_FOURS_H
#include "pack/pack.h"

bool fours_find(const struct weighted *l, struct packed_layer *out);
void fours_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second);
bool triples_find(const struct weighted *l, struct packed_layer *out);
void triples_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                   int32_t *second);
bool strips_find(const struct weighted *l, struct packed_layer *out);
#endif
