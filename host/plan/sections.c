/* sections.c - the largest sets of buffers that are alive at one time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/place.h"
#include <stdlib.h>

static int by_step(const void *pa, const void *pb)
{
    const uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return (a > b) - (a < b);
}

/* Does an item die at step `from` or later, but before `to`? */
static bool has_death(const struct item *items, uint32_t n_items, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < n_items; i++)
        if (items[i].last >= from && items[i].last < to)
            return true;
    return false;
}

struct sections sections_find(struct arena *a, const struct item *items, uint32_t n_items)
{
    uint32_t *births = ARENA_ARRAY(a, uint32_t, n_items);
    for (uint32_t i = 0; i < n_items; i++)
        births[i] = items[i].first;
    qsort(births, n_items, sizeof *births, by_step);

    struct sections s = {
        .first = ARENA_ARRAY(a, uint32_t, n_items),
        .last = ARENA_ARRAY(a, uint32_t, n_items),
        .load = ARENA_ARRAY(a, size_t, n_items),
    };
    for (uint32_t i = 0; i < n_items; i++)
        s.first[i] = UINT32_MAX;
    for (uint32_t k = 0; k < n_items; k++) {
        const uint32_t step = births[k];
        if (k + 1 < n_items &&
            (births[k + 1] == step || !has_death(items, n_items, step, births[k + 1])))
            continue;
        for (uint32_t i = 0; i < n_items; i++) {
            if (items[i].first > step || items[i].last < step)
                continue;
            s.load[s.n] += items[i].bytes;
            s.first[i] = s.first[i] == UINT32_MAX ? s.n : s.first[i];
            s.last[i] = s.n;
        }
        s.n++;
    }
    return s;
}
