/* transpose_conv2d.c - transposed convolution: input NHWC, weights OHWI, optional bias.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

/* (in - 1) * stride + kernel - before - after, or -1 with `d` set. */
static int32_t extent(const struct graph *g, const struct node *n, int32_t in, int32_t kernel,
                      int32_t stride, int32_t before, int32_t after, struct diag *d)
{
    if (kernel > KERNEL_MAX || stride < 1 || stride > KERNEL_MAX)
        node_error(d, g, n, "kernel %" PRId32 " or stride %" PRId32 " is outside 1..%d", kernel,
                   stride, KERNEL_MAX);
    else if (before < 0 || before >= kernel || after < -KERNEL_MAX || after >= kernel)
        node_error(d, g, n, "padding %" PRId32 "+%" PRId32 " is outside 0..%" PRId32 " or %d..",
                   before, after, kernel - 1, -KERNEL_MAX);
    else {
        const int32_t out = (in - 1) * stride + kernel - before - after; /* < 2^24 + 2^10 */
        if (out >= 1 && out <= IMAGE_DIM_MAX)
            return out;
        node_error(d, g, n, "an output of %" PRId32 " rows or columns is outside 1..%d", out,
                   IMAGE_DIM_MAX);
    }
    return -1;
}

bool infer_transpose_conv2d(const struct graph *g, const struct node *n, struct tensor *out,
                            struct diag *d)
{
    if (!infer_image(g, n, d))
        return false;
    const struct shape *x = &node_in(g, n, 0)->shape, *w = &node_in(g, n, 1)->shape;
    const struct attrs *at = &n->attrs;
    char text[SHAPE_TEXT];
    if (w->rank != 4 || w->dim[3] != x->dim[3] || w->dim[0] > IMAGE_DIM_MAX)
        return node_error(d, g, n,
                          "weights %s, expected OHWI with %" PRId32 " input and at most %d output "
                          "channels",
                          shape_text(w, text), x->dim[3], IMAGE_DIM_MAX);
    const int32_t h =
        extent(g, n, x->dim[1], w->dim[1], at->stride_h, at->pad_top, at->pad_bottom, d);
    if (h < 0)
        return false;
    const int32_t c =
        extent(g, n, x->dim[2], w->dim[2], at->stride_w, at->pad_left, at->pad_right, d);
    if (c < 0)
        return false;
    out->shape = (struct shape){.rank = 4, .dim = {1, h, c, w->dim[0]}};
    return infer_weighted(g, n, w->dim[0], out, d);
}

int64_t macs_transpose_conv2d(const struct graph *g, const struct node *n)
{
    const struct shape *x = &node_in(g, n, 0)->shape;
    return (int64_t)x->dim[1] * x->dim[2] * shape_count(&node_in(g, n, 1)->shape);
}

void eval_transpose_conv2d(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_S8) {
        mote_transpose_conv2d_s8_ref(&e->args->transpose_conv2d, e->in[0], e->in[1], e->in[2],
                                     e->out, e->scratch);
        return;
    }
    if (node_in(e->g, e->n, 0)->dtype == DT_S16) {
        mote_transpose_conv2d_s16_ref(&e->args->transpose_conv2d, e->in[0], e->in[1], e->in[2],
                                      e->out, e->scratch);
        return;
    }
    mote_transpose_conv2d_f32_ref(&e->args->transpose_f32, e->in[0], e->in[1], e->in[2], e->out,
                                  e->scratch);
}

bool bind_transpose_conv2d(struct arena *a, const struct graph *g, const struct node *n,
                           union kernel_args *out, struct diag *d)
{
    (void)d;
    if (node_in(g, n, 0)->dtype == DT_F32) {
        bind_window_f32(g, n, &out->transpose_f32);
        out->transpose_f32.dh = out->transpose_f32.dw = 1;
        return true;
    }
    bind_window(a, g, n, &out->transpose_conv2d);
    out->transpose_conv2d.dh = out->transpose_conv2d.dw = 1;
    return true;
}

bool ranges_transpose_conv2d(struct arena *tmp, const struct graph *g, const struct node *n,
                             struct diag *d)
{
    return ranges_weighted(tmp, g, n, d);
}
