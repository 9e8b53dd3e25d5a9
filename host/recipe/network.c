/* network.c - from a recipe's layers to a float graph.
 *
 * Every layer becomes one node (residual and concat: their branches and one node). The output of
 * the n-th layer of a kind is called "<kind>_<n>", its constants "<kind>_<n>/weights" and so on.
 * What the operators' own rules refuse is reported at the layer's line, with the shape that
 * reached it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "recipe/layers.h"
#include "recipe/recipe.h"

#define WEIGHTS_MAX ((int64_t)1 << 26) /* elements of one tensor */

/* One network under construction. */
struct building {
    struct graph *g;
    int32_t n_classes;
    uint32_t count[N_LAYER_KINDS]; /* layers of each kind so far */
    struct diag *d;
};

/* "28x28x1": a shape without its batch, as people say it. */
struct shape_words {
    char text[96];
};

static struct shape_words shape_words(const struct shape *s)
{
    struct shape_words w = {""};
    size_t at = 0;
    for (int32_t i = 1; i < s->rank && at < sizeof w.text; i++) {
        const int n =
            snprintf(w.text + at, sizeof w.text - at, "%s%" PRId32, i > 1 ? "x" : "", s->dim[i]);
        at += n > 0 ? (size_t)n : 0;
    }
    return w;
}

static const struct shape *shape_of(const struct building *b, uint32_t tensor)
{
    return &b->g->tensors.items[tensor].shape;
}

/* Report that the layer does not fit what reaches it. Returns NO_TENSOR. */
static uint32_t does_not_fit(const struct building *b, const struct yaml_layer *l, uint32_t in,
                             const char *why)
{
    diag_error(b->d, yaml_place(l->at).text, "layer %s (%s): %s; its input is %s", l->number,
               layer_name(l->kind), why, shape_words(shape_of(b, in)).text);
    return NO_TENSOR;
}

static uint32_t add_node(struct building *b, const struct yaml_layer *l, enum op op,
                         const struct attrs *attrs, const uint32_t *in, uint32_t n_in,
                         const char *name)
{
    struct diag inner = {0};
    const uint32_t out = graph_add_node(b->g, op, attrs, in, n_in, name, &inner);
    if (out != NO_TENSOR)
        return out;
    /* The operator names itself, "conv2d_1 (conv2d): why"; the layer says that better. */
    const char *why = strstr(inner.message, "): ");
    return does_not_fit(b, l, in[0], why ? why + 3 : inner.message);
}

/* A constant of zeros: "<layer>/<part>". */
static uint32_t add_zeros(struct building *b, const char *layer, const char *part,
                          struct shape shape)
{
    struct arena *a = b->g->arena;
    const struct tensor t = {.name = arena_printf(a, "%s/%s", layer, part),
                             .dtype = DT_F32,
                             .shape = shape,
                             .data = ARENA_ARRAY(a, float, (size_t)shape_count(&shape))};
    return graph_add_tensor(b->g, &t);
}

static const char *next_name(struct building *b, enum layer_kind kind)
{
    b->count[kind]++;
    return arena_printf(b->g->arena, "%s_%" PRIu32, layer_name(kind), b->count[kind]);
}

static bool is_image(const struct building *b, uint32_t tensor)
{
    return shape_of(b, tensor)->rank == 4;
}

/* Kernel, stride and padding of convolutions and pools. */
static struct attrs window_attrs(const struct building *b, const struct yaml_layer *l, uint32_t in)
{
    const struct shape *s = shape_of(b, in);
    struct attrs at = {.stride_h = l->stride_h, .stride_w = l->stride_w};
    if (l->pad == PAD_SAME) {
        same_pad(s->dim[1], l->kernel_h, l->stride_h, 1, &at.pad_top, &at.pad_bottom);
        same_pad(s->dim[2], l->kernel_w, l->stride_w, 1, &at.pad_left, &at.pad_right);
    }
    return at;
}

/* A node with weights of this shape and, if the layer has one, a bias of n_out values. */
static uint32_t add_weighted(struct building *b, const struct yaml_layer *l, enum op op,
                             const struct attrs *attrs, uint32_t in, struct shape weights,
                             int32_t n_out)
{
    /* Checked factor by factor: each is below 2^25, so that no product overflows. */
    int64_t n_weights = 1;
    for (int32_t i = 0; i < weights.rank; i++) {
        n_weights *= weights.dim[i];
        if (n_weights > WEIGHTS_MAX)
            return does_not_fit(b, l, in, "more than 67108864 weights");
    }
    const char *name = next_name(b, l->kind);
    uint32_t inputs[3] = {in, add_zeros(b, name, "weights", weights), NO_TENSOR};
    if (l->bias)
        inputs[2] = add_zeros(b, name, "bias", (struct shape){1, {n_out}});
    return add_node(b, l, op, attrs, inputs, l->bias ? 3 : 2, name);
}

static uint32_t add_conv2d(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    if (!is_image(b, in))
        return does_not_fit(b, l, in, "it needs height x width x channels");
    const int32_t channels = shape_of(b, in)->dim[3];
    struct attrs at = window_attrs(b, l, in);
    at.dilation_h = at.dilation_w = 1;
    if (l->kind == LAYER_CONV2D)
        return add_weighted(b, l, OP_CONV2D, &at, in,
                            (struct shape){4, {l->filters, l->kernel_h, l->kernel_w, channels}},
                            l->filters);
    const int64_t n_out = (int64_t)channels * l->multiplier;
    if (n_out > UINT16_MAX)
        return does_not_fit(b, l, in, "more than 65535 output channels");
    return add_weighted(b, l, OP_DEPTHWISE_CONV2D, &at, in,
                        (struct shape){4, {1, l->kernel_h, l->kernel_w, (int32_t)n_out}},
                        (int32_t)n_out);
}

static uint32_t add_fully_connected(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    const int64_t n_in = shape_count(shape_of(b, in));
    const int32_t units = l->units ? l->units : b->n_classes;
    if (n_in > DIM_MAX)
        return does_not_fit(b, l, in, "more than 16777216 inputs");
    return add_weighted(b, l, OP_FULLY_CONNECTED, NULL, in,
                        (struct shape){2, {units, (int32_t)n_in}}, units);
}

static uint32_t add_batch_norm(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    static const char *const parts[] = {"gamma", "beta", "mean", "variance"};
    const struct shape *s = shape_of(b, in);
    const struct shape channels = {1, {s->dim[s->rank - 1]}};
    const struct attrs at = {.eps = l->eps};
    const char *name = next_name(b, l->kind);
    uint32_t inputs[5] = {in};
    for (int i = 0; i < 4; i++)
        inputs[1 + i] = add_zeros(b, name, parts[i], channels);
    return add_node(b, l, OP_BATCH_NORM, &at, inputs, 5, name);
}

/* Global pools are pools whose window is the whole image. */
static uint32_t add_pool(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    if (!is_image(b, in))
        return does_not_fit(b, l, in, "it needs height x width x channels");
    const bool global = l->kind == LAYER_GLOBAL_AVERAGE_POOL || l->kind == LAYER_GLOBAL_MAX_POOL;
    const bool average = l->kind == LAYER_GLOBAL_AVERAGE_POOL || l->kind == LAYER_AVERAGE_POOL;
    struct attrs at = window_attrs(b, l, in);
    at.kernel_h = global ? shape_of(b, in)->dim[1] : l->kernel_h;
    at.kernel_w = global ? shape_of(b, in)->dim[2] : l->kernel_w;
    return add_node(b, l, average ? OP_AVERAGE_POOL2D : OP_MAX_POOL2D, &at, &in, 1,
                    next_name(b, l->kind));
}

static uint32_t add_pad(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    if (!is_image(b, in))
        return does_not_fit(b, l, in, "it needs height x width x channels");
    const struct attrs at = {.pads = {0, 0, l->pad_top, l->pad_bottom, l->pad_left, l->pad_right}};
    return add_node(b, l, OP_PAD, &at, &in, 1, next_name(b, l->kind));
}

static uint32_t add_flatten(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    const int64_t count = shape_count(shape_of(b, in));
    if (count > DIM_MAX)
        return does_not_fit(b, l, in, "more than 16777216 values");
    const struct attrs at = {.new_shape = {1, (int32_t)count}, .new_rank = 2};
    return add_node(b, l, OP_RESHAPE, &at, &in, 1, next_name(b, l->kind));
}

static uint32_t add_list(struct building *b, const struct layer_list *list, uint32_t in);

static uint32_t add_residual(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    uint32_t ends[2];
    for (int i = 0; i < 2; i++) {
        ends[i] = add_list(b, &l->branches[i], in);
        if (ends[i] == NO_TENSOR)
            return NO_TENSOR;
    }
    if (!shape_equal(shape_of(b, ends[0]), shape_of(b, ends[1]))) {
        char why[240];
        snprintf(why, sizeof why, "its body ends with %s, its shortcut with %s",
                 shape_words(shape_of(b, ends[0])).text, shape_words(shape_of(b, ends[1])).text);
        does_not_fit(b, l, in, why);
        diag_hint(b->d,
                  "a shortcut with a conv2d of the body's stride and filters makes them equal");
        return NO_TENSOR;
    }
    return add_node(b, l, OP_ADD, NULL, ends, 2, next_name(b, l->kind));
}

static uint32_t add_concat(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    uint32_t *ends = ARENA_ARRAY(b->g->arena, uint32_t, l->n_branches);
    for (uint32_t i = 0; i < l->n_branches; i++) {
        ends[i] = add_list(b, &l->branches[i], in);
        if (ends[i] == NO_TENSOR)
            return NO_TENSOR;
    }
    const struct attrs at = {.axis = shape_of(b, ends[0])->rank - 1};
    return add_node(b, l, OP_CONCAT, &at, ends, l->n_branches, next_name(b, l->kind));
}

static uint32_t add_plain(struct building *b, const struct yaml_layer *l, enum op op, uint32_t in)
{
    const struct attrs at = {.beta = op == OP_SOFTMAX ? 1.0f : 0.0f};
    return add_node(b, l, op, &at, &in, 1, next_name(b, l->kind));
}

static uint32_t add_layer(struct building *b, const struct yaml_layer *l, uint32_t in)
{
    switch (l->kind) {
    case LAYER_CONV2D:
    case LAYER_DEPTHWISE_CONV2D:
        return add_conv2d(b, l, in);
    case LAYER_FULLY_CONNECTED:
        return add_fully_connected(b, l, in);
    case LAYER_BATCH_NORM:
        return add_batch_norm(b, l, in);
    case LAYER_RELU:
        return add_plain(b, l, OP_RELU, in);
    case LAYER_RELU6:
        return add_plain(b, l, OP_RELU6, in);
    case LAYER_SOFTMAX:
        return add_plain(b, l, OP_SOFTMAX, in);
    case LAYER_MAX_POOL:
    case LAYER_AVERAGE_POOL:
    case LAYER_GLOBAL_MAX_POOL:
    case LAYER_GLOBAL_AVERAGE_POOL:
        return add_pool(b, l, in);
    case LAYER_PAD:
        return add_pad(b, l, in);
    case LAYER_FLATTEN:
        return add_flatten(b, l, in);
    case LAYER_RESIDUAL:
        return add_residual(b, l, in);
    case LAYER_CONCAT:
        return add_concat(b, l, in);
    case N_LAYER_KINDS:
        break;
    }
    return NO_TENSOR;
}

static uint32_t add_list(struct building *b, const struct layer_list *list, uint32_t in)
{
    for (uint32_t i = 0; i < list->n && in != NO_TENSOR; i++)
        in = add_layer(b, &list->items[i], in);
    return in;
}

struct graph *recipe_network(struct arena *a, const struct recipe *r, const struct shape *sample,
                             uint32_t n_classes, struct diag *d)
{
    struct building b = {.g = graph_new(a, r->name), .n_classes = (int32_t)n_classes, .d = d};
    const struct tensor input = {.name = "input", .dtype = DT_F32, .shape = *sample};
    const uint32_t in = graph_add_tensor(b.g, &input);
    *VEC_PUSH(a, &b.g->inputs) = in;
    const uint32_t out = add_list(&b, r->network, in);
    if (out == NO_TENSOR)
        return NULL;
    if (shape_count(shape_of(&b, out)) != n_classes) {
        const struct yaml_layer *last = &r->network->items[r->network->n - 1];
        diag_error(d, yaml_place(last->at).text,
                   "the network has %" PRId64 " outputs, the data %" PRIu32 " classes",
                   shape_count(shape_of(&b, out)), n_classes);
        diag_hint(d, "let the layer before softmax be \"fully_connected: classes\"");
        return NULL;
    }
    *VEC_PUSH(a, &b.g->outputs) = out;
    return b.g;
}
