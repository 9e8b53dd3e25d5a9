/* layer.c - what the kinds of layers share: where their operands lie.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/trainer.h"
#include <assert.h>
#include <string.h>

static float *blob_value(const struct trainer *t, uint32_t tensor, const struct shard *s)
{
    return s->memory + t->blobs[tensor].value;
}

static float *blob_grad(const struct trainer *t, uint32_t tensor, const struct shard *s)
{
    const ptrdiff_t at = t->blobs[tensor].grad;
    return at == NO_GRAD ? NULL : s->memory + at;
}

float *layer_in(const struct trainer *t, const struct layer *l, uint32_t i, const struct shard *s)
{
    assert(i < l->n_in);
    return blob_value(t, l->in[i], s);
}

float *layer_out(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    return blob_value(t, l->out, s);
}

float *layer_in_grad(const struct trainer *t, const struct layer *l, uint32_t i,
                     const struct shard *s)
{
    assert(i < l->n_in);
    return blob_grad(t, l->in[i], s);
}

float *layer_out_grad(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    return blob_grad(t, l->out, s);
}

const struct shape *layer_in_shape(const struct trainer *t, const struct layer *l, uint32_t i)
{
    return &t->graph->tensors.items[l->in[i]].shape;
}

const struct shape *layer_out_shape(const struct trainer *t, const struct layer *l)
{
    return &t->graph->tensors.items[l->out].shape;
}

ptrdiff_t layer_in_count(const struct trainer *t, const struct layer *l, uint32_t i)
{
    return (ptrdiff_t)shape_count(layer_in_shape(t, l, i));
}

ptrdiff_t layer_out_count(const struct trainer *t, const struct layer *l)
{
    return (ptrdiff_t)shape_count(layer_out_shape(t, l));
}

void layer_clamp(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    float *y = layer_out(t, l, s);
    if (l->act != ACT_NONE)
        t->kernels->clamp(y, s->n * layer_out_count(t, l), l->range, y);
}

void layer_clamp_grad(const struct trainer *t, const struct layer *l, const struct shard *s)
{
    if (l->act != ACT_NONE)
        t->kernels->clamp_grad(layer_out_grad(t, l, s), layer_out(t, l, s),
                               s->n * layer_out_count(t, l), l->range);
}

void floats_store(const struct trainer *t, float *dst, const float *src, ptrdiff_t n,
                  enum store store)
{
    if (store == STORE_ADD)
        t->kernels->add(dst, src, n, range_open, dst);
    else if (dst != src)
        memcpy(dst, src, (size_t)n * sizeof *dst);
}
