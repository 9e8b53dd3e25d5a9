/* filters.c - convolution, depthwise convolution and dense layer of int8, seen as one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pass/filters.h"

#include "ir/bind.h"
#include "kernels/common/requant.h"
#include "kernels/common/window.h"
#include "pass/rewrite.h"
#include <assert.h>

/* Windows move over the image in one direction, so equal ones follow each other. */
static struct windows windows_of(struct arena *a, int32_t n_outputs, int32_t stride, int32_t pad,
                                 int32_t kernel, int32_t dilation, int32_t in)
{
    struct taps *items = ARENA_ARRAY(a, struct taps, (size_t)n_outputs);
    uint32_t n = 0;
    for (int32_t o = 0; o < n_outputs; o++) {
        const struct mote_taps t = mote_taps_inside(o * stride - pad, kernel, dilation, in);
        if (n == 0 || items[n - 1].first != t.first || items[n - 1].end != t.end)
            items[n++] = (struct taps){t.first, t.end};
    }
    return (struct windows){n, items};
}

static struct windows whole_window(struct arena *a)
{
    static const struct taps only = {0, 1};
    return (struct windows){1, arena_copy(a, &only, sizeof only)};
}

static void set_dense(struct arena *a, struct filters *f, const struct mote_fully_connected_s8 *op)
{
    f->n_in = op->in_n;
    f->kh = f->kw = 1;
    f->out_step = f->tap_step = op->in_n;
    f->in_zero = op->in_zero;
    f->out_zero = op->out_zero;
    f->out_min = op->out_min;
    f->out_max = op->out_max;
    f->mult = op->mult;
    f->shift = op->shift;
    f->x = f->y = whole_window(a);
}

static void set_conv(struct arena *a, struct filters *f, const struct mote_conv2d_s8 *op)
{
    f->n_in = op->in.c;
    f->kh = op->kh;
    f->kw = op->kw;
    f->tap_step = op->in.c;
    f->out_step = f->tap_step * op->kh * op->kw;
    f->in_zero = op->in_zero;
    f->out_zero = op->out_zero;
    f->out_min = op->out_min;
    f->out_max = op->out_max;
    f->mult = op->mult;
    f->shift = op->shift;
    f->y = windows_of(a, op->out.h, op->sh, op->pad_top, op->kh, op->dh, op->in.h);
    f->x = windows_of(a, op->out.w, op->sw, op->pad_left, op->kw, op->dw, op->in.w);
}

static void set_depthwise(struct arena *a, struct filters *f,
                          const struct mote_depthwise_conv2d_s8 *op)
{
    f->n_in = 1;
    f->kh = op->kh;
    f->kw = op->kw;
    f->tap_step = op->out.c;
    f->out_step = 1;
    f->multiplier = op->multiplier;
    f->in_zero = op->in_zero;
    f->out_zero = op->out_zero;
    f->out_min = op->out_min;
    f->out_max = op->out_max;
    f->mult = op->mult;
    f->shift = op->shift;
    f->y = windows_of(a, op->out.h, op->sh, op->pad_top, op->kh, op->dh, op->in.h);
    f->x = windows_of(a, op->out.w, op->sw, op->pad_left, op->kw, op->dw, op->in.w);
}

struct filters *filters_of(struct arena *a, const struct graph *g, const struct node *n)
{
    const struct tensor *x = &g->tensors.items[n->in[0]], *w = &g->tensors.items[n->in[1]];
    const bool has_bias = n->n_in > 2 && n->in[2] != NO_TENSOR;
    union kernel_args args;
    struct diag d = {0};
    const bool bound = bind_node(a, g, n, &args, &d);
    assert(has_weights(n->op) && bound);
    (void)bound;

    struct filters *f = ARENA_NEW(a, struct filters);
    f->w = w->data;
    f->bias = has_bias ? g->tensors.items[n->in[2]].data : NULL;
    f->n_out = (uint32_t)w->shape.dim[channel_axis(n->op)];
    f->in_channels = (uint32_t)x->shape.dim[x->shape.rank - 1];
    if (n->op == OP_FULLY_CONNECTED)
        set_dense(a, f, &args.fully_connected);
    else if (n->op == OP_CONV2D)
        set_conv(a, f, &args.conv2d);
    else
        set_depthwise(a, f, &args.depthwise_conv2d);
    return f;
}

static bool some_window_is_cut(const struct windows *w, uint32_t kernel)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (w->items[i].first > 0 || w->items[i].end < (int32_t)kernel)
            return true;
    return false;
}

bool filters_pad(const struct filters *f)
{
    return some_window_is_cut(&f->y, f->kh) || some_window_is_cut(&f->x, f->kw);
}

uint32_t filter_channel(const struct filters *f, uint32_t oc, uint32_t i)
{
    return f->multiplier ? oc / f->multiplier : i % f->in_channels;
}

int8_t filter_output(const struct filters *f, uint32_t oc, int32_t acc)
{
    const int32_t y = mote_requant(acc, f->mult[oc], f->shift[oc]);
    return mote_to_s8(y, f->out_zero, f->out_min, f->out_max);
}
