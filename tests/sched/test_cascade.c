/* test_cascade.c - stripes and windows at the borders of images: by following the rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/rng.h"
#include "check.h"
#include "sched/cascade.h"
#include "sched/tiles.h"

#define MEMORY_BYTES 4096
#define ROWS_MAX     14

/* One layer of a chain, by rows. */
struct layer {
    int32_t kernel, stride, dilation, pad_top, pad_bottom;
};

static struct quant quant_of(struct arena *a)
{
    float *scale = ARENA_NEW(a, float);
    *scale = 0.1f;
    return (struct quant){.n = 1, .scale = scale, .zero = ARENA_NEW(a, int32_t)};
}

static uint32_t add_tensor(struct graph *g, const char *name, struct shape s, const void *data)
{
    const struct tensor t = {
        .name = name, .dtype = DT_S8, .shape = s, .quant = quant_of(g->arena), .data = data};
    return graph_add_tensor(g, &t);
}

/* Convolutions one pixel wide of one channel, one after the other: a row is a byte. Returns NULL
 * where a window does not fit. */
static const struct program *chain(struct arena *a, int32_t rows, const struct layer *layers,
                                   uint32_t n)
{
    static const int8_t weights[64];
    struct diag d = {0};
    struct graph *g = graph_new(a, "chain");
    uint32_t x = add_tensor(g, "x", (struct shape){.rank = 4, .dim = {1, rows, 1, 1}}, NULL);
    *VEC_PUSH(a, &g->inputs) = x;
    for (uint32_t i = 0; i < n; i++) {
        const struct layer *l = &layers[i];
        const struct shape s = {.rank = 4, .dim = {1, l->kernel, 1, 1}};
        const uint32_t in[2] = {x, add_tensor(g, "w", s, weights)};
        const struct attrs at = {.stride_h = l->stride,
                                 .stride_w = 1,
                                 .dilation_h = l->dilation,
                                 .dilation_w = 1,
                                 .pad_top = l->pad_top,
                                 .pad_bottom = l->pad_bottom};
        x = graph_add_node(g, OP_CONV2D, &at, in, 2, "y", &d);
        if (x == NO_TENSOR)
            return NULL;
        g->tensors.items[x].quant = quant_of(a);
    }
    *VEC_PUSH(a, &g->outputs) = x;
    struct program *p = schedule(a, g, &choice_reference, &d);
    if (!p)
        test_fail(__FILE__, __LINE__, "%s", d.message);
    return p;
}

/* Windows side by side in memory whose bytes say which row they are: 1 + row, 0 for none. */
struct memory {
    const struct cascade *c;
    struct mote_band bands[MOTE_BANDS_MAX];
    uint8_t bytes[MEMORY_BYTES];
};

/* For a tile: what it leaves in the last band stays. */
static void open_memory(struct memory *m, const struct cascade *c, uint32_t tile,
                        struct mote_rows *rows)
{
    uint32_t at = 0;
    m->c = c;
    tile_begin(c, tile, m->bands, rows);
    for (uint32_t i = 0; i < c->n_bands; i++) {
        m->bands[i].offset += at;
        at += m->bands[i].window;
        CHECK(at <= MEMORY_BYTES);
        if (c->is_windowed[i])
            memset(m->bytes + m->bands[i].offset, 0, m->bands[i].window);
        for (uint32_t r = 0; m->bands[i].stripe == 0 && r < m->bands[i].n_rows; r++)
            m->bytes[m->bands[i].offset + r] = (uint8_t)(r + 1);
    }
}

/* A tap of output row `row` must find its input row, or padding where the image has none. */
static void check_tap(const struct memory *m, const struct mote_stripe *s, const struct layer *l,
                      int32_t in_rows, uint32_t row, int32_t ky)
{
    const int32_t y = (int32_t)row * l->stride - l->pad_top + ky * l->dilation;
    /* as the kernel sees it: row 0 of the stripe's output, s->pad_top rows of padding */
    const int32_t seen =
        (int32_t)(row - s->row) * l->stride - (int32_t)s->pad_top + ky * l->dilation;
    const bool is_inside = seen >= 0 && seen < (int32_t)s->in_rows;
    CHECK_EQ(is_inside, y >= 0 && y < in_rows);
    if (is_inside)
        CHECK_EQ(m->bytes[(int32_t)s->in[0] + seen], y + 1);
}

static void check_stripe(struct memory *m, const struct mote_stripe *s, const struct layer *layers,
                         const struct program *p)
{
    const struct mote_band *b = &m->bands[s->band];
    memmove(m->bytes + b->offset, m->bytes + s->move_from, s->move_bytes);
    if (m->c->step[s->band] != NO_STEP) {
        const uint32_t i_step = m->c->step[s->band];
        const int32_t in_rows = p->steps[i_step].args.conv2d.in.h;
        CHECK(s->in_rows >= 1 && s->pad_top <= UINT8_MAX);
        for (uint32_t r = s->row; r < s->row + s->n_rows; r++)
            for (int32_t ky = 0; ky < layers[i_step].kernel; ky++)
                check_tap(m, s, &layers[i_step], in_rows, r, ky);
    }
    if (m->c->is_windowed[s->band]) /* the last band's offset is that of the tile */
        CHECK(s->out >= b->offset && s->out + s->n_rows <= b->offset + b->window);
    for (uint32_t r = 0; r < s->n_rows; r++)
        m->bytes[s->out + r] = (uint8_t)(s->row + r + 1);
}

/* Follow all rows of a cascade, tile by tile. Returns the number of stripes. */
static uint32_t follow(const struct cascade *c, const struct layer *layers, const struct program *p)
{
    struct memory *m = malloc(sizeof *m);
    struct mote_rows rows[MOTE_BANDS_MAX];
    struct mote_stripe s;
    uint32_t n = 0, at = 0;
    memset(m->bytes, 0, sizeof m->bytes);
    for (uint32_t tile = 0; tile < tiles_count(c); tile++) {
        open_memory(m, c, tile, rows);
        while (mote_cascade_next(m->bands, c->n_bands, rows, &s)) {
            check_stripe(m, &s, layers, p);
            n++;
        }
    }
    for (uint32_t i = 0; i + 1 < c->n_bands; i++)
        at += c->bands[i].window;
    for (uint32_t r = 0; r < c->bands[c->n_bands - 1].n_rows; r++)
        CHECK_EQ(m->bytes[at + r], r + 1);
    free(m);
    return n;
}

/* Every shape of one layer whose windows touch the image, fed by stripes of 1 to 3 rows. */
TEST(the_rows_under_every_window_are_there)
{
    struct arena *a = arena_new("test");
    uint32_t n_cascades = 0, n_high = 0;
    struct layer l = {0};
    for (l.kernel = 1; l.kernel <= 5; l.kernel++)
        for (l.stride = 1; l.stride <= 3; l.stride++)
            for (l.dilation = 1; l.dilation <= 3; l.dilation++)
                for (l.pad_top = 0; l.pad_top <= 4; l.pad_top++)
                    for (int32_t rows = 1; rows <= ROWS_MAX; rows += 1 + rows / 6)
                        for (uint32_t stripe = 1; stripe <= 3; stripe++) {
                            arena_reset(a);
                            l.pad_bottom = (l.pad_top * 3 + rows) % 5;
                            const struct program *p = chain(a, rows, &l, 1);
                            if (!p)
                                continue;
                            const struct uses uses = uses_find(a, p);
                            const struct cascade *c =
                                cascade_of(a, p, &uses, 0, 1, stripe, FEED_ROWS);
                            const int32_t reach = (l.kernel - 1) * l.dilation + 1;
                            if (!c) { /* a window lies in the padding alone */
                                CHECK(l.pad_top >= reach || l.pad_bottom >= reach);
                                continue;
                            }
                            CHECK_EQ(follow(c, &l, p), c->n_calls);
                            n_cascades++;
                            n_high += reach > rows;
                        }
    printf("  cascades: %u; of them with a kernel higher than the image: %u\n", n_cascades, n_high);
    CHECK(n_cascades > 2000 && n_high > 100);
    arena_free(a);
}

/* The fewest rows that band i must hold: going through the stripes of a cascade whose windows hold
 * everything, the most between the first row that a later stripe reads and the last that is made. */
static uint32_t fewest_rows(const struct cascade *c, uint32_t band)
{
    struct mote_band bands[MOTE_BANDS_MAX];
    struct mote_rows rows[MOTE_BANDS_MAX];
    static struct mote_stripe list[512];
    uint32_t n = 0, most = 0;
    for (uint32_t i = 0; i < c->n_bands; i++) {
        bands[i] = c->bands[i];
        bands[i].window = bands[i].n_rows;
        bands[i].offset = 0;
    }
    mote_cascade_begin(bands, c->n_bands, rows);
    while (mote_cascade_next(bands, c->n_bands, rows, &list[n]))
        CHECK(++n < 512);
    for (uint32_t k = 0; k < n; k++) {
        if (list[k].band != band)
            continue;
        const uint32_t end = list[k].row + list[k].n_rows;
        uint32_t first = list[k].row;
        for (uint32_t j = k + 1; j < n; j++) /* in[0] is a row, since a row is a byte */
            if (bands[list[j].band].from[0] == band && list[j].in[0] < first)
                first = list[j].in[0];
        most = end - first > most ? end - first : most;
    }
    return most;
}

static void draw_layers(struct rng *r, struct layer *layers, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) {
        layers[k] = (struct layer){.kernel = 1 + (int32_t)rng_below(r, 4),
                                   .stride = 1 + (int32_t)rng_below(r, 2),
                                   .dilation = 1 + (int32_t)rng_below(r, 2)};
        layers[k].pad_top = (int32_t)rng_below(r, (uint32_t)layers[k].kernel);
        layers[k].pad_bottom = (int32_t)rng_below(r, (uint32_t)layers[k].kernel);
    }
}

TEST(windows_of_random_chains_hold_what_is_read_and_not_a_row_more)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    uint32_t n_cascades = 0, n_moving = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        arena_reset(a);
        struct layer layers[6];
        const uint32_t n = 1 + rng_below(&r, 6), stripe = 1 + rng_below(&r, 5);
        draw_layers(&r, layers, n);
        const struct program *p = chain(a, 1 + (int32_t)rng_below(&r, 60), layers, n);
        if (!p)
            continue;
        const struct uses uses = uses_find(a, p);
        const struct cascade *c =
            cascade_of(a, p, &uses, 0, n, stripe, rng_below(&r, 2) ? FEED_ROWS : FEED_WHOLE);
        if (!c)
            test_fail(__FILE__, __LINE__, "a window within the padding");
        CHECK_EQ(follow(c, layers, p), c->n_calls);
        for (uint32_t b = 0; b < c->n_bands; b++)
            if (c->is_windowed[b])
                CHECK_EQ(c->bands[b].window, fewest_rows(c, b));
        n_cascades++;
        n_moving += c->moved_bytes > 0;
    }
    printf("  cascades: %u, moving rows: %u\n", n_cascades, n_moving);
    CHECK(n_cascades > 500 && n_moving > 200);
    arena_free(a);
}

/* 10 rows, of which a kernel of 1 row and stride 4 reads 0, 4 and 8. */
TEST(rows_that_nobody_reads_are_fed_but_not_computed)
{
    struct arena *a = arena_new("test");
    const struct layer layers[] = {{.kernel = 1, .stride = 1, .dilation = 1},
                                   {.kernel = 1, .stride = 4, .dilation = 1}};
    const struct program *p = chain(a, 10, layers, 2);
    const struct uses uses = uses_find(a, p);
    const struct cascade *c = cascade_of(a, p, &uses, 0, 2, 1, FEED_ROWS);
    CHECK(c != NULL);
    CHECK_EQ(c->bands[0].n_rows, 10);
    CHECK_EQ(c->bands[1].n_rows, 9);
    CHECK_EQ(c->bands[2].n_rows, 3);
    CHECK_EQ(c->n_calls, 10 + 9 + 3);
    arena_free(a);
}

/* A 3-row window between two layers, stripes of one row: two rows move for each new one. */
TEST(the_cost_of_a_cascade_is_what_it_moves)
{
    struct arena *a = arena_new("test");
    const struct layer layers[] = {{.kernel = 1, .stride = 1, .dilation = 1},
                                   {.kernel = 3, .stride = 1, .dilation = 1}};
    const struct program *p = chain(a, 10, layers, 2);
    const struct uses uses = uses_find(a, p);
    const struct cascade *c = cascade_of(a, p, &uses, 0, 2, 1, FEED_WHOLE);
    CHECK(c != NULL && !c->is_fed);
    CHECK(!c->is_windowed[0] && c->is_windowed[1] && !c->is_windowed[2]);
    CHECK_EQ(c->bands[1].window, 3);
    CHECK_EQ((long long)c->moved_bytes, 2 * 7);
    CHECK_EQ(c->n_calls, 10 + 8);
    /* output row r is written once input rows up to r + 2 are read: never past what is dead */
    CHECK_EQ((long long)c->lead, 1);
    arena_free(a);
}

TEST(the_rows_under_every_window_of_a_tile_are_there)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 7);
    uint32_t n_cascades = 0, n_copying = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        arena_reset(a);
        struct layer layers[6];
        const uint32_t n = 1 + rng_below(&r, 6), stripe = 1 + rng_below(&r, 5);
        draw_layers(&r, layers, n);
        const struct program *p = chain(a, 1 + (int32_t)rng_below(&r, 60), layers, n);
        if (!p)
            continue;
        const struct uses uses = uses_find(a, p);
        const struct cut cut = {.blocks = 2 + rng_below(&r, 5), .strips = 1};
        const struct cascade *c = cascade_of_tiles(a, p, &uses, 0, n, stripe, cut);
        if (!c) /* fewer rows than blocks */
            continue;
        CHECK_EQ(follow(c, layers, p), c->n_calls);
        n_cascades++;
        n_copying += cascade_copies(c, 0);
    }
    printf("  cascades: %u, copying rows: %u\n", n_cascades, n_copying);
    CHECK(n_cascades > 500 && n_copying > 200);
    arena_free(a);
}

/* Of 10 rows, a block of 5 needs 6 of the layer before, which make 1 MAC each. */
TEST(the_cost_of_tiles_is_what_they_compute_twice)
{
    struct arena *a = arena_new("test");
    const struct layer layers[] = {
        {.kernel = 1, .stride = 1, .dilation = 1},
        {.kernel = 3, .stride = 1, .dilation = 1, .pad_top = 1, .pad_bottom = 1}};
    const struct program *p = chain(a, 10, layers, 2);
    const struct uses uses = uses_find(a, p);
    const struct cascade *c = cascade_of_tiles(a, p, &uses, 0, 2, 1, (struct cut){2, 1});
    CHECK(c != NULL);
    CHECK_EQ((long long)c->more_macs, 2);
    CHECK_EQ(c->n_calls, 2 * (6 + 5));
    CHECK(!cascade_copies(c, 0)); /* read row by row */
    CHECK_EQ(c->bands[1].window, 3);
    /* block 1 writes up to row 10 while rows from 4 on are read */
    CHECK_EQ((long long)c->lead, 6);
    CHECK(!cascade_of_tiles(a, p, &uses, 0, 2, 1, (struct cut){1, 2})); /* of one column */
    CHECK(!cascade_of_tiles(a, p, &uses, 0, 2, 1, (struct cut){11, 1}));
    arena_free(a);
}

/* Its const struct is that of a convolution, its rows are not. */
TEST(a_transposed_convolution_is_in_no_cascade)
{
    static const int8_t weights[3];
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = graph_new(a, "up");
    const uint32_t x = add_tensor(g, "x", (struct shape){4, {1, 9, 1, 1}}, NULL);
    const uint32_t in[2] = {x, add_tensor(g, "w", (struct shape){4, {1, 3, 1, 1}}, weights)};
    const struct attrs at = {.stride_h = 2, .stride_w = 1, .pad_top = 1};
    const uint32_t y = graph_add_node(g, OP_TRANSPOSE_CONV2D, &at, in, 2, "y", &d);
    CHECK(y != NO_TENSOR);
    g->tensors.items[y].quant = quant_of(a);
    *VEC_PUSH(a, &g->inputs) = x;
    *VEC_PUSH(a, &g->outputs) = y;
    struct program *p = schedule(a, g, &choice_reference, &d);
    CHECK(p != NULL);
    CHECK(!step_makes_rows(p, 0));
    arena_free(a);
}

TEST_MAIN(T(a_transposed_convolution_is_in_no_cascade), T(the_rows_under_every_window_are_there),
          T(windows_of_random_chains_hold_what_is_read_and_not_a_row_more),
          T(the_rows_under_every_window_of_a_tile_are_there),
          T(the_cost_of_tiles_is_what_they_compute_twice),
          T(rows_that_nobody_reads_are_fed_but_not_computed),
          T(the_cost_of_a_cascade_is_what_it_moves))
