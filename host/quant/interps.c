/* interps.c - one interpreter per thread of a pool. SPDX-License-Identifier: Apache-2.0 */
#include "quant/interps.h"

struct interp **interps_new(struct arena *a, const struct graph *g, const struct pool *pool,
                            struct diag *d)
{
    const uint32_t n = pool_n_threads(pool);
    struct interp **its = ARENA_ARRAY(a, struct interp *, n);
    for (uint32_t i = 0; i < n; i++) {
        its[i] = interp_new(a, g, d);
        if (!its[i])
            return NULL;
    }
    return its;
}
