/* linear.c - forward and backward of conv2d and fully_connected as products.
 *
 *   y  = x * w        rows: windows of the padded input, columns: output channels
 *   dx = dy * w'      rows: windows of the padded gradient; w' packed: per walk [taps * out][in]
 *   dw = x^T * dy     rows: taps * in, summed over the pixels
 *
 * A point convolution (1x1) takes the whole shard as one row of pixels; others go image by image,
 * so that the padded image stays in the cache.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/linear.h"

struct linear {
    const struct window_plan *plan;
    bool point;
    const ptrdiff_t *row_at; /* [out_h] offset of each row of windows in the padded input */
    float *packed;           /* weights of the backward walks, one after the other        */
};

bool bias_prepare(struct trainer *t, struct layer *l, ptrdiff_t n, struct diag *d)
{
    if (l->node->n_in < 3 || l->node->in[2] == NO_TENSOR)
        return true;
    l->bias = trainer_add_param(t, l, 2, PARAM_OTHER, 1, n, d);
    return l->bias != NO_PARAM;
}

void bias_backward(const struct trainer *t, const struct layer *l, const struct shard *s,
                   ptrdiff_t n)
{
    if (l->bias != NO_PARAM)
        t->kernels->column_sums(layer_out_grad(t, l, s), s->n * layer_out_count(t, l) / n, n,
                                s->grads + l->bias, STORE_SET);
}

bool linear_prepare(struct trainer *t, struct layer *l, const struct window *w, struct diag *d)
{
    struct linear *k = ARENA_NEW(t->arena, struct linear);
    const ptrdiff_t n_weights = w->kernel_h * w->kernel_w * w->in_c * w->out_c;
    l->plan = k;
    l->w = trainer_add_param(t, l, 1, PARAM_WEIGHTS, n_weights / w->out_c, w->out_c, d);
    if (l->w == NO_PARAM || !bias_prepare(t, l, w->out_c, d))
        return false;
    k->plan = window_plan_new(t->arena, w);
    k->point = window_is_point(w);
    k->packed = ARENA_ARRAY(t->arena, float, (size_t)(n_weights + SLACK));
    ptrdiff_t *row_at = ARENA_ARRAY(t->arena, ptrdiff_t, (size_t)w->out_h);
    for (ptrdiff_t y = 0; y < w->out_h; y++)
        row_at[y] = y * k->plan->forward.from_y;
    k->row_at = row_at;
    trainer_claim_scratch(t, padding_floats(&k->plan->in_pad));
    trainer_claim_scratch(t, padding_floats(&k->plan->out_pad));
    return true;
}

void linear_pack(const struct trainer *t, const struct layer *l)
{
    const struct linear *k = l->plan;
    const ptrdiff_t in = k->plan->window.in_c, out = k->plan->window.out_c;
    float *to = k->packed;
    for (ptrdiff_t i = 0; i < k->plan->n_backward; i++)
        for (ptrdiff_t tap = 0; tap < k->plan->backward[i].n_taps; tap++) {
            const float *w = t->w + l->w + k->plan->backward[i].w_tap[tap] * in * out;
            for (ptrdiff_t o = 0; o < out; o++)
                for (ptrdiff_t c = 0; c < in; c++)
                    *to++ = w[c * out + o];
        }
}

/* One walk as a product: source and destination images, weights [taps * channels][n]. */
static struct product walk_product(const struct walk *w, const float *from, ptrdiff_t channels,
                                   const float *b, float *to, ptrdiff_t n)
{
    return (struct product){
        .a = from + w->from,
        .a_row = w->from_x,
        .a_step = 1,
        .a_y = w->from_y,
        .seg = w->run,
        .n_seg = w->n_runs,
        .seg_len = w->run_taps * channels,
        .b = b,
        .b_step = n,
        .b_seg = w->run_taps * channels * n,
        .c = to + w->to,
        .c_row = w->to_x,
        .c_y = w->to_y,
        .m = w->n_x,
        .n = n,
        .n_y = w->n_y,
    };
}

void linear_forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct linear *k = l->plan;
    const struct window *w = &k->plan->window;
    const ptrdiff_t in_n = w->in_h * w->in_w * w->in_c, out_n = w->out_h * w->out_w * w->out_c;
    const float *x = layer_in(t, l, 0, s);
    float *y = layer_out(t, l, s);
    for (ptrdiff_t i = 0; i < (k->point ? 1 : s->n); i++) {
        const float *image = padding_fill(&k->plan->in_pad, x + i * in_n, s->scratch);
        struct product p =
            walk_product(&k->plan->forward, image, w->in_c, t->w + l->w, y + i * out_n, w->out_c);
        p.bias = l->bias == NO_PARAM ? NULL : t->w + l->bias;
        if (k->point) {
            p.m *= p.n_y * s->n;
            p.n_y = 1;
        }
        t->kernels->product(&p);
    }
    layer_clamp(t, l, s);
}

static void weights_grad(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct linear *k = l->plan;
    const struct window *w = &k->plan->window;
    const struct walk *walk = &k->plan->forward;
    const ptrdiff_t in_n = w->in_h * w->in_w * w->in_c, out_n = w->out_h * w->out_w * w->out_c;
    const ptrdiff_t run_rows = walk->run_taps * w->in_c;
    for (ptrdiff_t i = 0; i < (k->point ? 1 : s->n); i++) {
        const float *x =
            padding_fill(&k->plan->in_pad, layer_in(t, l, 0, s) + i * in_n, s->scratch);
        struct product p = {
            .a_row = 1,
            .a_step = walk->from_x,
            .seg = k->row_at,
            .n_seg = k->point ? 1 : w->out_h,
            .seg_len = k->point ? s->n * w->out_h * w->out_w : w->out_w,
            .b = layer_out_grad(t, l, s) + i * out_n,
            .b_step = w->out_c,
            .b_seg = w->out_w * w->out_c,
            .c_row = w->out_c,
            .m = run_rows,
            .n = w->out_c,
            .n_y = 1,
            .store = i == 0 ? STORE_SET : STORE_ADD,
        };
        for (ptrdiff_t r = 0; r < walk->n_runs; r++) {
            p.a = x + walk->run[r];
            p.c = s->grads + l->w + r * run_rows * w->out_c;
            t->kernels->product(&p);
        }
    }
}

/* Input pixels that no window touches get 0. */
static void clear_walk(const struct walk *w, float *to, ptrdiff_t channels)
{
    for (ptrdiff_t y = 0; y < w->n_y; y++)
        for (ptrdiff_t x = 0; x < w->n_x; x++)
            for (ptrdiff_t c = 0; c < channels; c++)
                to[w->to + y * w->to_y + x * w->to_x + c] = 0.0f;
}

/* dx of one image, from its padded gradient. */
static void image_grad(const struct trainer *t, const struct linear *k, const float *dy, float *dx,
                       ptrdiff_t n_points, enum store store)
{
    const struct window *w = &k->plan->window;
    const float *b = k->packed;
    for (ptrdiff_t i = 0; i < k->plan->n_backward; i++) {
        const struct walk *walk = &k->plan->backward[i];
        struct product p = walk_product(walk, dy, w->out_c, b, dx, w->in_c);
        p.store = store;
        if (k->point) {
            p.m *= p.n_y * n_points;
            p.n_y = 1;
        }
        b += walk->n_taps * w->out_c * w->in_c;
        if (walk->n_taps > 0)
            t->kernels->product(&p);
        else if (store == STORE_SET)
            clear_walk(walk, dx, w->in_c);
    }
}

void linear_backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct linear *k = l->plan;
    const struct window *w = &k->plan->window;
    const ptrdiff_t in_n = w->in_h * w->in_w * w->in_c, out_n = w->out_h * w->out_w * w->out_c;
    float *dx = layer_in_grad(t, l, 0, s);
    layer_clamp_grad(t, l, s);
    bias_backward(t, l, s, w->out_c);
    weights_grad(t, l, s);
    if (!dx)
        return;
    for (ptrdiff_t i = 0; i < (k->point ? 1 : s->n); i++) {
        const float *dy = layer_out_grad(t, l, s) + i * out_n;
        image_grad(t, k, padding_fill(&k->plan->out_pad, dy, s->scratch), dx + i * in_n, s->n,
                   l->grad_store[0]);
    }
}
