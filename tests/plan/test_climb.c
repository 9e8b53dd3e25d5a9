/* test_climb.c - hill climbing where the exact search gives up. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/base.h"
#include "check.h"
#include "plan/plan.h"

#define N_MAX 700

/* Too few nodes for the exact search to find anything. */
#define NO_NODES 1

/* Random lives of up to `life_max` steps, sizes and, for every third, an heir where it dies. */
static void random_buffers(struct rng *r, struct plan_buffer *b, uint32_t n, uint32_t n_steps,
                           uint32_t life_max)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t first = rng_below(r, n_steps), life = rng_below(r, life_max);
        b[i] = (struct plan_buffer){.bytes = 1 + rng_below(r, 20000),
                                    .first = first,
                                    .last = first + life < n_steps ? first + life : n_steps - 1};
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t heir = rng_below(r, n);
        if (b[i].first == b[i].last || b[heir].first != b[i].last || b[heir].lead > 0)
            continue;
        b[i].heir = heir;
        b[i].lead = 1 + rng_below(r, (uint32_t)b[heir].bytes);
        b[i].trail = 1 + rng_below(r, (uint32_t)b[i].bytes);
    }
}

TEST(a_climb_is_valid_and_never_worse_than_greedy)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    uint32_t n_better = 0, n_open = 0;
    for (int round = 0; round < 60; round++) {
        arena_reset(a);
        struct plan_buffer b[N_MAX];
        const uint32_t n = 10 + rng_below(&r, 50);
        random_buffers(&r, b, n, 5 + rng_below(&r, 30), 8);
        const struct plan greedy = plan_place(a, b, n, 0), climb = plan_place(a, b, n, NO_NODES);
        CHECK(plan_check(b, n, &climb));
        CHECK(climb.arena_bytes <= greedy.arena_bytes);
        CHECK(climb.arena_bytes >= climb.lower_bound);
        CHECK_EQ(climb.arena_bytes < greedy.arena_bytes, strcmp(climb.method, "climb") == 0);
        CHECK(climb.optimal || climb.arena_bytes > climb.lower_bound);
        n_open += !greedy.optimal;
        n_better += climb.arena_bytes < greedy.arena_bytes;
    }
    printf("  better than greedy: %u of %u that greedy left open\n", n_better, n_open);
    CHECK(n_better * 10 > n_open * 8);
    arena_free(a);
}

TEST(a_climb_finds_most_small_optima)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 1);
    uint32_t n_found = 0, n_open = 0;
    for (int round = 0; round < 300; round++) {
        arena_reset(a);
        struct plan_buffer b[N_MAX];
        random_buffers(&r, b, 14, 8, 4);
        const struct plan greedy = plan_place(a, b, 14, 0), exact = plan_place(a, b, 14, 1000000);
        if (greedy.arena_bytes == exact.arena_bytes || !exact.optimal)
            continue;
        n_open++;
        n_found += plan_place(a, b, 14, NO_NODES).arena_bytes == exact.arena_bytes;
    }
    printf("  found: %u of %u optima\n", n_found, n_open);
    CHECK(n_open >= 50);
    CHECK(n_found * 10 >= n_open * 9);
    arena_free(a);
}

TEST(more_buffers_than_the_exact_search_takes_are_climbed_for)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 2);
    struct plan_buffer b[N_MAX];
    random_buffers(&r, b, N_MAX, 200, 10);
    const struct plan greedy = plan_place(a, b, N_MAX, 0), climb = plan_place(a, b, N_MAX, 1000000);
    CHECK(plan_check(b, N_MAX, &climb));
    CHECK(!greedy.optimal);
    CHECK(climb.arena_bytes < greedy.arena_bytes);
    CHECK_STR(climb.method, "climb");
    printf("  %u buffers: bound %zu, greedy %zu, climb %zu\n", N_MAX, climb.lower_bound,
           greedy.arena_bytes, climb.arena_bytes);
    arena_free(a);
}

TEST(the_same_problem_gives_the_same_climb)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), 3);
    struct plan_buffer b[N_MAX];
    random_buffers(&r, b, 100, 30, 8);
    const struct plan one = plan_place(a, b, 100, NO_NODES), two = plan_place(a, b, 100, NO_NODES);
    CHECK_BYTES(one.offset, two.offset, 100 * sizeof *one.offset);
    arena_free(a);
}

TEST_MAIN(T(a_climb_is_valid_and_never_worse_than_greedy), T(a_climb_finds_most_small_optima),
          T(more_buffers_than_the_exact_search_takes_are_climbed_for),
          T(the_same_problem_gives_the_same_climb))
