/* losses.c - which layers of an int8 graph are far from the float graph.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quant/losses.h"

#include "quant/interps.h"
#include <stdlib.h>

struct sums {
    double error, power;
};

struct comparison {
    const struct graph *g, *q;
    const float *samples;
    size_t sample_len;
    struct interp **interps;
    struct engines *engines;
    uint32_t n_tensors;
    const uint32_t *tensors; /* [n_tensors] */
    struct sums **sums;      /* [samples][n_tensors] */
};

static void compare_sample(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    const struct comparison *c = ctx;
    const float *sample = c->samples + c->sample_len * i_task;
    const struct fast *engine = engines_run(c->engines, i_thread, sample);
    interp_run(c->interps[i_thread], &(const void *){sample});
    for (uint32_t k = 0; k < c->n_tensors; k++) {
        const uint32_t t = c->tensors[k];
        const struct tensor *form = &c->q->tensors.items[t];
        const float *want = interp_tensor(c->interps[i_thread], t);
        const int8_t *got = fast_tensor(engine, t);
        const double scale = (double)form->quant.scale[0];
        const int32_t zero = form->quant.zero[0];
        struct sums *s = &c->sums[i_task][k];
        for (int64_t i = 0; i < shape_count(&form->shape); i++) {
            const double e = scale * (got[i] - zero) - (double)want[i];
            s->error += e * e;
            s->power += (double)want[i] * (double)want[i];
        }
    }
}

/* What both graphs compute: outputs of nodes that were there before. */
static const uint32_t *common_tensors(struct arena *a, const struct graph *g, const struct graph *q,
                                      uint32_t *n)
{
    VEC(uint32_t) list = {0};
    for (uint32_t i = 0; i < q->nodes.n; i++) {
        const uint32_t t = q->nodes.items[i].out[0];
        if (t < g->tensors.n && q->tensors.items[t].dtype == DT_S8)
            *VEC_PUSH(a, &list) = t;
    }
    *n = list.n;
    return list.items;
}

static int compare_losses(const void *x, const void *y)
{
    const struct loss *a = x, *b = y;
    if (a->error != b->error)
        return a->error > b->error ? -1 : 1;
    return a->tensor < b->tensor ? -1 : a->tensor > b->tensor;
}

const struct loss *losses_measure(struct arena *a, const struct graph *g, const struct graph *q,
                                  const float *samples, uint32_t n, struct pool *pool,
                                  uint32_t *n_losses, struct diag *d)
{
    struct comparison c = {
        .g = g,
        .q = q,
        .samples = samples,
        .sample_len = (size_t)shape_count(&g->tensors.items[g->inputs.items[0]].shape),
        .interps = interps_new(a, g, pool, d),
        .engines = engines_new(a, q, pool, d),
        .sums = ARENA_ARRAY(a, struct sums *, n),
    };
    if (!c.interps || !c.engines)
        return NULL;
    c.tensors = common_tensors(a, g, q, &c.n_tensors);
    for (uint32_t s = 0; s < n; s++)
        c.sums[s] = ARENA_ARRAY(a, struct sums, c.n_tensors);
    pool_run(pool, n, compare_sample, &c);

    struct loss *losses = ARENA_ARRAY(a, struct loss, c.n_tensors);
    for (uint32_t k = 0; k < c.n_tensors; k++) {
        struct sums all = {0.0, 0.0};
        for (uint32_t s = 0; s < n; s++) {
            all.error += c.sums[s][k].error;
            all.power += c.sums[s][k].power;
        }
        losses[k] = (struct loss){c.tensors[k], all.error > 0.0 ? all.error / all.power : 0.0};
    }
    qsort(losses, c.n_tensors, sizeof *losses, compare_losses);
    *n_losses = c.n_tensors;
    return losses;
}
