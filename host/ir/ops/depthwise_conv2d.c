/* depthwise_conv2d.c - every output channel sees one input channel: weights 1HWC, where
 * C = input channels * multiplier and output channel c reads input channel c / multiplier.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_depthwise_conv2d(const struct graph *g, const struct node *n, struct tensor *out,
                            struct diag *d)
{
    if (!infer_image(g, n, d))
        return false;
    const struct shape *x = &node_in(g, n, 0)->shape, *w = &node_in(g, n, 1)->shape;
    char text[SHAPE_TEXT];
    if (w->rank != 4 || w->dim[0] != 1)
        return node_error(d, g, n, "weights have shape %s, expected 1xHxWxC", shape_text(w, text));
    if (w->dim[3] % x->dim[3] != 0)
        return node_error(
            d, g, n, "%" PRId32 " output channels are no multiple of %" PRId32 " input channels",
            w->dim[3], x->dim[3]);
    if (w->dim[3] > IMAGE_DIM_MAX)
        return node_error(d, g, n, "%" PRId32 " output channels, at most %d are supported",
                          w->dim[3], IMAGE_DIM_MAX);
    if (!infer_window(g, n, w->dim[1], w->dim[2], &out->shape, d))
        return false;
    out->shape.dim[3] = w->dim[3];
    return infer_weighted(g, n, w->dim[3], out, d);
}

int64_t macs_depthwise_conv2d(const struct graph *g, const struct node *n)
{
    const struct shape *w = &node_in(g, n, 1)->shape;
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    return (int64_t)y->dim[1] * y->dim[2] * shape_count(w);
}

void eval_depthwise_conv2d(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32)
        mote_depthwise_conv2d_f32_ref(&e->args->weighted_f32, e->in[0], e->in[1], e->in[2], e->out,
                                      e->scratch);
    else if (node_in(e->g, e->n, 0)->dtype == DT_S16)
        mote_depthwise_conv2d_s16_ref(&e->args->depthwise_conv2d, e->in[0], e->in[1], e->in[2],
                                      e->out, e->scratch);
    else
        mote_depthwise_conv2d_s8_ref(&e->args->depthwise_conv2d, e->in[0], e->in[1], e->in[2],
                                     e->out, e->scratch);
}

bool bind_depthwise_conv2d(struct arena *a, const struct graph *g, const struct node *n,
                           union kernel_args *out, struct diag *d)
{
    (void)d;
    if (node_in(g, n, 0)->dtype == DT_F32) {
        bind_window_f32(g, n, &out->weighted_f32);
        return true;
    }
    struct mote_conv2d_s8 c; /* the same members with the same meaning */
    bind_window(a, g, n, &c);
    out->depthwise_conv2d = (struct mote_depthwise_conv2d_s8){
        .in = c.in,
        .out = c.out,
        .kh = c.kh,
        .kw = c.kw,
        .sh = c.sh,
        .sw = c.sw,
        .dh = c.dh,
        .dw = c.dw,
        .pad_top = c.pad_top,
        .pad_left = c.pad_left,
        .in_zero = c.in_zero,
        .out_zero = c.out_zero,
        .out_min = c.out_min,
        .out_max = c.out_max,
        .wide = c.wide,
        .multiplier = (uint16_t)(c.out.c / c.in.c),
        .mult = c.mult,
        .shift = c.shift,
    };
    return true;
}

bool ranges_depthwise_conv2d(struct arena *tmp, const struct graph *g, const struct node *n,
                             struct diag *d)
{
    return ranges_weighted(tmp, g, n, d);
}
