/* grad_softmax.c - the last layer: softmax p of beta * x, and the cross-entropy against a smoothed
 * target q (1 - smoothing for the label, and smoothing spread evenly over all classes):
 *
 *     loss = -sum q_c log p_c,      d loss / d x_c = beta * (p_c - q_c) / batch
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"
#include <math.h>

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct shape *in = layer_in_shape(t, l, 0);
    if (layer_in_count(t, l, 0) != in->dim[in->rank - 1])
        return diag_error(d, t->graph->name, "the last softmax sees more than one row of classes");
    return true;
}

static ptrdiff_t largest(const float *x, ptrdiff_t n)
{
    ptrdiff_t best = 0;
    for (ptrdiff_t c = 1; c < n; c++)
        if (x[c] > x[best])
            best = c;
    return best;
}

/* p = softmax(beta * x); returns log of the sum of exp(beta * (x - max)). */
static double softmax(const float *x, ptrdiff_t n, double beta, double max, float *p)
{
    double sum = 0.0;
    for (ptrdiff_t c = 0; c < n; c++)
        sum += exp(beta * ((double)x[c] - max));
    for (ptrdiff_t c = 0; c < n; c++)
        p[c] = (float)(exp(beta * ((double)x[c] - max)) / sum);
    return log(sum);
}

static ptrdiff_t label_of(const struct trainer *t, const struct shard *s, ptrdiff_t i)
{
    return t->batch.ds->label[t->batch.index[s->first + i]];
}

/* The target's share of class c. */
static double target(const struct trainer *t, ptrdiff_t n, ptrdiff_t label, ptrdiff_t c)
{
    const double smoothing = (double)t->config.label_smoothing;
    return smoothing / (double)n + (c == label ? 1.0 - smoothing : 0.0);
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const ptrdiff_t n = layer_in_count(t, l, 0);
    const double beta = (double)l->node->attrs.beta;
    struct shard_result r = {0};
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const float *x = layer_in(t, l, 0, s) + i * n;
        const ptrdiff_t best = largest(x, n), label = label_of(t, s, i);
        const double max = (double)x[best];
        const double log_sum = softmax(x, n, beta, max, layer_out(t, l, s) + i * n);
        for (ptrdiff_t c = 0; c < n; c++)
            r.loss += target(t, n, label, c) * (log_sum - beta * ((double)x[c] - max));
        r.correct += best == label;
    }
    t->results[s->slot] = r;
}

static void evaluate(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const ptrdiff_t n = layer_in_count(t, l, 0);
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const float *x = layer_in(t, l, 0, s) + i * n;
        const ptrdiff_t best = largest(x, n);
        softmax(x, n, (double)l->node->attrs.beta, (double)x[best], layer_out(t, l, s) + i * n);
        if (t->batch.ds)
            t->results[s->slot].correct += best == label_of(t, s, i);
    }
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const ptrdiff_t n = layer_in_count(t, l, 0);
    const double k = (double)l->node->attrs.beta / (double)t->batch.n;
    float *dx = layer_in_grad(t, l, 0, s);
    if (!dx)
        return;
    for (ptrdiff_t i = 0; i < s->n; i++)
        for (ptrdiff_t c = 0; c < n; c++) {
            const double p = (double)layer_out(t, l, s)[i * n + c];
            dx[i * n + c] = (float)(k * (p - target(t, n, label_of(t, s, i), c)));
        }
}

const struct layer_kind grad_softmax = {
    .prepare = prepare,
    .forward = forward,
    .evaluate = evaluate,
    .backward = backward,
};
