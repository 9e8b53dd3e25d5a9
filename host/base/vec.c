/* vec.c - growth of arrays in an arena. SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"

#include <assert.h>
#include <string.h>

void *vec_reserve(struct arena *a, void *items, uint32_t n, uint32_t *cap, size_t size)
{
    assert(n <= *cap);
    if (n < *cap)
        return items;
    assert(*cap <= UINT32_MAX / 2);
    const uint32_t wider = *cap ? 2 * *cap : 8;
    void *p = arena_alloc_array(a, wider, size);
    if (n)
        memcpy(p, items, n * size);
    *cap = wider;
    return p;
}
