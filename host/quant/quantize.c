/* quantize.c - post-training quantisation of a float graph to int8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Observe once, then convert with one method of choosing ranges, or with each and keep the one
 * that is closest to the float graph on samples that chose no range. */
#include "quant/quantize.h"

#include "ir/verify.h"
#include "quant/convert.h"
#include "quant/judge.h"
#include "quant/observe.h"
#include "quant/range.h"
#include <math.h>
#include <stddef.h>

#define PERCENTILE_MIN 50.0f

static bool check_request(const struct graph *g, const struct calibration *c,
                          const struct quantize_options *opt, struct diag *d)
{
    if (g->inputs.n != 1)
        return diag_error(d, NULL, "the graph has %u inputs; calibration feeds exactly one",
                          (unsigned)g->inputs.n);
    if (c->n == 0 || c->n_fit == 0) {
        diag_error(d, NULL, "no calibration samples: activation ranges cannot be chosen");
        return diag_hint(d, "give some hundred samples of real data");
    }
    if (c->n_fit > c->n)
        return diag_error(d, NULL, "%u samples shall choose ranges, but there are only %u",
                          (unsigned)c->n_fit, (unsigned)c->n);
    if (opt->method == RANGE_AUTO && c->n_fit == c->n) {
        diag_error(d, NULL, "all %u calibration samples choose ranges, none is left to judge them",
                   (unsigned)c->n);
        return diag_hint(d, "give more samples, or name a range method");
    }
    const bool needs_percentile = opt->method == RANGE_PERCENTILE || opt->method == RANGE_AUTO;
    if (needs_percentile && !(opt->percentile > PERCENTILE_MIN && opt->percentile <= 100.0f)) {
        diag_error(d, NULL, "percentile %.9g is not above %.9g and at most 100",
                   (double)opt->percentile, (double)PERCENTILE_MIN);
        return diag_hint(d, "99.99 is usual");
    }
    return convert_check(g, d);
}

static bool check_finite(const struct graph *g, const struct calibration *c, struct diag *d)
{
    const size_t len = (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape);
    for (size_t i = 0; i < len * c->n; i++)
        if (!isfinite(c->samples[i])) {
            diag_error(d, NULL, "calibration sample %zu: value %zu is %s", i / len, i % len,
                       isnan(c->samples[i]) ? "NaN" : "infinite");
            return diag_hint(d, "clean the data or its normalisation (a deviation of 0?)");
        }
    return true;
}

/* The int8 graph that one method makes of the observations. */
static struct graph *convert_by(struct arena *a, const struct graph *g, const struct observed *seen,
                                enum range_method method, float percentile, struct diag *d)
{
    struct range *range = ARENA_ARRAY(a, struct range, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (is_activation(&g->tensors.items[t]))
            range[t] = range_choose(&seen[t], method, percentile);
    struct graph *q = convert_to_int8(a, g, range, d);
    return q && graph_verify(q, d) ? q : NULL;
}

/* Try the methods asked for on the held-out samples; report->chosen is the best. With nothing held
 * out the one method asked for is chosen unjudged. */
static bool choose_method(struct arena *tmp, const struct graph *g, const struct calibration *c,
                          const struct quantize_options *opt, const struct observed *seen,
                          struct pool *pool, struct quantize_report *report, struct diag *d)
{
    const size_t len = (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape);
    report->chosen = opt->method;
    if (c->n == c->n_fit)
        return true;
    const struct reference *r =
        reference_new(tmp, g, c->samples + len * c->n_fit, c->n - c->n_fit, pool, d);
    if (!r)
        return false;
    double least = INFINITY;
    for (enum range_method m = RANGE_MINMAX; m < RANGE_AUTO; m++) {
        struct judgement verdict;
        if (opt->method != RANGE_AUTO && opt->method != m)
            continue;
        const struct graph *q = convert_by(tmp, g, seen, m, opt->percentile, d);
        if (!q || !judge(tmp, r, q, pool, &verdict, d))
            return false;
        report->output_mse[m] = verdict.mse;
        report->agreement[m] = verdict.agreement;
        if (verdict.mse < least) {
            least = verdict.mse;
            report->chosen = m;
        }
    }
    return true;
}

static struct graph *quantize_with(struct arena *a, struct arena *tmp, const struct graph *g,
                                   const struct calibration *c, const struct quantize_options *opt,
                                   struct pool *pool, struct quantize_report *report,
                                   struct diag *d)
{
    const enum observe_detail detail =
        opt->method == RANGE_MINMAX ? OBSERVE_RANGES : OBSERVE_HISTOGRAMS;
    const struct observed *seen = observe(tmp, g, c->samples, c->n_fit, detail, pool, d);
    if (!seen || !choose_method(tmp, g, c, opt, seen, pool, report, d))
        return NULL;
    struct graph *q = convert_by(a, g, seen, report->chosen, opt->percentile, d);
    if (q)
        graph_drop_dead(q);
    return q;
}

struct graph *quantize_graph(struct arena *a, const struct graph *g, const struct calibration *c,
                             const struct quantize_options *opt, struct pool *pool,
                             struct quantize_report *report, struct diag *d)
{
    struct quantize_report unused;
    if (!report)
        report = &unused;
    *report = (struct quantize_report){.chosen = opt->method};
    for (int m = 0; m < N_RANGE_METHODS; m++)
        report->output_mse[m] = report->agreement[m] = NAN;
    if (!check_request(g, c, opt, d) || !check_finite(g, c, d))
        return NULL;
    struct arena *tmp = arena_new("calibration");
    struct graph *q = quantize_with(a, tmp, g, c, opt, pool, report, d);
    arena_free(tmp);
    return q;
}
