/* nms.c - the best of many boxes, without those that overlap better ones.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

enum nms_in { NMS_BOXES, NMS_SCORES };
enum nms_param { PARAM_MAX };

static bool infer(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct tensor *boxes = node_in(g, n, NMS_BOXES), *scores = node_in(g, n, NMS_SCORES);
    const struct attrs *at = &n->attrs;
    const int32_t max = at->params[PARAM_MAX];
    const struct shape want = {2, {scores->shape.dim[0], 4}};
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    if (boxes->dtype != DT_F32 || scores->dtype != DT_F32)
        return node_error(d, g, n, "boxes %s and scores %s, expected f32", dtype_name(boxes->dtype),
                          dtype_name(scores->dtype));
    if (scores->shape.rank != 1 || !shape_equal(&boxes->shape, &want))
        return node_error(d, g, n, "boxes %s and scores %s, expected [n,4] and [n]",
                          shape_text(&boxes->shape, a), shape_text(&scores->shape, b));
    if (max < 1 || max > DIM_MAX)
        return node_error(d, g, n, "%" PRId32 " boxes, expected 1..%d", max, DIM_MAX);
    if (!isfinite(at->threshold) || !(at->overlap >= 0.0f) || !(at->overlap <= 1.0f) ||
        !isfinite(at->alpha) || (at->alpha != 0.0f && !(at->alpha > 1e-30f)))
        return node_error(d, g, n,
                          "threshold %.9g, overlap %.9g and alpha %.9g, expected a finite one, one "
                          "in 0..1 and a finite one, 0 or above 1e-30",
                          (double)at->threshold, (double)at->overlap, (double)at->alpha);
    out[0].shape = out[1].shape = (struct shape){1, {max}};
    out[2].shape = (struct shape){1, {1}};
    out[0].dtype = out[2].dtype = DT_S32;
    out[1].dtype = DT_F32;
    return true;
}

static void bind(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out)
{
    (void)a;
    out->nms = (struct mote_nms_f32){
        .n = (uint32_t)node_in(g, n, NMS_SCORES)->shape.dim[0],
        .max = (uint32_t)n->attrs.params[PARAM_MAX],
        .threshold = n->attrs.threshold,
        .overlap = n->attrs.overlap,
        .decay = n->attrs.alpha > 0.0f ? -0.5f / n->attrs.alpha : 0.0f,
    };
}

static void eval(const struct eval *e)
{
    mote_nms_f32_ref(&e->args->nms, e->in[NMS_BOXES], e->in[NMS_SCORES], e->outs[0], e->outs[1],
                     e->outs[2], e->scratch);
}

OP_BY(nms, infer, eval, bind, ranges_any)
