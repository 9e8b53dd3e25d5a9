/* equalise.c - channels of neighbouring layers brought to like ranges.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quant/equalise.h"

#include "pass/rewrite.h"
#include <math.h>

#define N_SWEEPS_MAX 20
#define SETTLED      1e-3 /* the largest change of a factor in a sweep that is worth no other */
#define FACTOR_MAX   64.0 /* of one channel, in all sweeps together, and its inverse           */

/* A layer and the only one that reads it; channel i of the first is input channel i of the second,
 * or of every n_channels-th value of a dense layer. */
struct pair {
    uint32_t first, second;
    int32_t n_channels;
    double *factor; /* [n_channels] so far */
};

static bool keeps_factors(const struct node *n)
{
    switch (n->op) {
    case OP_RELU:
    case OP_AVERAGE_POOL2D:
    case OP_MAX_POOL2D:
    case OP_RESHAPE:
        return n->attrs.act != ACT_RELU6;
    default:
        return false;
    }
}

/* The only node that reads tensor t, NO_NODE if there are several or t is a result. */
static uint32_t only_reader(const struct graph *g, const struct links *l, uint32_t t)
{
    if (l->uses[t] != 1 || is_result(g, t))
        return NO_NODE;
    for (uint32_t n = 0; n < g->nodes.n; n++)
        for (uint32_t i = 0; i < g->nodes.items[n].n_in; i++)
            if (g->nodes.items[n].in[i] == t)
                return n;
    return NO_NODE;
}

/* Weights that only this node reads may be changed for its sake. */
static bool owns_weights(const struct graph *g, const struct links *l, const struct node *n)
{
    const bool has_bias = n->n_in > 2 && n->in[2] != NO_TENSOR;
    return l->uses[n->in[1]] == 1 && g->tensors.items[n->in[1]].data &&
           (!has_bias || (l->uses[n->in[2]] == 1 && g->tensors.items[n->in[2]].data));
}

static bool find_pair(const struct graph *g, const struct links *l, uint32_t n, struct pair *out)
{
    const struct node *first = &g->nodes.items[n];
    if (!has_weights(first->op) || first->attrs.act == ACT_RELU6 || !owns_weights(g, l, first))
        return false;
    const int32_t axis = channel_axis(first->op);
    out->first = n;
    out->n_channels = g->tensors.items[first->in[1]].shape.dim[axis];
    bool is_flat = false;
    uint32_t reader = only_reader(g, l, first->out[0]);
    while (reader != NO_NODE && keeps_factors(&g->nodes.items[reader])) {
        is_flat = is_flat || g->nodes.items[reader].op == OP_RESHAPE;
        reader = only_reader(g, l, g->nodes.items[reader].out[0]);
    }
    if (reader == NO_NODE)
        return false;
    const struct node *second = &g->nodes.items[reader];
    const bool is_dense = second->op == OP_FULLY_CONNECTED;
    if (!has_weights(second->op) || (is_flat && !is_dense) || !owns_weights(g, l, second))
        return false;
    const struct shape *w = &g->tensors.items[second->in[1]].shape;
    out->second = reader;
    return w->dim[is_dense ? 1 : 3] % out->n_channels == 0;
}

/* The input channel that weight i of a layer reads, of n_channels. */
static int32_t input_channel(const struct graph *g, const struct node *n, int32_t n_channels,
                             size_t i)
{
    const struct shape *w = &g->tensors.items[n->in[1]].shape;
    if (n->op == OP_DEPTHWISE_CONV2D) {
        const int32_t n_out = w->dim[3];
        return (int32_t)(i % (size_t)n_out) / (n_out / n_channels);
    }
    return (int32_t)(i % (size_t)n_channels);
}

/* The largest weight of each channel, [n_channels]: of those that write it or those that read it. */
static double *largest_weights(struct arena *a, const struct graph *g, const struct pair *p,
                               bool of_second)
{
    const struct node *n = &g->nodes.items[of_second ? p->second : p->first];
    const struct tensor *w = &g->tensors.items[n->in[1]];
    const float *x = w->data;
    double *largest = ARENA_ARRAY(a, double, (size_t)p->n_channels);
    for (size_t i = 0; i < (size_t)shape_count(&w->shape); i++) {
        const size_t c = of_second ? (size_t)input_channel(g, n, p->n_channels, i)
                                   : channel_of(w, channel_axis(n->op), i);
        largest[c] = fmax(largest[c], fabs((double)x[i]));
    }
    return largest;
}

/* A clone under work. Its constants are borrowed from the source: what changes is copied first. */
struct work {
    struct graph *g;
    float **own; /* [tensors] contents that may be written, NULL: not copied yet */
};

static float *own_copy(struct work *w, uint32_t t)
{
    struct tensor *tensor = &w->g->tensors.items[t];
    if (!w->own[t])
        tensor->data = w->own[t] = arena_copy(w->g->arena, tensor->data, tensor_bytes(tensor));
    return w->own[t];
}

/* Divide the channels of the first layer by `by` and multiply what reads them. */
static void scale_pair(struct work *w, const struct pair *p, const double *by)
{
    struct graph *g = w->g;
    const struct node *first = &g->nodes.items[p->first], *second = &g->nodes.items[p->second];
    const struct tensor *w1 = &g->tensors.items[first->in[1]];
    const struct tensor *w2 = &g->tensors.items[second->in[1]];
    float *x1 = own_copy(w, first->in[1]), *x2 = own_copy(w, second->in[1]);
    for (size_t i = 0; i < (size_t)shape_count(&w1->shape); i++)
        x1[i] = (float)((double)x1[i] / by[channel_of(w1, channel_axis(first->op), i)]);
    for (size_t i = 0; i < (size_t)shape_count(&w2->shape); i++)
        x2[i] = (float)((double)x2[i] * by[input_channel(g, second, p->n_channels, i)]);
    if (first->n_in > 2 && first->in[2] != NO_TENSOR) {
        float *b = own_copy(w, first->in[2]);
        for (int32_t c = 0; c < p->n_channels; c++)
            b[c] = (float)((double)b[c] / by[c]);
    }
}

/* One step for one pair. Returns the largest change of a factor. */
static double equalise_pair(struct work *w, struct pair *p)
{
    struct arena *tmp = arena_new("equalise");
    const double *r1 = largest_weights(tmp, w->g, p, false);
    const double *r2 = largest_weights(tmp, w->g, p, true);
    double *by = ARENA_ARRAY(tmp, double, (size_t)p->n_channels);
    double change = 0.0;
    for (int32_t c = 0; c < p->n_channels; c++) {
        const double wanted = r1[c] > 0.0 && r2[c] > 0.0 ? sqrt(r1[c] / r2[c]) : 1.0;
        const double total = fmax(1.0 / FACTOR_MAX, fmin(FACTOR_MAX, p->factor[c] * wanted));
        by[c] = total / p->factor[c];
        p->factor[c] = total;
        change = fmax(change, fabs(by[c] - 1.0));
    }
    scale_pair(w, p, by);
    arena_free(tmp);
    return change;
}

struct graph *equalise(struct arena *a, const struct graph *source)
{
    struct arena *tmp = arena_new("equalise");
    struct graph *g = graph_clone(a, source);
    const struct links l = links_find(g);
    VEC(struct pair) pairs = {0};
    for (uint32_t n = 0; n < g->nodes.n; n++) {
        struct pair p;
        if (!find_pair(g, &l, n, &p))
            continue;
        p.factor = ARENA_ARRAY(tmp, double, (size_t)p.n_channels);
        for (int32_t c = 0; c < p.n_channels; c++)
            p.factor[c] = 1.0;
        *VEC_PUSH(tmp, &pairs) = p;
    }
    struct work work = {g, ARENA_ARRAY(tmp, float *, g->tensors.n)};
    double change = pairs.n > 0 ? 1.0 : 0.0;
    for (int sweep = 0; sweep < N_SWEEPS_MAX && change > SETTLED; sweep++) {
        change = 0.0;
        for (uint32_t i = 0; i < pairs.n; i++)
            change = fmax(change, equalise_pair(&work, &pairs.items[i]));
    }
    const bool any = pairs.n > 0;
    arena_free(tmp);
    return any ? g : NULL;
}
