/* cascade.c - runs of steps that are computed a few rows at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * How many rows a window must hold follows from the order of the stripes, which does not depend on
 * the windows: so the device's own function goes through a cascade of windows that hold everything,
 * and the most rows that a stripe meets there are what its window gets. */
#include "sched/cascade.h"

#include "sched/lead.h"
#include "sched/tiles.h"

#include <assert.h>
#include <string.h>

#define NO_BAND UINT32_MAX

/* Elements of a tensor in one row of its image. */
static uint32_t row_count(const struct tensor *t)
{
    return (uint32_t)(t->shape.dim[2] * t->shape.dim[3]);
}

static bool is_image(const struct tensor *t)
{
    return t->shape.rank == 4 && t->shape.dim[1] <= UINT16_MAX && !t->data;
}

bool step_walks_windows(const struct step *step)
{
    const struct kernel *k = step->kernel;
    return strcmp(k->args, "conv2d") == 0 || strcmp(k->args, "depthwise_conv2d") == 0 ||
           strcmp(k->args, "pool2d") == 0 || strcmp(k->args, "weighted_f32") == 0 ||
           strcmp(k->args, "window_f32") == 0;
}

/* Does a kernel make element i of element i? */
static bool walks_elements(const struct kernel *k)
{
    return strcmp(k->args, "add") == 0 || strcmp(k->args, "requantize") == 0 ||
           strcmp(k->args, "lut") == 0 || strcmp(k->args, "unary_f32") == 0 ||
           strcmp(k->args, "quantize") == 0;
}

/* Which input rows make an output row: the part of struct mote_band that the step decides. Every
 * window must touch the image, so that a stripe's first row is one of its rows. */
static bool find_rows(const struct program *p, const struct step *step, struct mote_band *out)
{
    const struct node *n = &p->graph->nodes.items[step->i_node];
    const struct tensor *y = &p->graph->tensors.items[n->out[0]];
    if (n->n_out != 1 || !is_image(y))
        return false;
    *out = (struct mote_band){.row_bytes = row_count(y) * (uint32_t)dtype_bytes(y->dtype),
                              .n_rows = (uint16_t)y->shape.dim[1],
                              .height = 1,
                              .stride = 1};
    if (walks_elements(step->kernel))
        return true;
    if (!step_walks_windows(step))
        return false;
    const struct walk w = walk_of(step->kernel, &step->args, 1, 1);
    if (w.height > UINT16_MAX || w.pad >= w.height ||
        (uint64_t)(w.out_rows - 1) * w.stride >= (uint64_t)w.in_rows + w.pad)
        return false;
    out->height = (uint16_t)w.height;
    out->stride = (uint8_t)w.stride;
    out->pad = (uint8_t)w.pad;
    return true;
}

/* Inputs of a step that are activations: the others are packed. */
static uint32_t n_activations(const struct program *p, const struct step *step)
{
    return step->n_packed > 0 ? 1 : p->graph->nodes.items[step->i_node].n_in;
}

bool step_makes_rows(const struct program *p, uint32_t i_step)
{
    const struct step *step = &p->steps[i_step];
    const struct node *n = &p->graph->nodes.items[step->i_node];
    struct mote_band band;
    if (!find_rows(p, step, &band) || n_activations(p, step) > 2 ||
        program_root(p, n->out[0]) != n->out[0]) /* written where a state lies */
        return false;
    for (uint32_t k = 0; k < n_activations(p, step); k++)
        if (!is_image(&p->graph->tensors.items[n->in[k]]) ||
            p->graph->tensors.items[program_root(p, n->in[k])].data)
            return false;
    return true;
}

struct uses uses_find(struct arena *a, const struct program *p)
{
    const struct graph *g = p->graph;
    struct uses u = {.first = ARENA_ARRAY(a, uint32_t, g->tensors.n),
                     .last = ARENA_ARRAY(a, uint32_t, g->tensors.n),
                     .has_alias = ARENA_ARRAY(a, bool, g->tensors.n)};
    for (uint32_t s = p->n_steps; s-- > 0;) {
        const struct node *n = &g->nodes.items[p->steps[s].i_node];
        for (uint32_t k = 0; k < n->n_in; k++) {
            if (n->in[k] == NO_TENSOR)
                continue;
            const uint32_t root = program_root(p, n->in[k]);
            u.first[root] = s;
            u.last[root] = s > u.last[root] ? s : u.last[root];
        }
    }
    for (uint32_t i = 0; i < g->outputs.n; i++)
        u.last[program_root(p, g->outputs.items[i])] = p->n_steps;
    for (uint32_t i = 0; i < g->states.n; i++) /* what comes from the call before, and stays */
        u.last[g->states.items[i].in] = u.last[program_root(p, g->states.items[i].out)] =
            p->n_steps;
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (program_root(p, t) != t)
            u.has_alias[program_root(p, t)] = true;
    return u;
}

/* ---- bands ---- */

struct builder {
    const struct program *p;
    const struct uses *uses;
    struct cascade *c;
    uint32_t rows, end_step;
    enum feed feed;
};

static uint32_t find_band(const struct cascade *c, uint32_t tensor)
{
    for (uint32_t b = 0; b < c->n_bands; b++)
        if (c->tensor[b] == tensor)
            return b;
    return NO_BAND;
}

bool cascade_copies(const struct cascade *c, uint32_t band)
{
    return c->step[band] == NO_STEP && c->bands[band].stripe > 0 && !c->is_fed;
}

static bool dies_inside(const struct builder *b, uint32_t tensor)
{
    return !b->uses->has_alias[tensor] && b->uses->last[tensor] < b->end_step;
}

static uint32_t add_band(struct builder *b, const struct mote_band *band, uint32_t tensor,
                         uint32_t step)
{
    struct cascade *c = b->c;
    const uint32_t i = c->n_bands++;
    c->bands[i] = *band;
    c->tensor[i] = tensor;
    c->step[i] = step;
    c->pixel_bytes[i] = band->row_bytes / (uint32_t)b->p->graph->tensors.items[tensor].shape.dim[2];
    c->scratch_bytes[i] = step == NO_STEP ? 0 : b->p->steps[step].scratch_bytes;
    c->is_windowed[i] = band->stripe > 0 && (cascade_copies(c, i) || dies_inside(b, tensor));
    return i;
}

/* Do all steps that read a tensor make a row out of one row? */
static bool is_read_by_rows(const struct builder *b, uint32_t tensor)
{
    for (uint32_t s = b->c->first_step; s < b->end_step; s++) {
        const struct step *step = &b->p->steps[s];
        const struct node *n = &b->p->graph->nodes.items[step->i_node];
        struct mote_band band;
        for (uint32_t k = 0; k < n_activations(b->p, step); k++)
            if (n->in[k] == tensor && (!find_rows(b->p, step, &band) || band.height > 1))
                return false;
    }
    return true;
}

static bool is_cut(const struct builder *b)
{
    return tiles_count(b->c) > 1;
}

static uint16_t stripe_of(const struct builder *b, const struct mote_band *band)
{
    return (uint16_t)(b->rows < band->n_rows ? b->rows : band->n_rows);
}

/* The band of a step's input that no step of the cascade makes: whole, or fed. In tiles, rows of
 * some columns are copied, unless one row at a time is read: that may begin anywhere. */
static uint32_t add_source(struct builder *b, uint32_t tensor)
{
    const struct graph *g = b->p->graph;
    const struct tensor *t = &g->tensors.items[tensor];
    struct mote_band band = {.row_bytes = row_count(t) * (uint32_t)dtype_bytes(t->dtype),
                             .n_rows = (uint16_t)t->shape.dim[1],
                             .from = {MOTE_NO_BAND, MOTE_NO_BAND}};
    if (is_cut(b)) {
        band.stripe = is_read_by_rows(b, tensor) ? 0 : stripe_of(b, &band);
    } else if (b->feed == FEED_ROWS && tensor == g->inputs.items[0]) {
        if (b->c->n_bands > 0 || !dies_inside(b, tensor) ||
            b->uses->first[tensor] < b->c->first_step)
            return NO_BAND;
        band.stripe = stripe_of(b, &band);
        b->c->is_fed = true;
    }
    return add_band(b, &band, tensor, NO_STEP);
}

static bool add_step(struct builder *b, uint32_t i_step)
{
    const struct program *p = b->p;
    const struct step *step = &p->steps[i_step];
    const struct node *n = &p->graph->nodes.items[step->i_node];
    struct mote_band band;
    if (!step_makes_rows(p, i_step) || !find_rows(p, step, &band))
        return false;
    /* tiles: the last band is written where it lies, and rows of wider bands read one by one */
    const bool is_single = is_cut(b) && (i_step == b->end_step - 1 || band.height == 1);
    band.stripe = is_single ? 1 : stripe_of(b, &band);
    band.from[1] = MOTE_NO_BAND;
    for (uint32_t k = 0; k < n_activations(p, step); k++) {
        uint32_t from = find_band(b->c, n->in[k]);
        if (from == NO_BAND && find_band(b->c, program_root(p, n->in[k])) != NO_BAND)
            return false; /* made here, and read in another shape */
        if (from == NO_BAND)
            from = add_source(b, n->in[k]);
        if (from == NO_BAND || b->c->n_bands >= MOTE_BANDS_MAX)
            return false;
        band.from[k] = (uint8_t)from;
    }
    add_band(b, &band, n->out[0], i_step);
    return true;
}

/* The rows of windowed bands that nobody reads are not made; the last band is whole. */
static void drop_unread_rows(struct cascade *c)
{
    for (uint32_t i = c->n_bands; i-- > 0;) {
        uint32_t end = 0;
        for (uint32_t k = i + 1; k < c->n_bands; k++) {
            const struct mote_band *r = &c->bands[k];
            if (r->n_rows == 0 || (r->from[0] != i && r->from[1] != i))
                continue;
            const uint32_t reach = (r->n_rows - 1u) * r->stride + r->height - r->pad;
            end = reach > end ? reach : end;
        }
        if (c->is_windowed[i] && !(c->is_fed && i == 0) && end < c->bands[i].n_rows)
            c->bands[i].n_rows = (uint16_t)end;
    }
}

/* ---- windows ---- */

/* What stripe `s` asks of the last band's distance below band 0, if rows of that are still to be
 * read: before[] is how far the bands were. */
static void raise_lead(struct cascade *c, const struct mote_stripe *s,
                       const struct mote_rows *before)
{
    const uint32_t kept = mote_cascade_kept(c->bands, c->n_bands, before, 0);
    const size_t end = (s->row + (size_t)s->n_rows) * c->bands[s->band].row_bytes;
    const size_t start = (size_t)kept * c->bands[0].row_bytes;
    if (kept < c->bands[0].n_rows && end > start && end - start > c->lead)
        c->lead = end - start;
}

/* Go through the stripes of a tile with windows that hold everything; see what is in use. */
static void follow_rows(struct cascade *c, uint32_t tile, uint16_t *most)
{
    struct mote_band bands[MOTE_BANDS_MAX];
    struct mote_rows rows[MOTE_BANDS_MAX], before[MOTE_BANDS_MAX];
    struct mote_stripe s;
    tile_begin(c, tile, bands, rows);
    for (uint32_t i = 0; i < c->n_bands; i++)
        bands[i].window = bands[i].n_rows;
    memcpy(before, rows, sizeof rows[0] * c->n_bands);
    while (mote_cascade_next(bands, c->n_bands, rows, &s)) {
        const uint32_t kept = mote_cascade_kept(bands, c->n_bands, before, s.band);
        const uint32_t in_use = s.row + s.n_rows - kept;
        most[s.band] = in_use > most[s.band] ? (uint16_t)in_use : most[s.band];
        if (s.band == c->n_bands - 1 && tiles_count(c) == 1)
            raise_lead(c, &s, before);
        before[s.band] = rows[s.band];
    }
    for (uint32_t i = 0; i < c->n_bands; i++)
        assert(rows[i].made == bands[i].n_rows);
}

/* The tiles of a block have the same rows: one stands for all. */
static void size_windows(struct cascade *c)
{
    uint16_t most[MOTE_BANDS_MAX] = {0};
    for (uint32_t block = 0; block < c->cut.blocks; block++)
        follow_rows(c, block * c->cut.strips, most);
    for (uint32_t i = 0; i < c->n_bands; i++)
        c->bands[i].window = c->is_windowed[i] ? most[i] : c->bands[i].n_rows;
}

/* Rows of each band that move in a tile, copies included. Returns the number of stripes. */
static uint32_t count_rows(const struct cascade *c, uint32_t tile, uint32_t *moved)
{
    struct mote_band bands[MOTE_BANDS_MAX];
    struct mote_rows rows[MOTE_BANDS_MAX];
    struct mote_stripe s;
    uint32_t n = 0;
    tile_begin(c, tile, bands, rows);
    for (; mote_cascade_next(bands, c->n_bands, rows, &s); n++)
        moved[s.band] +=
            s.move_bytes / bands[s.band].row_bytes + (cascade_copies(c, s.band) ? s.n_rows : 0);
    return n;
}

static void count_calls(struct cascade *c)
{
    for (uint32_t block = 0; block < c->cut.blocks; block++) {
        uint32_t moved[MOTE_BANDS_MAX] = {0};
        const uint32_t first = block * c->cut.strips;
        c->n_calls += c->cut.strips * count_rows(c, first, moved);
        for (uint32_t tile = first; tile < first + c->cut.strips; tile++)
            for (uint32_t i = 0; i < c->n_bands; i++)
                c->moved_bytes += (uint64_t)moved[i] * tile_band(c, tile, i).row_bytes;
    }
}

/* Is a tensor read by two shapes? Then a lead of the one band says nothing of the other. */
static bool has_twin(const struct program *p, const struct cascade *c)
{
    for (uint32_t i = 1; i < c->n_bands; i++)
        if (program_root(p, c->tensor[i]) == program_root(p, c->tensor[0]))
            return true;
    return false;
}

/* The bands, not yet their windows. */
static bool find_bands(struct arena *a, struct builder *b)
{
    struct cascade *c = b->c;
    c->bands = ARENA_ARRAY(a, struct mote_band, MOTE_BANDS_MAX + 1);
    c->tensor = ARENA_ARRAY(a, uint32_t, MOTE_BANDS_MAX + 1);
    c->step = ARENA_ARRAY(a, uint32_t, MOTE_BANDS_MAX + 1);
    c->is_windowed = ARENA_ARRAY(a, bool, MOTE_BANDS_MAX + 1);
    c->pixel_bytes = ARENA_ARRAY(a, uint32_t, MOTE_BANDS_MAX + 1);
    c->scratch_bytes = ARENA_ARRAY(a, size_t, MOTE_BANDS_MAX + 1);
    for (uint32_t s = c->first_step; s < b->end_step; s++)
        if (!add_step(b, s))
            return false;
    if (c->n_bands > MOTE_BANDS_MAX || c->is_windowed[c->n_bands - 1])
        return false;
    drop_unread_rows(c);
    return true;
}

/* Only the last band may be read outside. */
static bool goes_out_once(const struct cascade *c)
{
    for (uint32_t i = 0; i + 1 < c->n_bands; i++)
        if (c->bands[i].stripe > 0 && !c->is_windowed[i])
            return false;
    return true;
}

static struct cascade *build(struct arena *a, struct builder *b, uint32_t n_steps, struct cut cut)
{
    assert(n_steps >= 1 && b->rows >= 1 && b->end_step <= b->p->n_steps);
    struct cascade *c = ARENA_NEW(a, struct cascade);
    c->first_step = b->end_step - n_steps;
    c->n_steps = n_steps;
    c->cut = cut;
    c->lead = 1;
    b->c = c;
    if (!find_bands(a, b))
        return NULL;
    if (is_cut(b) && (!goes_out_once(c) || !tiles_cut(a, b->p, c)))
        return NULL;
    size_windows(c);
    if (c->is_fed || c->step[0] != NO_STEP || has_twin(b->p, c))
        c->lead = 0;
    count_calls(c);
    return c;
}

struct cascade *cascade_of(struct arena *a, const struct program *p, const struct uses *uses,
                           uint32_t first_step, uint32_t n_steps, uint32_t rows, enum feed feed)
{
    struct builder b = {
        .p = p, .uses = uses, .rows = rows, .end_step = first_step + n_steps, .feed = feed};
    return build(a, &b, n_steps, (struct cut){1, 1});
}

struct cascade *cascade_of_tiles(struct arena *a, const struct program *p, const struct uses *uses,
                                 uint32_t first_step, uint32_t n_steps, uint32_t rows,
                                 struct cut cut)
{
    assert(cut.blocks >= 1 && cut.strips >= 1 && cut.blocks * cut.strips >= 2);
    struct builder b = {
        .p = p, .uses = uses, .rows = rows, .end_step = first_step + n_steps, .feed = FEED_WHOLE};
    return build(a, &b, n_steps, cut);
}

uint32_t cascade_stripe(const struct cascade *c)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < c->n_bands; i++)
        rows = c->bands[i].stripe > rows ? c->bands[i].stripe : rows;
    return rows;
}
