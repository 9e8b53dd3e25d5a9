/* grad_add.c - training of add. SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    (void)t, (void)l, (void)d;
    return true;
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    t->kernels->add(layer_in(t, l, 0, s), layer_in(t, l, 1, s), s->n * layer_out_count(t, l),
                    l->range, layer_out(t, l, s));
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const ptrdiff_t n = s->n * layer_out_count(t, l);
    layer_clamp_grad(t, l, s);
    for (uint32_t i = 0; i < 2; i++) {
        float *dx = layer_in_grad(t, l, i, s);
        if (dx)
            floats_store(t, dx, layer_out_grad(t, l, s), n, l->grad_store[i]);
    }
}

const struct layer_kind grad_add = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .fuses_act = true,
};
