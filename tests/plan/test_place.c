/* test_place.c - plan_place: valid, smallest, repeatable.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "check.h"
#include "plan/plan.h"
#include <stdio.h>

#define N_MAX 40

/* May buffers be overwritten by their heirs? */
enum overlap { SEPARATE, OVERLAPPED };

/* Let about half of the buffers be overwritten by one that is born where they die. */
static void random_heirs(struct rng *r, struct plan_buffer *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t heir = rng_below(r, n);
        const bool is_mutual = b[heir].heir == i && b[heir].lead + b[heir].trail > 0;
        if (heir == i || b[heir].first != b[i].last || is_mutual)
            continue;
        b[i].heir = heir;
        if (rng_below(r, 4) > 0)
            b[i].lead = rng_below(r, (uint32_t)b[heir].bytes + 20);
        if (rng_below(r, 4) > 0)
            b[i].trail = rng_below(r, (uint32_t)b[i].bytes + 20);
    }
}

/* n buffers of a schedule of n_steps; some empty, most short-lived, a few long-lived. */
static void random_buffers(struct rng *r, struct plan_buffer *b, uint32_t n, uint32_t n_steps,
                           uint32_t bytes_max)
{
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t first = rng_below(r, n_steps);
        const uint32_t span = rng_below(r, 5) == 0 ? n_steps : 3;
        uint32_t last = first + rng_below(r, span);
        last = last < n_steps ? last : n_steps - 1;
        b[i] = (struct plan_buffer){.bytes = rng_below(r, bytes_max), .first = first, .last = last};
    }
}

static size_t rounded(size_t bytes)
{
    return (bytes + PLAN_ALIGN - 1) / PLAN_ALIGN * PLAN_ALIGN;
}

/* The definition of the lower bound, step by step. */
static size_t largest_live_sum(const struct plan_buffer *b, uint32_t n, uint32_t n_steps)
{
    size_t largest = 0;
    for (uint32_t step = 0; step < n_steps; step++) {
        size_t sum = 0;
        for (uint32_t i = 0; i < n; i++)
            if (b[i].first <= step && step <= b[i].last)
                sum += rounded(b[i].bytes);
        largest = sum > largest ? sum : largest;
    }
    return largest;
}

/* How far above y's start x must begin, if not below it. */
static size_t distance(const struct plan_buffer *b, const struct plan_buffer *x,
                       const struct plan_buffer *y)
{
    if (x->lead > 0 && &b[x->heir] == y && x->lead < y->bytes)
        return rounded(x->lead);
    if (y->trail > 0 && &b[y->heir] == x && y->trail < y->bytes)
        return rounded(y->trail);
    return rounded(y->bytes);
}

/* Arena bytes when buffers go, in the order given, each to the lowest free place. */
static size_t first_fit(const struct plan_buffer *b, const uint32_t *order, uint32_t n)
{
    size_t offset[8], arena_bytes = 0;
    for (uint32_t k = 0; k < n; k++) {
        const struct plan_buffer *x = &b[order[k]];
        size_t at = 0;
        for (uint32_t tries = 0; tries < k; tries++)
            for (uint32_t j = 0; j < k; j++) {
                const struct plan_buffer *y = &b[order[j]];
                if (x->first <= y->last && y->first <= x->last &&
                    at < offset[j] + distance(b, x, y) && offset[j] < at + distance(b, y, x))
                    at = offset[j] + distance(b, x, y);
            }
        offset[k] = at;
        if (at + rounded(x->bytes) > arena_bytes)
            arena_bytes = at + rounded(x->bytes);
    }
    return arena_bytes;
}

/* The smallest arena over all permutations from position k on. Some permutation places an optimal
 * plan's buffers by rising offset, so this is the optimum. */
static size_t smallest_by_brute_force(const struct plan_buffer *b, uint32_t *order, uint32_t n,
                                      uint32_t k)
{
    if (k == n)
        return first_fit(b, order, n);
    size_t smallest = SIZE_MAX;
    for (uint32_t j = k; j < n; j++) {
        const uint32_t swapped = order[k];
        order[k] = order[j];
        order[j] = swapped;
        const size_t bytes = smallest_by_brute_force(b, order, n, k + 1);
        smallest = bytes < smallest ? bytes : smallest;
        order[j] = order[k];
        order[k] = swapped;
    }
    return smallest;
}

static void check_against_brute_force(enum overlap overlap)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_split(test_seed(), overlap);
    uint32_t n_above_bound = 0, n_greedy_beaten = 0, n_smaller = 0;
    for (int round = 0; round < 600; round++) {
        arena_reset(a);
        const uint32_t n = 2 + rng_below(&r, 6);
        struct plan_buffer b[8];
        /* Sizes of few multiples of 16, so that equal buffers and tight fits are common. */
        random_buffers(&r, b, n, 5, round % 2 ? 100 : 1000);
        uint32_t order[8] = {0, 1, 2, 3, 4, 5, 6, 7};
        const size_t apart = smallest_by_brute_force(b, order, n, 0);
        if (overlap == OVERLAPPED)
            random_heirs(&r, b, n);
        const size_t optimum = smallest_by_brute_force(b, order, n, 0);
        const struct plan greedy = plan_place(a, b, n, 0);
        const struct plan exact = plan_place(a, b, n, 1000000);
        CHECK(exact.optimal);
        CHECK(plan_check(b, n, &exact));
        CHECK_EQ((long long)exact.arena_bytes, (long long)optimum);
        if (greedy.optimal)
            CHECK_EQ((long long)greedy.arena_bytes, (long long)optimum);
        CHECK(optimum >= exact.lower_bound);
        n_above_bound += optimum > exact.lower_bound;
        n_greedy_beaten += greedy.arena_bytes > optimum;
        n_smaller += optimum < apart;
    }
    /* The problems are hard enough to tell a search from a guess, and overlaps from none. */
    CHECK(n_greedy_beaten >= 5);
    CHECK(overlap == SEPARATE ? n_smaller == 0 : n_smaller >= 50);
    printf("  above the lower bound: %u of 600; greedy beaten: %u; smaller by overlap: %u\n",
           n_above_bound, n_greedy_beaten, n_smaller);
    arena_free(a);
}

TEST(exact_search_finds_what_brute_force_finds)
{
    check_against_brute_force(SEPARATE);
}

TEST(exact_search_with_overlaps_finds_what_brute_force_finds)
{
    check_against_brute_force(OVERLAPPED);
}

/* No arena of 96 bytes holds these, although never more are alive. */
TEST(optimum_above_the_lower_bound_is_proved)
{
    static const struct plan_buffer b[] = {
        {.bytes = 64, .first = 0, .last = 2}, {.bytes = 32, .first = 0, .last = 0},
        {.bytes = 16, .first = 2, .last = 4}, {.bytes = 16, .first = 2, .last = 3},
        {.bytes = 48, .first = 3, .last = 4}, {.bytes = 32, .first = 4, .last = 5},
        {.bytes = 64, .first = 5, .last = 5},
    };
    uint32_t order[8] = {0, 1, 2, 3, 4, 5, 6};
    CHECK_EQ((long long)smallest_by_brute_force(b, order, 7, 0), 112);
    struct arena *a = arena_new("test");
    const struct plan exact = plan_place(a, b, 7, 1000);
    CHECK_EQ((long long)exact.lower_bound, 96);
    CHECK_EQ((long long)exact.arena_bytes, 112);
    CHECK(exact.optimal);
    CHECK_STR(exact.method, "exact");
    /* Without nodes to spend nothing is proved. */
    CHECK(!plan_place(a, b, 7, 0).optimal);
    CHECK(!plan_place(a, b, 7, 2).optimal);
    arena_free(a);
}

TEST(plans_are_valid_and_exact_is_never_worse_than_greedy)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    uint32_t n_optimal = 0, n_better = 0;
    for (int round = 0; round < 400; round++) {
        arena_reset(a);
        struct plan_buffer b[N_MAX];
        const uint32_t n = 1 + rng_below(&r, N_MAX), n_steps = 1 + rng_below(&r, 20);
        random_buffers(&r, b, n, n_steps, 20000);
        const size_t live_bytes = largest_live_sum(b, n, n_steps);
        const bool has_heirs = round % 2 == 1;
        if (has_heirs)
            random_heirs(&r, b, n);
        const struct plan greedy = plan_place(a, b, n, 0);
        const struct plan exact = plan_place(a, b, n, 2000);
        CHECK(plan_check(b, n, &greedy));
        CHECK(plan_check(b, n, &exact));
        CHECK_STR(greedy.method, "greedy");
        CHECK(exact.arena_bytes <= greedy.arena_bytes);
        CHECK(has_heirs ? greedy.lower_bound <= live_bytes : greedy.lower_bound == live_bytes);
        CHECK_EQ((long long)exact.lower_bound, (long long)greedy.lower_bound);
        CHECK(exact.arena_bytes >= exact.lower_bound);
        CHECK(exact.optimal || exact.arena_bytes > exact.lower_bound);
        n_optimal += exact.optimal;
        n_better += exact.arena_bytes < greedy.arena_bytes;
    }
    printf("  proved: %u of 400; better than greedy: %u\n", n_optimal, n_better);
    CHECK(n_optimal >= 340);
    arena_free(a);
}

/* The activations of a MobileNetV1 0.25 on 96x96 images: buffer i is written at step i - 1 and
 * read at step i. */
TEST(greedy_wastes_a_sixth_of_mobilenet_and_exact_does_not)
{
    static const size_t bytes[] = {
        96 * 96 * 3, /* the image    */
        48 * 48 * 8,
        48 * 48 * 8,
        48 * 48 * 16,
        24 * 24 * 16,
        24 * 24 * 32, /* dw, pw, ... */
        24 * 24 * 32,
        24 * 24 * 32,
        12 * 12 * 32,
        12 * 12 * 64,
        12 * 12 * 64,
        12 * 12 * 64,
        6 * 6 * 64,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        6 * 6 * 128,
        3 * 3 * 128,
        3 * 3 * 256,
        3 * 3 * 256,
        3 * 3 * 256,
        256,
        2,
        2,
    };
    const uint32_t n = sizeof bytes / sizeof bytes[0];
    struct plan_buffer b[40] = {0};
    for (uint32_t i = 0; i < n; i++)
        b[i] = (struct plan_buffer){.bytes = bytes[i], .first = i ? i - 1 : 0, .last = i};
    b[n - 1].last = n - 2;

    struct arena *a = arena_new("test");
    const struct plan greedy = plan_place(a, b, n, 0);
    CHECK_EQ((long long)greedy.arena_bytes, 64512);
    CHECK(!greedy.optimal);
    const struct plan exact = plan_place(a, b, n, 10000);
    CHECK_EQ((long long)exact.arena_bytes, 55296);
    CHECK_EQ((long long)exact.lower_bound, 55296);
    CHECK(exact.optimal);
    CHECK_STR(exact.method, "exact");
    CHECK(plan_check(b, n, &exact));
    arena_free(a);
}

TEST(same_problem_gives_the_same_plan)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    for (int round = 0; round < 20; round++) {
        struct plan_buffer b[N_MAX];
        random_buffers(&r, b, N_MAX, 12, 5000);
        const struct plan one = plan_place(a, b, N_MAX, 500);
        const struct plan two = plan_place(a, b, N_MAX, 500);
        CHECK_BYTES(one.offset, two.offset, N_MAX * sizeof *one.offset);
        CHECK_EQ(one.optimal, two.optimal);
    }
    arena_free(a);
}

TEST(no_buffers_need_no_arena)
{
    struct arena *a = arena_new("test");
    const struct plan plan = plan_place(a, NULL, 0, 1000);
    CHECK_EQ((long long)plan.arena_bytes, 0);
    CHECK_EQ((long long)plan.lower_bound, 0);
    CHECK(plan.optimal);
    CHECK(plan_check(NULL, 0, &plan));
    arena_free(a);
}

TEST(one_buffer_lies_at_0_and_is_rounded_up)
{
    static const struct {
        size_t bytes, arena_bytes;
    } cases[] = {{0, 0}, {1, 16}, {16, 16}, {17, 32}};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct plan_buffer b = {.bytes = cases[i].bytes, .first = 3, .last = 3};
        const struct plan plan = plan_place(a, &b, 1, 1000);
        CHECK_EQ((long long)plan.offset[0], 0);
        CHECK_EQ((long long)plan.arena_bytes, (long long)cases[i].arena_bytes);
        CHECK(plan.optimal);
    }
    arena_free(a);
}

TEST(buffers_may_live_up_to_the_last_step_number)
{
    struct arena *a = arena_new("test");
    const struct plan_buffer b[] = {{.bytes = 32, .first = 0, .last = UINT32_MAX},
                                    {.bytes = 32, .first = UINT32_MAX, .last = UINT32_MAX}};
    const struct plan plan = plan_place(a, b, 2, 1000);
    CHECK_EQ((long long)plan.arena_bytes, 64);
    CHECK(plan_check(b, 2, &plan));
    arena_free(a);
}

TEST(check_refuses_overlap_misalignment_and_overrun)
{
    const struct plan_buffer b[] = {{.bytes = 20, .first = 0, .last = 1},
                                    {.bytes = 16, .first = 1, .last = 2}};
    static const struct {
        size_t offset[2], arena_bytes;
        bool ok;
    } cases[] = {
        {{0, 32}, 48, true},  {{16, 0}, 36, true},  {{0, 16}, 48, false}, {{0, 24}, 48, false},
        {{0, 32}, 47, false}, {{16, 0}, 35, false}, {{0, 0}, 32, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t offset[2] = {cases[i].offset[0], cases[i].offset[1]};
        const struct plan plan = {.offset = offset, .arena_bytes = cases[i].arena_bytes};
        CHECK_EQ(plan_check(b, 2, &plan), cases[i].ok);
    }
}

/* What a step could do to its input 0, to the byte: 40 bytes above are apart, 20 are the lead. */
TEST(an_overwritten_buffer_lies_its_lead_above_its_heir_or_apart)
{
    const struct plan_buffer b[] = {{.bytes = 64, .first = 0, .last = 1, .heir = 1, .lead = 20},
                                    {.bytes = 40, .first = 1, .last = 2}};
    static const struct {
        size_t offset[2], arena_bytes;
        bool ok;
    } cases[] = {
        {{32, 0}, 96, true}, {{48, 0}, 112, true}, {{0, 64}, 112, true}, {{16, 0}, 80, false},
        {{0, 0}, 64, false}, {{0, 48}, 96, false}, {{0, 32}, 96, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t offset[2] = {cases[i].offset[0], cases[i].offset[1]};
        const struct plan plan = {.offset = offset, .arena_bytes = cases[i].arena_bytes};
        CHECK_EQ(plan_check(b, 2, &plan), cases[i].ok);
    }
    struct arena *a = arena_new("test");
    const struct plan plan = plan_place(a, b, 2, 100);
    CHECK_EQ((long long)plan.arena_bytes, 96);
    CHECK_EQ((long long)plan.lower_bound, 96);
    CHECK_EQ((long long)plan.offset[0], 32);
    CHECK_EQ((long long)plan.offset[1], 0);
    arena_free(a);
}

/* The mirror image: the heir is smaller and lies 20 bytes above. */
TEST(an_heir_may_lie_its_trail_above)
{
    const struct plan_buffer b[] = {{.bytes = 64, .first = 0, .last = 1, .heir = 1, .trail = 20},
                                    {.bytes = 40, .first = 1, .last = 2}};
    static const struct {
        size_t offset[2];
        bool ok;
    } cases[] = {{{0, 32}, true}, {{0, 48}, true},  {{0, 64}, true}, {{0, 16}, false},
                 {{0, 0}, false}, {{32, 0}, false}, {{48, 0}, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t offset[2] = {cases[i].offset[0], cases[i].offset[1]};
        const struct plan plan = {.offset = offset, .arena_bytes = 112};
        CHECK_EQ(plan_check(b, 2, &plan), cases[i].ok);
    }
    struct arena *a = arena_new("test");
    const struct plan plan = plan_place(a, b, 2, 100);
    CHECK_EQ((long long)plan.arena_bytes, 80);
    CHECK_EQ((long long)plan.lower_bound, 80);
    CHECK_EQ((long long)plan.offset[0], 0);
    CHECK_EQ((long long)plan.offset[1], 32);
    arena_free(a);
}

TEST(check_refuses_an_heir_that_is_not_born_where_the_buffer_dies)
{
    struct plan_buffer b[] = {{.bytes = 16, .first = 0, .last = 1, .heir = 1, .lead = 1},
                              {.bytes = 16, .first = 1, .last = 2}};
    size_t offset[2] = {16, 0};
    const struct plan plan = {.offset = offset, .arena_bytes = 32};
    CHECK(plan_check(b, 2, &plan));
    b[1].first = 0;
    CHECK(!plan_check(b, 2, &plan));
    b[1].first = 1;
    b[0].heir = 2;
    CHECK(!plan_check(b, 2, &plan));
}

/* Three buffers die where one is born: together they can share all of it above the least lead. */
TEST(several_buffers_share_one_heir)
{
    const struct plan_buffer b[] = {{.bytes = 32, .first = 0, .last = 1, .heir = 3, .lead = 16},
                                    {.bytes = 32, .first = 0, .last = 1, .heir = 3, .lead = 48},
                                    {.bytes = 32, .first = 0, .last = 1, .heir = 3, .lead = 80},
                                    {.bytes = 160, .first = 1, .last = 1}};
    struct arena *a = arena_new("test");
    CHECK_EQ((long long)plan_live_bytes(b, 4, 0), 96);
    CHECK_EQ((long long)plan_live_bytes(b, 4, 1), 160);
    const struct plan plan = plan_place(a, b, 4, 1000);
    CHECK(plan_check(b, 4, &plan));
    CHECK_EQ((long long)plan.arena_bytes, 160);
    CHECK(plan.optimal);
    arena_free(a);
}

TEST_MAIN(T(exact_search_finds_what_brute_force_finds),
          T(exact_search_with_overlaps_finds_what_brute_force_finds),
          T(an_overwritten_buffer_lies_its_lead_above_its_heir_or_apart),
          T(an_heir_may_lie_its_trail_above),
          T(check_refuses_an_heir_that_is_not_born_where_the_buffer_dies),
          T(several_buffers_share_one_heir), T(optimum_above_the_lower_bound_is_proved),
          T(plans_are_valid_and_exact_is_never_worse_than_greedy),
          T(greedy_wastes_a_sixth_of_mobilenet_and_exact_does_not),
          T(same_problem_gives_the_same_plan), T(no_buffers_need_no_arena),
          T(one_buffer_lies_at_0_and_is_rounded_up), T(buffers_may_live_up_to_the_last_step_number),
          T(check_refuses_overlap_misalignment_and_overrun))
