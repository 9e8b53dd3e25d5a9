/* grad_pad.c - training of pad: every sample's rows copied into, or out of, a frame of one
 * value.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"

/* All shapes as [d1][d2][d3] with ones in front; the last dimension is copied as one piece. */
struct frame {
    ptrdiff_t in[3], before[3], out[3];
};

static bool prepare(struct trainer *t, struct layer *l, struct diag *d)
{
    const struct shape *in = layer_in_shape(t, l, 0), *out = layer_out_shape(t, l);
    const int32_t *pads = l->node->attrs.pads;
    const char *name = t->graph->tensors.items[l->out].name;
    if (out->dim[0] != 1)
        return diag_error(d, t->graph->name, "pad '%s' pads the batch dimension", name);
    if (in->rank > 4)
        return diag_error(d, t->graph->name, "pad '%s' has rank %d, at most 4 can be trained", name,
                          (int)in->rank);
    struct frame *f = ARENA_NEW(t->arena, struct frame);
    *f = (struct frame){.in = {1, 1, 1}, .out = {1, 1, 1}};
    for (int32_t i = 1; i < in->rank; i++) {
        const int32_t at = 3 - in->rank + i;
        f->in[at] = in->dim[i];
        f->before[at] = pads[2 * i];
        f->out[at] = out->dim[i];
    }
    l->plan = f;
    return true;
}

/* Where row `i` of the input starts in the output. */
static ptrdiff_t row_at(const struct frame *f, ptrdiff_t i)
{
    const ptrdiff_t y = i / f->in[1] + f->before[0], x = i % f->in[1] + f->before[1];
    return (y * f->out[1] + x) * f->out[2] + f->before[2];
}

static void forward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct frame *f = l->plan;
    const ptrdiff_t in_n = layer_in_count(t, l, 0), out_n = layer_out_count(t, l);
    float *y = layer_out(t, l, s);
    for (ptrdiff_t i = 0; i < s->n * out_n; i++)
        y[i] = l->node->attrs.value;
    for (ptrdiff_t k = 0; k < s->n; k++)
        for (ptrdiff_t i = 0; i < f->in[0] * f->in[1]; i++)
            floats_store(t, y + k * out_n + row_at(f, i),
                         layer_in(t, l, 0, s) + k * in_n + i * f->in[2], f->in[2], STORE_SET);
}

static void backward(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    const struct frame *f = l->plan;
    const ptrdiff_t in_n = layer_in_count(t, l, 0), out_n = layer_out_count(t, l);
    const float *dy = layer_out_grad(t, l, s);
    for (ptrdiff_t k = 0; k < s->n; k++)
        for (ptrdiff_t i = 0; i < f->in[0] * f->in[1]; i++)
            floats_store(t, layer_in_grad(t, l, 0, s) + k * in_n + i * f->in[2],
                         dy + k * out_n + row_at(f, i), f->in[2], l->grad_store[0]);
}

const struct layer_kind grad_pad = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
