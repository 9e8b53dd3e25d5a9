/* cells.h - depthwise weights for vectors of sixteen taps: Helium. SPDX-License-Identifier: Apache-2.0
 *
 * The kernel turns four rows of the image so that the bytes of one column and channel stand side by
 * side: a cell. A window is made of cells: rows 0 to 3 of column 0, of column 1, ..., then rows 4 to 7
 * of column 0, ... A vector is four of them.
 *
 * Channels in blocks of 16, blocks in groups of four. The last block and the last group begin earlier
 * where they would not be whole: their first channels are computed twice. For one group and each
 * vector of cells, 16 weights of each of its channels, zeros past the window's rows and cells.
 *
 * The second array has for each group four of each: `bias`, `mult`, for ROUND_EXACT `shift`, and `add`
 * (vectors.h). */
#ifndef MOTE_HOST_PACK_CELLS_H
#define MOTE_HOST_PACK_CELLS_H
#include "pack/pack.h"

bool cells_find(const struct weighted *l, struct packed_layer *out);
void cells_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second);
#endif
