/* resize_bilinear.c - an image of another size, each pixel mixed from four.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"
#include "ir/ops/resize.h"

bool infer_resize_bilinear(const struct graph *g, const struct node *n, struct tensor *out,
                           struct diag *d)
{
    if (n->attrs.align_corners && n->attrs.half_pixel)
        return node_error(d, g, n, "align_corners and half_pixel exclude each other");
    return infer_resize(g, n, out, d) && infer_activation(g, n, out, d);
}

int64_t macs_resize_bilinear(const struct graph *g, const struct node *n)
{
    (void)g, (void)n;
    return 0;
}

void eval_resize_bilinear(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_S8)
        mote_resize_bilinear_s8_ref(&e->args->resize_bilinear, e->in[0], e->out, e->scratch);
    else if (node_in(e->g, e->n, 0)->dtype == DT_S16)
        mote_resize_bilinear_s16_ref(&e->args->resize_bilinear, e->in[0], e->out, e->scratch);
    else
        mote_resize_bilinear_f32_ref(&e->args->resize_bilinear_f32, e->in[0], e->out, e->scratch);
}

/* The step from one output to the next and the first output's place, in 1/1024 of a pixel. Both
 * fit: in and out are at most 65535, and a step times out is about 1024 * in. */
static void bind_dim(const struct attrs *at, int32_t in, int32_t out, int32_t *step, int32_t *first)
{
    const int32_t n = at->align_corners && out > 1 ? in - 1 : in;
    const int32_t m = at->align_corners && out > 1 ? out - 1 : out;
    *step = (1024 * n + m / 2) / m;
    *first = at->half_pixel ? *step / 2 - 512 : 0;
}

/* In float, as the reference does it: docs/spec/ir.md, section 5. */
static float scale_f32(const struct attrs *at, uint32_t in, uint32_t out)
{
    const bool aligned = at->align_corners && out > 1;
    return aligned ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
}

static void bind_f32(const struct graph *g, const struct node *n,
                     struct mote_resize_bilinear_f32 *op)
{
    const struct mote_hwc in = hwc_of(node_in(g, n, 0)), out = hwc_of(&g->tensors.items[n->out[0]]);
    *op = (struct mote_resize_bilinear_f32){
        .in = in,
        .out = out,
        .y_scale = scale_f32(&n->attrs, in.h, out.h),
        .x_scale = scale_f32(&n->attrs, in.w, out.w),
        .half_pixel = n->attrs.half_pixel,
    };
}

bool bind_resize_bilinear(struct arena *a, const struct graph *g, const struct node *n,
                          union kernel_args *out, struct diag *d)
{
    (void)a, (void)d;
    struct mote_resize_bilinear_s8 *op = &out->resize_bilinear;
    if (node_in(g, n, 0)->dtype == DT_F32) {
        bind_f32(g, n, &out->resize_bilinear_f32);
        return true;
    }
    op->in = hwc_of(node_in(g, n, 0));
    op->out = hwc_of(&g->tensors.items[n->out[0]]);
    bind_dim(&n->attrs, op->in.h, op->out.h, &op->y_step, &op->y_first);
    bind_dim(&n->attrs, op->in.w, op->out.w, &op->x_step, &op->x_first);
    return true;
}

bool ranges_resize_bilinear(struct arena *tmp, const struct graph *g, const struct node *n,
                            struct diag *d)
{
    (void)tmp;
    return ranges_same_quant(g, n, d);
}
