/* grad_reshape.c - training of reshape: the same floats under another shape.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct shape *out = layer_out_shape(t, l);
    if (out->dim[0] != 1)
        return diag_error(d, t->graph->name, "reshape '%s' moves the batch dimension",
                          t->graph->tensors.items[l->out].name);
    return true;
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    floats_store(t, layer_out(t, l, s), layer_in(t, l, 0, s), s->n * layer_out_count(t, l),
                 STORE_SET);
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    floats_store(t, layer_in_grad(t, l, 0, s), layer_out_grad(t, l, s),
                 s->n * layer_out_count(t, l), l->grad_store[0]);
}

const struct layer_kind grad_reshape = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .grad_in_place = true,
};
