/* place_greedy.c - greedy by size (Pisarchyk and Lee, arXiv:2001.03288), the planner that
 * TensorFlow Lite Micro uses: the first placement, and what the exact search has to beat.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/place.h"
#include <stdlib.h>
#include <string.h>

struct ranked {
    struct item item;
    uint32_t i_item;
};

/* Larger first; among equals the earlier, then the one named first: no tie is left to qsort. */
static int by_size(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->item.bytes != b->item.bytes)
        return a->item.bytes > b->item.bytes ? -1 : 1;
    if (a->item.first != b->item.first)
        return a->item.first < b->item.first ? -1 : 1;
    return a->i_item < b->i_item ? -1 : 1;
}

/* The lowest offset at which item i fits among the placed items that are alive with it. `placed`
 * lists them all by rising offset, which makes few passes do: a second move is needed only where i,
 * moved up from one item, meets one below that it may overlap. Each pass but the last moves i past
 * an item for good. */
static size_t lowest_gap(const struct item *items, uint32_t i, const uint32_t *placed,
                         uint32_t n_placed, const size_t *offset)
{
    size_t at = 0;
    bool is_moved;
    do {
        is_moved = false;
        for (uint32_t k = 0; k < n_placed; k++) {
            const uint32_t j = placed[k];
            const bool is_free = !items_overlap(&items[i], &items[j]) ||
                                 at + item_gap(items, i, j) <= offset[j] ||
                                 at >= offset[j] + item_gap(items, j, i);
            if (is_free)
                continue;
            at = offset[j] + item_gap(items, j, i);
            is_moved = true;
        }
    } while (is_moved);
    return at;
}

size_t place_greedy(struct arena *a, const struct item *items, uint32_t n, size_t *offset)
{
    struct ranked *order = ARENA_ARRAY(a, struct ranked, n);
    for (uint32_t i = 0; i < n; i++)
        order[i] = (struct ranked){.item = items[i], .i_item = i};
    qsort(order, n, sizeof *order, by_size);

    uint32_t *placed = ARENA_ARRAY(a, uint32_t, n);
    size_t arena_bytes = 0;
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t i = order[k].i_item;
        offset[i] = lowest_gap(items, i, placed, k, offset);
        const size_t end = offset[i] + items[i].bytes;
        arena_bytes = end > arena_bytes ? end : arena_bytes;

        uint32_t at = k;
        while (at > 0 && offset[placed[at - 1]] > offset[i])
            at--;
        memmove(&placed[at + 1], &placed[at], (k - at) * sizeof *placed);
        placed[at] = i;
    }
    return arena_bytes;
}
