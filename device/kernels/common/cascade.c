/* cascade.c - the order of the stripes of a cascade. SPDX-License-Identifier: Apache-2.0
 *
 * Of all bands whose next stripe could be made, the last one is: so a band only grows when no band
 * after it can, and few of its rows wait to be read.
 *
 * Rows are below 2^16, strides and pads below 2^8: no product reaches 2^25. */
#include "mote/cascade.h"

#include "kernels/common/assert.h"

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The first row of a source under the window of row `row`. */
static uint32_t first_under(const struct mote_band *b, uint32_t row)
{
    const uint32_t at = row * b->stride;
    return at > b->pad ? at - b->pad : 0;
}

/* One past the last row of `source` under the windows of the rows before `end`, at least 1 of
 * them. */
static uint32_t end_under(const struct mote_band *b, uint32_t end, const struct mote_band *source)
{
    const uint32_t reach = (end - 1) * b->stride + b->height;
    return min_u32(reach > b->pad ? reach - b->pad : 0, source->n_rows);
}

static uint32_t next_rows(const struct mote_band *b, const struct mote_rows *rows)
{
    return min_u32(b->stripe, (uint32_t)(b->n_rows - rows->made));
}

/* Is there a next stripe, and everything it is made of? */
static bool is_ready(const struct mote_band *bands, const struct mote_rows *rows, uint32_t i)
{
    const struct mote_band *b = &bands[i];
    const uint32_t n = next_rows(b, &rows[i]);
    if (n == 0)
        return false;
    for (uint32_t k = 0; k < 2 && b->from[k] != MOTE_NO_BAND; k++) {
        const uint32_t from = b->from[k];
        if (rows[from].made < end_under(b, rows[i].made + n, &bands[from]))
            return false;
    }
    return true;
}

void mote_cascade_begin(const struct mote_band *bands, uint32_t n_bands, struct mote_rows *rows)
{
    MOTE_ASSERT(n_bands <= MOTE_BANDS_MAX);
    for (uint32_t i = 0; i < n_bands; i++) {
        rows[i].first = 0;
        rows[i].made = bands[i].stripe == 0 ? bands[i].n_rows : 0;
    }
}

void mote_cascade_begin_tile(const struct mote_band *bands, const struct mote_tile *tile,
                             uint32_t n_bands, struct mote_rows *rows)
{
    mote_cascade_begin(bands, n_bands, rows);
    for (uint32_t i = 0; i < n_bands; i++)
        if (bands[i].stripe > 0)
            rows[i].first = rows[i].made = tile[i].row;
}

uint32_t mote_cascade_kept(const struct mote_band *bands, uint32_t n_bands,
                           const struct mote_rows *rows, uint32_t band)
{
    uint32_t kept = rows[band].made;
    for (uint32_t i = band + 1; i < n_bands; i++)
        if ((bands[i].from[0] == band || bands[i].from[1] == band) &&
            rows[i].made < bands[i].n_rows)
            kept = min_u32(kept, first_under(&bands[i], rows[i].made));
    return kept;
}

bool mote_cascade_next(const struct mote_band *bands, uint32_t n_bands, struct mote_rows *rows,
                       struct mote_stripe *out)
{
    uint32_t i = n_bands;
    do {
        if (i == 0)
            return false;
        i--;
    } while (!is_ready(bands, rows, i));

    const struct mote_band *b = &bands[i];
    struct mote_rows *r = &rows[i];
    out->band = i;
    out->row = r->made;
    out->n_rows = next_rows(b, r);
    out->move_from = b->offset;
    out->move_bytes = 0;
    if (r->made + out->n_rows > (uint32_t)(r->first + b->window)) {
        const uint32_t kept = mote_cascade_kept(bands, n_bands, rows, i);
        out->move_from += (kept - r->first) * b->row_bytes;
        out->move_bytes = (r->made - kept) * b->row_bytes;
        r->first = (uint16_t)kept;
    }
    out->out = b->offset + (uint32_t)(r->made - r->first) * b->row_bytes;
    r->made = (uint16_t)(r->made + out->n_rows);
    MOTE_ASSERT(r->made - r->first <= b->window);

    const uint32_t first = first_under(b, out->row), at = out->row * b->stride;
    out->pad_top = b->pad > at ? b->pad - at : 0;
    out->in_rows = 0;
    for (uint32_t k = 0; k < 2 && b->from[k] != MOTE_NO_BAND; k++) {
        const struct mote_band *source = &bands[b->from[k]];
        out->in[k] = source->offset + (first - rows[b->from[k]].first) * source->row_bytes;
        out->in_rows = end_under(b, r->made, source) - first;
    }
    return true;
}
