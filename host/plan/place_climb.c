/* place_climb.c - hill climbing over the order in which buffers are placed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Placing the buffers one by one, each at the lowest free place, makes a plan out of an order, and
 * some order makes the best plan. So search orders: swap two buffers, place all again, keep the
 * swap unless the arena grew (the planner of Arm's Vela does it so). Worth swapping is what stands
 * under the bottleneck, the buffer that ends highest: the chain of buffers that it rests on, each
 * on the end of the one before, and the chains of the buffers that are alive with it.
 *
 * The first order is by the offsets of the placement that is given. Placed in that order nothing
 * comes to lie higher than it did, so the result is never worse. The same numbers are drawn every
 * time. */
#include "base/rng.h"
#include "plan/place.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SEED          1
#define CHAIN_PERCENT 30 /* of swaps that take a buffer of the bottleneck's own chain */
#define STUCK_TRIES   50 /* without a smaller arena: from then on swap two pairs      */
#define NOTHING_BELOW UINT32_MAX

struct climb {
    const struct item *items;
    uint32_t n;
    struct neighbours neighbours;
    uint32_t *order;    /* [n] items in the order of their placement                      */
    size_t *offset;     /* [n] of the last placement                                      */
    uint32_t *rests_on; /* [n] the item whose end made the offset, or NOTHING_BELOW       */
    uint32_t *turn;     /* [n] position of an item in the order                           */
    bool *is_listed;    /* [n]                                                            */
    uint32_t *turns;    /* [n] positions worth swapping: of the chain first               */
    uint32_t n_chain, n_turns;
    uint64_t work_left; /* pairs of items that may still be looked at                     */
};

/* The lowest place of item i among the placed ones: those whose turn was before its own. */
static void settle(struct climb *c, uint32_t i)
{
    const struct neighbours *nb = &c->neighbours;
    size_t at = 0;
    uint32_t below = NOTHING_BELOW;
    bool is_moved;
    do {
        is_moved = false;
        for (uint32_t k = nb->at[i]; k < nb->at[i + 1]; k++) {
            const uint32_t j = nb->list[k];
            if (c->turn[j] > c->turn[i] || at + nb->gap[k] <= c->offset[j])
                continue;
            const size_t end = c->offset[j] + item_gap(c->items, j, i);
            if (at >= end)
                continue;
            at = end;
            below = j;
            is_moved = true;
        }
    } while (is_moved);
    c->offset[i] = at;
    c->rests_on[i] = below;
}

/* Place all in order. Returns the arena's bytes; stops early when they exceed `limit`. */
static size_t place_all(struct climb *c, size_t limit)
{
    size_t arena_bytes = 0;
    for (uint32_t k = 0; k < c->n; k++)
        c->turn[c->order[k]] = k;
    for (uint32_t k = 0; k < c->n && arena_bytes <= limit; k++) {
        const uint32_t i = c->order[k];
        settle(c, i);
        const uint64_t work = 1 + c->neighbours.at[i + 1] - c->neighbours.at[i];
        c->work_left -= work < c->work_left ? work : c->work_left;
        const size_t end = c->offset[i] + c->items[i].bytes;
        arena_bytes = end > arena_bytes ? end : arena_bytes;
    }
    return arena_bytes;
}

/* List the turns of item i and of all that it rests on. */
static void list_chain(struct climb *c, uint32_t i)
{
    for (; i != NOTHING_BELOW && !c->is_listed[i]; i = c->rests_on[i]) {
        c->is_listed[i] = true;
        c->turns[c->n_turns++] = c->turn[i];
    }
}

/* What is worth swapping, after a placement of all. */
static void list_turns(struct climb *c)
{
    uint32_t top = 0;
    for (uint32_t i = 1; i < c->n; i++)
        if (c->offset[i] + c->items[i].bytes > c->offset[top] + c->items[top].bytes)
            top = i;
    memset(c->is_listed, 0, c->n * sizeof *c->is_listed);
    c->n_turns = 0;
    list_chain(c, top);
    c->n_chain = c->n_turns;
    for (uint32_t k = c->neighbours.at[top]; k < c->neighbours.at[top + 1]; k++)
        list_chain(c, c->neighbours.list[k]);
}

static void swap_turns(struct climb *c, uint32_t a, uint32_t b)
{
    const uint32_t item = c->order[a];
    c->order[a] = c->order[b];
    c->order[b] = item;
}

/* Two different turns to swap, the first of those listed. */
static void draw(const struct climb *c, struct rng *r, uint32_t pair[2])
{
    const bool of_chain = rng_below(r, 100) < CHAIN_PERCENT;
    pair[0] = c->turns[rng_below(r, of_chain ? c->n_chain : c->n_turns)];
    if (c->n_turns > 1)
        do
            pair[1] = c->turns[rng_below(r, c->n_turns)];
        while (pair[1] == pair[0]);
    else
        pair[1] = (pair[0] + 1 + rng_below(r, c->n - 1)) % c->n;
}

/* An item below another comes first; of one offset, the one named first. */
struct rank {
    size_t offset;
    uint32_t i_item;
};

static int by_offset(const void *pa, const void *pb)
{
    const struct rank *a = pa, *b = pb;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return a->i_item < b->i_item ? -1 : 1;
}

static void set_order(struct arena *a, struct climb *c, const size_t *offset)
{
    struct rank *ranks = ARENA_ARRAY(a, struct rank, c->n);
    for (uint32_t i = 0; i < c->n; i++)
        ranks[i] = (struct rank){.offset = offset[i], .i_item = i};
    qsort(ranks, c->n, sizeof *ranks, by_offset);
    for (uint32_t k = 0; k < c->n; k++)
        c->order[k] = ranks[k].i_item;
}

bool place_climb(struct arena *a, const struct item *items, uint32_t n, size_t lower_bound,
                 uint64_t work, size_t *offset, size_t *arena_bytes)
{
    const size_t given_bytes = *arena_bytes;
    if (n < 2 || given_bytes == lower_bound)
        return false;
    struct climb c = {.items = items,
                      .n = n,
                      .neighbours = neighbours_find(a, items, n),
                      .order = ARENA_ARRAY(a, uint32_t, n),
                      .offset = ARENA_ARRAY(a, size_t, n),
                      .rests_on = ARENA_ARRAY(a, uint32_t, n),
                      .turn = ARENA_ARRAY(a, uint32_t, n),
                      .is_listed = ARENA_ARRAY(a, bool, n),
                      .turns = ARENA_ARRAY(a, uint32_t, n),
                      .work_left = work};
    struct rng r = rng_seed(SEED);
    set_order(a, &c, offset);
    size_t best = place_all(&c, SIZE_MAX);
    assert(best <= given_bytes);
    list_turns(&c);
    for (uint32_t n_stuck = 0; c.work_left > 0 && best > lower_bound; n_stuck++) {
        uint32_t pairs[2][2];
        const uint32_t n_pairs = n_stuck < STUCK_TRIES ? 1 : 2;
        for (uint32_t k = 0; k < n_pairs; k++) {
            draw(&c, &r, pairs[k]);
            swap_turns(&c, pairs[k][0], pairs[k][1]);
        }
        const size_t bytes = place_all(&c, best);
        if (bytes > best) {
            for (uint32_t k = n_pairs; k-- > 0;)
                swap_turns(&c, pairs[k][0], pairs[k][1]);
            continue;
        }
        n_stuck = bytes < best ? 0 : n_stuck;
        best = bytes;
        list_turns(&c);
    }
    place_all(&c, SIZE_MAX);
    memcpy(offset, c.offset, n * sizeof *offset);
    *arena_bytes = best;
    return best < given_bytes;
}
