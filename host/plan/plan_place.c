/* plan_place.c - offsets for buffers: greedy first, then the exact search, and hill climbing where
 * that proves nothing; and their check.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/place.h"
#include "plan/plan.h"
#include <assert.h>
#include <stdlib.h>

/* The exact search keeps lists of all pairs, and its proofs end far below this many. */
#define EXACT_ITEMS_MAX 512
/* So does the climb, and beyond this many they would take too much memory. */
#define CLIMB_ITEMS_MAX 2048
#define CLIMB_WORK      20000000u /* pairs of items: some 50 ms */

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

/* Where buffer i may lie beside its heir: gaps as in struct item, in rounded bytes. */
struct overlap {
    bool exists; /* does either gap save a byte? */
    size_t lead, trail;
};

/* No gap is larger than what lies apart needs; 0 in struct plan_buffer stands for that. */
static size_t gap_of(size_t gap, size_t apart)
{
    return gap > 0 && round_up(gap) < apart ? round_up(gap) : apart;
}

static struct overlap overlap_of(const struct plan_buffer *b, uint32_t i)
{
    if (b[i].bytes == 0 || (b[i].lead == 0 && b[i].trail == 0))
        return (struct overlap){0};
    const size_t bytes = round_up(b[i].bytes), heir_bytes = round_up(b[b[i].heir].bytes);
    const struct overlap o = {.lead = gap_of(b[i].lead, heir_bytes),
                              .trail = gap_of(b[i].trail, bytes)};
    return (struct overlap){.exists = o.lead < heir_bytes || (o.trail < bytes && heir_bytes > 0),
                            .lead = o.lead,
                            .trail = o.trail};
}

size_t plan_live_bytes(const struct plan_buffer *b, uint32_t n, uint32_t step)
{
    size_t bytes = 0, shared = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (b[i].first <= step && step <= b[i].last)
            bytes += round_up(b[i].bytes);
        const struct overlap o = overlap_of(b, i);
        if (o.exists && b[i].last == step)
            shared += shared_bytes_max(round_up(b[i].bytes), o.lead, o.trail,
                                       round_up(b[b[i].heir].bytes));
    }
    return bytes - shared;
}

/* The buffers that take memory and have no fixed place, rounded, in order. Returns how many. */
static uint32_t list_entries(const struct plan_buffer *b, uint32_t n, struct entry *entries)
{
    uint32_t n_entries = 0;
    size_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        assert(b[i].first <= b[i].last);
        if (b[i].bytes == 0 || b[i].is_state)
            continue;
        const size_t bytes = round_up(b[i].bytes);
        /* So that no sum of offsets, sizes and leads overflows. */
        assert(bytes <= (SIZE_MAX - total) / 2);
        total += bytes;
        entries[n_entries++] = (struct entry){
            .item = {.bytes = bytes, .first = b[i].first, .last = b[i].last, .heir = NO_HEIR},
            .i_buffer = i};
    }
    qsort(entries, n_entries, sizeof *entries, by_life);
    return n_entries;
}

/* The items of the entries, with heirs among themselves. */
static struct item *link_items(struct arena *a, const struct plan_buffer *b, uint32_t n,
                               const struct entry *entries, uint32_t n_items)
{
    struct item *items = ARENA_ARRAY(a, struct item, n_items);
    uint32_t *item_of_buffer = ARENA_ARRAY(a, uint32_t, n);
    for (uint32_t k = 0; k < n_items; k++) {
        items[k] = entries[k].item;
        item_of_buffer[entries[k].i_buffer] = k;
    }
    for (uint32_t k = 0; k < n_items; k++) {
        const struct plan_buffer *buffer = &b[entries[k].i_buffer];
        const struct overlap o = overlap_of(b, entries[k].i_buffer);
        if (!o.exists)
            continue;
        assert(b[buffer->heir].first == buffer->last && !b[buffer->heir].is_state);
        items[k].heir = item_of_buffer[buffer->heir];
        assert(items[items[k].heir].heir != k); /* nobody inherits from an heir of his own */
        items[k].lead = o.lead;
        items[k].trail = o.trail;
    }
    return items;
}

static size_t largest_live_bytes(const struct plan_buffer *b, uint32_t n)
{
    size_t largest = 0;
    for (uint32_t i = 0; i < n; i++) { /* some buffer is born where the most are alive */
        uint32_t twin = 0;
        while (b[twin].first != b[i].first)
            twin++;
        const size_t bytes = twin == i ? plan_live_bytes(b, n, b[i].first) : 0;
        largest = bytes > largest ? bytes : largest;
    }
    return largest;
}

/* States one after the other. No other placement is smaller: what is alive all the time lies wholly
 * above or below everything else, so it can be taken out, what lies above it moved down, and put
 * back at the bottom. Returns their bytes. */
static size_t place_states(const struct plan_buffer *b, uint32_t n, size_t *offset)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!b[i].is_state)
            continue;
        offset[i] = bytes;
        bytes += round_up(b[i].bytes);
    }
    return bytes;
}

struct plan plan_place(struct arena *a, const struct plan_buffer *b, uint32_t n,
                       uint64_t node_budget)
{
    struct entry *entries = ARENA_ARRAY(a, struct entry, n);
    const uint32_t n_items = list_entries(b, n, entries);
    const struct item *items = link_items(a, b, n, entries, n_items);
    struct plan plan = {.method = "greedy", .lower_bound = largest_live_bytes(b, n)};
    plan.offset = ARENA_ARRAY(a, size_t, n); /* 0 for buffers without bytes */
    plan.state_bytes = place_states(b, n, plan.offset);
    size_t *offset = ARENA_ARRAY(a, size_t, n_items);
    size_t rest_bytes = place_greedy(a, items, n_items, offset);
    const size_t rest_bound = plan.lower_bound - plan.state_bytes, greedy_bytes = rest_bytes;
    plan.optimal = rest_bytes == rest_bound;
    if (!plan.optimal && node_budget > 0 && n_items <= EXACT_ITEMS_MAX) {
        plan.optimal = place_exact(a, items, n_items, rest_bound, node_budget, offset, &rest_bytes);
        if (plan.optimal || rest_bytes < greedy_bytes)
            plan.method = "exact";
    }
    if (!plan.optimal && node_budget > 0 && n_items <= CLIMB_ITEMS_MAX &&
        place_climb(a, items, n_items, rest_bound, CLIMB_WORK, offset, &rest_bytes)) {
        plan.method = "climb";
        plan.optimal = rest_bytes == rest_bound;
    }
    plan.arena_bytes = plan.state_bytes + rest_bytes;
    for (uint32_t k = 0; k < n_items; k++)
        plan.offset[entries[k].i_buffer] = plan.state_bytes + offset[k];
    return plan;
}

/* Does buffer j lie high enough above i? */
static bool lies_above(const struct plan_buffer *b, const struct plan *p, uint32_t i, uint32_t j)
{
    size_t gap = b[i].bytes;
    if (b[j].lead > 0 && b[j].heir == i && b[j].lead < gap)
        gap = b[j].lead;
    if (b[i].trail > 0 && b[i].heir == j && b[i].trail < gap)
        gap = b[i].trail;
    return p->offset[j] >= p->offset[i] && p->offset[j] - p->offset[i] >= gap;
}

bool plan_check(const struct plan_buffer *b, uint32_t n, const struct plan *p)
{
    for (uint32_t i = 0; i < n; i++) {
        if (p->offset[i] % PLAN_ALIGN != 0 || p->offset[i] > p->arena_bytes ||
            b[i].bytes > p->arena_bytes - p->offset[i])
            return false;
        if ((b[i].lead > 0 || b[i].trail > 0) &&
            (b[i].heir >= n || b[b[i].heir].first != b[i].last))
            return false;
        if (b[i].bytes > 0 && b[i].is_state != (p->offset[i] < p->state_bytes))
            return false;
        if (b[i].is_state && p->offset[i] + b[i].bytes > p->state_bytes)
            return false;
        for (uint32_t j = 0; j < i; j++) {
            const bool alive_together = b[i].first <= b[j].last && b[j].first <= b[i].last;
            if (alive_together && !lies_above(b, p, i, j) && !lies_above(b, p, j, i))
                return false;
        }
    }
    return true;
}
