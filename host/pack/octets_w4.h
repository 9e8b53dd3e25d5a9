/* octets_w4.h - weights of 4 bits for inner loops that multiply pairs of 16 bits, of dense layers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Outputs in blocks of eight, inputs in groups of four, both filled up with zeros. A half-word holds the
 * weights of one input for four outputs,
 *
 *     2^12 * a + 2^8 * (b + 8) + 2^4 * (c + 8) + (d + 8)
 *
 * For a block and the inputs k to k + 3 of a group, four words, the first input in the low half:
 *
 *     {k, k + 2} of outputs 0 to 3, of 4 to 7; {k + 1, k + 3} of 0 to 3, of 4 to 7
 *
 * The second array is that of OCTETS (pairs.h) but for the biases, which are put together like the sums
 * of device/kernels/fully_connected/fully_connected_s8_dsp_w4.c:
 *
 *     2^12 * a + 2^8 * b + 2^4 * c + d    2^8 * b + d    2^4 * c + d    d
 *
 * A layer is taken if all weights lie in -8..7 and the sums come apart again: those of outputs 0 and 4
 * of a block lie in -2^19..2^19 - 1, and where 8 times the sum of the inputs is added, of 1 and 5 in
 * -2^23..2^23 - 1, of the others in -2^27..2^27 - 1. */
#ifndef MOTE_HOST_PACK_OCTETS_W4_H
#define MOTE_HOST_PACK_OCTETS_W4_H
#include "pack/pack.h"

bool octets_w4_find(const struct weighted *l, struct packed_layer *out);
void octets_w4_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                     int32_t *second);
#endif
