/* arg_extremum.c - arg_max and arg_min: where along an axis the largest or least element is.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

static bool infer_arg(const struct graph *g, const struct node *n, struct tensor *out,
                      struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    const int32_t axis = n->attrs.axis;
    if (x->dtype != DT_F32 && x->dtype != DT_S8 && x->dtype != DT_S16 && x->dtype != DT_S32)
        return node_error(d, g, n, "input type %s, expected f32, s8, s16 or s32",
                          dtype_name(x->dtype));
    if (axis < 0 || axis >= x->shape.rank)
        return node_error(d, g, n, "axis %" PRId32 " is outside 0..%" PRId32, axis,
                          x->shape.rank - 1);
    for (int32_t i = 0; i < x->shape.rank; i++)
        if (i != axis)
            out->shape.dim[out->shape.rank++] = x->shape.dim[i];
    if (x->shape.rank == 1)
        out->shape = (struct shape){.rank = 1, .dim = {1}};
    out->dtype = DT_S32;
    return true;
}

static void bind_arg(struct arena *a, const struct graph *g, const struct node *n,
                     union kernel_args *out)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    struct mote_arg_extremum *op = &out->arg_extremum;
    (void)a;
    *op = (struct mote_arg_extremum){
        .outer = 1, .n = (uint32_t)x->dim[n->attrs.axis], .inner = 1, .least = n->op == OP_ARG_MIN};
    for (int32_t i = 0; i < x->rank; i++)
        if (i != n->attrs.axis)
            *(i < n->attrs.axis ? &op->outer : &op->inner) *= (uint32_t)x->dim[i];
}

static void eval_arg(const struct eval *e)
{
    const struct mote_arg_extremum *op = &e->args->arg_extremum;
    switch (node_in(e->g, e->n, 0)->dtype) {
    case DT_F32:
        mote_arg_extremum_f32_ref(op, e->in[0], e->out, e->scratch);
        return;
    case DT_S16:
        mote_arg_extremum_s16_ref(op, e->in[0], e->out, e->scratch);
        return;
    case DT_S32:
        mote_arg_extremum_s32_ref(op, e->in[0], e->out, e->scratch);
        return;
    default:
        mote_arg_extremum_s8_ref(op, e->in[0], e->out, e->scratch);
    }
}

OP_BY(arg_max, infer_arg, eval_arg, bind_arg, ranges_any)
OP_BY(arg_min, infer_arg, eval_arg, bind_arg, ranges_any)
