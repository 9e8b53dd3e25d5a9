/* broadcast.c - shapes that differ side by side. SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/broadcast.h"

#include "ir/ops/ops.h"

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

/* One dimension of a walk: its elements, and the step of each input. */
#define N_WALKED 3
struct stride {
    uint32_t n, step[N_WALKED];
};

/* Can `outer` be walked as a longer `inner`? */
static bool joins(const struct stride *outer, const struct stride *inner)
{
    for (int k = 0; k < N_WALKED; k++)
        if (outer->step[k] != inner->step[k] * inner->n)
            return false;
    return true;
}

/* The dimensions of `out`, innermost first, neighbours that all inputs walk alike as one. `in` has
 * N_WALKED shapes. Returns their number. */
static uint32_t find_strides(const struct shape *const *in, const struct shape *out,
                             struct stride found[RANK_MAX])
{
    uint32_t n_found = 0, size[N_WALKED] = {1, 1, 1};
    for (int32_t i = out->rank - 1; i >= 0; i--) {
        struct stride s = {.n = (uint32_t)out->dim[i]};
        for (int k = 0; k < N_WALKED; k++) {
            const uint32_t dim = (uint32_t)dim_of(in[k], i, out->rank);
            s.step[k] = dim == 1 ? 0 : size[k];
            size[k] *= dim;
        }
        if (s.n == 1)
            continue;
        if (n_found > 0 && joins(&s, &found[n_found - 1]))
            found[n_found - 1].n *= s.n;
        else
            found[n_found++] = s;
    }
    return n_found;
}

bool broadcast_walk(const struct shape *a, const struct shape *b, const struct shape *out,
                    struct mote_broadcast *w)
{
    struct stride found[RANK_MAX];
    const uint32_t n_found = find_strides((const struct shape *const[]){a, b, b}, out, found);
    *w = (struct mote_broadcast){.n = {1, 1, 1, 1}};
    if (n_found > MOTE_BROADCAST_DIMS)
        return false;
    for (uint32_t k = 0; k < n_found; k++) {
        const uint32_t to = MOTE_BROADCAST_DIMS - 1 - k;
        w->n[to] = found[k].n;
        w->a_step[to] = found[k].step[0];
        w->b_step[to] = found[k].step[1];
    }
    return true;
}

bool broadcast_select(const struct shape *condition, const struct shape *a, const struct shape *b,
                      const struct shape *out, struct mote_select_any *op)
{
    struct stride found[RANK_MAX];
    const uint32_t n_found =
        find_strides((const struct shape *const[]){condition, a, b}, out, found);
    *op = (struct mote_select_any){.n = {1, 1, 1, 1}};
    if (n_found > MOTE_SELECT_DIMS)
        return false;
    for (uint32_t k = 0; k < n_found; k++) {
        const uint32_t to = MOTE_SELECT_DIMS - 1 - k;
        op->n[to] = found[k].n;
        op->if_step[to] = found[k].step[0];
        op->a_step[to] = found[k].step[1];
        op->b_step[to] = found[k].step[2];
    }
    return true;
}

bool infer_broadcast(const struct graph *g, const struct node *n, struct tensor *out,
                     struct diag *d)
{
    const struct tensor *a = node_in(g, n, 0), *b = node_in(g, n, 1);
    char text_a[SHAPE_TEXT], text_b[SHAPE_TEXT];
    struct mote_broadcast walk;
    if (a->dtype != b->dtype)
        return node_error(d, g, n, "types %s and %s differ", dtype_name(a->dtype),
                          dtype_name(b->dtype));
    if (!broadcast_shape(&a->shape, &b->shape, &out->shape))
        return node_error(d, g, n, "shapes %s and %s do not broadcast",
                          shape_text(&a->shape, text_a), shape_text(&b->shape, text_b));
    if (!broadcast_walk(&a->shape, &b->shape, &out->shape, &walk))
        return node_error(d, g, n, "shapes %s and %s differ in more than %d groups of dimensions",
                          shape_text(&a->shape, text_a), shape_text(&b->shape, text_b),
                          MOTE_BROADCAST_DIMS);
    return true;
}
