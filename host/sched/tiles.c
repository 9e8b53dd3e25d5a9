/* tiles.c - a cascade that runs once for each tile of what goes out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A kernel knows one width of its input, which is also the distance of its rows. So who reads several
 * rows at once must need all columns that the tile has of them; who reads one row may begin inside
 * it. Rows keep their numbers. Every window has in it what it has in the whole image: so what a
 * packing has found out about windows holds in tiles. */
#include "sched/tiles.h"

#include "sched/lead.h"

#include <assert.h>
#include <string.h>

/* Along one dimension: which of `in` inputs make output x: x * stride - pad to + size - 1, as far as
 * they exist. */
struct reach {
    uint32_t in, out, stride, pad, size;
};

/* For the structs of several types, whose members have the same names. */
#define COLUMNS_OF(op, dilation)                                                                   \
    ((struct reach){(op)->in.w, (op)->out.w, (op)->sw, (op)->pad_left,                             \
                    ((op)->kw - 1u) * (dilation) + 1u})

#define NARROW(op, t) ((op)->in.w = (t)->in, (op)->out.w = (t)->out, (op)->pad_left = (t)->pad_left)

static bool takes(const struct step *step, const char *args)
{
    return strcmp(step->kernel->args, args) == 0;
}

static uint32_t size_of(const struct program *p, uint32_t tensor, uint32_t i_dim)
{
    return (uint32_t)p->graph->tensors.items[tensor].shape.dim[i_dim];
}
#define ROWS    1u /* dimensions of an image */
#define COLUMNS 2u

static struct reach columns_of(const struct program *p, const struct step *step)
{
    const union kernel_args *args = &step->args;
    if (takes(step, "conv2d"))
        return COLUMNS_OF(&args->conv2d, args->conv2d.dw);
    if (takes(step, "depthwise_conv2d"))
        return COLUMNS_OF(&args->depthwise_conv2d, args->depthwise_conv2d.dw);
    if (takes(step, "pool2d"))
        return COLUMNS_OF(&args->pool2d, 1u);
    if (takes(step, "weighted_f32"))
        return COLUMNS_OF(&args->weighted_f32, args->weighted_f32.dw);
    if (takes(step, "window_f32"))
        return COLUMNS_OF(&args->window_f32, args->window_f32.dw);
    assert(!step_walks_windows(step));
    const uint32_t width = size_of(p, p->graph->nodes.items[step->i_node].out[0], COLUMNS);
    return (struct reach){width, width, 1, 0, 1};
}

static struct reach rows_of(const struct program *p, const struct cascade *c, uint32_t band)
{
    const struct mote_band *b = &c->bands[band];
    return (struct reach){.in = size_of(p, c->tensor[b->from[0]], ROWS),
                          .out = size_of(p, c->tensor[band], ROWS),
                          .stride = b->stride,
                          .pad = b->pad,
                          .size = b->height};
}

static size_t scratch_of(const struct step *step, const struct mote_tile *t)
{
    union kernel_args args = step->args;
    if (takes(step, "conv2d"))
        NARROW(&args.conv2d, t);
    else if (takes(step, "depthwise_conv2d"))
        NARROW(&args.depthwise_conv2d, t);
    else if (takes(step, "pool2d"))
        NARROW(&args.pool2d, t);
    else if (takes(step, "weighted_f32"))
        NARROW(&args.weighted_f32, t);
    else if (takes(step, "window_f32"))
        NARROW(&args.window_f32, t);
    return step->kernel->scratch(&args);
}

/* Does every window touch the image, so that each output has some inputs? */
static bool touches_all(const struct reach *r)
{
    return r->pad < r->size && (uint64_t)(r->out - 1) * r->stride < (uint64_t)r->in + r->pad;
}

/* The inputs under the windows of outputs, at least one of them. */
static struct span under(const struct reach *r, struct span out)
{
    const uint32_t from = out.first * r->stride;
    const uint32_t end = (out.end - 1) * r->stride + r->size - r->pad;
    return (struct span){.first = from > r->pad ? from - r->pad : 0,
                         .end = end < r->in ? end : r->in};
}

static struct area *area_at(const struct cascade *c, uint32_t tile, uint32_t band)
{
    return &c->areas[tile * c->n_bands + band];
}

static uint32_t count(struct span s)
{
    return s.end - s.first;
}

static void widen(struct span *s, struct span by)
{
    const bool is_empty = s->end == 0;
    s->first = is_empty || by.first < s->first ? by.first : s->first;
    s->end = by.end > s->end ? by.end : s->end;
}

/* Part i of n, to the nearest: those at the borders, which have a neighbour less, are the larger. */
static struct span part(uint32_t size, uint32_t i, uint32_t n)
{
    return (struct span){(i * size + n / 2) / n, ((i + 1) * size + n / 2) / n};
}

uint32_t tiles_count(const struct cascade *c)
{
    return c->cut.blocks * c->cut.strips;
}

/* What a tile has of all bands, from the last to the first. */
static bool find_areas(const struct program *p, struct cascade *c, uint32_t tile)
{
    const uint32_t last = c->n_bands - 1, tensor = c->tensor[last];
    *area_at(c, tile, last) = (struct area){
        .rows = part(size_of(p, tensor, ROWS), tile / c->cut.strips, c->cut.blocks),
        .columns = part(size_of(p, tensor, COLUMNS), tile % c->cut.strips, c->cut.strips)};
    for (uint32_t i = c->n_bands; i-- > 0;) {
        const struct area *mine = area_at(c, tile, i);
        if (mine->rows.end == 0) /* nobody reads it */
            return false;
        if (c->step[i] == NO_STEP)
            continue;
        const struct reach columns = columns_of(p, &p->steps[c->step[i]]);
        const struct reach rows = rows_of(p, c, i);
        if (!touches_all(&columns))
            return false;
        for (uint32_t k = 0; k < 2 && c->bands[i].from[k] != MOTE_NO_BAND; k++) {
            struct area *source = area_at(c, tile, c->bands[i].from[k]);
            widen(&source->rows, under(&rows, mine->rows));
            widen(&source->columns, under(&columns, mine->columns));
        }
    }
    return true;
}

/* The first column that a band has in memory. */
static uint32_t first_column(const struct cascade *c, uint32_t tile, uint32_t band)
{
    return c->is_windowed[band] ? area_at(c, tile, band)->columns.first : 0;
}

struct mote_tile tile_view(const struct program *p, const struct cascade *c, uint32_t tile,
                           uint32_t band)
{
    const struct area *mine = area_at(c, tile, band);
    struct mote_tile t = {.row = (uint16_t)mine->rows.first, .out = (uint16_t)count(mine->columns)};
    if (c->step[band] == NO_STEP) {
        t.skip[0] = (uint16_t)mine->columns.first;
        return t;
    }
    const struct reach r = columns_of(p, &p->steps[c->step[band]]);
    const struct span read = under(&r, mine->columns);
    const uint32_t from = mine->columns.first * r.stride;
    t.in = (uint16_t)count(read);
    t.pad_left = (uint8_t)(r.pad > from ? r.pad - from : 0);
    for (uint32_t k = 0; k < 2 && c->bands[band].from[k] != MOTE_NO_BAND; k++)
        t.skip[k] = (uint16_t)(read.first - first_column(c, tile, c->bands[band].from[k]));
    return t;
}

struct mote_band tile_band(const struct cascade *c, uint32_t tile, uint32_t band)
{
    struct mote_band b = c->bands[band];
    if (tiles_count(c) == 1 || b.stripe == 0)
        return b;
    const struct area *mine = area_at(c, tile, band);
    b.n_rows = (uint16_t)mine->rows.end;
    if (c->is_windowed[band])
        b.row_bytes = count(mine->columns) * c->pixel_bytes[band];
    else
        b.offset = mine->rows.first * b.row_bytes + mine->columns.first * c->pixel_bytes[band];
    return b;
}

void tile_begin(const struct cascade *c, uint32_t tile, struct mote_band *bands,
                struct mote_rows *rows)
{
    for (uint32_t i = 0; i < c->n_bands; i++)
        bands[i] = tile_band(c, tile, i);
    mote_cascade_begin(bands, c->n_bands, rows);
    for (uint32_t i = 0; i < c->n_bands && tiles_count(c) > 1; i++)
        if (bands[i].stripe > 0)
            rows[i].first = rows[i].made = (uint16_t)area_at(c, tile, i)->rows.first;
}

/* Can a band be computed in a tile? Its scratch counts. */
static bool take_tile(const struct program *p, struct cascade *c, uint32_t tile, uint32_t band)
{
    const struct mote_tile t = tile_view(p, c, tile, band);
    for (uint32_t k = 0; k < 2 && c->bands[band].from[k] != MOTE_NO_BAND; k++)
        if (c->bands[band].height > 1 &&
            t.in != count(area_at(c, tile, c->bands[band].from[k])->columns))
            return false;
    const size_t bytes = scratch_of(&p->steps[c->step[band]], &t);
    if (bytes > c->scratch_bytes[band])
        c->scratch_bytes[band] = bytes;
    return true;
}

/* Where a kernel was not measured. */
#define CYCLES_OF_MAC 1.6

/* Of a band, all tiles together: the widest, and what is computed twice. */
static void sum_up(const struct program *p, struct cascade *c, uint32_t band)
{
    uint32_t widest = 0;
    int64_t pixels = 0;
    for (uint32_t tile = 0; tile < tiles_count(c); tile++) {
        const struct area *mine = area_at(c, tile, band);
        const uint32_t width = count(mine->columns);
        pixels += (int64_t)count(mine->rows) * width;
        widest = width > widest ? width : widest;
    }
    if (c->is_windowed[band])
        c->bands[band].row_bytes = widest * c->pixel_bytes[band];
    if (c->step[band] == NO_STEP)
        return;
    const int64_t whole =
        (int64_t)size_of(p, c->tensor[band], ROWS) * size_of(p, c->tensor[band], COLUMNS);
    const struct step *step = &p->steps[c->step[band]];
    const int64_t macs = node_macs(p->graph, &p->graph->nodes.items[step->i_node]);
    const double cycles = step->cycles > 0 ? step->cycles : CYCLES_OF_MAC * (double)macs;
    c->more_macs += macs / whole * (pixels - whole);
    c->more_cycles += cycles / (double)whole * (double)(pixels - whole);
}

/* How far above the last band the first must begin: a block may write all its rows before the last
 * of its tiles reads its first ones. */
static void find_lead(const struct program *p, struct cascade *c)
{
    const uint32_t last = c->n_bands - 1;
    const size_t out_row = c->bands[last].row_bytes;
    const size_t in_row = (size_t)c->pixel_bytes[0] * size_of(p, c->tensor[0], COLUMNS);
    c->lead = 1;
    for (uint32_t tile = 0; tile < tiles_count(c); tile += c->cut.strips) {
        const size_t end = area_at(c, tile, last)->rows.end * out_row;
        const size_t start = area_at(c, tile, 0)->rows.first * in_row;
        if (end > start && end - start > c->lead)
            c->lead = end - start;
    }
}

bool tiles_cut(struct arena *a, const struct program *p, struct cascade *c)
{
    const uint32_t out = c->tensor[c->n_bands - 1], n_tiles = tiles_count(c);
    if (c->cut.blocks > size_of(p, out, ROWS) || c->cut.strips > size_of(p, out, COLUMNS))
        return false;
    c->areas = ARENA_ARRAY(a, struct area, (size_t)n_tiles * c->n_bands);
    for (uint32_t i = 0; i < c->n_bands; i++) {
        if (size_of(p, c->tensor[i], COLUMNS) > UINT16_MAX)
            return false;
        c->scratch_bytes[i] = 0;
    }
    for (uint32_t tile = 0; tile < n_tiles; tile++) {
        if (!find_areas(p, c, tile))
            return false;
        for (uint32_t i = 0; i < c->n_bands; i++)
            if (c->step[i] != NO_STEP && !take_tile(p, c, tile, i))
                return false;
    }
    find_lead(p, c);
    for (uint32_t i = 0; i < c->n_bands; i++)
        sum_up(p, c, i);
    return true;
}
