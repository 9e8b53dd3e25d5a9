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

/* The inputs first..end-1 of one dimension that reach output o: o = i * stride + k - before. */
static struct taps inputs_of(int32_t o, int32_t in, int32_t kernel, int32_t stride, int32_t before)
{
    const int32_t last = o + before, first = last - kernel + 1;
    struct taps t = {first > 0 ? (first + stride - 1) / stride : 0, last / stride + 1};
    t.end = t.end < in ? t.end : in;
    t.end = t.end > t.first ? t.end : t.first;
    return t;
}

/* One output: inputs in the order iy, ix, ic; the bias last, as in the reference. */
static float output_f32(const struct eval *e, int32_t oy, int32_t ox, int32_t oc)
{
    const struct shape *x = &node_in(e->g, e->n, 0)->shape, *k = &node_in(e->g, e->n, 1)->shape;
    const struct attrs *at = &e->n->attrs;
    const float *in = e->in[0], *w = e->in[1], *bias = e->in[2];
    const struct taps ty = inputs_of(oy, x->dim[1], k->dim[1], at->stride_h, at->pad_top);
    const struct taps tx = inputs_of(ox, x->dim[2], k->dim[2], at->stride_w, at->pad_left);
    float acc = 0.0f;
    for (int32_t iy = ty.first; iy < ty.end; iy++)
        for (int32_t ix = tx.first; ix < tx.end; ix++) {
            const int64_t ky = oy + at->pad_top - iy * at->stride_h;
            const int64_t kx = ox + at->pad_left - ix * at->stride_w;
            const float *v = w + ((oc * k->dim[1] + ky) * k->dim[2] + kx) * k->dim[3];
            const float *from = in + ((int64_t)iy * x->dim[2] + ix) * x->dim[3];
            for (int32_t ic = 0; ic < x->dim[3]; ic++)
                acc += from[ic] * v[ic];
        }
    return act_f32(at->act, acc + bias[oc]);
}

void eval_transpose_conv2d(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_S8) {
        mote_transpose_conv2d_s8_ref(&e->args->conv2d, e->in[0], e->in[1], e->in[2], e->out,
                                     e->scratch);
        return;
    }
    if (node_in(e->g, e->n, 0)->dtype == DT_S16) {
        mote_transpose_conv2d_s16_ref(&e->args->conv2d, e->in[0], e->in[1], e->in[2], e->out,
                                      e->scratch);
        return;
    }
    const int32_t *y = e->g->tensors.items[e->n->out[0]].shape.dim;
    float *out = e->out;
    for (int32_t oy = 0; oy < y[1]; oy++)
        for (int32_t ox = 0; ox < y[2]; ox++)
            for (int32_t oc = 0; oc < y[3]; oc++)
                *out++ = output_f32(e, oy, ox, oc);
}

bool bind_transpose_conv2d(struct arena *a, const struct graph *g, const struct node *n,
                           union kernel_args *out, struct diag *d)
{
    (void)d;
    bind_window(a, g, n, &out->conv2d);
    out->conv2d.dh = out->conv2d.dw = 1;
    return true;
}

bool ranges_transpose_conv2d(struct arena *tmp, const struct graph *g, const struct node *n,
                             struct diag *d)
{
    return ranges_weighted(tmp, g, n, d);
}
