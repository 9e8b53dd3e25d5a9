/* init.c - first values of the trainable constants: He et al. 2015, fan-in.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "train/streams.h"
#include "train/train.h"
#include <math.h>

/* Normal with variance gain^2 / fan_in; each tensor draws from a stream of its own. */
static void set_normal(struct graph *g, uint32_t id, uint64_t seed, int64_t fan_in, double gain2)
{
    struct tensor *t = &g->tensors.items[id];
    const int64_t n = shape_count(&t->shape);
    float *data = ARENA_ARRAY(g->arena, float, (size_t)n);
    struct rng r = rng_split(seed, STREAM_INIT + id);
    const double deviation = sqrt(gain2 / (double)fan_in);
    for (int64_t i = 0; i < n; i++)
        data[i] = (float)(deviation * (double)rng_normal(&r));
    t->data = data;
}

static void set_constant(struct graph *g, const struct node *n, uint32_t i, float value)
{
    if (i >= n->n_in || n->in[i] == NO_TENSOR)
        return;
    struct tensor *t = &g->tensors.items[n->in[i]];
    const int64_t count = shape_count(&t->shape);
    float *data = ARENA_ARRAY(g->arena, float, (size_t)count);
    for (int64_t k = 0; k < count; k++)
        data[k] = value;
    t->data = data;
}

/* The layer whose output the last node, a softmax, reads: no relu follows it. */
static bool is_classifier(const struct graph *g, const struct node *n)
{
    const struct node *last = &g->nodes.items[g->nodes.n - 1];
    return n->op == OP_FULLY_CONNECTED && last->op == OP_SOFTMAX && last->in[0] == n->out[0];
}

/* Products that one output sums up. */
static int64_t fan_in(const struct graph *g, const struct node *n)
{
    const struct shape *w = &g->tensors.items[n->in[1]].shape;
    if (n->op == OP_DEPTHWISE_CONV2D)
        return (int64_t)w->dim[1] * w->dim[2];
    return shape_count(w) / w->dim[0];
}

void train_init(struct graph *g, uint64_t seed)
{
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        if (n->op == OP_CONV2D || n->op == OP_DEPTHWISE_CONV2D || n->op == OP_FULLY_CONNECTED) {
            set_normal(g, n->in[1], seed, fan_in(g, n), is_classifier(g, n) ? 1.0 : 2.0);
            set_constant(g, n, 2, 0.0f);
        } else if (n->op == OP_BATCH_NORM) {
            set_constant(g, n, 1, 1.0f);
            set_constant(g, n, 2, 0.0f);
            set_constant(g, n, 3, 0.0f);
            set_constant(g, n, 4, 1.0f);
        }
    }
}
