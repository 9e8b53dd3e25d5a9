/* quads.h - depthwise weights of any window, four channels side by side.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Channels in blocks of four; where they are no multiple of four, the last block is the last four,
 * some of which the block before has, too. The first array has a word a tap, block by block, the
 * block's first channel in the low byte. The second has for each block four biases, then four times mult
 * and add (ROUND_PROVED) or mult, add and shift (ROUND_EXACT). Biases are those of sums of
 * weight * (byte - in_zero).
 *
 * What device/kernels/depthwise_conv2d/depthwise_conv2d_s8_dsp.c does not do is refused: fewer than four
 * channels, several outputs of one channel, more than QUADS_ROWS_MAX rows of more than one column. */
#ifndef MOTE_HOST_PACK_QUADS_H
#define MOTE_HOST_PACK_QUADS_H
#include "pack/pack.h"

#define QUADS_ROWS_MAX 16

bool quads_find(const struct weighted *l, struct packed_layer *out);
void quads_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second);
#endif
