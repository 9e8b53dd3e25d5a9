/* lanes.h - weights of dense layers for sums of 16 bits, two in a register.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Outputs in blocks of eight, filled up with zeros. For a tap of a block two words, of outputs 0 to 3 and 4
 * to 7: a byte each, the first one lowest, of weight + 128.
 *
 * The kernel (device/kernels/fully_connected/fully_connected_s8_lanes.c) sums in 16 bits and adds up
 * behind each group of taps. Groups are as long as no sum of the block can leave 16 bits, whatever the
 * inputs, and cover whole units of four taps. A unit that is too heavy for a group comes several times
 * in a row, each time with other taps and zeros for the rest. The taps behind the last whole unit are in
 * no group.
 *
 *     first array:    of each block, the groups' words, then those of the rest; then of all blocks the
 *                     lists of groups: a byte each, the number of its taps, plus 1 where it begins with
 *                     the unit that the one before ended with; 0 ends a block's list
 *     second array:   where the lists begin, in words of the first; then for each block eight biases and
 *                     eight times the words of a record (record.h). Where all outputs share a multiplier,
 *                     the biases of all blocks, then one record
 *
 * Refused are layers that FOURS is better for: with fewer than two units in a group, on the average. */
#ifndef MOTE_HOST_PACK_LANES_H
#define MOTE_HOST_PACK_LANES_H
#include "pack/pack.h"

bool lanes_find(const struct weighted *l, struct packed_layer *out);
void lanes_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second);
#endif
