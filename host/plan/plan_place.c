/* plan_place.c - offsets for buffers: greedy first, then the exact search; and their check.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/place.h"
#include "plan/plan.h"
#include <assert.h>
#include <stdlib.h>

/* The exact search keeps lists of all pairs, and its proofs end far below this many. */
#define EXACT_ITEMS_MAX 512

static size_t round_up(size_t bytes)
{
    assert(bytes <= SIZE_MAX - PLAN_ALIGN);
    return (bytes + PLAN_ALIGN - 1) / PLAN_ALIGN * PLAN_ALIGN;
}

struct entry {
    struct item item;
    uint32_t i_buffer;
};

/* Longer lives first, then earlier ones: the order in which the exact search tries what is equal
 * otherwise. Of the orders tried (by size, by size * life, as given) it ends soonest. */
static int by_life(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    const uint32_t life_a = a->item.last - a->item.first, life_b = b->item.last - b->item.first;
    if (life_a != life_b)
        return life_a > life_b ? -1 : 1;
    if (a->item.first != b->item.first)
        return a->item.first < b->item.first ? -1 : 1;
    return a->i_buffer < b->i_buffer ? -1 : 1;
}

/* The buffers that take memory, rounded, in order. Returns how many. */
static uint32_t list_entries(const struct plan_buffer *b, uint32_t n, struct entry *entries)
{
    uint32_t n_entries = 0;
    size_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        assert(b[i].first <= b[i].last);
        if (b[i].bytes == 0)
            continue;
        const size_t bytes = round_up(b[i].bytes);
        assert(bytes <= SIZE_MAX - total); /* so that no sum of sizes overflows */
        total += bytes;
        entries[n_entries++] = (struct entry){
            .item = {.bytes = bytes, .first = b[i].first, .last = b[i].last}, .i_buffer = i};
    }
    qsort(entries, n_entries, sizeof *entries, by_life);
    return n_entries;
}

struct plan plan_place(struct arena *a, const struct plan_buffer *b, uint32_t n,
                       uint64_t node_budget)
{
    struct entry *entries = ARENA_ARRAY(a, struct entry, n);
    const uint32_t n_items = list_entries(b, n, entries);
    struct item *items = ARENA_ARRAY(a, struct item, n_items);
    for (uint32_t k = 0; k < n_items; k++)
        items[k] = entries[k].item;

    struct plan plan = {.method = "greedy"};
    const struct sections sections = sections_find(a, items, n_items);
    for (uint32_t t = 0; t < sections.n; t++)
        if (sections.load[t] > plan.lower_bound)
            plan.lower_bound = sections.load[t];

    size_t *offset = ARENA_ARRAY(a, size_t, n_items);
    plan.arena_bytes = place_greedy(a, items, n_items, offset);
    plan.optimal = plan.arena_bytes == plan.lower_bound;
    if (!plan.optimal && node_budget > 0 && n_items <= EXACT_ITEMS_MAX) {
        const size_t greedy_bytes = plan.arena_bytes;
        plan.optimal = place_exact(a, items, n_items, plan.lower_bound, node_budget, offset,
                                   &plan.arena_bytes);
        if (plan.optimal || plan.arena_bytes < greedy_bytes)
            plan.method = "exact";
    }
    plan.offset = ARENA_ARRAY(a, size_t, n); /* 0 for buffers without bytes */
    for (uint32_t k = 0; k < n_items; k++)
        plan.offset[entries[k].i_buffer] = offset[k];
    return plan;
}

bool plan_check(const struct plan_buffer *b, uint32_t n, const struct plan *p)
{
    for (uint32_t i = 0; i < n; i++) {
        if (p->offset[i] % PLAN_ALIGN != 0 || p->offset[i] > p->arena_bytes ||
            b[i].bytes > p->arena_bytes - p->offset[i])
            return false;
        for (uint32_t j = 0; j < i; j++) {
            const bool alive_together = b[i].first <= b[j].last && b[j].first <= b[i].last;
            const bool apart = p->offset[i] + b[i].bytes <= p->offset[j] ||
                               p->offset[j] + b[j].bytes <= p->offset[i];
            if (alive_together && !apart)
                return false;
        }
    }
    return true;
}
