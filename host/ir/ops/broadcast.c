/* broadcast.c - shapes that differ side by side. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/broadcast.h"

/* Dimension i of `rank`, counted with ones in front. */
static int32_t dim_of(const struct shape *s, int32_t i, int32_t rank)
{
    const int32_t k = i - (rank - s->rank);
    return k < 0 ? 1 : s->dim[k];
}

bool broadcast_shape(const struct shape *a, const struct shape *b, struct shape *out)
{
    *out = (struct shape){.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int32_t i = 0; i < out->rank; i++) {
        const int32_t da = dim_of(a, i, out->rank), db = dim_of(b, i, out->rank);
        if (da != db && da != 1 && db != 1)
            return false;
        out->dim[i] = da > db ? da : db;
    }
    return true;
}

/* One dimension of the walk. */
struct stride {
    uint32_t n, a, b;
};

/* Can `outer` be walked as a longer `inner`? */
static bool joins(const struct stride *outer, const struct stride *inner)
{
    return outer->a == inner->a * inner->n && outer->b == inner->b * inner->n;
}

bool broadcast_walk(const struct shape *a, const struct shape *b, const struct shape *out,
                    struct mote_broadcast *w)
{
    struct stride found[RANK_MAX]; /* innermost first */
    uint32_t n_found = 0, a_size = 1, b_size = 1;
    for (int32_t i = out->rank - 1; i >= 0; i--) {
        const int32_t da = dim_of(a, i, out->rank), db = dim_of(b, i, out->rank);
        const struct stride s = {(uint32_t)out->dim[i], da == 1 ? 0 : a_size, db == 1 ? 0 : b_size};
        a_size *= (uint32_t)da;
        b_size *= (uint32_t)db;
        if (s.n == 1)
            continue;
        if (n_found > 0 && joins(&s, &found[n_found - 1]))
            found[n_found - 1].n *= s.n;
        else
            found[n_found++] = s;
    }
    *w = (struct mote_broadcast){.n = {1, 1, 1, 1}};
    if (n_found > MOTE_BROADCAST_DIMS)
        return false;
    for (uint32_t k = 0; k < n_found; k++) {
        const uint32_t to = MOTE_BROADCAST_DIMS - 1 - k;
        w->n[to] = found[k].n;
        w->a_step[to] = found[k].a;
        w->b_step[to] = found[k].b;
    }
    return true;
}
