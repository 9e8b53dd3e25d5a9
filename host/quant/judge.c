/* judge.c - how far an int8 graph is from its float graph. SPDX-License-Identifier: Apache-2.0 */
#include "quant/judge.h"

#include "mote/quantize.h"
#include "pass/rewrite.h"
#include "quant/interps.h"
#include <math.h>
#include <string.h>

static uint32_t *judged_tensors(struct arena *a, const struct graph *g)
{
    const uint32_t *producer = graph_find_producers(g, a);
    uint32_t *judged = ARENA_ARRAY(a, uint32_t, g->outputs.n);
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        const uint32_t p = producer[g->outputs.items[i]];
        const bool softmax = p != NO_NODE && g->nodes.items[p].op == OP_SOFTMAX;
        judged[i] = softmax ? g->nodes.items[p].in[0] : g->outputs.items[i];
    }
    return judged;
}

static size_t sample_len(const struct graph *g)
{
    return (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape);
}

static size_t tensor_len(const struct graph *g, uint32_t t)
{
    return (size_t)shape_count(&g->tensors.items[t].shape);
}

struct reference_run {
    const struct reference *r;
    struct interp **interps;
    float *values;
};

static size_t arg_max(const float *x, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

static void run_reference(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct reference_run *run = ctx;
    const struct reference *r = run->r;
    const void *input = r->samples + sample_len(r->g) * i_task;
    float *to = run->values + r->len * i_task;
    interp_run(run->interps[i_thread], &input);
    for (uint32_t k = 0; k < r->n_tensors; k++) {
        const size_t len = tensor_len(r->g, r->tensors[k]);
        memcpy(to, interp_tensor(run->interps[i_thread], r->tensors[k]), len * sizeof *to);
        to += len;
    }
}

static void judge_reference(struct reference *r)
{
    const size_t first_len = tensor_len(r->g, r->tensors[0]);
    uint32_t n_right = 0;
    for (size_t i = 0; i < r->n * r->len; i++)
        r->power += (double)r->values[i] * (double)r->values[i];
    r->power /= (double)r->n * (double)r->len;
    for (uint32_t i = 0; r->labels && i < r->n; i++)
        n_right += arg_max(r->values + r->len * i, first_len) == r->labels[i] ? 1 : 0;
    r->accuracy = r->labels ? (double)n_right / r->n : (double)NAN;
}

struct reference *reference_new(struct arena *a, const struct graph *g, const float *samples,
                                const uint16_t *labels, uint32_t n, struct pool *pool,
                                struct diag *d)
{
    struct reference *r = ARENA_NEW(a, struct reference);
    *r = (struct reference){
        .g = g,
        .samples = samples,
        .n = n,
        .n_tensors = g->outputs.n,
        .tensors = judged_tensors(a, g),
        .labels = labels,
    };
    for (uint32_t k = 0; k < r->n_tensors; k++)
        r->len += tensor_len(g, r->tensors[k]);
    struct reference_run run = {
        .r = r,
        .interps = interps_new(a, g, pool, d),
        .values = arena_alloc_array(a, n, r->len * sizeof(float)),
    };
    if (!run.interps)
        return NULL;
    pool_run(pool, n, run_reference, &run);
    r->values = run.values;
    judge_reference(r);
    return r;
}

struct int8_run {
    const struct reference *r;
    const struct graph *q;
    struct engines *engines;
    float **output; /* [threads][r->len]     */
    double *error;  /* [samples] sum of squared differences */
    bool *agrees;   /* [samples] */
    bool *right;    /* [samples] the label; false without labels */
};

static struct mote_quantize_f32 conversion(const struct graph *q, uint32_t t)
{
    const struct tensor *tensor = &q->tensors.items[t];
    return (struct mote_quantize_f32){
        .n = (uint32_t)shape_count(&tensor->shape),
        .scale = tensor->quant.scale[0],
        .zero = (int8_t)tensor->quant.zero[0],
    };
}

static void run_int8(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct int8_run *run = ctx;
    const struct reference *r = run->r;
    const struct fast *engine =
        engines_run(run->engines, i_thread, r->samples + sample_len(r->g) * i_task);

    float *got = run->output[i_thread];
    for (uint32_t k = 0, at = 0; k < r->n_tensors; k++) {
        const struct mote_quantize_f32 out = conversion(run->q, r->tensors[k]);
        mote_dequantize_f32_ref(&out, fast_tensor(engine, r->tensors[k]), got + at, NULL);
        at += out.n;
    }
    const float *want = r->values + r->len * i_task;
    double sum = 0.0;
    for (size_t i = 0; i < r->len; i++) {
        const double e = (double)got[i] - (double)want[i];
        sum += e * e;
    }
    const size_t first_len = tensor_len(r->g, r->tensors[0]);
    run->error[i_task] = sum;
    const size_t answer = arg_max(got, first_len);
    run->agrees[i_task] = answer == arg_max(want, first_len);
    run->right[i_task] = r->labels && answer == r->labels[i_task];
}

bool judge(struct arena *a, const struct reference *r, const struct graph *q, struct pool *pool,
           struct judgement *out, struct diag *d)
{
    const uint32_t n_threads = pool_n_threads(pool);
    struct int8_run run = {
        .r = r,
        .q = q,
        .engines = engines_new(a, q, pool, d),
        .output = ARENA_ARRAY(a, float *, n_threads),
        .error = ARENA_ARRAY(a, double, r->n),
        .agrees = ARENA_ARRAY(a, bool, r->n),
        .right = ARENA_ARRAY(a, bool, r->n),
    };
    if (!run.engines)
        return false;
    for (uint32_t i = 0; i < n_threads; i++)
        run.output[i] = ARENA_ARRAY(a, float, r->len);
    pool_run(pool, r->n, run_int8, &run);

    double sum = 0.0, n_agree = 0.0, n_right = 0.0;
    for (uint32_t i = 0; i < r->n; i++) {
        sum += run.error[i];
        n_agree += run.agrees[i] ? 1.0 : 0.0;
        n_right += run.right[i] ? 1.0 : 0.0;
    }
    out->mse = sum / ((double)r->n * (double)r->len);
    out->error = out->mse > 0.0 ? out->mse / r->power : 0.0;
    out->agreement = n_agree / (double)r->n;
    out->accuracy = r->labels ? n_right / (double)r->n : (double)NAN;
    return true;
}
