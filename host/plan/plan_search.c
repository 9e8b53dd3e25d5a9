/* plan_search.c - the cheapest schedule within so many bytes. SPDX-License-Identifier: Apache-2.0
 *
 * A schedule is a cut of the steps into turns: single steps and cascades. What is alive at a turn
 * depends on nothing but the turn itself, for what two turns share is whole. So
 *
 *     peak of a schedule = max of plan_turn_bytes, cost of a schedule = sum of the costs
 *
 * over its turns, and the cheapest cut below a peak, like the cut of the lowest peak, is a shortest
 * path over the steps: exact. The peak is a lower bound of the arena; the planner places what was
 * chosen, and where it needs more than the peak, the search goes on below that.
 *
 * Cascades that are not cut compute nothing twice: what they cost is calls and moved bytes. Those in
 * tiles are tried only where there is no schedule without. */
#include "plan/plan_search.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* What the step from stripe to stripe costs, and a moved byte. Two schedules of one network on a
 * Cortex-M4 gave 450 instructions and 0.64: only the ratio matters. */
#define CALL_COST 700u
#define BYTE_COST 1u
/* One of these, in cycles; the other way round, what is computed twice. */
#define COST_CYCLES 0.8

/* Cascades that are longer are not tried: their windows alone exceed what they save. */
#define STEPS_MAX 24u

/* Tiles of a cascade: with more, hardly anything is left that is computed once. */
#define STRIPS_MAX 6u
static const uint32_t n_blocks[] = {1, 2, 3, 4, 6, 8, 12};
#define N_BLOCKS (sizeof n_blocks / sizeof n_blocks[0])

static const uint32_t stripe_rows[] = {1, 2, 4, 8};
#define N_STRIPES (sizeof stripe_rows / sizeof stripe_rows[0])

/* A turn that may be part of a schedule: steps first..end-1. */
struct turn {
    uint32_t first, end;
    uint32_t rows; /* of a stripe; 0: a plain step */
    struct cut cut;
    size_t bytes; /* alive */
    uint64_t cost;
};

struct search {
    struct arena *a;
    const struct program *p;
    struct uses uses;
    enum feed feed;
    /* Turns whose cascades are cut have at most so many bytes; 0: there are none. */
    size_t cut_bytes;
    VEC(struct turn) turns; /* by rising `end` */
};

/* The program with one cascade more than none. */
static struct program with_cascades(const struct program *p, const struct cascade *const *cascades,
                                    uint32_t n)
{
    struct program q = *p;
    q.cascades = cascades;
    q.n_cascades = n;
    return q;
}

static bool reads_fed(const struct search *s, uint32_t i_step)
{
    const struct graph *g = s->p->graph;
    const struct node *n = &g->nodes.items[s->p->steps[i_step].i_node];
    for (uint32_t k = 0; s->feed == FEED_ROWS && k < n->n_in; k++)
        if (n->in[k] != NO_TENSOR && program_root(s->p, n->in[k]) == g->inputs.items[0])
            return true;
    return false;
}

static void add_plain(struct search *s, uint32_t i_step, struct arena *work)
{
    if (reads_fed(s, i_step))
        return;
    const struct turn t = {
        .first = i_step, .end = i_step + 1, .bytes = plan_turn_bytes(work, s->p, i_step)};
    *VEC_PUSH(s->a, &s->turns) = t;
}

static struct cascade *cascade_for(const struct search *s, struct arena *a, const struct turn *t)
{
    const uint32_t n = t->end - t->first;
    if (t->cut.blocks * t->cut.strips == 1)
        return cascade_of(a, s->p, &s->uses, t->first, n, t->rows, s->feed);
    return cascade_of_tiles(a, s->p, &s->uses, t->first, n, t->rows, t->cut);
}

static uint64_t cost_of(const struct cascade *c)
{
    const double more = c->more_cycles > 0 ? c->more_cycles / COST_CYCLES : 0;
    return CALL_COST * c->n_calls + BYTE_COST * c->moved_bytes + (uint64_t)more;
}

enum fit { FITS, NONE_SUCH, TOO_LARGE };

/* A cascade as a turn, if there is one with at most so many bytes. */
static enum fit add_cascade(struct search *s, struct turn t, size_t most, struct arena *work)
{
    arena_reset(work);
    const struct cascade *c = cascade_for(s, work, &t);
    if (!c)
        return NONE_SUCH;
    const struct program q = with_cascades(s->p, &c, 1);
    t.bytes = plan_turn_bytes(work, &q, program_turn(&q, t.first));
    t.cost = cost_of(c);
    if (t.bytes > most)
        return TOO_LARGE;
    *VEC_PUSH(s->a, &s->turns) = t;
    return FITS;
}

/* A run of steps as a cascade, of stripes as high as memory allows. */
static void add_stripes(struct search *s, struct turn t, size_t most, struct arena *work)
{
    for (uint32_t k = 0; k < N_STRIPES; k++) {
        t.rows = stripe_rows[k];
        if (add_cascade(s, t, most, work) == TOO_LARGE)
            break;
    }
}

/* The same in tiles, the smallest first: larger ones need more. */
static void add_tiles(struct search *s, struct turn t, struct arena *work)
{
    bool fits = true;
    for (t.cut.strips = STRIPS_MAX; t.cut.strips >= 2 && fits; t.cut.strips--)
        for (uint32_t k = N_BLOCKS; k-- > 0;) {
            t.cut.blocks = n_blocks[k];
            t.rows = 1;
            const enum fit fit = add_cascade(s, t, s->cut_bytes, work);
            fits = fit != TOO_LARGE || k + 1 < N_BLOCKS;
            if (fit == TOO_LARGE)
                break;
            t.rows = 2;
            add_cascade(s, t, s->cut_bytes, work);
        }
}

/* All cascades that end before step `end`, shortest first. */
static void add_cascades(struct search *s, uint32_t end, size_t most, struct arena *work)
{
    bool is_fed = false;
    for (uint32_t n = 1; n <= end && n <= STEPS_MAX; n++) {
        const struct turn t = {.first = end - n, .end = end, .cut = {1, 1}};
        if (!step_makes_rows(s->p, t.first))
            return;
        is_fed = is_fed || reads_fed(s, t.first);
        if (n > 1 || is_fed)
            add_stripes(s, t, most, work);
        if (n > 1 && !is_fed && s->cut_bytes > 0)
            add_tiles(s, t, work);
    }
}

/* The best way to a step: over the turn that ends there. */
struct reach {
    bool exists;
    size_t peak;
    uint64_t cost;
    uint32_t i_turn;
};

enum aim { AIM_COST, AIM_PEAK };

static bool is_better(const struct reach *a, const struct reach *b, enum aim aim)
{
    if (!b->exists)
        return true;
    if (aim == AIM_PEAK && a->peak != b->peak)
        return a->peak < b->peak;
    return a->cost != b->cost ? a->cost < b->cost : a->peak < b->peak;
}

/* The best schedule whose turns have at most `limit` bytes: reach[n_steps]. */
static void find_best(const struct search *s, size_t limit, enum aim aim, struct reach *reach)
{
    memset(reach, 0, (s->p->n_steps + 1) * sizeof *reach);
    reach[0].exists = true;
    for (uint32_t i = 0; i < s->turns.n; i++) {
        const struct turn *t = &s->turns.items[i];
        const struct reach *from = &reach[t->first];
        if (!from->exists || t->bytes > limit)
            continue;
        const struct reach here = {.exists = true,
                                   .peak = from->peak > t->bytes ? from->peak : t->bytes,
                                   .cost = from->cost + t->cost,
                                   .i_turn = i};
        if (is_better(&here, &reach[t->end], aim))
            reach[t->end] = here;
    }
}

/* Build and place what `reach` leads to. */
static struct planned build(const struct search *s, const struct reach *reach)
{
    const struct cascade **cascades = ARENA_ARRAY(s->a, const struct cascade *, s->p->n_steps);
    uint32_t n = 0;
    uint64_t cost = 0;
    struct planned out = {.cost = {.cascades = 0}};
    assert(s->p->n_steps == 0 || s->turns.items);
    for (uint32_t at = s->p->n_steps; at > 0; at = s->turns.items[reach[at].i_turn].first) {
        const struct turn *t = &s->turns.items[reach[at].i_turn];
        if (t->rows == 0) {
            out.cost.calls++;
            continue;
        }
        const struct cascade *c = cascade_for(s, s->a, t);
        memmove(cascades + 1, cascades, n++ * sizeof(const struct cascade *));
        cascades[0] = c;
        out.cost.calls += c->n_calls;
        out.cost.moved_bytes += c->moved_bytes;
        out.cost.cut += c->areas != NULL;
        cost += cost_of(c);
    }
    out.cost.cascades = n;
    out.cost.cycles = s->p->cycles + COST_CYCLES * (double)cost;
    out.program = ARENA_NEW(s->a, struct program);
    *out.program = with_cascades(s->p, cascades, n);
    out.memory = plan_program(s->a, out.program);
    return out;
}

/* The cheapest schedule that the planner places in `limit` bytes; its memory is NULL when there is
 * none, or none was found. */
static struct planned find_within(const struct search *s, size_t limit)
{
    struct reach *reach = ARENA_ARRAY(s->a, struct reach, s->p->n_steps + 1);
    const struct reach *end = &reach[s->p->n_steps];
    for (size_t below = limit;;) {
        find_best(s, below, AIM_COST, reach);
        if (!end->exists)
            return (struct planned){.memory = NULL};
        const struct planned found = build(s, reach);
        if (found.memory->plan.arena_bytes <= limit)
            return found;
        below = end->peak - 1;
    }
}

/* The smallest arena that the search finds, and a lower bound of all that there are. */
static struct planned find_least(const struct search *s, size_t *lowest_peak)
{
    struct reach *reach = ARENA_ARRAY(s->a, struct reach, s->p->n_steps + 1);
    find_best(s, SIZE_MAX, AIM_PEAK, reach);
    assert(reach[s->p->n_steps].exists);
    *lowest_peak = reach[s->p->n_steps].peak;
    find_best(s, *lowest_peak, AIM_COST, reach);
    struct planned least = build(s, reach);
    for (struct planned next = least; next.memory;) {
        least = next;
        next = find_within(s, least.memory->plan.arena_bytes - 1);
    }
    return least;
}

/* All turns that a schedule may have. None needs more than the plain schedule at its peak. */
static void list_turns(struct search *s)
{
    struct arena *work = arena_new("search");
    size_t most = 0;
    for (uint32_t i = 0; i < s->p->n_steps; i++) {
        arena_reset(work);
        const size_t bytes = plan_turn_bytes(work, s->p, i);
        most = bytes > most ? bytes : most;
    }
    for (uint32_t end = 1; end <= s->p->n_steps; end++) {
        arena_reset(work);
        add_plain(s, end - 1, work);
        add_cascades(s, end, most, work);
    }
    arena_free(work);
}

static struct search search_begin(struct arena *a, const struct program *p, enum feed feed,
                                  size_t cut_bytes)
{
    struct search s = {
        .a = a, .p = p, .uses = uses_find(a, p), .feed = feed, .cut_bytes = cut_bytes};
    list_turns(&s);
    return s;
}

/* The same with cascades that are cut: of these, turns that need less than the least without. */
static struct search search_tiles(const struct search *s)
{
    size_t bound;
    const struct planned least = find_least(s, &bound);
    return search_begin(s->a, s->p, s->feed, least.memory->plan.arena_bytes - 1);
}

/* Is there any schedule? Without one, not all that reads the input goes through it by rows. */
static bool has_schedule(const struct search *s)
{
    struct reach *reach = ARENA_ARRAY(s->a, struct reach, s->p->n_steps + 1);
    find_best(s, SIZE_MAX, AIM_PEAK, reach);
    return reach[s->p->n_steps].exists;
}

static bool cannot_feed(const struct graph *g, struct diag *d)
{
    const char *name = g->tensors.items[g->inputs.items[0]].name;
    diag_error(d, g->name,
               "the input \"%s\" cannot be fed by rows: not all that reads it goes through it row "
               "by row",
               name ? name : "");
    return diag_hint(d, "leave out --feed rows");
}

/* Say what the least is, and what it costs. */
static bool too_small(const struct search *s, size_t ram_bytes, struct diag *d)
{
    size_t bound;
    const struct planned least = find_least(s, &bound);
    const size_t bytes = least.memory->plan.arena_bytes;
    const double more = program_more_macs(least.program);
    diag_error(d, s->p->graph->name, "no schedule fits %zu bytes: the least is %zu%s", ram_bytes,
               bytes, bytes == bound ? "" : arena_printf(s->a, " (lower bound %zu)", bound));
    struct text hint = {.arena = s->a};
    if (least.cost.cascades > 0)
        text_printf(&hint,
                    "%zu bytes cost %s MACs more, %" PRIu32 " calls instead of %" PRIu32
                    " and %" PRIu64 " bytes moved",
                    bytes, more > 0 ? arena_printf(s->a, "%.1f %%", more) : "0", least.cost.calls,
                    s->p->n_steps, least.cost.moved_bytes);
    else
        text_add(&hint, "cascades of layers do not help here");
    if (s->feed == FEED_WHOLE && s->p->graph->inputs.n == 1) {
        const struct search fed = search_begin(s->a, s->p, FEED_ROWS, 0);
        if (has_schedule(&fed)) {
            const struct search tiles = search_tiles(&fed);
            const struct planned fed_least = find_least(&tiles, &bound);
            text_printf(&hint, "; with --feed rows the least is %zu bytes",
                        fed_least.memory->plan.arena_bytes);
        }
    }
    return diag_hint(d, "%s", text_cstr(&hint));
}

/* find_within, cut where it must be; `s` becomes the search that it was found by. */
static struct planned find_any(struct search *s, size_t ram_bytes)
{
    const struct planned uncut = find_within(s, ram_bytes);
    if (uncut.memory)
        return uncut;
    *s = search_tiles(s);
    return find_within(s, ram_bytes);
}

bool plan_find(struct arena *a, const struct program *p, size_t ram_bytes, enum feed feed,
               struct planned *out)
{
    struct search s = search_begin(a, p, feed, 0);
    *out = (struct planned){.memory = NULL};
    if (has_schedule(&s))
        *out = find_any(&s, ram_bytes);
    return out->memory != NULL;
}

bool plan_search(struct arena *a, const struct program *p, size_t ram_bytes, enum feed feed,
                 struct planned *out, struct diag *d)
{
    const struct graph *g = p->graph;
    if (feed == FEED_ROWS && g->inputs.n != 1)
        return diag_error(d, g->name, "rows can be fed to a model with one input, not %" PRIu32,
                          g->inputs.n);
    struct search s = search_begin(a, p, feed, 0);
    if (!has_schedule(&s))
        return cannot_feed(g, d);
    *out = find_any(&s, ram_bytes);
    return out->memory || too_small(&s, ram_bytes, d);
}
