/* cumsum.c - sums of all elements so far along an axis. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

#define SUM_BITS 19 /* fraction bits of the sums */

static bool infer(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    const struct attrs *at = &n->attrs;
    if (x->dtype != DT_F32 && x->dtype != DT_S8 && x->dtype != DT_S32)
        return node_error(d, g, n, "input type %s, expected f32, s8 or s32", dtype_name(x->dtype));
    if (x->dtype == DT_S32 && x->quant.n)
        return node_error(d, g, n, "its input is s32 with a scale, expected none");
    if (at->axis < 0 || at->axis >= x->shape.rank)
        return node_error(d, g, n, "axis %" PRId32 " is outside 0..%" PRId32, at->axis,
                          x->shape.rank - 1);
    if (at->exclusive < 0 || at->exclusive > 1 || at->reverse < 0 || at->reverse > 1)
        return node_error(d, g, n,
                          "exclusive %" PRId32 " and reverse %" PRId32 ", each expected 0 or 1",
                          at->exclusive, at->reverse);
    out->shape = x->shape;
    return infer_copy(g, n, out);
}

static void bind(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out)
{
    const struct tensor *x = node_in(g, n, 0), *y = &g->tensors.items[n->out[0]];
    struct mote_cumsum op = {.outer = 1,
                             .n = (uint32_t)x->shape.dim[n->attrs.axis],
                             .inner = 1,
                             .exclusive = n->attrs.exclusive != 0,
                             .reverse = n->attrs.reverse != 0};
    (void)a;
    for (int32_t i = 0; i < x->shape.rank; i++)
        if (i != n->attrs.axis)
            *(i < n->attrs.axis ? &op.outer : &op.inner) *= (uint32_t)x->shape.dim[i];
    if (x->dtype != DT_S8) {
        out->cumsum = op;
        return;
    }
    out->cumsum_s8 =
        (struct mote_cumsum_s8){.of = op, .in_zero = zero_of(x), .out_zero = zero_of(y)};
    const double unit = scale_of(x) / (double)(1 << SUM_BITS);
    set_multiplier(unit / scale_of(y), &out->cumsum_s8.mult, &out->cumsum_s8.shift);
}

static void eval(const struct eval *e)
{
    switch (node_in(e->g, e->n, 0)->dtype) {
    case DT_F32:
        mote_cumsum_f32_ref(&e->args->cumsum, e->in[0], e->out, e->scratch);
        return;
    case DT_S32:
        mote_cumsum_s32_ref(&e->args->cumsum, e->in[0], e->out, e->scratch);
        return;
    default:
        mote_cumsum_s8_ref(&e->args->cumsum_s8, e->in[0], e->out, e->scratch);
    }
}

static bool ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    union kernel_args args;
    if (node_in(g, n, 0)->dtype != DT_S8)
        return true;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    return args.cumsum_s8.shift <= 0 ||
           node_error(d, g, n, "the output scale is too small: below 2^-19 of the input's");
}

OP_BY(cumsum, infer, eval, bind, ranges)
