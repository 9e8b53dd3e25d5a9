/* reshape.c - the same elements in the same order under another shape, any type.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_reshape(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    struct shape y = {.rank = n->attrs.new_rank};
    memcpy(y.dim, n->attrs.new_shape, sizeof y.dim);
    const char *fault = shape_fault(&y);
    if (fault)
        return node_error(d, g, n, "new shape: %s", fault);
    for (int32_t i = y.rank; i < RANK_MAX; i++)
        if (y.dim[i] != 0)
            return node_error(d, g, n, "new shape has a dimension beyond its rank %" PRId32,
                              y.rank);
    char text_x[SHAPE_TEXT], text_y[SHAPE_TEXT];
    if (shape_count(&y) != shape_count(&x->shape))
        return node_error(d, g, n, "input %s has %" PRId64 " elements, new shape %s has %" PRId64,
                          shape_text(&x->shape, text_x), shape_count(&x->shape),
                          shape_text(&y, text_y), shape_count(&y));
    out->shape = y;
    out->dtype = x->dtype;
    return true;
}

int64_t macs_reshape(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_reshape(const struct eval *e)
{
    memcpy(e->out, e->in[0], tensor_bytes(node_in(e->g, e->n, 0)));
}

/* No kernel: the scheduler makes it another name for its input. */
bool bind_reshape(struct arena *a, const struct graph *g, const struct node *n,
                  union kernel_args *out, struct diag *d)
{
    (void)a, (void)out;
    return node_error(d, g, n, "no integer kernel for this operator");
}

bool ranges_reshape(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
