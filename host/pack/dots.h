/* dots.h - weights for vectors of sixteen taps, records for vectors of four channels: Helium.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Taps in steps of 16, filled up with zeros; channels in blocks, of which the last one begins earlier
 * where it would not be whole: its first channels are computed twice. Of fewer channels than a block,
 * those that are missing are zeros (DOTS_8 only). A block is computed in passes:
 *
 *     DOTS_2  blocks of 4, passes of 2: channels 0 and 2; 1 and 3
 *     DOTS_8  blocks of 8, one pass: channels 0, 2, 1, 3, 4, 6, 5, 7
 *
 * since one instruction puts two sums into the lanes 0 and 2, or 1 and 3, of a vector of four
 * channels. For one pass and each step, 16 weights of each of its channels. The last step stands first:
 * it begins the sums, the loop over the others may then end anywhere. One vector of zeros follows the
 * last pass, for inner loops that load weights before they know whether there are more.
 *
 * With _W4, weights of 4 bits, a byte holds two channels that follow each other in that order: in
 * DOTS_2_W4 the first one in the high half, the second one in the low half, both in two's complement; in
 * DOTS_8_W4 it is 16 * first + second + 8.
 *
 * With _S16, activations of int16, a vector has 8 taps: steps of 8.
 *
 * The second array has for every four channels, in DOTS_2, four of each: `bias`, `mult`, for ROUND_EXACT
 * `shift`, and `add` (vectors.h); in DOTS_8 all biases first, then `mult`, `add`, `shift` of four
 * channels after four, or once where all share one multiplier. */
#ifndef MOTE_HOST_PACK_DOTS_H
#define MOTE_HOST_PACK_DOTS_H
#include "pack/pack.h"

bool dots_2_find(const struct weighted *l, struct packed_layer *out);
void dots_2_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second);
bool dots_8_find(const struct weighted *l, struct packed_layer *out);
void dots_8_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second);
/* Weights of 4 bits. */
bool dots_2_w4_find(const struct weighted *l, struct packed_layer *out);
void dots_2_w4_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                     int32_t *second);
bool dots_8_w4_find(const struct weighted *l, struct packed_layer *out);
void dots_8_w4_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                     int32_t *second);
/* Activations of int16. */
bool dots_2_s16_find(const struct weighted *l, struct packed_layer *out);
void dots_2_s16_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                      int32_t *second);
bool dots_8_s16_find(const struct weighted *l, struct packed_layer *out);
void dots_8_s16_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                      int32_t *second);
#endif
