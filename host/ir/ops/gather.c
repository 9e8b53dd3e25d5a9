/* gather.c - the slices along an axis that indices name. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

static bool check_indices(const struct graph *g, const struct node *n, int32_t size, struct diag *d)
{
    const struct tensor *index = node_in(g, n, 1);
    if (index->dtype != DT_S32)
        return node_error(d, g, n, "indices of type %s, expected s32", dtype_name(index->dtype));
    for (int64_t i = 0; index->data && i < shape_count(&index->shape); i++) {
        const int64_t v = element_int(DT_S32, index->data, i);
        if (v < 0 || v >= size)
            return node_error(d, g, n, "index %" PRId64 " of a dimension of %" PRId32, v, size);
    }
    return true;
}

bool infer_gather(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape, *index = &node_in(g, n, 1)->shape;
    const int32_t axis = n->attrs.axis;
    if (axis < 0 || axis >= x->rank)
        return node_error(d, g, n, "axis %" PRId32 " is outside 0..%" PRId32, axis, x->rank - 1);
    if (x->rank + index->rank - 1 > RANK_MAX)
        return node_error(d, g, n, "its output would have %" PRId32 " dimensions, at most %d",
                          x->rank + index->rank - 1, RANK_MAX);
    if (!check_indices(g, n, x->dim[axis], d))
        return false;
    struct shape *y = &out->shape;
    for (int32_t i = 0; i < axis; i++)
        y->dim[y->rank++] = x->dim[i];
    for (int32_t i = 0; i < index->rank; i++)
        y->dim[y->rank++] = index->dim[i];
    for (int32_t i = axis + 1; i < x->rank; i++)
        y->dim[y->rank++] = x->dim[i];
    return infer_copy(g, n, out);
}

int64_t macs_gather(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

static struct mote_gather_any sizes_of(const struct graph *g, const struct node *n)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    struct mote_gather_any s = {
        .outer = 1,
        .n = (uint32_t)x->dim[n->attrs.axis],
        .n_index = (uint32_t)shape_count(&node_in(g, n, 1)->shape),
        .inner = (uint32_t)dtype_bytes(node_in(g, n, 0)->dtype),
    };
    for (int32_t i = 0; i < x->rank; i++)
        if (i != n->attrs.axis)
            *(i < n->attrs.axis ? &s.outer : &s.inner) *= (uint32_t)x->dim[i];
    return s;
}

void eval_gather(const struct eval *e)
{
    mote_gather_any_ref(&e->args->gather, e->in[0], e->in[1], e->out, e->scratch);
}

bool bind_gather(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    out->gather = sizes_of(g, n);
    return true;
}

bool ranges_gather(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
