/* place.h - inside the planner: rounded buffers, and the three ways to place them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_PLAN_PLACE_H
#define MOTE_HOST_PLAN_PLACE_H
#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_HEIR UINT32_MAX

/* A buffer that takes memory: bytes > 0, a multiple of PLAN_ALIGN. Alive in `first`..`last`. */
struct item {
    size_t bytes;
    uint32_t first, last;
    uint32_t heir; /* the item born at `last` that may overwrite it, or NO_HEIR             */
    size_t lead;   /* from the heir up to it: 0 < lead <= the heir's bytes, a multiple of   */
                   /* PLAN_ALIGN                                                             */
    size_t trail;  /* from it up to the heir: 0 < trail <= its own bytes, likewise          */
};

static inline bool items_overlap(const struct item *a, const struct item *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* Of items i and j that are alive together, j not below i: the least offset of j above i. More than
 * 0, so that no two items alive together share an offset. */
static inline size_t item_gap(const struct item *items, uint32_t i, uint32_t j)
{
    if (items[j].heir == i)
        return items[j].lead;
    return items[i].heir == j ? items[i].trail : items[i].bytes;
}

/* The most that an item of `bytes` and its heir can share. */
static inline size_t shared_bytes_max(size_t bytes, size_t lead, size_t trail, size_t heir_bytes)
{
    const size_t above = heir_bytes - lead < bytes ? heir_bytes - lead : bytes;
    const size_t below = bytes - trail < heir_bytes ? bytes - trail : heir_bytes;
    return above > below ? above : below;
}

/* The steps that matter for memory. Wherever no buffer ends between two births, the live set of
 * the later birth contains the earlier one; what remains are the largest sets of buffers that are
 * alive at one time, in order of time. Two buffers overlap exactly when they share a section. */
struct sections {
    uint32_t n;
    uint32_t *first, *last; /* [items] sections in which the item is alive, inclusive */
    size_t *load;           /* [n] sum of the bytes alive                             */
};
struct sections sections_find(struct arena *a, const struct item *items, uint32_t n_items);

/* Which items are alive with item i: list[at[i]] .. list[at[i + 1] - 1], rising, each with its
 * item_gap above i. */
struct neighbours {
    uint32_t *list;
    uint32_t *at; /* [items + 1] */
    size_t *gap;  /* like list   */
};
struct neighbours neighbours_find(struct arena *a, const struct item *items, uint32_t n);

/* Greedy by size: the largest first, each at the lowest gap between what is alive with it.
 * Returns the arena's bytes. */
size_t place_greedy(struct arena *a, const struct item *items, uint32_t n, size_t *offset);

/* Branch and bound. `offset` and `*arena_bytes` hold a valid placement and are replaced by a
 * smaller one when there is one. The order of the items decides what is tried first, and so how
 * soon the search ends, not how small the result is once it ends. True when the result is proved to
 * be the smallest: it reached `lower_bound`, or the search ended within `node_budget` nodes. */
bool place_exact(struct arena *a, const struct item *items, uint32_t n, size_t lower_bound,
                 uint64_t node_budget, size_t *offset, size_t *arena_bytes);

/* Hill climbing from a valid placement, which is replaced by one that is not larger. True when it
 * is smaller. Looks at `work` pairs of items, and at most at one placement more. */
bool place_climb(struct arena *a, const struct item *items, uint32_t n, size_t lower_bound,
                 uint64_t work, size_t *offset, size_t *arena_bytes);
#endif
