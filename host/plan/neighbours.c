/* neighbours.c - which buffers are alive together. SPDX-License-Identifier: Apache-2.0 */
#include "plan/place.h"

struct neighbours neighbours_find(struct arena *a, const struct item *items, uint32_t n)
{
    struct neighbours nb = {.at = ARENA_ARRAY(a, uint32_t, n + 1)};
    uint32_t n_links = 0;
    for (uint32_t i = 0; i < n; i++) {
        nb.at[i] = n_links;
        for (uint32_t j = 0; j < n; j++)
            n_links += i != j && items_overlap(&items[i], &items[j]);
    }
    nb.at[n] = n_links;
    nb.list = ARENA_ARRAY(a, uint32_t, n_links);
    nb.gap = ARENA_ARRAY(a, size_t, n_links);
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++)
            if (i != j && items_overlap(&items[i], &items[j])) {
                nb.gap[at] = item_gap(items, i, j);
                nb.list[at++] = j;
            }
    return nb;
}
