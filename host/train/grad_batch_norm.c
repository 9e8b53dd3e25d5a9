/* grad_batch_norm.c - training of batch_norm with the relu behind it, one pass over memory each
 * way after the statistics.
 *
 *     xhat = (x - mean) * inv,  inv = 1 / sqrt(var + eps)      over all pixels of the batch
 *     y    = clamp(gamma * xhat + beta)
 *     g    = dy where y was not clamped
 *     dgamma = sum g * xhat,  dbeta = sum g                    N pixels
 *     dx   = gamma * inv * (g - dbeta / N - xhat * dgamma / N)
 *
 * Shards measure their own mean and squared distances; the join combines them in shard order, in
 * double (Chan et al.). Running statistics take the share bn_momentum of the batch's, of its
 * unbiased variance as PyTorch does.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"
#include <math.h>

struct batch_norm {
    ptrdiff_t channels, pixels; /* per sample                                   */
    ptrdiff_t beta;             /* in trainer.w; gamma is layer.w               */
    ptrdiff_t mean, variance;   /* running, in trainer.w                        */
    float *shard_mean;          /* [n_slots][channels]                          */
    float *shard_m2;            /* [n_slots][channels]                          */
    float *batch_mean, *inv;    /* [channels] from the forward join             */
    float *scale, *offset;      /* [channels] y = x * scale + offset            */
    float *kg, *kx, *k1;        /* [channels] dx = kg * g + kx * x + k1         */
};

static float *channel_array(const struct trainer *t, const struct batch_norm *b, size_t n)
{
    return ARENA_ARRAY(t->arena, float, n *(size_t)b->channels);
}

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct shape *in = layer_in_shape(t, l, 0);
    struct batch_norm *b = ARENA_NEW(t->arena, struct batch_norm);
    b->channels = in->dim[in->rank - 1];
    b->pixels = layer_in_count(t, l, 0) / b->channels;
    l->plan = b;
    l->w = trainer_add_param(t, l, 1, PARAM_OTHER, 1, b->channels, d);
    b->beta = trainer_add_param(t, l, 2, PARAM_OTHER, 1, b->channels, d);
    b->mean = trainer_add_param(t, l, 3, PARAM_STATISTIC, 1, b->channels, d);
    b->variance = trainer_add_param(t, l, 4, PARAM_STATISTIC, 1, b->channels, d);
    if (d->failed)
        return false;
    b->shard_mean = channel_array(t, b, t->n_slots);
    b->shard_m2 = channel_array(t, b, t->n_slots);
    b->batch_mean = channel_array(t, b, 1);
    b->inv = channel_array(t, b, 1);
    b->scale = channel_array(t, b, 1);
    b->offset = channel_array(t, b, 1);
    b->kg = channel_array(t, b, 1);
    b->kx = channel_array(t, b, 1);
    b->k1 = channel_array(t, b, 1);
    return true;
}

static void measure(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct batch_norm *b = l->plan;
    t->kernels->moments(layer_in(t, l, 0, s), s->n * b->pixels, b->channels,
                        b->shard_mean + s->slot * b->channels, b->shard_m2 + s->slot * b->channels);
}

/* Mean and variance of one channel over the shards of the batch. */
static void combine(const struct trainer *t, const struct batch_norm *b, ptrdiff_t c, double *mean,
                    double *m2)
{
    double n = 0.0;
    *mean = 0.0;
    *m2 = 0.0;
    for (uint32_t first = 0, i = 0; first < t->batch.n; first += SHARD_SAMPLES, i++) {
        const uint32_t rest = t->batch.n - first;
        const double m = (double)(rest < SHARD_SAMPLES ? rest : SHARD_SAMPLES) * (double)b->pixels;
        const double delta = (double)b->shard_mean[i * b->channels + c] - *mean;
        *m2 += (double)b->shard_m2[i * b->channels + c] + delta * delta * n * m / (n + m);
        *mean += delta * m / (n + m);
        n += m;
    }
}

static void set_scale(const struct trainer *t, const struct layer *l, ptrdiff_t c, double mean,
                      double variance)
{
    const struct batch_norm *b = l->plan;
    const double inv = 1.0 / sqrt(variance + (double)l->node->attrs.eps);
    const double scale = (double)t->w[l->w + c] * inv;
    b->batch_mean[c] = (float)mean;
    b->inv[c] = (float)inv;
    b->scale[c] = (float)scale;
    b->offset[c] = (float)((double)t->w[b->beta + c] - mean * scale);
}

static void join_statistics(const struct trainer *t, const struct layer *l)
{
    const struct batch_norm *b = l->plan;
    const double n = (double)t->batch.n * (double)b->pixels;
    const double share = (double)t->config.bn_momentum;
    for (ptrdiff_t c = 0; c < b->channels; c++) {
        double mean, m2;
        combine(t, b, c, &mean, &m2);
        set_scale(t, l, c, mean, m2 / n);
        float *running_mean = &t->w[b->mean + c], *running_var = &t->w[b->variance + c];
        const double unbiased = n > 1.0 ? m2 / (n - 1.0) : 0.0;
        *running_mean = (float)((1.0 - share) * (double)*running_mean + share * mean);
        *running_var = (float)((1.0 - share) * (double)*running_var + share * unbiased);
    }
}

static void apply(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct batch_norm *b = l->plan;
    t->kernels->scale(layer_in(t, l, 0, s), s->n * b->pixels, b->channels, b->scale, b->offset,
                      l->range, layer_out(t, l, s));
}

static void freeze(const struct trainer *t, const struct layer *l)
{
    const struct batch_norm *b = l->plan;
    for (ptrdiff_t c = 0; c < b->channels; c++)
        set_scale(t, l, c, (double)t->w[b->mean + c], (double)t->w[b->variance + c]);
}

/* dgamma and dbeta of the shard are the very sums that the join needs. */
static void sum_gradients(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct batch_norm *b = l->plan;
    t->kernels->norm_sums(layer_out_grad(t, l, s), layer_out(t, l, s), layer_in(t, l, 0, s),
                          s->n * b->pixels, b->channels, b->batch_mean, b->inv, l->range,
                          s->grads + b->beta, s->grads + l->w);
}

static void join_gradients(const struct trainer *t, const struct layer *l)
{
    const struct batch_norm *b = l->plan;
    const double n = (double)t->batch.n * (double)b->pixels;
    for (ptrdiff_t c = 0; c < b->channels; c++) {
        double sum_g = 0.0, sum_gx = 0.0;
        for (uint32_t i = 0; i * SHARD_SAMPLES < t->batch.n; i++) {
            sum_g += (double)t->grads[i * t->n_w + b->beta + c];
            sum_gx += (double)t->grads[i * t->n_w + l->w + c];
        }
        const double inv = (double)b->inv[c], kg = (double)b->scale[c];
        const double kx = -kg * inv * sum_gx / n;
        b->kg[c] = (float)kg;
        b->kx[c] = (float)kx;
        b->k1[c] = (float)(-kg * sum_g / n - kx * (double)b->batch_mean[c]);
    }
}

static void apply_gradient(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct batch_norm *b = l->plan;
    float *dx = layer_in_grad(t, l, 0, s);
    if (dx)
        t->kernels->norm_grad(layer_out_grad(t, l, s), layer_in(t, l, 0, s), s->n * b->pixels,
                              b->channels, b->kg, b->kx, b->k1, dx, l->grad_store[0]);
}

const struct layer_kind grad_batch_norm = {
    .prepare = prepare,
    .forward = measure,
    .forward_join = join_statistics,
    .forward_apply = apply,
    .freeze = freeze,
    .evaluate = apply,
    .backward = sum_gradients,
    .backward_join = join_gradients,
    .backward_apply = apply_gradient,
    .fuses_act = true,
    .grad_in_place = true,
};
