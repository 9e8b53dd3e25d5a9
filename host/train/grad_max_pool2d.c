/* grad_max_pool2d.c - training of max_pool2d. Instead of saving where each maximum was, the
 * backward pass compares again: both images are still there, and reading them costs less than
 * writing and reading indices. SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"
#include <string.h>

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct attrs *at = &l->node->attrs;
    const struct shape *in = layer_in_shape(t, l, 0), *out = layer_out_shape(t, l);
    struct max_pool *p = ARENA_NEW(t->arena, struct max_pool);
    (void)d;
    *p = (struct max_pool){
        .in_h = in->dim[1],
        .in_w = in->dim[2],
        .out_h = out->dim[1],
        .out_w = out->dim[2],
        .channels = in->dim[3],
        .kernel_h = at->kernel_h,
        .kernel_w = at->kernel_w,
        .stride_h = at->stride_h,
        .stride_w = at->stride_w,
        .pad_top = at->pad_top,
        .pad_left = at->pad_left,
    };
    l->plan = p;
    return true;
}

/* Backward compares with the clamped output: a window whose maximum was clamped may match
 * nothing, but its gradient is 0 anyway. */
static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const ptrdiff_t in_n = layer_in_count(t, l, 0), out_n = layer_out_count(t, l);
    for (ptrdiff_t i = 0; i < s->n; i++)
        t->kernels->max_pool(l->plan, layer_in(t, l, 0, s) + i * in_n,
                             layer_out(t, l, s) + i * out_n);
    layer_clamp(t, l, s);
}

/* Every pixel stands in at most one window. */
static bool windows_are_apart(const struct max_pool *p)
{
    return p->stride_h >= p->kernel_h && p->stride_w >= p->kernel_w;
}

/* Every pixel stands in exactly one window. */
static bool windows_tile(const struct max_pool *p)
{
    return p->stride_h == p->kernel_h && p->stride_w == p->kernel_w && p->pad_top == 0 &&
           p->pad_left == 0 && p->out_h * p->stride_h >= p->in_h &&
           p->out_w * p->stride_w >= p->in_w;
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct max_pool *p = l->plan;
    const ptrdiff_t in_n = layer_in_count(t, l, 0), out_n = layer_out_count(t, l);
    float *dx = layer_in_grad(t, l, 0, s);
    enum store store = l->grad_store[0];
    layer_clamp_grad(t, l, s);
    if (store == STORE_SET && !windows_tile(p)) {
        memset(dx, 0, (size_t)(s->n * in_n) * sizeof *dx);
        store = windows_are_apart(p) ? STORE_SET : STORE_ADD;
    }
    for (ptrdiff_t i = 0; i < s->n; i++)
        t->kernels->max_pool_grad(p, layer_in(t, l, 0, s) + i * in_n,
                                  layer_out(t, l, s) + i * out_n,
                                  layer_out_grad(t, l, s) + i * out_n, dx + i * in_n, store);
}

const struct layer_kind grad_max_pool2d = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .fuses_act = true,
};
