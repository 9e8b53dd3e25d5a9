/* fold_bn.c - batch norm becomes part of a layer that multiplies anyway.
 * SPDX-License-Identifier: Apache-2.0
 *
 * At inference batch norm is one multiplication and one addition per channel. int8 has no such
 * operator, and none is needed. */
#include "base/str.h"
#include "pass/pass.h"
#include "pass/rewrite.h"
#include <assert.h>
#include <math.h>

/* Batch norm as y[c] = x[c] * factor[c] + offset[c]. */
struct affine {
    uint32_t n;
    double *factor, *offset;
};

enum bn_input { BN_X, BN_GAMMA, BN_BETA, BN_MEAN, BN_VARIANCE };

static const float *constant_f32(const struct graph *g, uint32_t t)
{
    const struct tensor *c = &g->tensors.items[t];
    assert(c->data && c->dtype == DT_F32);
    return c->data;
}

/* factor = gamma / sqrt(variance + eps), offset = beta - mean * factor, in double: the folded
 * weights are rounded to float once. */
static struct affine affine_of(const struct graph *g, const struct node *bn)
{
    const float *gamma = constant_f32(g, bn->in[BN_GAMMA]);
    const float *beta = constant_f32(g, bn->in[BN_BETA]);
    const float *mean = constant_f32(g, bn->in[BN_MEAN]);
    const float *variance = constant_f32(g, bn->in[BN_VARIANCE]);

    struct affine f = {.n = (uint32_t)shape_count(&g->tensors.items[bn->in[BN_GAMMA]].shape)};
    f.factor = ARENA_ARRAY(g->arena, double, f.n);
    f.offset = ARENA_ARRAY(g->arena, double, f.n);
    for (uint32_t c = 0; c < f.n; c++) {
        const double squared = (double)variance[c] + (double)bn->attrs.eps;
        assert(squared > 0.0); /* the verifier saw to it */
        f.factor[c] = (double)gamma[c] / sqrt(squared);
        f.offset[c] = (double)beta[c] - (double)mean[c] * f.factor[c];
    }
    return f;
}

/* Every weight times the factor of its output channel. */
static struct tensor scaled_weights(struct graph *g, const struct tensor *w, int32_t axis,
                                    const struct affine *f)
{
    const size_t n = (size_t)shape_count(&w->shape);
    const float *from = w->data;
    float *to = ARENA_ARRAY(g->arena, float, n);
    assert((uint32_t)w->shape.dim[axis] == f->n);
    for (size_t i = 0; i < n; i++) {
        to[i] = (float)((double)from[i] * f->factor[channel_of(w, axis, i)]);
    }
    struct tensor scaled = *w;
    scaled.data = to;
    return scaled;
}

/* A float vector of one value a channel: bias[c] * factor[c] + offset[c]; NULL counts as zeros. */
static struct tensor shifted_bias(struct graph *g, const struct tensor *bias,
                                  const struct affine *f, const char *name)
{
    float *to = ARENA_ARRAY(g->arena, float, f->n);
    for (uint32_t c = 0; c < f->n; c++) {
        const double b = bias ? (double)((const float *)bias->data)[c] : 0.0;
        to[c] = (float)(b * f->factor[c] + f->offset[c]);
    }
    return (struct tensor){
        .name = bias ? bias->name : name,
        .dtype = DT_F32,
        .shape = {.rank = 1, .dim = {(int32_t)f->n}},
        .data = to,
    };
}

/* Can the layer carry the batch norm that reads its output? Its clamp, if any, would come before
 * the batch norm, so it must have none. */
static bool can_carry(const struct node *layer)
{
    return has_weights(layer->op) && layer->attrs.act == ACT_NONE;
}

static void fold_into(struct graph *g, struct links *l, uint32_t layer, uint32_t bn,
                      const struct affine *f)
{
    struct node *n = &g->nodes.items[layer];
    const bool has_bias = n->n_in > 2 && n->in[2] != NO_TENSOR;
    const struct tensor weights = g->tensors.items[n->in[1]];
    const struct tensor *bias = has_bias ? &g->tensors.items[n->in[2]] : NULL;
    const char *bias_name =
        arena_printf(g->arena, "%s.bias", g->tensors.items[g->nodes.items[bn].out[0]].name);

    const struct tensor new_weights = scaled_weights(g, &weights, channel_axis(n->op), f);
    const struct tensor new_bias = shifted_bias(g, bias, f, bias_name);
    set_constant(g, layer, 1, &new_weights);
    set_constant(g, layer, 2, &new_bias);
    n->origin = join_origins(g, n->origin, g->nodes.items[bn].origin);
    take_over(g, l, layer, bn);
}

/* The batch norm node itself becomes a depthwise 1x1 convolution of [1, h, w, c]. */
static void become_depthwise(struct graph *g, uint32_t bn, const struct affine *f)
{
    struct node *n = &g->nodes.items[bn];
    const char *name = g->tensors.items[n->out[0]].name;
    float *w = ARENA_ARRAY(g->arena, float, f->n);
    for (uint32_t c = 0; c < f->n; c++)
        w[c] = (float)f->factor[c];
    const struct tensor weights = {
        .name = fresh_name(g, arena_printf(g->arena, "%s.weights", name)),
        .dtype = DT_F32,
        .shape = {.rank = 4, .dim = {1, 1, 1, (int32_t)f->n}},
        .data = w,
    };
    struct tensor bias =
        shifted_bias(g, NULL, f, fresh_name(g, arena_printf(g->arena, "%s.bias", name)));

    n->op = OP_DEPTHWISE_CONV2D;
    n->attrs = (struct attrs){.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
    n->in[1] = graph_add_tensor(g, &weights);
    n->in[2] = graph_add_tensor(g, &bias);
    n->n_in = 3;
}

/* Append a reshape of `from` and move it to place `at`. Returns its output, NO_TENSOR on error. */
static uint32_t insert_reshape(struct graph *g, uint32_t at, uint32_t from, const struct shape *to,
                               const char *origin, struct diag *d)
{
    struct attrs attrs = {.new_rank = to->rank};
    for (int32_t i = 0; i < to->rank; i++)
        attrs.new_shape[i] = to->dim[i];
    const char *base = arena_printf(g->arena, "%s.reshaped", g->tensors.items[from].name);
    const uint32_t out = graph_add_node(g, OP_RESHAPE, &attrs, &from, 1, fresh_name(g, base), d);
    if (out == NO_TENSOR)
        return NO_TENSOR;
    g->nodes.items[g->nodes.n - 1].origin = origin;
    move_last_node(g, at);
    return out;
}

/* A batch norm of another rank: reshape to [1, 1, n/c, c], depthwise, reshape back. The last
 * reshape writes the tensor that the batch norm wrote. */
static bool become_depthwise_between_reshapes(struct graph *g, uint32_t bn, const struct affine *f,
                                              struct diag *d)
{
    const char *origin = g->nodes.items[bn].origin;
    const uint32_t x = g->nodes.items[bn].in[BN_X], y = g->nodes.items[bn].out[0];
    const struct shape flat = g->tensors.items[x].shape;
    const struct shape image = {
        .rank = 4,
        .dim = {1, 1, (int32_t)(shape_count(&flat) / f->n), (int32_t)f->n},
    };
    const uint32_t before = insert_reshape(g, bn, x, &image, origin, d);
    if (before == NO_TENSOR)
        return false;
    const uint32_t dw = bn + 1;
    become_depthwise(g, dw, f);
    g->nodes.items[dw].in[BN_X] = before;

    struct tensor middle = g->tensors.items[before];
    middle.name = fresh_name(g, arena_printf(g->arena, "%s.scaled", g->tensors.items[x].name));
    const uint32_t scaled = graph_add_tensor(g, &middle);
    g->nodes.items[dw].out[0] = scaled;
    const uint32_t after = insert_reshape(g, dw + 1, scaled, &flat, origin, d);
    if (after == NO_TENSOR)
        return false;
    g->nodes.items[dw + 1].out[0] = y;
    return true;
}

/* Fold where possible, turn the others in place where the shape allows. */
static void fold_images(struct graph *g)
{
    struct links l = links_find(g);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *bn = &g->nodes.items[i];
        if (bn->op != OP_BATCH_NORM)
            continue;
        const struct affine f = affine_of(g, bn);
        const uint32_t x = bn->in[BN_X];
        const uint32_t layer = sole_producer(&l, x);
        if (layer != NO_NODE && can_carry(&g->nodes.items[layer]))
            fold_into(g, &l, layer, i, &f);
        else if (g->tensors.items[x].shape.rank == 4)
            become_depthwise(g, i, &f);
    }
    graph_drop_dead(g);
}

/* What fold_images left: batch norms of another rank that no layer can carry. */
static bool convert_others(struct graph *g, struct diag *d)
{
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        if (g->nodes.items[i].op != OP_BATCH_NORM)
            continue;
        const struct affine f = affine_of(g, &g->nodes.items[i]);
        if (!become_depthwise_between_reshapes(g, i, &f, d))
            return false;
    }
    graph_drop_dead(g);
    return true;
}

/* fold_bn - fold batch norm into the convolution, depthwise convolution or fully connected layer
 * that feeds it.
 *
 *     y = gamma * (conv(x, w) + b - mean) / s + beta            s = sqrt(variance + eps)
 *       = conv(x, w * gamma/s) + (b - mean) * gamma/s + beta    per output channel
 *
 * The layer must have no other reader and no clamp of its own; weights that other nodes read too
 * are copied. Any other batch norm becomes a depthwise 1x1 convolution with weights gamma/s.
 *
 * requires:  a verified graph     preserves: topological order, names of graph outputs
 * leaves:    no batch norm        breaks:    tensor and node ids */
bool fold_bn(struct graph *g, struct diag *d)
{
    fold_images(g);
    return convert_others(g, d);
}
