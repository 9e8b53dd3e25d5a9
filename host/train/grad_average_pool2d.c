/* grad_average_pool2d.c - training of average_pool2d; padded taps are not counted.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"
#include <string.h>

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    (void)t, (void)l, (void)d;
    return true;
}

/* The part of the window of output pixel o that lies inside the image. */
struct area {
    ptrdiff_t y0, y1, x0, x1;
    float share; /* 1 / number of pixels; the verifier allows no empty window */
};

static ptrdiff_t clip(ptrdiff_t v, ptrdiff_t max)
{
    return v < 0 ? 0 : v < max ? v : max;
}

static struct area area_of(const struct trainer *t, const struct layer *l, ptrdiff_t o)
{
    const struct attrs *at = &l->node->attrs;
    const struct shape *in = layer_in_shape(t, l, 0), *out = layer_out_shape(t, l);
    const ptrdiff_t y = o / out->dim[2] * at->stride_h - at->pad_top;
    const ptrdiff_t x = o % out->dim[2] * at->stride_w - at->pad_left;
    struct area a = {
        .y0 = clip(y, in->dim[1]),
        .y1 = clip(y + at->kernel_h, in->dim[1]),
        .x0 = clip(x, in->dim[2]),
        .x1 = clip(x + at->kernel_w, in->dim[2]),
    };
    a.share = 1.0f / (float)((a.y1 - a.y0) * (a.x1 - a.x0));
    return a;
}

static void average(const float *x, ptrdiff_t width, ptrdiff_t channels, const struct area *a,
                    float *restrict y)
{
    memset(y, 0, (size_t)channels * sizeof *y);
    for (ptrdiff_t iy = a->y0; iy < a->y1; iy++)
        for (ptrdiff_t ix = a->x0; ix < a->x1; ix++)
            for (ptrdiff_t c = 0; c < channels; c++)
                y[c] += x[(iy * width + ix) * channels + c];
    for (ptrdiff_t c = 0; c < channels; c++)
        y[c] *= a->share;
}

static void spread(const float *dy, ptrdiff_t width, ptrdiff_t channels, const struct area *a,
                   float *restrict dx)
{
    for (ptrdiff_t iy = a->y0; iy < a->y1; iy++)
        for (ptrdiff_t ix = a->x0; ix < a->x1; ix++)
            for (ptrdiff_t c = 0; c < channels; c++)
                dx[(iy * width + ix) * channels + c] += dy[c] * a->share;
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct shape *in = layer_in_shape(t, l, 0);
    const ptrdiff_t channels = in->dim[3], n_out = layer_out_count(t, l) / channels;
    for (ptrdiff_t i = 0; i < s->n; i++)
        for (ptrdiff_t o = 0; o < n_out; o++) {
            const struct area a = area_of(t, l, o);
            average(layer_in(t, l, 0, s) + i * layer_in_count(t, l, 0), in->dim[2], channels, &a,
                    layer_out(t, l, s) + (i * n_out + o) * channels);
        }
    layer_clamp(t, l, s);
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct shape *in = layer_in_shape(t, l, 0);
    const ptrdiff_t channels = in->dim[3], n_out = layer_out_count(t, l) / channels;
    const ptrdiff_t in_n = layer_in_count(t, l, 0);
    float *dx = layer_in_grad(t, l, 0, s);
    layer_clamp_grad(t, l, s);
    if (l->grad_store[0] == STORE_SET)
        memset(dx, 0, (size_t)(s->n * in_n) * sizeof *dx);
    for (ptrdiff_t i = 0; i < s->n; i++)
        for (ptrdiff_t o = 0; o < n_out; o++) {
            const struct area a = area_of(t, l, o);
            spread(layer_out_grad(t, l, s) + (i * n_out + o) * channels, in->dim[2], channels, &a,
                   dx + i * in_n);
        }
}

const struct layer_kind grad_average_pool2d = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .fuses_act = true,
};
