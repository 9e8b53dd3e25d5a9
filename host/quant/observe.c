/* observe.c - what values the activations take. SPDX-License-Identifier: Apache-2.0 */
#include "quant/observe.h"

#include "base/str.h"
#include "quant/interps.h"
#include <float.h>
#include <math.h>

#define NO_SAMPLE UINT32_MAX

/* What one thread saw of one tensor. */
struct seen {
    float min, max;
    uint64_t n_zero;
    uint64_t *bins;
    uint32_t first_bad; /* smallest sample with a value that is not finite */
};

struct observation {
    const struct graph *g;
    const float *samples;
    size_t sample_len;
    struct interp **interps;      /* [threads]                                    */
    struct seen **seen;           /* [threads][tensors]                           */
    const struct observed *known; /* [tensors] ranges of the first pass, or NULL  */
};

bool is_activation(const struct tensor *t)
{
    return !t->data;
}

static void widen(struct seen *s, const float *x, size_t n, uint32_t i_sample)
{
    float lo = s->min, hi = s->max;
    bool finite = true;
    for (size_t i = 0; i < n; i++) {
        finite = finite && x[i] >= -FLT_MAX && x[i] <= FLT_MAX; /* false for NaN */
        lo = x[i] < lo ? x[i] : lo;
        hi = x[i] > hi ? x[i] : hi;
    }
    s->min = lo;
    s->max = hi;
    if (!finite && i_sample < s->first_bad)
        s->first_bad = i_sample;
}

static void count(struct seen *s, const struct observed *range, const float *x, size_t n)
{
    const double width = (double)range->max - (double)range->min;
    const double per_unit = width > 0.0 ? HISTOGRAM_BINS / width : 0.0;
    for (size_t i = 0; i < n; i++) {
        if (x[i] == 0.0f) {
            s->n_zero++;
            continue;
        }
        /* The first pass saw this very value: 0 <= bin <= HISTOGRAM_BINS. */
        const uint32_t bin = (uint32_t)(((double)x[i] - (double)range->min) * per_unit);
        s->bins[bin < HISTOGRAM_BINS ? bin : HISTOGRAM_BINS - 1]++;
    }
}

static void observe_sample(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct observation *o = ctx;
    struct interp *it = o->interps[i_thread];
    const void *input = o->samples + o->sample_len * i_task;
    interp_run(it, &input);
    for (uint32_t t = 0; t < o->g->tensors.n; t++) {
        const struct tensor *tensor = &o->g->tensors.items[t];
        struct seen *s = &o->seen[i_thread][t];
        if (!is_activation(tensor))
            continue;
        const size_t n = (size_t)shape_count(&tensor->shape);
        if (o->known)
            count(s, &o->known[t], interp_tensor(it, t), n);
        else
            widen(s, interp_tensor(it, t), n, i_task);
    }
}

static struct seen **seen_new(struct arena *a, const struct graph *g, uint32_t n_threads,
                              bool with_bins)
{
    struct seen **seen = ARENA_ARRAY(a, struct seen *, n_threads);
    for (uint32_t i = 0; i < n_threads; i++) {
        seen[i] = ARENA_ARRAY(a, struct seen, g->tensors.n);
        for (uint32_t t = 0; t < g->tensors.n; t++) {
            struct seen *s = &seen[i][t];
            *s = (struct seen){.min = INFINITY, .max = -INFINITY, .first_bad = NO_SAMPLE};
            if (with_bins && is_activation(&g->tensors.items[t]))
                s->bins = ARENA_ARRAY(a, uint64_t, HISTOGRAM_BINS);
        }
    }
    return seen;
}

/* The threads' minima and maxima together. The first tensor in topological order with a value that
 * is not finite is named: the others follow from it. */
static bool join_ranges(const struct observation *o, uint32_t n_threads, struct observed *out,
                        struct diag *d)
{
    for (uint32_t t = 0; t < o->g->tensors.n; t++) {
        if (!is_activation(&o->g->tensors.items[t]))
            continue;
        struct seen all = o->seen[0][t];
        for (uint32_t i = 1; i < n_threads; i++) {
            const struct seen *s = &o->seen[i][t];
            all.min = s->min < all.min ? s->min : all.min;
            all.max = s->max > all.max ? s->max : all.max;
            all.first_bad = s->first_bad < all.first_bad ? s->first_bad : all.first_bad;
        }
        if (all.first_bad != NO_SAMPLE) {
            diag_error(d, NULL, "tensor '%s' is NaN or infinite for calibration sample %u",
                       o->g->tensors.items[t].name, (unsigned)all.first_bad);
            return diag_hint(d, "check the sample, its normalisation and the network's weights");
        }
        out[t].min = all.min;
        out[t].max = all.max;
    }
    return true;
}

static void join_histograms(struct arena *a, const struct observation *o, uint32_t n_threads,
                            struct observed *out)
{
    for (uint32_t t = 0; t < o->g->tensors.n; t++) {
        if (!is_activation(&o->g->tensors.items[t]))
            continue;
        uint64_t *bins = ARENA_ARRAY(a, uint64_t, HISTOGRAM_BINS);
        for (uint32_t i = 0; i < n_threads; i++) {
            out[t].n_zero += o->seen[i][t].n_zero;
            for (uint32_t b = 0; b < HISTOGRAM_BINS; b++)
                bins[b] += o->seen[i][t].bins[b];
        }
        out[t].bins = bins;
    }
}

struct observed *observe(struct arena *a, const struct graph *g, const float *samples, uint32_t n,
                         enum observe_detail detail, struct pool *pool, struct diag *d)
{
    const uint32_t n_threads = pool_n_threads(pool);
    struct observation o = {
        .g = g,
        .samples = samples,
        .sample_len = (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape),
        .interps = interps_new(a, g, pool, d),
        .seen = seen_new(a, g, n_threads, false),
    };
    if (!o.interps)
        return NULL;
    struct observed *out = ARENA_ARRAY(a, struct observed, g->tensors.n);
    pool_run(pool, n, observe_sample, &o);
    if (!join_ranges(&o, n_threads, out, d))
        return NULL;
    if (detail == OBSERVE_RANGES)
        return out;

    o.known = out;
    o.seen = seen_new(a, g, n_threads, true);
    pool_run(pool, n, observe_sample, &o);
    join_histograms(a, &o, n_threads, out);
    return out;
}
