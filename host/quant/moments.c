/* moments.c - means and products of what the weights meet. SPDX-License-Identifier: Apache-2.0 */
#include "quant/moments.h"

#include "pass/rewrite.h"
#include "quant/interps.h"
#include <string.h>

/* So many windows of a sample make products, spread over the image: neighbours say nearly the
 * same. Their sums are exact in single precision: 64 * 255^2 < 2^24. */
#define WINDOWS_MAX 64u

/* What one thread needs of its own. */
struct bench {
    float *image;      /* the input of a layer                    */
    float *windows;    /* [WINDOWS_MAX][values]                   */
    float *row;        /* [taps]                                  */
    double **products; /* [nodes][groups][taps][taps] sums        */
};

struct measurement {
    const struct graph *g;
    const float *samples;
    size_t sample_len;
    struct moments *of;      /* [nodes]                         */
    double **sums;           /* [samples][values of all layers] */
    struct interp **interps; /* of a float graph, or ... */
    struct engines *engines; /* ... of an int8 graph     */
    struct bench *benches;   /* [threads]                */
};

static bool is_int8(const struct graph *g)
{
    return g->tensors.items[g->inputs.items[0]].dtype == DT_S8;
}

/* A layer's input as numbers: steps from the zero point where `engine` ran, or floats as they are. */
static const float *image_of(const struct measurement *m, uint32_t i_thread,
                             const struct fast *engine, uint32_t t)
{
    if (!engine)
        return interp_tensor(m->interps[i_thread], t);
    const struct tensor *x = &m->g->tensors.items[t];
    const int8_t *bytes = fast_tensor(engine, t);
    float *image = m->benches[i_thread].image;
    const int64_t n = shape_count(&x->shape);
    for (int64_t i = 0; i < n; i++)
        image[i] = (float)(bytes[i] - x->quant.zero[0]);
    return image;
}

static void add_means(const struct windows *w, const float *image, float *window, double *sums)
{
    for (uint32_t i = 0; i < w->n; i++) {
        windows_gather(w, image, i, window);
        for (uint32_t k = 0; k < w->n_values; k++)
            sums[k] += (double)window[k];
    }
}

/* The upper triangle of the products of one group's taps, for windows gathered [n][values]. */
static void add_products_of_group(const struct windows *w, const float *windows, uint32_t n,
                                  uint32_t group, float *row, double *sums)
{
    for (uint32_t i = 0; i < w->n_taps; i++) {
        memset(row, 0, w->n_taps * sizeof *row);
        for (uint32_t k = 0; k < n; k++) {
            const float *x = windows + (size_t)k * w->n_values + group;
            const float factor = x[(size_t)i * w->n_groups];
            if (factor == 0.0f)
                continue;
            for (uint32_t j = i; j < w->n_taps; j++)
                row[j] += factor * x[(size_t)j * w->n_groups];
        }
        for (uint32_t j = i; j < w->n_taps; j++)
            sums[(size_t)i * w->n_taps + j] += (double)row[j];
    }
}

static uint32_t n_product_windows(const struct windows *w)
{
    return w->n < WINDOWS_MAX ? w->n : WINDOWS_MAX;
}

static void add_products(const struct windows *w, const float *image, struct bench *b, double *sums)
{
    const uint32_t n = n_product_windows(w);
    for (uint32_t k = 0; k < n; k++)
        windows_gather(w, image, (uint32_t)((uint64_t)k * w->n / n),
                       b->windows + (size_t)k * w->n_values);
    for (uint32_t c = 0; c < w->n_groups; c++)
        add_products_of_group(w, b->windows, n, c, b->row,
                              sums + (size_t)c * w->n_taps * w->n_taps);
}

static void measure_sample(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct measurement *m = ctx;
    struct bench *b = &m->benches[i_thread];
    const float *sample = m->samples + m->sample_len * i_task;
    const struct fast *engine = m->engines ? engines_run(m->engines, i_thread, sample) : NULL;
    if (!engine)
        interp_run(m->interps[i_thread], &(const void *){sample});
    double *sums = m->sums[i_task];
    for (uint32_t n = 0; n < m->g->nodes.n; n++) {
        const struct windows *w = &m->of[n].windows;
        if (w->n == 0)
            continue;
        const float *image = image_of(m, i_thread, engine, m->g->nodes.items[n].in[0]);
        add_means(w, image, b->windows, sums);
        if (b->products && b->products[n])
            add_products(w, image, b, b->products[n]);
        sums += w->n_values;
    }
}

static size_t product_count(const struct windows *w)
{
    return (size_t)w->n_groups * w->n_taps * w->n_taps;
}

/* Memory for every thread, made before they start. */
static void make_benches(struct arena *a, struct measurement *m, bool with_products,
                         uint32_t n_threads)
{
    size_t image_len = 0, window_len = 0, n_taps = 0;
    for (uint32_t n = 0; n < m->g->nodes.n; n++) {
        const struct windows *w = &m->of[n].windows;
        const size_t here = (size_t)w->in_h * (size_t)w->in_w * (size_t)w->in_c;
        image_len = here > image_len ? here : image_len;
        window_len = w->n_values > window_len ? w->n_values : window_len;
        n_taps = w->n_taps > n_taps ? w->n_taps : n_taps;
    }
    m->benches = ARENA_ARRAY(a, struct bench, n_threads);
    for (uint32_t i = 0; i < n_threads; i++) {
        struct bench *b = &m->benches[i];
        *b = (struct bench){
            .image = ARENA_ARRAY(a, float, image_len),
            .windows = ARENA_ARRAY(a, float, WINDOWS_MAX *window_len),
            .row = ARENA_ARRAY(a, float, n_taps),
            .products = with_products ? ARENA_ARRAY(a, double *, m->g->nodes.n) : NULL,
        };
        for (uint32_t n = 0; with_products && n < m->g->nodes.n; n++) {
            const struct windows *w = &m->of[n].windows;
            if (w->n > 0 && w->n_taps <= MOMENTS_TAPS_MAX)
                b->products[n] = ARENA_ARRAY(a, double, product_count(w));
        }
    }
}

/* Sums in sample order, which no number of threads changes. */
static void join_means(struct arena *a, const struct measurement *m, uint32_t n_samples)
{
    size_t at = 0;
    for (uint32_t n = 0; n < m->g->nodes.n; n++) {
        const struct windows *w = &m->of[n].windows;
        if (w->n == 0)
            continue;
        double *mean = ARENA_ARRAY(a, double, w->n_values);
        for (uint32_t k = 0; k < w->n_values; k++) {
            double sum = 0.0;
            for (uint32_t s = 0; s < n_samples; s++)
                sum += m->sums[s][at + k];
            const size_t tap = k / w->n_groups, group = k % w->n_groups;
            mean[group * w->n_taps + tap] = sum / ((double)n_samples * w->n);
        }
        m->of[n].mean = mean;
        at += w->n_values;
    }
}

static void join_products(const struct measurement *m, uint32_t n_samples, uint32_t n_threads)
{
    for (uint32_t n = 0; n < m->g->nodes.n; n++) {
        const struct windows *w = &m->of[n].windows;
        double *sum = m->benches[0].products[n];
        if (!sum)
            continue;
        for (uint32_t i = 1; i < n_threads; i++)
            for (size_t k = 0; k < product_count(w); k++)
                sum[k] += m->benches[i].products[n][k];
        const double n_windows = (double)n_samples * n_product_windows(w);
        for (uint32_t c = 0; c < w->n_groups; c++) {
            double *p = sum + (size_t)c * w->n_taps * w->n_taps;
            for (size_t i = 0; i < w->n_taps; i++)
                for (size_t j = i; j < w->n_taps; j++)
                    p[j * w->n_taps + i] = p[i * w->n_taps + j] /= n_windows;
        }
        m->of[n].products = sum;
    }
}

const struct moments *moments_measure(struct arena *a, const struct graph *g, const float *samples,
                                      uint32_t n, enum moments_detail detail, struct pool *pool,
                                      struct diag *d)
{
    const uint32_t n_threads = pool_n_threads(pool);
    const bool with_products = detail == MOMENTS_PRODUCTS && is_int8(g);
    struct measurement m = {
        .g = g,
        .samples = samples,
        .sample_len = (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape),
        .of = ARENA_ARRAY(a, struct moments, g->nodes.n),
        .sums = ARENA_ARRAY(a, double *, n),
    };
    size_t n_values = 0;
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (has_weights(g->nodes.items[i].op)) {
            m.of[i].windows = windows_of(g, &g->nodes.items[i]);
            n_values += m.of[i].windows.n_values;
        }
    for (uint32_t s = 0; s < n; s++)
        m.sums[s] = ARENA_ARRAY(a, double, n_values);
    if (is_int8(g))
        m.engines = engines_new(a, g, pool, d);
    else
        m.interps = interps_new(a, g, pool, d);
    if (!m.engines && !m.interps)
        return NULL;
    make_benches(a, &m, with_products, n_threads);
    pool_run(pool, n, measure_sample, &m);
    join_means(a, &m, n);
    if (with_products)
        join_products(&m, n, n_threads);
    return m.of;
}
