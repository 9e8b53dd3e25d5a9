/* concat.c - tensors side by side along one axis. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

static bool fits_first(const struct tensor *t, const struct tensor *first, int32_t axis)
{
    if (t->dtype != first->dtype || t->shape.rank != first->shape.rank)
        return false;
    for (int32_t i = 0; i < t->shape.rank; i++)
        if (i != axis && t->shape.dim[i] != first->shape.dim[i])
            return false;
    return true;
}

bool infer_concat(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *first = node_in(g, n, 0);
    int32_t axis = n->attrs.axis;
    if (axis < 0 || axis >= first->shape.rank)
        return node_error(d, g, n, "axis %" PRId32 " is outside 0..%" PRId32, axis,
                          first->shape.rank - 1);
    int64_t sum = 0; /* <= 1024 * 2^24 */
    for (uint32_t i = 0; i < n->n_in; i++) {
        const struct tensor *t = node_in(g, n, i);
        char text_t[SHAPE_TEXT], text_first[SHAPE_TEXT];
        if (!fits_first(t, first, axis))
            return node_error(
                d, g, n, "input %" PRIu32 " is %s %s, does not fit %s %s along axis %" PRId32, i,
                dtype_name(t->dtype), shape_text(&t->shape, text_t), dtype_name(first->dtype),
                shape_text(&first->shape, text_first), axis);
        sum += t->shape.dim[axis];
    }
    if (sum > DIM_MAX)
        return node_error(d, g, n, "dimension %" PRId64 " is above %d", sum, DIM_MAX);
    out->shape = first->shape;
    out->shape.dim[axis] = (int32_t)sum;
    return infer_copy(g, n, out);
}

int64_t macs_concat(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_concat(const struct eval *e)
{
    mote_concat_any_ref(&e->args->concat, e->in, e->out, e->scratch);
}

static void concat_constants(struct arena *a, const struct graph *g, const struct node *n,
                             struct mote_concat_any *op)
{
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    int64_t outer = 1;
    for (int32_t i = 0; i < n->attrs.axis; i++)
        outer *= y->dim[i];
    uint32_t *inner = ARENA_ARRAY(a, uint32_t, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++)
        inner[i] = (uint32_t)(tensor_bytes(node_in(g, n, i)) / (size_t)outer);
    *op = (struct mote_concat_any){.outer = (uint32_t)outer, .n_in = n->n_in, .inner = inner};
}

bool bind_concat(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out, struct diag *d)
{
    (void)d;
    concat_constants(a, g, n, &out->concat);
    return true;
}

bool ranges_concat(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
