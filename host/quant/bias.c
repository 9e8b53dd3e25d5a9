/* bias.c - biases that make up for what quantisation shifts. SPDX-License-Identifier: Apache-2.0 */
#include "quant/bias.h"

#include "base/str.h"
#include "pass/rewrite.h"
#include <math.h>

/* A correction beyond this is no rounding error; and no bias may come near overflow. */
#define UNITS_MAX 1048576.0 /* 2^20 */

/* By how much the mean sum of channel c of float weights is above that of the int8 ones, in units of
 * the int32 bias. */
static double shift_of(const struct tensor *w, const struct moments *f, const struct tensor *form,
                       const struct moments *q, uint32_t c, double in_scale)
{
    const struct windows *x = &q->windows;
    const size_t at = (size_t)windows_group(x, c) * x->n_taps;
    const float *real = w->data;
    const int8_t *rounded = form->data;
    const double unit = in_scale * (double)form->quant.scale[c];
    double sum = 0.0;
    for (uint32_t t = 0; t < x->n_taps; t++) {
        const size_t i = windows_weight(x, c, t);
        sum += (double)real[i] * f->mean[at + t] / unit - rounded[i] * q->mean[at + t];
    }
    return sum;
}

/* Node n of q, made of node `from` of g. */
static void correct_node(struct graph *q, uint32_t n, const struct graph *g, uint32_t from,
                         const struct moments *f, const struct moments *m)
{
    const struct node *node = &q->nodes.items[n], *source = &g->nodes.items[from];
    const struct tensor *form = &q->tensors.items[node->in[1]];
    const bool has_bias = node->n_in > 2 && node->in[2] != NO_TENSOR;
    const struct tensor *bias = has_bias ? &q->tensors.items[node->in[2]] : NULL;
    const float *real = has_bias ? g->tensors.items[source->in[2]].data : NULL;
    const double in_scale = (double)q->tensors.items[node->in[0]].quant.scale[0];
    const uint32_t n_channels = m->windows.n_channels;

    int32_t *to = ARENA_ARRAY(q->arena, int32_t, n_channels);
    float *unit = ARENA_ARRAY(q->arena, float, n_channels);
    for (uint32_t c = 0; c < n_channels; c++) {
        const double step = in_scale * (double)form->quant.scale[c];
        const double exact = real ? (double)real[c] / step : 0.0;
        const double shift = shift_of(&g->tensors.items[source->in[1]], f, form, m, c, in_scale);
        unit[c] = (float)step;
        to[c] = (int32_t)round(exact + fmax(-UNITS_MAX, fmin(UNITS_MAX, shift)));
    }
    struct tensor corrected = {
        .name = bias ? bias->name : arena_printf(q->arena, "%s.bias", form->name),
        .dtype = DT_S32,
        .shape = {.rank = 1, .dim = {(int32_t)n_channels}},
        .quant = {.n = n_channels,
                  .scale = unit,
                  .zero = ARENA_ARRAY(q->arena, int32_t, n_channels)},
        .data = to,
    };
    if (bias)
        corrected.shape = bias->shape;
    set_constant(q, n, 2, &corrected);
}

bool correct_biases(struct graph *q, const struct graph *g, const float *samples, uint32_t n,
                    struct pool *pool, struct diag *d)
{
    struct arena *tmp = arena_new("bias");
    const uint32_t *source = graph_find_producers(g, tmp);
    const struct moments *f = moments_measure(tmp, g, samples, n, MOMENTS_MEANS, pool, d);
    bool ok = f != NULL;
    for (uint32_t i = 0; ok && i < q->nodes.n; i++) {
        if (!has_weights(q->nodes.items[i].op))
            continue;
        struct arena *here = arena_new("bias of a layer");
        const struct moments *m = moments_measure(here, q, samples, n, MOMENTS_MEANS, pool, d);
        const uint32_t from = source[q->nodes.items[i].out[0]];
        ok = m != NULL;
        if (ok)
            correct_node(q, i, g, from, &f[from], &m[i]);
        arena_free(here);
    }
    arena_free(tmp);
    return ok;
}
