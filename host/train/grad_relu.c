/* grad_relu.c - training of relu and relu6 where they did not become part of another layer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    (void)t, (void)l, (void)d;
    return true;
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    t->kernels->clamp(layer_in(t, l, 0, s), s->n * layer_out_count(t, l), l->range,
                      layer_out(t, l, s));
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    layer_clamp_grad(t, l, s);
    floats_store(t, layer_in_grad(t, l, 0, s), layer_out_grad(t, l, s),
                 s->n * layer_out_count(t, l), l->grad_store[0]);
}

const struct layer_kind grad_relu = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .grad_in_place = true,
};
