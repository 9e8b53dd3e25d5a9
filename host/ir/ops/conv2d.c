/* conv2d.c - 2-D convolution: input NHWC, weights OHWI, optional bias.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

bool infer_conv2d(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    if (!infer_image(g, n, d))
        return false;
    const struct shape *x = &node_in(g, n, 0)->shape, *w = &node_in(g, n, 1)->shape;
    char text[SHAPE_TEXT];
    if (w->rank != 4)
        return node_error(d, g, n, "weights %s have rank %" PRId32 ", expected 4 (OHWI)",
                          shape_text(w, text), w->rank);
    if (w->dim[3] != x->dim[3])
        return node_error(d, g, n,
                          "weights %s are for %" PRId32 " input channels, the input has %" PRId32,
                          shape_text(w, text), w->dim[3], x->dim[3]);
    if (w->dim[0] > IMAGE_DIM_MAX)
        return node_error(d, g, n, "%" PRId32 " output channels, at most %d are supported",
                          w->dim[0], IMAGE_DIM_MAX);
    if (!infer_window(g, n, w->dim[1], w->dim[2], &out->shape, d))
        return false;
    out->shape.dim[3] = w->dim[0];
    return infer_weighted(g, n, w->dim[0], out, d);
}

int64_t macs_conv2d(const struct graph *g, const struct node *n)
{
    const struct shape *w = &node_in(g, n, 1)->shape;
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    return (int64_t)y->dim[1] * y->dim[2] * shape_count(w);
}

/* One output pixel, one block of FLOAT_LANES channels: taps in the order ky, kx, ic. `w` is the
 * block's packed weights. */
static void conv_block(const struct eval *e, int32_t oy, int32_t ox, const float *w, float *acc)
{
    const struct attrs *at = &e->n->attrs;
    const struct shape *x = &node_in(e->g, e->n, 0)->shape, *k = &node_in(e->g, e->n, 1)->shape;
    const float *in = e->in[0];
    int32_t n_ic = x->dim[3];
    int32_t y0 = oy * at->stride_h - at->pad_top, x0 = ox * at->stride_w - at->pad_left;
    struct taps ty = taps_inside(y0, k->dim[1], at->dilation_h, x->dim[1]);
    struct taps tx = taps_inside(x0, k->dim[2], at->dilation_w, x->dim[2]);
    /* Undilated taps of one row are neighbours in memory: one run, same order. */
    int32_t run = at->dilation_w == 1 ? tx.end - tx.first : 1;
    for (int32_t ky = ty.first; ky < ty.end; ky++)
        for (int32_t kx = tx.first; kx < tx.end; kx += run) {
            int64_t pixel =
                (int64_t)(y0 + ky * at->dilation_h) * x->dim[2] + (x0 + kx * at->dilation_w);
            int64_t tap = ((int64_t)ky * k->dim[2] + kx) * n_ic;
            float_accumulate(acc, in + pixel * n_ic, w + tap * FLOAT_LANES,
                             (size_t)run * (size_t)n_ic);
        }
}

static void conv2d_f32(const struct eval *e)
{
    const struct shape *k = &node_in(e->g, e->n, 1)->shape;
    const struct shape *y = &e->g->tensors.items[e->n->out[0]].shape;
    const float *bias = e->in[2];
    float *out = e->out;
    int32_t n_oc = y->dim[3];
    int64_t block_len = (int64_t)k->dim[1] * k->dim[2] * k->dim[3] * FLOAT_LANES;
    for (int32_t oy = 0; oy < y->dim[1]; oy++)
        for (int32_t ox = 0; ox < y->dim[2]; ox++, out += n_oc)
            for (int32_t oc = 0; oc < n_oc; oc += FLOAT_LANES) {
                int32_t n_lanes = n_oc - oc < FLOAT_LANES ? n_oc - oc : FLOAT_LANES;
                float acc[FLOAT_LANES] = {0};
                for (int32_t l = 0; l < n_lanes; l++)
                    acc[l] = bias[oc + l];
                conv_block(e, oy, ox, e->packed + oc / FLOAT_LANES * block_len, acc);
                for (int32_t l = 0; l < n_lanes; l++)
                    out[oc + l] = act_f32(e->n->attrs.act, acc[l]);
            }
}

void eval_conv2d(const struct eval *e)
{
    if (node_in(e->g, e->n, 0)->dtype == DT_F32)
        conv2d_f32(e);
    else if (node_in(e->g, e->n, 0)->dtype == DT_S16)
        mote_conv2d_s16_ref(&e->args->conv2d, e->in[0], e->in[1], e->in[2], e->out, e->scratch);
    else
        mote_conv2d_s8_ref(&e->args->conv2d, e->in[0], e->in[1], e->in[2], e->out, e->scratch);
}

bool bind_conv2d(struct arena *a, const struct graph *g, const struct node *n,
                 union kernel_args *out, struct diag *d)
{
    (void)d;
    if (node_in(g, n, 0)->dtype == DT_F32)
        bind_window_f32(g, n, &out->weighted_f32);
    else
        bind_window(a, g, n, &out->conv2d);
    return true;
}

bool ranges_conv2d(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    return ranges_weighted(tmp, g, n, d);
}
