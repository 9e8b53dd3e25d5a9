/* tiles.h - a cascade that runs once for each tile of what goes out. SPDX-License-Identifier: Apache-2.0
 *
 * The rows of what goes out are divided into blocks, its columns into strips. What a tile has of the
 * other bands follows from the windows of their readers: docs/spec/cascade.md, section 7. */
#ifndef MOTE_HOST_SCHED_TILES_H
#define MOTE_HOST_SCHED_TILES_H
#include "sched/cascade.h"

/* Cut a cascade whose bands are found as its `cut` says: fill in `areas`, `row_bytes` of windows,
 * scratch, `lead` and `more_macs`. False where it has fewer rows or columns, or two readers of a few
 * rows each need other columns. */
bool tiles_cut(struct arena *a, const struct program *p, struct cascade *c);

uint32_t tiles_count(const struct cascade *c);

/* A band as a tile has it; of a cascade that is not cut, the band. The offset of the last band is
 * that of the tile in it. */
struct mote_band tile_band(const struct cascade *c, uint32_t tile, uint32_t band);

/* What the calls for a band see of a tile. Only where the cascade is cut. */
struct mote_tile tile_view(const struct program *p, const struct cascade *c, uint32_t tile,
                           uint32_t band);

/* Begin with a tile: all bands as it has them, no rows of them made. */
void tile_begin(const struct cascade *c, uint32_t tile, struct mote_band *bands,
                struct mote_rows *rows);
#endif
