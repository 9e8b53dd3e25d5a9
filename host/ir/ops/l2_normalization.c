/* l2_normalization.c - vectors of length 1, along the last dimension.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

#define LAST_MAX 33025 /* a sum of so many squares of 255 is below 2^31 */

static void bind(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out)
{
    const struct tensor *x = node_in(g, n, 0);
    const uint32_t last = (uint32_t)x->shape.dim[x->shape.rank - 1];
    (void)a;
    out->l2_normalization = (struct mote_l2_normalization){
        .rows = (uint32_t)shape_count(&x->shape) / last,
        .n = last,
        .zero = x->dtype == DT_S8 ? zero_of(x) : 0,
    };
}

static void eval(const struct eval *e)
{
    const struct mote_l2_normalization *op = &e->args->l2_normalization;
    if (node_in(e->g, e->n, 0)->dtype == DT_F32)
        mote_l2_normalization_f32_ref(op, e->in[0], e->out, e->scratch);
    else
        mote_l2_normalization_s8_ref(op, e->in[0], e->out, e->scratch);
}

static bool ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    (void)tmp;
    if (x->dim[x->rank - 1] > LAST_MAX)
        return node_error(d, g, n, "%" PRId32 " elements, at most %d in s8", x->dim[x->rank - 1],
                          LAST_MAX);
    return ranges_output(g, n, 1.0f / 128.0f, 0.0f, 0, d);
}

OP_BY(l2_normalization, infer_like_input, eval, bind, ranges)
