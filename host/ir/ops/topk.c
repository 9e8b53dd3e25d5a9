/* topk.c - the largest elements along the last dimension, and where they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

static bool infer(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *x = node_in(g, n, 0);
    const int32_t last = x->shape.dim[x->shape.rank - 1], k = n->attrs.k;
    if (x->dtype != DT_F32 && x->dtype != DT_S8 && x->dtype != DT_S16 && x->dtype != DT_S32)
        return node_error(d, g, n, "input type %s, expected f32, s8, s16 or s32",
                          dtype_name(x->dtype));
    if (k < 1 || k > last)
        return node_error(d, g, n, "%" PRId32 " elements of %" PRId32 ", expected 1 or more", k,
                          last);
    out[0].dtype = x->dtype;
    out[1].dtype = DT_S32;
    out[0].shape = x->shape;
    out[0].shape.dim[x->shape.rank - 1] = k;
    out[1].shape = out[0].shape;
    return true;
}

static void bind(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    const uint32_t last = (uint32_t)x->dim[x->rank - 1];
    (void)a;
    out->topk = (struct mote_topk){
        .rows = (uint32_t)shape_count(x) / last, .n = last, .k = (uint32_t)n->attrs.k};
}

#define TOPK_CASE(DTYPE, dtype)                                                                    \
    case DT_##DTYPE:                                                                               \
        mote_topk_##dtype##_ref(&e->args->topk, e->in[0], e->outs[0], e->outs[1], e->scratch);     \
        break;

static void eval(const struct eval *e)
{
    switch (node_in(e->g, e->n, 0)->dtype) {
        TOPK_CASE(F32, f32)
        TOPK_CASE(S16, s16)
        TOPK_CASE(S32, s32)
    default:
        mote_topk_s8_ref(&e->args->topk, e->in[0], e->outs[0], e->outs[1], e->scratch);
    }
}

static bool ranges(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}

OP_BY(topk, infer, eval, bind, ranges)
