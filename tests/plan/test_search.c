/* test_search.c - schedules for a number of bytes. SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "check.h"
#include "ir/random_graph.h"
#include "plan/plan_search.h"

static const struct program *program_for(struct arena *a, const struct graph *g)
{
    struct diag d = {0};
    const struct program *p = schedule(a, g, &choice_portable, &d);
    if (!p)
        test_fail(__FILE__, __LINE__, "%s", d.message);
    return p;
}

/* The least that the search says there is, from its message; 0 when it says something else. */
static size_t least_of(const struct diag *d)
{
    const char *at = strstr(d->message, "the least is ");
    return at ? (size_t)strtoull(at + strlen("the least is "), NULL, 10) : 0;
}

/* The lower bound that it says; the least where that is proved. */
static size_t bound_of(const struct diag *d)
{
    const char *at = strstr(d->message, "(lower bound ");
    return at ? (size_t)strtoull(at + strlen("(lower bound "), NULL, 10) : least_of(d);
}

/* The most bytes alive at a turn. */
static size_t peak_of(struct arena *a, const struct program *p)
{
    size_t peak = 0;
    for (uint32_t turn = 0; turn < program_turns(p); turn++) {
        const size_t bytes = plan_turn_bytes(a, p, turn);
        peak = bytes > peak ? bytes : peak;
    }
    return peak;
}

/* The cascade in tiles that needs the least, of some steps, or NULL. */
static const struct cascade *smallest_tiles(struct arena *a, const struct program *p,
                                            const struct uses *uses, uint32_t first, uint32_t n)
{
    static const uint32_t blocks[] = {1, 2, 3, 4, 6, 8, 12};
    const struct cascade *best = NULL;
    size_t least = SIZE_MAX;
    for (uint32_t strips = 2; strips <= 6; strips++)
        for (uint32_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
            const struct cut cut = {blocks[k], strips};
            const struct cascade *c = cascade_of_tiles(a, p, uses, first, n, 1, cut);
            struct program q = *p;
            q.cascades = &c;
            q.n_cascades = 1;
            const size_t bytes = c ? plan_turn_bytes(a, &q, program_turn(&q, first)) : SIZE_MAX;
            if (bytes < least)
                least = bytes, best = c;
        }
    return best;
}

/* Of all runs of a program's steps: smallest_tiles of first, n at [first * n_steps + n - 1]. */
static const struct cascade **list_tiles(struct arena *a, const struct program *p,
                                         const struct uses *uses)
{
    const struct cascade **list =
        ARENA_ARRAY(a, const struct cascade *, (size_t)p->n_steps * p->n_steps + 1);
    for (uint32_t first = 0; first < p->n_steps; first++)
        for (uint32_t n = 2; first + n <= p->n_steps; n++)
            list[first * p->n_steps + n - 1] = smallest_tiles(a, p, uses, first, n);
    return list;
}

/* All cuts of the steps into plain turns and cascades, one after the other: the lowest peak among
 * them. Exponential, for few steps. */
struct cuts {
    struct arena *a;
    const struct program *p;
    struct uses uses;
    const struct cascade **tiles, **list;
};

static size_t lowest_peak(const struct cuts *x, uint32_t from, uint32_t n)
{
    const struct program *p = x->p;
    if (from == p->n_steps) {
        struct program q = *p;
        q.cascades = x->list;
        q.n_cascades = n;
        return peak_of(x->a, &q);
    }
    size_t lowest = lowest_peak(x, from + 1, n);
    for (uint32_t len = 2; from + len <= p->n_steps; len++)
        for (uint32_t rows = 0; rows <= 8; rows = rows ? rows * 2 : 1) {
            x->list[n] = rows ? cascade_of(x->a, p, &x->uses, from, len, rows, FEED_WHOLE)
                              : x->tiles[from * p->n_steps + len - 1];
            if (!x->list[n])
                continue;
            const size_t bytes = lowest_peak(x, from + len, n + 1);
            lowest = bytes < lowest ? bytes : lowest;
        }
    return lowest;
}

TEST(the_lower_bound_is_the_lowest_peak_of_all_cuts)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 1);
    uint32_t n_less = 0, n_least = 0, n_cut = 0;
    for (uint32_t i = 0; i < 60; i++) {
        arena_reset(a);
        const struct program *p = program_for(a, random_images(a, &r, RANDOM_S8, 3 + i % 3));
        struct cuts x = {.a = a,
                         .p = p,
                         .uses = uses_find(a, p),
                         .list = ARENA_ARRAY(a, const struct cascade *, p->n_steps + 1)};
        x.tiles = ARENA_ARRAY(a, const struct cascade *, (size_t)p->n_steps * p->n_steps + 1);
        const size_t uncut = lowest_peak(&x, 0, 0);
        x.tiles = list_tiles(a, p, &x.uses);
        const size_t want = lowest_peak(&x, 0, 0);
        struct planned m;
        struct diag d = {0};
        CHECK(!plan_search(a, p, 1, FEED_WHOLE, &m, &d));
        CHECK_EQ((long long)bound_of(&d), (long long)want);
        n_least += least_of(&d) == want;
        n_less += uncut < peak_of(a, p);
        n_cut += want < uncut;
    }
    printf("  of 60 networks cascades make smaller: %u, and tiles more so: %u; at the lower bound: "
           "%u\n",
           n_less, n_cut, n_least);
    CHECK(n_less > 3 && n_least > 40);
    arena_free(a);
}

static void check_targets(struct arena *a, const struct program *p, enum feed feed, struct rng *r,
                          uint32_t *n_found)
{
    const size_t plain = plan_program(a, p)->plan.arena_bytes;
    struct planned m, least;
    struct diag d = {0};
    if (!plan_search(a, p, RAM_ANY, feed, &m, &d)) {
        CHECK(feed == FEED_ROWS && strstr(d.message, "cannot be fed by rows"));
        return;
    }
    CHECK(feed == FEED_ROWS || m.cost.cascades == 0);
    CHECK_EQ((long long)(feed == FEED_WHOLE ? m.memory->plan.arena_bytes : plain),
             (long long)plain);
    CHECK(!plan_search(a, p, 1, feed, &m, &d));
    const size_t bytes = least_of(&d);
    d = (struct diag){0};
    CHECK(plan_search(a, p, bytes, feed, &least, &d));
    CHECK_EQ((long long)least.memory->plan.arena_bytes, (long long)bytes);
    CHECK(!plan_search(a, p, bytes - 1, feed, &m, &d));
    CHECK_EQ((long long)least_of(&d), (long long)bytes);

    const size_t target = bytes + rng_below(r, (uint32_t)(2 * bytes));
    d = (struct diag){0};
    CHECK(plan_search(a, p, target, feed, &m, &d));
    CHECK(m.memory->plan.arena_bytes <= target);
    CHECK(plan_check(m.memory->buffers, m.memory->n_buffers, &m.memory->plan));
    CHECK_EQ(program_fed(m.program) != NULL, feed == FEED_ROWS);
    *n_found += m.cost.cascades;
}

TEST(what_is_found_fits_and_the_least_is_a_limit)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 2);
    uint32_t n_cascades = 0;
    for (uint32_t i = 0; i < 200; i++) {
        arena_reset(a);
        const struct program *p = program_for(a, random_images(a, &r, RANDOM_S8, 2 + i % 12));
        check_targets(a, p, i % 2 ? FEED_ROWS : FEED_WHOLE, &r, &n_cascades);
    }
    printf("  cascades: %u\n", n_cascades);
    CHECK(n_cascades > 40);
    arena_free(a);
}

TEST(two_inputs_cannot_be_fed)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(1);
    struct graph *g = random_images(a, &r, RANDOM_S8, 3);
    const struct tensor other = g->tensors.items[g->inputs.items[0]];
    *VEC_PUSH(a, &g->inputs) = graph_add_tensor(g, &other);
    struct planned m;
    struct diag d = {0};
    CHECK(!plan_search(a, program_for(a, g), RAM_ANY, FEED_ROWS, &m, &d));
    CHECK_STR(d.message, "rows can be fed to a model with one input, not 2");
    arena_free(a);
}

static uint32_t add_image(struct graph *g, const char *name, struct shape shape, const void *data)
{
    static const float scale = 0.1f;
    static const int32_t zero = 0;
    const struct tensor t = {.name = name,
                             .dtype = DT_S8,
                             .shape = shape,
                             .quant = {.n = 1, .scale = &scale, .zero = &zero},
                             .data = data};
    return graph_add_tensor(g, &t);
}

/* A convolution of 3 x 3 to 8 channels, of an even image. */
static uint32_t add_conv(struct graph *g, uint32_t x, int32_t stride)
{
    static const int8_t weights[8 * 9 * 8];
    const int32_t channels = g->tensors.items[x].shape.dim[3];
    const struct attrs at = {.stride_h = stride,
                             .stride_w = stride,
                             .dilation_h = 1,
                             .dilation_w = 1,
                             .pad_top = stride == 1,
                             .pad_left = stride == 1,
                             .pad_bottom = 1,
                             .pad_right = 1};
    const uint32_t w = add_image(g, "w", (struct shape){4, {8, 3, 3, channels}}, weights);
    const uint32_t in[2] = {x, w};
    struct diag d = {0};
    const uint32_t y = graph_add_node(g, OP_CONV2D, &at, in, 2, "y", &d);
    CHECK(y != NO_TENSOR);
    g->tensors.items[y].quant = g->tensors.items[w].quant;
    return y;
}

/* 24 x 24 x 1 -> 24 x 24 x 8 -> 12 x 12 x 8. In rows: input and output, which overlap, and three rows
 * between them. */
TEST(tiles_are_taken_where_rows_are_not_enough)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "g");
    const uint32_t x = add_image(g, "x", (struct shape){4, {1, 24, 24, 1}}, NULL);
    *VEC_PUSH(a, &g->inputs) = x;
    *VEC_PUSH(a, &g->outputs) = add_conv(g, add_conv(g, x, 1), 2);
    const struct program *p = program_for(a, g);
    struct planned rows, tiles;
    CHECK(plan_find(a, p, 12 * 12 * 8 + 3 * 24 * 8 + 16, FEED_WHOLE, &rows));
    CHECK(rows.cost.cascades == 1 && rows.cost.cut == 0);
    CHECK(program_more_macs(rows.program) == 0);
    CHECK(plan_find(a, p, rows.memory->plan.lower_bound - 64, FEED_WHOLE, &tiles));
    CHECK(tiles.cost.cascades == 1 && tiles.cost.cut == 1);
    CHECK(program_more_macs(tiles.program) > 0);
    struct text picture = {.arena = a};
    plan_picture(tiles.program, tiles.memory, 80, &picture);
    CHECK(strstr(text_cstr(&picture), " columns: y") != NULL);
    CHECK(strstr(text_cstr(&picture), "% more MACs than the network has") != NULL);
    struct diag d = {0};
    CHECK(!plan_search(a, p, 100, FEED_WHOLE, &tiles, &d));
    CHECK(strstr(d.message, "the least is ") && strstr(d.hint, "% MACs more"));
    arena_free(a);
}

TEST_MAIN(T(the_lower_bound_is_the_lowest_peak_of_all_cuts),
          T(what_is_found_fits_and_the_least_is_a_limit),
          T(tiles_are_taken_where_rows_are_not_enough), T(two_inputs_cannot_be_fed))
