/* rounding.c - which way each weight is rounded. SPDX-License-Identifier: Apache-2.0 */
#include "quant/rounding.h"

#include "pass/rewrite.h"
#include <math.h>
#include <string.h>

#define DAMPING 0.01

/* Each sweep looks at every weight once; a handful settles it. */
#define N_SWEEPS_MAX 20

void round_factor(uint32_t n, const double *products, double *factor)
{
    double mean = 0.0;
    for (size_t i = 0; i < n; i++)
        mean += products[i * n + i] / n;
    const double damping = mean > 0.0 ? DAMPING * mean : 1.0;
    for (size_t i = 0; i < n; i++) {
        double *row = factor + i * n;
        memcpy(row + i, products + i * n + i, (n - i) * sizeof *row);
        row[i] += damping;
        for (size_t k = 0; k < i; k++) {
            const double *above = factor + k * n;
            const double f = above[i];
            for (size_t j = i; j < n; j++)
                row[j] -= f * above[j];
        }
        /* At least the damping but for rounding: H is positive semidefinite. */
        const double root = sqrt(fmax(row[i], 1e-3 * damping));
        row[i] = root;
        for (size_t j = i + 1; j < n; j++)
            row[j] /= root;
    }
}

static int8_t clamped(double x, int32_t limit)
{
    return (int8_t)fmax(-limit, fmin(limit, round(x)));
}

static void round_columns(uint32_t n, const double *w, const double *factor, int32_t limit,
                          int8_t *to)
{
    for (size_t j = n; j-- > 0;) {
        const double *row = factor + j * n;
        double error = 0.0;
        for (size_t k = j + 1; k < n; k++)
            error += row[k] * (w[k] - to[k]);
        to[j] = clamped(w[j] + error / row[j], limit);
    }
}

/* Is a step of weight j, whose error has the slope `slope` and the curvature `curvature`, worth it? */
static int32_t good_step(double slope, double curvature, int32_t now, int32_t limit)
{
    const int32_t step = slope > 0.0 ? -1 : 1;
    const double change = 2.0 * step * slope + curvature;
    const bool is_less = change < -1e-9 * curvature;
    return is_less && now + step >= -limit && now + step <= limit ? step : 0;
}

static void descend(uint32_t n, const double *w, const double *products, int32_t limit, int8_t *to,
                    double *slope)
{
    for (size_t i = 0; i < n; i++) {
        slope[i] = 0.0;
        for (size_t k = 0; k < n; k++)
            slope[i] += products[i * n + k] * (to[k] - w[k]);
    }
    bool moved = true;
    for (int sweep = 0; moved && sweep < N_SWEEPS_MAX; sweep++) {
        moved = false;
        for (size_t j = 0; j < n; j++) {
            const int32_t step = good_step(slope[j], products[j * n + j], to[j], limit);
            if (step == 0)
                continue;
            to[j] = (int8_t)(to[j] + step);
            for (size_t k = 0; k < n; k++)
                slope[k] += step * products[j * n + k];
            moved = true;
        }
    }
}

void round_channel(enum weight_rounding method, uint32_t n, const double *w, const double *products,
                   const double *factor, int32_t limit, int8_t *to, double *slope)
{
    round_columns(n, w, factor, limit, to);
    if (method == WEIGHTS_BY_DESCENT)
        descend(n, w, products, limit, to, slope);
}

int32_t weight_limit(uint8_t bits)
{
    return (1 << (bits - 1)) - 1;
}

/* One layer whose channels are rounded side by side. */
struct layer {
    const struct moments *of;
    const struct tensor *from, *form; /* float, int8 */
    enum weight_rounding method;
    int32_t limit;
    double *factors; /* [groups][taps][taps]    */
    double **w;      /* [threads][taps]         */
    double **slope;  /* [threads][taps]         */
    int8_t **to;     /* [threads][taps]         */
    int8_t *rounded; /* the layer's new weights */
};

static void round_task(void *ctx, uint32_t c, uint32_t i_thread)
{
    const struct layer *l = ctx;
    const struct windows *x = &l->of->windows;
    const float *from = l->from->data;
    const double scale = (double)l->form->quant.scale[c];
    const size_t at = (size_t)windows_group(x, c) * x->n_taps * x->n_taps;
    for (uint32_t t = 0; t < x->n_taps; t++)
        l->w[i_thread][t] = (double)from[windows_weight(x, c, t)] / scale;
    round_channel(l->method, x->n_taps, l->w[i_thread], l->of->products + at, l->factors + at,
                  l->limit, l->to[i_thread], l->slope[i_thread]);
    for (uint32_t t = 0; t < x->n_taps; t++)
        l->rounded[windows_weight(x, c, t)] = l->to[i_thread][t];
}

static void round_layer(struct graph *q, uint32_t n, struct layer *l, struct pool *pool)
{
    struct arena *tmp = arena_new("rounding");
    const struct windows *x = &l->of->windows;
    const size_t n_products = (size_t)x->n_taps * x->n_taps;
    const uint32_t n_threads = pool_n_threads(pool);
    l->factors = ARENA_ARRAY(tmp, double, x->n_groups *n_products);
    for (uint32_t c = 0; c < x->n_groups; c++)
        round_factor(x->n_taps, l->of->products + c * n_products, l->factors + c * n_products);
    l->w = ARENA_ARRAY(tmp, double *, n_threads);
    l->slope = ARENA_ARRAY(tmp, double *, n_threads);
    l->to = ARENA_ARRAY(tmp, int8_t *, n_threads);
    for (uint32_t i = 0; i < n_threads; i++) {
        l->w[i] = ARENA_ARRAY(tmp, double, x->n_taps);
        l->slope[i] = ARENA_ARRAY(tmp, double, x->n_taps);
        l->to[i] = ARENA_ARRAY(tmp, int8_t, x->n_taps);
    }
    struct tensor form = *l->form;
    form.data = l->rounded = ARENA_ARRAY(q->arena, int8_t, (size_t)shape_count(&form.shape));
    pool_run(pool, x->n_channels, round_task, l);
    set_constant(q, n, 1, &form);
    arena_free(tmp);
}

void round_weights(struct graph *q, const struct graph *g, const struct moments *of,
                   const uint8_t *weight_bits, enum weight_rounding method, struct pool *pool)
{
    struct arena *tmp = arena_new("rounding");
    const uint32_t *source = graph_find_producers(g, tmp);
    for (uint32_t n = 0; method != WEIGHTS_NEAREST && n < q->nodes.n; n++) {
        if (!of[n].products)
            continue;
        const uint32_t from = source[q->nodes.items[n].out[0]];
        struct layer l = {
            .of = &of[n],
            .from = &g->tensors.items[g->nodes.items[from].in[1]],
            .form = &q->tensors.items[q->nodes.items[n].in[1]],
            .method = method,
            .limit = weight_limit(weight_bits[from]),
        };
        round_layer(q, n, &l, pool);
    }
    arena_free(tmp);
}
