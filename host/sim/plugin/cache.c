/* cache.c - a small cache of lines. SPDX-License-Identifier: Apache-2.0 */
#include "sim/plugin/cache.h"

#include <assert.h>

void cache_init(struct cache *c, uint32_t n_lines)
{
    assert(n_lines > 0 && n_lines <= CODE_LINES);
    *c = (struct cache){.n_lines = n_lines};
    for (uint32_t i = 0; i < n_lines; i++)
        c->tags[i] = UINT64_MAX;
}

/* Where the line is, or else the one that was not used for longest. */
static uint32_t find(const struct cache *c, uint64_t line)
{
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < c->n_lines; i++) {
        if (c->tags[i] == line)
            return i;
        if (c->used[i] < c->used[oldest])
            oldest = i;
    }
    return oldest;
}

bool cache_has(struct cache *c, uint64_t line)
{
    uint8_t *hint = &c->hints[line % N_HINTS];
    if (c->tags[*hint] != line)
        *hint = (uint8_t)find(c, line);
    const bool has = c->tags[*hint] == line;
    c->tags[*hint] = line;
    c->used[*hint] = ++c->now;
    return has;
}
