/* grad_depthwise_conv2d.c - training of depthwise_conv2d.
 *
 * With a channel multiplier m, output channel c reads input channel c / m: the input is repeated m
 * times while it is copied, and gradients of the copies are summed. So the walks see one number of
 * channels, that of the output.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/linear.h"

struct depthwise {
    const struct window_plan *plan;
    ptrdiff_t multiplier;
    ptrdiff_t in_channels;
    ptrdiff_t wide_floats; /* scratch for one image with repeated channels; 0: not used */
};

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct shape *weights = &t->graph->tensors.items[l->node->in[1]].shape; /* 1HWC */
    struct depthwise *k = ARENA_NEW(t->arena, struct depthwise);
    struct window w = window_of(t, l, weights->dim[1], weights->dim[2]);
    const ptrdiff_t n_taps = w.kernel_h * w.kernel_w;
    l->plan = k;
    l->w = trainer_add_param(t, l, 1, PARAM_WEIGHTS, 1, n_taps * w.out_c, d);
    if (l->w == NO_PARAM || !bias_prepare(t, l, w.out_c, d))
        return false;
    k->in_channels = w.in_c;
    k->multiplier = w.out_c / w.in_c;
    w.in_c = w.out_c;
    k->plan = window_plan_new(t->arena, &w);
    k->wide_floats = k->multiplier > 1 ? floats_align(w.in_h * w.in_w * w.in_c) : 0;
    const ptrdiff_t in_floats = padding_floats(&k->plan->in_pad);
    const ptrdiff_t out_floats = padding_floats(&k->plan->out_pad);
    trainer_claim_scratch(t, k->wide_floats + (in_floats > out_floats ? in_floats : out_floats));
    return true;
}

/* The padded image with the output's number of channels. */
static const float *wide_image(const struct depthwise *k, const float *x, float *scratch)
{
    if (k->multiplier == 1)
        return padding_fill(&k->plan->in_pad, x, scratch);
    const ptrdiff_t n = k->plan->window.in_h * k->plan->window.in_w * k->in_channels;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t m = 0; m < k->multiplier; m++)
            scratch[i * k->multiplier + m] = x[i];
    return padding_fill(&k->plan->in_pad, scratch, scratch + k->wide_floats);
}

static struct taps walk_taps(const struct walk *w, const float *from, const float *weights,
                             float *to, ptrdiff_t channels)
{
    return (struct taps){
        .in = from + w->from,
        .in_x = w->from_x,
        .in_y = w->from_y,
        .tap = w->tap,
        .w_row = w->w_tap,
        .n_taps = w->n_taps,
        .w = weights,
        .out = to + w->to,
        .out_x = w->to_x,
        .out_y = w->to_y,
        .n_x = w->n_x,
        .n_y = w->n_y,
        .channels = channels,
    };
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct depthwise *k = l->plan;
    const ptrdiff_t in_n = layer_in_count(t, l, 0), out_n = layer_out_count(t, l);
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const float *x = wide_image(k, layer_in(t, l, 0, s) + i * in_n, s->scratch);
        struct taps p = walk_taps(&k->plan->forward, x, t->w + l->w, layer_out(t, l, s) + i * out_n,
                                  k->plan->window.out_c);
        p.bias = l->bias == NO_PARAM ? NULL : t->w + l->bias;
        t->kernels->depthwise(&p);
    }
    layer_clamp(t, l, s);
}

static void weights_grad(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct depthwise *k = l->plan;
    const struct walk *walk = &k->plan->forward;
    const struct window *w = &k->plan->window;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const float *x = layer_in(t, l, 0, s) + i * layer_in_count(t, l, 0);
        const struct taps_grad p = {
            .in = wide_image(k, x, s->scratch),
            .in_x = walk->from_x,
            .in_y = walk->from_y,
            .tap = walk->tap,
            .n_taps = walk->n_taps,
            .dy = layer_out_grad(t, l, s) + i * layer_out_count(t, l),
            .n_x = w->out_w,
            .n_y = w->out_h,
            .channels = w->out_c,
            .dw = s->grads + l->w,
            .store = i == 0 ? STORE_SET : STORE_ADD,
        };
        t->kernels->depthwise_grad(&p);
    }
}

/* dx (+)= sums of `multiplier` neighbours. */
static void fold_channels(const struct depthwise *k, const float *wide, float *dx, ptrdiff_t n,
                          enum store store)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        float sum = store == STORE_ADD ? dx[i] : 0.0f;
        for (ptrdiff_t m = 0; m < k->multiplier; m++)
            sum += wide[i * k->multiplier + m];
        dx[i] = sum;
    }
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct depthwise *k = l->plan;
    const ptrdiff_t in_n = layer_in_count(t, l, 0), out_n = layer_out_count(t, l);
    float *dx = layer_in_grad(t, l, 0, s);
    layer_clamp_grad(t, l, s);
    bias_backward(t, l, s, k->plan->window.out_c);
    weights_grad(t, l, s);
    for (ptrdiff_t i = 0; dx && i < s->n; i++) {
        const bool wide = k->multiplier > 1;
        const float *dy = padding_fill(&k->plan->out_pad, layer_out_grad(t, l, s) + i * out_n,
                                       s->scratch + k->wide_floats);
        float *to = wide ? s->scratch : dx + i * in_n;
        for (ptrdiff_t b = 0; b < k->plan->n_backward; b++) {
            struct taps p =
                walk_taps(&k->plan->backward[b], dy, t->w + l->w, to, k->plan->window.out_c);
            p.store = wide ? STORE_SET : l->grad_store[0];
            t->kernels->depthwise(&p);
        }
        if (wide)
            fold_channels(k, s->scratch, dx + i * in_n, in_n, l->grad_store[0]);
    }
}

const struct layer_kind grad_depthwise_conv2d = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .fuses_act = true,
};
