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

/* All cuts of the steps into plain turns and cascades, one after the other: the lowest peak among
 * them. Exponential, for few steps. */
static size_t lowest_peak(struct arena *a, const struct program *p, const struct uses *uses,
                          uint32_t from, const struct cascade **list, uint32_t n)
{
    if (from == p->n_steps) {
        struct program q = *p;
        q.cascades = list;
        q.n_cascades = n;
        return peak_of(a, &q);
    }
    size_t lowest = lowest_peak(a, p, uses, from + 1, list, n);
    for (uint32_t len = 2; from + len <= p->n_steps; len++)
        for (uint32_t rows = 1; rows <= 8; rows *= 2) {
            list[n] = cascade_of(a, p, uses, from, len, rows, FEED_WHOLE);
            if (!list[n])
                continue;
            const size_t bytes = lowest_peak(a, p, uses, from + len, list, n + 1);
            lowest = bytes < lowest ? bytes : lowest;
        }
    return lowest;
}

TEST(the_lower_bound_is_the_lowest_peak_of_all_cuts)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 1);
    uint32_t n_less = 0, n_least = 0;
    for (uint32_t i = 0; i < 60; i++) {
        arena_reset(a);
        const struct program *p = program_for(a, random_images(a, &r, RANDOM_S8, 3 + i % 3));
        const struct uses uses = uses_find(a, p);
        const struct cascade **list = ARENA_ARRAY(a, const struct cascade *, p->n_steps + 1);
        const size_t want = lowest_peak(a, p, &uses, 0, list, 0);
        struct planned m;
        struct diag d = {0};
        CHECK(!plan_search(a, p, 1, FEED_WHOLE, &m, &d));
        CHECK_EQ((long long)bound_of(&d), (long long)want);
        n_least += least_of(&d) == want;
        n_less += want < peak_of(a, p);
    }
    printf("  of 60 networks cascades make smaller: %u; at the lower bound: %u\n", n_less, n_least);
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

TEST_MAIN(T(the_lower_bound_is_the_lowest_peak_of_all_cuts),
          T(what_is_found_fits_and_the_least_is_a_limit), T(two_inputs_cannot_be_fed))
