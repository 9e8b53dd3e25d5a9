/* detect.c - what an object detector has found. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

enum detect_in { DETECT_CODES, DETECT_SCORES, DETECT_ANCHORS, DETECT_N_IN };
enum detect_param { PARAM_MAX, PARAM_PER_CLASS, PARAM_CLASSES };

static bool infer_shapes(const struct graph *g, const struct node *n, struct diag *d)
{
    const struct shape *codes = &node_in(g, n, DETECT_CODES)->shape;
    const struct shape *scores = &node_in(g, n, DETECT_SCORES)->shape;
    const struct shape *anchors = &node_in(g, n, DETECT_ANCHORS)->shape;
    const int32_t boxes = codes->dim[1], classes = n->attrs.params[PARAM_CLASSES];
    const struct shape want_codes = {3, {1, boxes, 4}}, want_anchors = {2, {boxes, 4}};
    char a[SHAPE_TEXT], b[SHAPE_TEXT], c[SHAPE_TEXT];
    const bool scored = scores->rank == 3 && scores->dim[0] == 1 && scores->dim[1] == boxes &&
                        (scores->dim[2] == classes || scores->dim[2] - 1 == classes);
    if (shape_equal(codes, &want_codes) && shape_equal(anchors, &want_anchors) && scored)
        return true;
    return node_error(
        d, g, n,
        "boxes %s, scores %s and anchors %s, expected [1,n,4], [1,n,c] with c = %" PRId32
        " classes or one more, and [n,4]",
        shape_text(codes, a), shape_text(scores, b), shape_text(anchors, c), classes);
}

static bool infer(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct attrs *at = &n->attrs;
    const int32_t max = at->params[PARAM_MAX];
    for (uint32_t k = 0; k < DETECT_N_IN; k++)
        if (node_in(g, n, k)->dtype != DT_F32)
            return node_error(d, g, n, "input %" PRIu32 " of type %s, expected f32", k,
                              dtype_name(node_in(g, n, k)->dtype));
    if (max < 1 || max > DIM_MAX || at->params[PARAM_PER_CLASS] < 0 ||
        at->params[PARAM_CLASSES] < 1)
        return node_error(d, g, n,
                          "%" PRId32 " boxes, %" PRId32 " of each of %" PRId32
                          " classes; expected 1 or more, 0 or more, 1 or more",
                          max, at->params[PARAM_PER_CLASS], at->params[PARAM_CLASSES]);
    if (!isfinite(at->threshold) || !(at->overlap > 0.0f) || !(at->overlap <= 1.0f))
        return node_error(d, g, n,
                          "threshold %.9g and overlap %.9g, expected a finite one and one in 0..1",
                          (double)at->threshold, (double)at->overlap);
    if (!infer_shapes(g, n, d))
        return false;
    out[0].shape = (struct shape){3, {1, max, 4}};
    out[1].shape = out[2].shape = (struct shape){2, {1, max}};
    out[3].shape = (struct shape){1, {1}};
    for (int k = 0; k < 4; k++)
        out[k].dtype = DT_F32;
    return true;
}

static void bind(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out)
{
    const struct shape *scores = &node_in(g, n, DETECT_SCORES)->shape;
    const int32_t *params = n->attrs.params;
    (void)a;
    out->detect = (struct mote_detect_f32){
        .n = (uint32_t)scores->dim[1],
        .classes = (uint32_t)params[PARAM_CLASSES],
        .background = (uint32_t)(scores->dim[2] - params[PARAM_CLASSES]),
        .max = (uint32_t)params[PARAM_MAX],
        .per_class = (uint32_t)params[PARAM_PER_CLASS],
        .threshold = n->attrs.threshold,
        .overlap = n->attrs.overlap,
    };
}

static void eval(const struct eval *e)
{
    mote_detect_f32_ref(&e->args->detect, e->in[DETECT_CODES], e->in[DETECT_SCORES],
                        e->in[DETECT_ANCHORS], e->outs[0], e->outs[1], e->outs[2], e->outs[3],
                        e->scratch);
}

OP_BY(detect, infer, eval, bind, ranges_any)
