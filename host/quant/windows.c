/* windows.c - what the weights of a layer meet. SPDX-License-Identifier: Apache-2.0 */
#include "quant/windows.h"

#include <string.h>

static struct windows windows_of_dense(const struct graph *g, const struct node *n)
{
    const struct shape *w = &g->tensors.items[n->in[1]].shape;
    const int64_t n_values = shape_count(&g->tensors.items[n->in[0]].shape);
    const int32_t n_rows = (int32_t)(n_values / w->dim[1]);
    return (struct windows){
        .attrs = {.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1},
        .in_h = 1,
        .in_w = n_rows,
        .in_c = w->dim[1],
        .kernel_h = 1,
        .kernel_w = 1,
        .out_w = n_rows,
        .n = (uint32_t)n_rows,
        .n_groups = 1,
        .n_taps = (uint32_t)w->dim[1],
        .n_channels = (uint32_t)w->dim[0],
        .n_values = (uint32_t)w->dim[1],
    };
}

struct windows windows_of(const struct graph *g, const struct node *n)
{
    if (n->op == OP_FULLY_CONNECTED)
        return windows_of_dense(g, n);
    const struct shape *x = &g->tensors.items[n->in[0]].shape;
    const struct shape *k = &g->tensors.items[n->in[1]].shape;
    const struct shape *y = &g->tensors.items[n->out[0]].shape;
    const bool is_depthwise = n->op == OP_DEPTHWISE_CONV2D;
    const uint32_t area = (uint32_t)(k->dim[1] * k->dim[2]);
    struct windows w = {
        .attrs = n->attrs,
        .in_h = x->dim[1],
        .in_w = x->dim[2],
        .in_c = x->dim[3],
        .kernel_h = k->dim[1],
        .kernel_w = k->dim[2],
        .out_w = y->dim[2],
        .n = (uint32_t)(y->dim[1] * y->dim[2]),
        .n_groups = is_depthwise ? (uint32_t)x->dim[3] : 1,
        .n_taps = is_depthwise ? area : area * (uint32_t)x->dim[3],
        .n_channels = (uint32_t)y->dim[3],
        .is_depthwise = is_depthwise,
    };
    w.n_values = w.n_groups * w.n_taps;
    return w;
}

void windows_gather(const struct windows *w, const float *image, uint32_t i, float *to)
{
    const struct attrs *at = &w->attrs;
    const int32_t oy = (int32_t)i / w->out_w, ox = (int32_t)i % w->out_w;
    const size_t pixel = (size_t)w->in_c;
    for (int32_t ky = 0; ky < w->kernel_h; ky++)
        for (int32_t kx = 0; kx < w->kernel_w; kx++, to += pixel) {
            const int32_t y = oy * at->stride_h - at->pad_top + ky * at->dilation_h;
            const int32_t x = ox * at->stride_w - at->pad_left + kx * at->dilation_w;
            if (y < 0 || y >= w->in_h || x < 0 || x >= w->in_w)
                memset(to, 0, pixel * sizeof *to);
            else
                memcpy(to, image + ((size_t)y * (size_t)w->in_w + (size_t)x) * pixel,
                       pixel * sizeof *to);
        }
}

uint32_t windows_group(const struct windows *w, uint32_t c)
{
    return w->is_depthwise ? c / (w->n_channels / w->n_groups) : 0;
}

size_t windows_weight(const struct windows *w, uint32_t c, uint32_t t)
{
    return w->is_depthwise ? (size_t)t * w->n_channels + c : (size_t)c * w->n_taps + t;
}
