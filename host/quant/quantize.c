/* quantize.c - post-training quantisation of a float graph to int8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Observe once, then convert with one method of choosing ranges, or with each and keep the one that is
 * closest to the float graph on samples that chose nothing; then, if asked, see what equalising,
 * rounding and correcting biases add to it. */
#include "quant/quantize.h"

#include "base/str.h"
#include "ir/verify.h"
#include "quant/bias.h"
#include "quant/convert.h"
#include "quant/equalise.h"
#include "quant/judge.h"
#include "quant/losses.h"
#include "quant/mixed.h"
#include "quant/moments.h"
#include "quant/observe.h"
#include "quant/range.h"
#include "quant/rounding.h"
#include <assert.h>
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
    if ((opt->ranges == RANGE_AUTO || opt->refine || opt->mixed) && c->n_fit == c->n) {
        diag_error(d, NULL, "all %u calibration samples choose ranges, none is left to judge them",
                   (unsigned)c->n);
        return diag_hint(d, "give more samples, or name a range method");
    }
    const bool needs_percentile = opt->ranges == RANGE_PERCENTILE || opt->ranges == RANGE_AUTO;
    if (needs_percentile && !(opt->percentile > PERCENTILE_MIN && opt->percentile <= 100.0f)) {
        diag_error(d, NULL, "percentile %.9g is not above %.9g and at most 100",
                   (double)opt->percentile, (double)PERCENTILE_MIN);
        return diag_hint(d, "99.99 is usual");
    }
    assert(opt->weight_bits == 8 || opt->weight_bits == 4);
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

/* A float graph to start from: as it came, or equalised. */
struct start {
    const struct graph *g;
    const struct observed *seen; /* [tensors of g] */
};

struct search {
    const struct calibration *c;
    const struct quantize_options *opt;
    struct pool *pool;
    struct arena *tmp;
    struct start plain, equalised; /* the latter's graph is NULL until it is tried */
    uint8_t *bits;                 /* [nodes] of weights: 8 or 4 */
    const struct reference *reference;
    struct quantize_report *report;
    struct diag *d;
};

static size_t sample_len(const struct search *s)
{
    const struct graph *g = s->plain.g;
    return (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape);
}

static bool observe_start(struct search *s, struct start *start)
{
    const enum observe_detail detail =
        s->opt->ranges == RANGE_MINMAX ? OBSERVE_RANGES : OBSERVE_HISTOGRAMS;
    start->seen = observe(s->tmp, start->g, s->c->samples, s->c->n_fit, detail, s->pool, s->d);
    return start->seen != NULL;
}

/* The int8 graph that a method makes, in `a`; NULL with d set. */
static struct graph *make(struct search *s, struct arena *a, const struct quantize_method *m)
{
    const struct start *from = m->equalise ? &s->equalised : &s->plain;
    const struct graph *g = from->g;
    assert(g);
    struct range *range = ARENA_ARRAY(s->tmp, struct range, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (is_activation(&g->tensors.items[t]))
            range[t] = range_choose(&from->seen[t], m->ranges, s->opt->percentile);
    struct graph *q = convert_to_int8(a, g, range, s->bits, s->d);
    if (q && m->rounding != WEIGHTS_NEAREST) {
        struct arena *tmp = arena_new("moments");
        const struct moments *of =
            moments_measure(tmp, q, s->c->samples, s->c->n_fit, MOMENTS_PRODUCTS, s->pool, s->d);
        if (of)
            round_weights(q, g, of, s->bits, m->rounding, s->pool);
        arena_free(tmp);
        if (!of)
            return NULL;
    }
    if (q && m->correct_biases && !correct_biases(q, g, s->c->samples, s->c->n_fit, s->pool, s->d))
        return NULL;
    return q && graph_verify(q, s->d) ? q : NULL;
}

static bool is_better(const struct trial *a, const struct trial *b)
{
    return a->mse < b->mse;
}

/* How good the graph is that a method makes. */
static bool judge_method(struct search *s, const struct quantize_method *m,
                         struct judgement *verdict)
{
    struct arena *tmp = arena_new("trial");
    const struct graph *q = make(s, tmp, m);
    const bool ok = q && judge(tmp, s->reference, q, s->pool, verdict, s->d);
    arena_free(tmp);
    return ok;
}

static uint32_t count_4_bits(const struct search *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->plain.g->nodes.n; i++)
        n += s->bits[i] == 4 ? 1 : 0;
    return n;
}

/* Try a method; the report's choice moves to it if it is the best so far. */
static bool try(struct search *s, const struct quantize_method *m)
{
    struct quantize_report *r = s->report;
    struct judgement verdict;
    assert(r->n_trials < TRIALS_MAX);
    if (!judge_method(s, m, &verdict))
        return false;
    struct trial *t = &r->trials[r->n_trials];
    *t = (struct trial){
        .method = *m,
        .mse = verdict.mse,
        .error = verdict.error,
        .agreement = verdict.agreement,
        .accuracy = verdict.accuracy,
    };
    t->method.n_4_bits = count_4_bits(s);
    if (is_better(t, &r->trials[r->chosen]))
        r->chosen = r->n_trials;
    r->n_trials++;
    return true;
}

static struct quantize_method best(const struct search *s)
{
    return s->report->trials[s->report->chosen].method;
}

static bool try_ranges(struct search *s)
{
    for (enum range_method m = RANGE_MINMAX; m < RANGE_AUTO; m++)
        if ((s->opt->ranges == RANGE_AUTO || s->opt->ranges == m) &&
            !try(s, &(struct quantize_method){.ranges = m}))
            return false;
    return true;
}

/* One after the other on top of the best so far: what does not help is left out again. */
static bool try_refinements(struct search *s)
{
    s->equalised.g = equalise(s->tmp, s->plain.g);
    if (s->equalised.g) {
        struct quantize_method m = best(s);
        m.equalise = true;
        if (!observe_start(s, &s->equalised) || !try(s, &m))
            return false;
    }
    for (enum weight_rounding r = WEIGHTS_BY_COLUMNS; r < N_WEIGHT_ROUNDINGS; r++) {
        struct quantize_method m = best(s);
        m.rounding = r;
        if (!try(s, &m))
            return false;
    }
    struct quantize_method m = best(s);
    m.correct_biases = true;
    return try(s, &m);
}

/* mixed_choose's trial: the best method with these bits. */
static bool try_bits(void *ctx, const uint8_t *bits, double *error)
{
    struct search *s = ctx;
    struct judgement verdict;
    const struct quantize_method m = best(s);
    assert(bits == s->bits);
    if (!judge_method(s, &m, &verdict))
        return false;
    *error = verdict.error;
    return true;
}

/* Fewer bits for what bears them: the last line of the table, and chosen because it was asked for. */
static bool try_mixed(struct search *s)
{
    const struct quantize_method m = best(s);
    if (!mixed_choose(s->plain.g, s->opt->mixed_error, try_bits, s, s->bits) || !try(s, &m))
        return false;
    s->report->chosen = s->report->n_trials - 1;
    return true;
}

/* Try what is asked for on the samples held out; report->chosen is the best. With nothing held out
 * the one method asked for is chosen unjudged. */
static bool choose_method(struct search *s)
{
    const struct calibration *c = s->c;
    struct quantize_report *r = s->report;
    if (c->n == c->n_fit) {
        r->trials[0] = (struct trial){
            {.ranges = s->opt->ranges}, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
        r->n_trials = 1;
        return true;
    }
    r->n_judged = c->n - c->n_fit;
    const struct reference *reference =
        reference_new(s->tmp, s->plain.g, c->samples + sample_len(s) * c->n_fit,
                      c->labels ? c->labels + c->n_fit : NULL, r->n_judged, s->pool, s->d);
    if (!reference)
        return false;
    s->reference = reference;
    r->float_accuracy = reference->accuracy;
    return try_ranges(s) && (!s->opt->refine || try_refinements(s)) &&
           (!s->opt->mixed || try_mixed(s));
}

/* The worst layers of the chosen graph. */
static bool measure_losses(struct search *s, struct arena *a, const struct graph *q,
                           const struct graph *g)
{
    struct quantize_report *r = s->report;
    uint32_t n;
    struct arena *tmp = arena_new("losses");
    const struct loss *losses = losses_measure(
        tmp, g, q, s->c->samples + sample_len(s) * s->c->n_fit, r->n_judged, s->pool, &n, s->d);
    r->n_worst = losses ? (n < LOSSES_MAX ? n : LOSSES_MAX) : 0;
    for (uint32_t i = 0; i < r->n_worst; i++)
        r->worst[i] = (struct layer_loss){arena_strdup(a, q->tensors.items[losses[i].tensor].name),
                                          losses[i].error};
    arena_free(tmp);
    return losses != NULL;
}

static struct graph *quantize_with(struct arena *a, struct search *s)
{
    if (!observe_start(s, &s->plain) || !choose_method(s))
        return NULL;
    const struct quantize_method m = best(s);
    struct graph *q = make(s, a, &m);
    const struct graph *g = m.equalise ? s->equalised.g : s->plain.g;
    if (!q || (s->report->n_judged > 0 && !measure_losses(s, a, q, g)))
        return NULL;
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
    *report = (struct quantize_report){.float_accuracy = (double)NAN};
    if (!check_request(g, c, opt, d) || !check_finite(g, c, d))
        return NULL;
    struct search s = {
        .c = c,
        .opt = opt,
        .pool = pool,
        .tmp = arena_new("calibration"),
        .plain = {.g = g},
        .report = report,
        .d = d,
    };
    s.bits = ARENA_ARRAY(s.tmp, uint8_t, g->nodes.n);
    for (uint32_t n = 0; n < g->nodes.n; n++)
        s.bits[n] = !opt->mixed && may_have_4_bits(g, n) ? opt->weight_bits : 8;
    struct graph *q = quantize_with(a, &s);
    arena_free(s.tmp);
    return q;
}
