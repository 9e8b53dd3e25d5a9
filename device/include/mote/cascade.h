/* cascade.h - layers that are computed a few rows at a time, each out of the rows of the one before.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A band is an image of which the arena holds a window: some rows, contiguous, the lowest first. A
 * stripe is the next few rows of a band, made by one call of a kernel out of rows of one or two
 * other bands. When a window has no room for a stripe, the rows that somebody is still to read move
 * to its front. So a chain of layers needs memory for a few rows each, and computes nothing twice.
 *
 * A cascade may also run several times, for one tile of the last band after the other, some of its rows
 * and columns. Windows are then as wide as a tile needs them, and what two tiles need is computed
 * twice. Rows keep their numbers: a tile has those from mote_tile.row to n_rows.
 *
 * mote_cascade_next says which stripe comes next and where its rows lie. It calls nothing and moves
 * nothing: emitted code does, and the host runs the same function to find how many rows each window
 * must hold. docs/spec/cascade.md is the definition. */
#ifndef MOTE_CASCADE_H
#define MOTE_CASCADE_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MOTE_NO_BAND   255u
#define MOTE_BANDS_MAX 64u

struct mote_band {
    uint32_t offset;     /* of its window, in the arena                                       */
    uint32_t row_bytes;  /* of one row                                                        */
    uint16_t n_rows;     /* to make                                                           */
    uint16_t window;     /* rows in memory, at most n_rows                                    */
    uint16_t stripe;     /* rows of a stripe, the last may have fewer; 0: all rows are there  */
                         /* before the cascade begins                                         */
    uint16_t height;     /* its row r is made of rows r * stride - pad to + height - 1 of its */
    uint8_t stride, pad; /* sources, as far as these rows exist                               */
    uint8_t from[2];     /* the sources: bands before it, or MOTE_NO_BAND                     */
};

/* How far a band has come. Its window begins with row `first`; rows below `made` are made. */
struct mote_rows {
    uint16_t first, made;
};

/* What to do next: move `move_bytes` from offset `move_from` to the band's offset, then make rows
 * `row` to row + n_rows - 1. */
struct mote_stripe {
    uint32_t band;
    uint32_t move_from, move_bytes;
    uint32_t row, n_rows;
    uint32_t out;     /* offset of the first of these rows                    */
    uint32_t in[2];   /* offset of the first row that is read in each source  */
    uint32_t in_rows; /* rows that are read there, those under it included    */
    uint32_t pad_top; /* rows of padding above that first row                 */
};

/* What a tile has of a band, and sees of the bands that it is made of. */
struct mote_tile {
    uint16_t row;     /* the first that is made                                           */
    uint16_t in, out; /* columns that a call reads in its sources, and makes              */
    uint16_t skip[2]; /* columns of each source before those; of a copy, of the tensor    */
    uint8_t pad_left; /* columns of padding before the first that is read                 */
};

/* The rows of a model's input, given by the caller: n_rows rows from row `first` on are to be
 * written to `to`. Each row is asked for once, in order. */
struct mote_feed {
    void (*read)(void *context, uint32_t first, uint32_t n_rows, void *to);
    void *context;
};

/* `rows` holds n_bands elements, at most MOTE_BANDS_MAX. */
void mote_cascade_begin(const struct mote_band *bands, uint32_t n_bands, struct mote_rows *rows);

/* The same for a tile: `tile` holds n_bands elements. */
void mote_cascade_begin_tile(const struct mote_band *bands, const struct mote_tile *tile,
                             uint32_t n_bands, struct mote_rows *rows);

/* The next stripe, which then counts as made; false when all bands are whole. */
bool mote_cascade_next(const struct mote_band *bands, uint32_t n_bands, struct mote_rows *rows,
                       struct mote_stripe *out);

/* The first row of a band that is still to be read; the first not made where none is. */
uint32_t mote_cascade_kept(const struct mote_band *bands, uint32_t n_bands,
                           const struct mote_rows *rows, uint32_t band);

#ifdef __cplusplus
}
#endif
#endif
