/* grad_concat.c - training of concat: pieces of the inputs in turn.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    if (l->node->attrs.axis == 0)
        return diag_error(d, t->graph->name, "concat '%s' joins along the batch dimension",
                          t->graph->tensors.items[l->out].name);
    return true;
}

/* How often the inputs take turns within one sample: dimensions before the axis. */
static ptrdiff_t n_turns(const struct trainer *t, const struct layer *l)
{
    const struct shape *out = layer_out_shape(t, l);
    ptrdiff_t n = 1;
    for (int32_t i = 1; i < l->node->attrs.axis; i++)
        n *= out->dim[i];
    return n;
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const ptrdiff_t turns = s->n * n_turns(t, l);
    float *y = layer_out(t, l, s);
    for (ptrdiff_t k = 0; k < turns; k++)
        for (uint32_t i = 0; i < l->n_in; i++) {
            const ptrdiff_t n = s->n * layer_in_count(t, l, i) / turns;
            floats_store(t, y, layer_in(t, l, i, s) + k * n, n, STORE_SET);
            y += n;
        }
}

/* Input by input, so that an input named twice is first set, then added to. */
static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const ptrdiff_t turns = s->n * n_turns(t, l);
    const ptrdiff_t out_n = s->n * layer_out_count(t, l) / turns;
    const float *dy = layer_out_grad(t, l, s);
    for (uint32_t i = 0; i < l->n_in; i++) {
        const ptrdiff_t n = s->n * layer_in_count(t, l, i) / turns;
        float *dx = layer_in_grad(t, l, i, s);
        for (ptrdiff_t k = 0; dx && k < turns; k++)
            floats_store(t, dx + k * n, dy + k * out_n, n, l->grad_store[i]);
        dy += n;
    }
}

const struct layer_kind grad_concat = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
