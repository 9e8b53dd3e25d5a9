/* select.c - elements of one tensor where a condition holds, of another elsewhere.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "ir/ops/broadcast.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_select(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *condition = node_in(g, n, 0), *a = node_in(g, n, 1), *b = node_in(g, n, 2);
    char texts[3][SHAPE_TEXT];
    struct shape pair;
    struct mote_select_any walk;
    if (condition->dtype != DT_BOOL)
        return node_error(d, g, n, "a condition of type %s, expected bool",
                          dtype_name(condition->dtype));
    if (a->dtype != b->dtype)
        return node_error(d, g, n, "types %s and %s differ", dtype_name(a->dtype),
                          dtype_name(b->dtype));
    if (!broadcast_shape(&a->shape, &b->shape, &pair) ||
        !broadcast_shape(&condition->shape, &pair, &out->shape) ||
        !broadcast_select(&condition->shape, &a->shape, &b->shape, &out->shape, &walk))
        return node_error(
            d, g, n,
            "shapes %s, %s and %s do not broadcast, or in more than %d groups of dimensions",
            shape_text(&condition->shape, texts[0]), shape_text(&a->shape, texts[1]),
            shape_text(&b->shape, texts[2]), MOTE_SELECT_DIMS);
    out->dtype = a->dtype;
    return true;
}

int64_t macs_select(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_select(const struct eval *e)
{
    mote_select_any_ref(&e->args->select, e->in[0], e->in[1], e->in[2], e->out, e->scratch);
}

bool bind_select(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    const struct tensor *y = &g->tensors.items[n->out[0]];
    const bool fits = broadcast_select(&node_in(g, n, 0)->shape, &node_in(g, n, 1)->shape,
                                       &node_in(g, n, 2)->shape, &y->shape, &out->select);
    assert(fits);
    (void)fits;
    out->select.elem_bytes = (uint8_t)dtype_bytes(y->dtype);
    return true;
}

bool ranges_select(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
