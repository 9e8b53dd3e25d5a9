/* quartets.h - weights of four bits for inner loops that multiply pairs of 16 bits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Channels in blocks of four, taps in groups of four and in the order of PAIRS (pairs.h), both filled
 * up with zeros. A half-word is one tap of the block's channels a to d,
 *
 *     4096 * w[d] + 256 * w[c] + 16 * w[b] + w[a]
 *
 * modulo 2^16. For the taps k to k + 3 of a group, two words: {k, k + 2}, {k + 1, k + 3}. The records of a
 * block are those of PAIRS but for the biases, which are what the sums of device/kernels/conv2d/
 * conv2d_s8_dsp_w4.c start from:
 *
 *     16 * a   16 * b + a   4096 * c + 256 * b + 16 * a   4096 * d + 256 * c + 16 * b + a
 *
 * A layer with weights beyond -8..7 is refused, and one whose sums do not come apart again: -8 hardly
 * ever has a place, -7 to 7 always. */
#ifndef MOTE_HOST_PACK_QUARTETS_H
#define MOTE_HOST_PACK_QUARTETS_H
#include "pack/pack.h"

bool quartets_find(const struct weighted *l, struct packed_layer *out);
void quartets_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                    int32_t *second);
#endif
