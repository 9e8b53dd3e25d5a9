/* winograd.h - weights of 3x3 layers for four products where the definition has nine.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Winograd's algorithm F(2x2, 3x3): a tile of 2x2 outputs is made of 4x4 inputs d by
 *
 *     Y = A' [ (G g G') * (B' d B) ] A       * element by element, summed over input channels
 *
 *         1  0 -1  0             1   0   0         1  1  1  0
 *     B'= 0  1  1  0        2G = 1   1   1     A'= 0  1 -1 -1        (2G: its rows 0 and 3 twice
 *         0 -1  1  0             1  -1   1                            what is printed)
 *         0  1  0 -1             0   0   1
 *
 * With U = 2G g 2G' everything is an integer and Y comes out four times as large, exactly: all is
 * modulo 2^32, and four times a sum, bias included, fits. |U| <= 9 * 128 fits a half-word.
 *
 * The kernel adds up where A' has signs, so U is negated for rows 2 and 3, and for columns 2 and 3.
 * Rows and columns stand in the order 1, 2, 3, 0 in which it takes them. Output channels in blocks
 * of four; for a block, each of its 16 positions and each four input channels c to c + 3, eight
 * words:
 *
 *     {c, c + 2} of output channels 0, 1, 2, 3; {c + 1, c + 3} of the same
 *
 * The second array has per block four times its biases, then for each channel `mult`, `add` and, for
 * ROUND_EXACT, `shift` (record.h). */
#ifndef MOTE_HOST_PACK_WINOGRAD_H
#define MOTE_HOST_PACK_WINOGRAD_H
#include "pack/pack.h"

bool winograd_find(const struct weighted *l, struct packed_layer *out);
void winograd_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                    int32_t *second);
#endif
