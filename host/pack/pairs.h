/* pairs.h - weights for inner loops that multiply pairs of 16 bits. SPDX-License-Identifier: Apache-2.0
 *
 * Channels in blocks of four (PAIRS) or eight (OCTETS), taps in groups of four, both filled up with
 * zeros. What lies side by side in the image is a run of taps: a row of a window, or a pixel if it is
 * dilated. First come the whole groups of all runs, then what is left over of each, run by run. For a
 * block of four and the taps k to k + 3 of a group, four words:
 *
 *     {k, k + 2} of channels 0 and 1, of 2 and 3; {k + 1, k + 3} of 0 and 1, of 2 and 3
 *
 * where each half-word is 256 * w[even channel] + w[odd channel], the first tap the low one. So
 * one load serves four weights, and the sum of an even channel comes out as 256 * A + B beside the
 * odd one's B: device/kernels/conv2d/conv2d_s8_dsp.c. The sums of even channels, biases included,
 * must lie in -2^23..2^23 - 1.
 *
 * The second array has per block its biases, that of an even channel as 256 * bias plus the odd
 * one's, then for each channel `mult`, `add` and, for ROUND_EXACT, `shift` (record.h). A layer in octets
 * whose channels share a multiplier has the biases of all blocks, then these two or three once. */
#ifndef MOTE_HOST_PACK_PAIRS_H
#define MOTE_HOST_PACK_PAIRS_H
#include "pack/pack.h"

bool pairs_find(const struct weighted *l, struct packed_layer *out);
void pairs_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second);
/* Of any number of taps that is whole groups, else of 64 at most. */
/* The weight at a place in that order of taps, 0 past the last channel or tap: quartets.h has it, too. */
int32_t pairs_weight(const struct weighted *l, uint32_t c, uint32_t place);

bool octets_find(const struct weighted *l, struct packed_layer *out);
void octets_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second);
#endif
