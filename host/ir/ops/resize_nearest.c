/* resize_nearest.c - an image of another size from the nearest pixels.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"
#include "ir/ops/resize.h"

/* In float, as the reference does it: docs/spec/ir.md, section 5. */
int32_t resize_nearest_from(const struct attrs *at, int32_t i, int32_t in, int32_t out)
{
    const bool aligned = at->align_corners && out > 1;
    const float scale = aligned ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
    const float position = ((float)i + (at->half_pixel ? 0.5f : 0.0f)) * scale;
    const int32_t from = (int32_t)(at->align_corners ? roundf(position) : floorf(position));
    return from < in - 1 ? from : in - 1;
}

bool infer_resize(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct attrs *at = &n->attrs;
    if (!infer_image(g, n, d))
        return false;
    const int32_t *x = node_in(g, n, 0)->shape.dim;
    if (at->to_h < 1 || at->to_h > IMAGE_DIM_MAX || at->to_w < 1 || at->to_w > IMAGE_DIM_MAX)
        return node_error(d, g, n, "an image of %" PRId32 "x%" PRId32 " is outside 1..%d", at->to_h,
                          at->to_w, IMAGE_DIM_MAX);
    if (at->align_corners < 0 || at->align_corners > 1 || at->half_pixel < 0 || at->half_pixel > 1)
        return node_error(d, g, n,
                          "align_corners %" PRId32 ", half_pixel %" PRId32 ", expected 0 or 1",
                          at->align_corners, at->half_pixel);
    out->shape = (struct shape){.rank = 4, .dim = {x[0], at->to_h, at->to_w, x[3]}};
    return infer_copy(g, n, out);
}

bool infer_resize_nearest(const struct graph *g, const struct node *n, struct tensor *out,
                          struct diag *d)
{
    return infer_resize(g, n, out, d);
}

int64_t macs_resize_nearest(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_resize_nearest(const struct eval *e)
{
    mote_resize_nearest_any_ref(&e->args->resize_nearest, e->in[0], e->out, e->scratch);
}

static const uint16_t *nearest(struct arena *a, const struct attrs *at, int32_t in, int32_t out)
{
    uint16_t *from = ARENA_ARRAY(a, uint16_t, (size_t)out);
    for (int32_t i = 0; i < out; i++)
        from[i] = (uint16_t)resize_nearest_from(at, i, in, out);
    return from;
}

bool bind_resize_nearest(struct arena *a, const struct graph *g, const struct node *n,
                         union kernel_args *out, struct diag *d)
{
    (void)d;
    struct mote_resize_nearest_any *op = &out->resize_nearest;
    op->in = hwc_of(node_in(g, n, 0));
    op->elem_bytes = (uint8_t)dtype_bytes(node_in(g, n, 0)->dtype);
    op->out = hwc_of(&g->tensors.items[n->out[0]]);
    op->row = nearest(a, &n->attrs, op->in.h, op->out.h);
    op->column = nearest(a, &n->attrs, op->in.w, op->out.w);
    return true;
}

bool ranges_resize_nearest(struct arena *tmp, const struct graph *g, const struct node *n,
                           struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
