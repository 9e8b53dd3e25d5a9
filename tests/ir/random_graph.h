/* random_graph.h - graphs drawn from a seed, for property tests of every room.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     struct rng r = rng_seed(test_seed());
 *     struct graph *g = random_graph(a, &r, RANDOM_S8, 10);
 *     void *x = random_input(a, g, 0, &r);
 *
 * Every graph is valid (graph_verify accepts it), has one input, and its outputs are all tensors
 * that no node reads. Names are unique; some need escapes. Header only: tests that use it link
 * nothing but mote_ir. */
#ifndef MOTE_TESTS_RANDOM_GRAPH_H
#define MOTE_TESTS_RANDOM_GRAPH_H
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/str.h"
#include "ir/graph.h"
#include "ir/verify.h"

enum random_kind {
    RANDOM_F32,    /* float throughout, with batch norms                     */
    RANDOM_S8,     /* int8 throughout                                        */
    RANDOM_ENDS,   /* float at the ends, int8 between quantize and dequantize */
    RANDOM_STATES, /* int8 throughout, with variables that last from call to call */
    N_RANDOM_KINDS
};

/* A graph under construction. */
struct random_builder {
    struct graph *g;
    struct rng *r;
    VEC(uint32_t) pool; /* activations that a node may read */
    uint32_t n_names;
};

static inline float random_between(struct rng *r, float low, float high)
{
    return low + (high - low) * rng_f32(r);
}

static inline int32_t random_int(struct rng *r, int32_t low, int32_t high)
{
    return low + (int32_t)rng_below(r, (uint32_t)(high - low + 1));
}

static inline char *random_name(struct random_builder *b, const char *stem)
{
    const char *tail[] = {"", "", "", "/a b", "\"\\", "\n", "\xc3\xa4"};
    return arena_printf(b->g->arena, "%s_%u%s", stem, (unsigned)b->n_names++,
                        tail[rng_below(b->r, 7)]);
}

static inline struct quant random_quant(struct random_builder *b, uint32_t n, float scale,
                                        int32_t zero)
{
    float *scales = ARENA_ARRAY(b->g->arena, float, n);
    int32_t *zeros = ARENA_ARRAY(b->g->arena, int32_t, n);
    for (uint32_t c = 0; c < n; c++) {
        scales[c] = n == 1 ? scale : scale * random_between(b->r, 0.2f, 1.0f);
        zeros[c] = zero;
    }
    return (struct quant){.n = n, .scale = scales, .zero = zeros};
}

/* Give an activation a scale and a random zero point. */
static inline void random_set_scale(struct random_builder *b, uint32_t t, float scale)
{
    b->g->tensors.items[t].quant = random_quant(b, 1, scale, random_int(b->r, -128, 127));
}

/* A float constant of normal values with this spread around `mean`. */
static inline uint32_t random_f32_const(struct random_builder *b, const char *stem, struct shape s,
                                        float mean, float spread)
{
    size_t n = (size_t)shape_count(&s);
    float *x = ARENA_ARRAY(b->g->arena, float, n);
    for (size_t i = 0; i < n; i++)
        x[i] = mean + spread * rng_normal(b->r);
    struct tensor t = {.name = random_name(b, stem), .dtype = DT_F32, .shape = s, .data = x};
    return graph_add_tensor(b->g, &t);
}

/* int8 weights, one scale or one per channel along `axis`. */
static inline uint32_t random_s8_weights(struct random_builder *b, struct shape s, int32_t axis)
{
    size_t n = (size_t)shape_count(&s);
    int8_t *w = ARENA_ARRAY(b->g->arena, int8_t, n);
    for (size_t i = 0; i < n; i++)
        w[i] = (int8_t)random_int(b->r, -127, 127);
    struct tensor t = {.name = random_name(b, "w"), .dtype = DT_S8, .shape = s, .data = w};
    t.quant = random_quant(b, rng_below(b->r, 4) ? (uint32_t)s.dim[axis] : 1,
                           random_between(b->r, 0.002f, 0.02f), 0);
    t.quant.axis = axis;
    return graph_add_tensor(b->g, &t);
}

/* A bias whose scales are input scale * weight scale, `spread` accumulator units wide. */
static inline uint32_t random_s8_bias(struct random_builder *b, uint32_t x, uint32_t w,
                                      int32_t channels, float spread)
{
    const struct quant qx = b->g->tensors.items[x].quant, qw = b->g->tensors.items[w].quant;
    int32_t *v = ARENA_ARRAY(b->g->arena, int32_t, (size_t)channels);
    float *scales = ARENA_ARRAY(b->g->arena, float, qw.n);
    int32_t *zeros = ARENA_ARRAY(b->g->arena, int32_t, qw.n);
    for (int32_t c = 0; c < channels; c++)
        v[c] = (int32_t)(spread * rng_normal(b->r));
    for (uint32_t c = 0; c < qw.n; c++)
        scales[c] = qx.scale[0] * qw.scale[c];
    struct tensor t = {.name = random_name(b, "b"), .dtype = DT_S32, .data = v};
    t.shape = (struct shape){.rank = 1, .dim = {channels}};
    t.quant = (struct quant){.n = qw.n, .scale = scales, .zero = zeros};
    return graph_add_tensor(b->g, &t);
}

/* Append a node; its output joins the pool. NO_TENSOR when the operator does not fit. */
static inline uint32_t random_append(struct random_builder *b, enum op op, const struct attrs *at,
                                     const uint32_t *in, uint32_t n_in)
{
    struct diag d = {0};
    uint32_t y = graph_add_node(b->g, op, at, in, n_in, random_name(b, op_name(op)), &d);
    if (y == NO_TENSOR)
        return y;
    *VEC_PUSH(b->g->arena, &b->pool) = y;
    const struct tensor *x = &b->g->tensors.items[in[0]];
    if (b->g->tensors.items[y].dtype == DT_S8 && x->dtype == DT_S8)
        b->g->tensors.items[y].quant = random_quant(b, 1, x->quant.scale[0], x->quant.zero[0]);
    return y;
}

/* A window that fits the image, with strides, dilations and padding of every kind. */
static inline struct attrs random_window(struct random_builder *b, const struct shape *x,
                                         int32_t *kh, int32_t *kw, bool dilates)
{
    struct rng *r = b->r;
    struct attrs at = {.stride_h = random_int(r, 1, 3), .stride_w = random_int(r, 1, 3)};
    int32_t dh = dilates && rng_below(r, 4) == 0 ? 2 : 1;
    int32_t dw = dilates && rng_below(r, 4) == 0 ? 2 : 1;
    *kh = random_int(r, 1, x->dim[1] < 5 ? x->dim[1] : 5);
    *kw = random_int(r, 1, x->dim[2] < 5 ? x->dim[2] : 5);
    if (dilates)
        at.dilation_h = dh, at.dilation_w = dw;
    if (rng_below(r, 2)) {
        same_pad(x->dim[1], *kh, at.stride_h, dh, &at.pad_top, &at.pad_bottom);
        same_pad(x->dim[2], *kw, at.stride_w, dw, &at.pad_left, &at.pad_right);
    } else if (rng_below(r, 2)) {
        at.pad_top = random_int(r, 0, *kh - 1), at.pad_bottom = random_int(r, 0, *kh - 1);
        at.pad_left = random_int(r, 0, *kw - 1), at.pad_right = random_int(r, 0, *kw - 1);
    }
    at.act = (enum act)rng_below(r, N_ACTS);
    return at;
}

/* conv2d, depthwise_conv2d, transpose_conv2d and fully_connected. */
static inline void random_weighted(struct random_builder *b, enum op op, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    struct attrs at = {.act = (enum act)rng_below(b->r, N_ACTS)};
    struct shape w = {.rank = 2, .dim = {random_int(b->r, 1, 20), (int32_t)shape_count(&tx.shape)}};
    int32_t axis = 0, kh = 1, kw = 1;
    if (op == OP_FULLY_CONNECTED && w.dim[1] > 20000) /* sums would leave int32 */
        return;
    if (op != OP_FULLY_CONNECTED) {
        if (tx.shape.rank != 4)
            return;
        at = random_window(b, &tx.shape, &kh, &kw, true);
        w = (struct shape){.rank = 4, .dim = {random_int(b->r, 1, 20), kh, kw, tx.shape.dim[3]}};
    }
    if (op == OP_TRANSPOSE_CONV2D) {
        at.dilation_h = at.dilation_w = 0;
        at.pad_top = random_int(b->r, 0, kh - 1), at.pad_bottom = random_int(b->r, -1, kh - 1);
        at.pad_left = random_int(b->r, 0, kw - 1), at.pad_right = random_int(b->r, -1, kw - 1);
    }
    if (op == OP_DEPTHWISE_CONV2D) {
        axis = 3;
        w.dim[0] = 1;
        w.dim[3] *= rng_below(b->r, 4) ? 1 : 2;
    }
    int32_t channels = w.dim[axis];
    float fan_in = (float)(shape_count(&w) / channels);
    uint32_t in[3] = {x, NO_TENSOR, NO_TENSOR};
    uint32_t bias_kind = rng_below(b->r, 4); /* 0: left out; 1: said to be absent */
    struct shape sb = {.rank = 1, .dim = {channels}};
    if (tx.dtype == DT_F32) {
        in[1] = random_f32_const(b, "w", w, 0.0f, 1.0f / sqrtf(fan_in));
        if (bias_kind > 1)
            in[2] = random_f32_const(b, "b", sb, 0.0f, 0.5f);
    } else {
        in[1] = random_s8_weights(b, w, axis);
        if (bias_kind > 1)
            in[2] = random_s8_bias(b, x, in[1], channels, 2000.0f * sqrtf(fan_in));
    }
    uint32_t y = random_append(b, op, &at, in, bias_kind == 0 ? 2 : 3);
    if (y != NO_TENSOR && tx.dtype == DT_S8)
        random_set_scale(b, y,
                         tx.quant.scale[0] * b->g->tensors.items[in[1]].quant.scale[0] *
                             sqrtf(fan_in) * random_between(b->r, 30.0f, 300.0f));
}

static inline void random_pool(struct random_builder *b, enum op op, uint32_t x)
{
    const struct shape s = b->g->tensors.items[x].shape;
    int32_t kh, kw;
    if (s.rank != 4)
        return;
    struct attrs at = random_window(b, &s, &kh, &kw, false);
    at.kernel_h = kh, at.kernel_w = kw;
    random_append(b, op, &at, &x, 1);
}

/* Another tensor of the pool with the same type, rank and dimensions but for the last; else x. */
static inline uint32_t random_partner(struct random_builder *b, uint32_t x, bool same_last)
{
    const struct tensor *tx = &b->g->tensors.items[x];
    uint32_t start = rng_below(b->r, b->pool.n);
    for (uint32_t i = 0; i < b->pool.n; i++) {
        uint32_t t = b->pool.items[(start + i) % b->pool.n];
        const struct tensor *o = &b->g->tensors.items[t];
        bool fits = o->dtype == tx->dtype && o->shape.rank == tx->shape.rank;
        for (int32_t k = 0; fits && k < tx->shape.rank - (same_last ? 0 : 1); k++)
            fits = o->shape.dim[k] == tx->shape.dim[k];
        if (fits)
            return t;
    }
    return x;
}

static inline void random_add(struct random_builder *b, uint32_t x)
{
    struct attrs at = {.act = (enum act)rng_below(b->r, N_ACTS)};
    uint32_t in[2] = {x, random_partner(b, x, true)};
    uint32_t y = random_append(b, OP_ADD, &at, in, 2);
    if (y == NO_TENSOR || b->g->tensors.items[x].dtype != DT_S8)
        return;
    float sum =
        b->g->tensors.items[in[0]].quant.scale[0] + b->g->tensors.items[in[1]].quant.scale[0];
    random_set_scale(b, y, sum * random_between(b->r, 0.3f, 1.5f));
}

/* A constant of any bytes in place of an activation; its scale is near `scale`. */
static inline uint32_t random_constant(struct random_builder *b, struct shape s, float scale)
{
    size_t n = (size_t)shape_count(&s);
    int8_t *x = ARENA_ARRAY(b->g->arena, int8_t, n);
    for (size_t i = 0; i < n; i++)
        x[i] = (int8_t)random_int(b->r, -128, 127);
    struct tensor t = {.name = random_name(b, "k"), .dtype = DT_S8, .shape = s, .data = x};
    t.quant =
        random_quant(b, 1, scale * random_between(b->r, 0.1f, 3.0f), random_int(b->r, -128, 127));
    return graph_add_tensor(b->g, &t);
}

/* A constant that broadcasts with shape s: dimensions left out in front or 1. */
static inline uint32_t random_operand(struct random_builder *b, const struct shape *s, float scale)
{
    const int32_t cut = random_int(b->r, 0, s->rank - 1);
    struct shape c = {.rank = s->rank - cut};
    for (int32_t i = 0; i < c.rank; i++)
        c.dim[i] = rng_below(b->r, 3) ? s->dim[i + cut] : 1;
    return random_constant(b, c, scale);
}

/* The same values with the scale and zero point of tensor `like`. */
static inline uint32_t random_requantised(struct random_builder *b, uint32_t x, uint32_t like)
{
    const struct quant q = b->g->tensors.items[like].quant;
    uint32_t y = random_append(b, OP_QUANTIZE, NULL, &x, 1);
    b->g->tensors.items[y].quant = random_quant(b, 1, q.scale[0], q.zero[0]);
    return y;
}

/* Products of products would soon leave what multipliers can express. */
#define RANDOM_SCALE_MIN 1e-4f
#define RANDOM_SCALE_MAX 1e2f

/* A scale for what becomes of two elements of the scales p and q. */
static inline float random_binary_scale(struct random_builder *b, enum op op, float p, float q)
{
    switch (op) {
    case OP_MUL:
        return p * q * random_between(b->r, 10.0f, 150.0f);
    case OP_DIV:
        return p / q * random_between(b->r, 0.01f, 1.0f);
    case OP_PRELU:
        return p * fmaxf(1.0f, q) * random_between(b->r, 0.4f, 2.0f);
    case OP_SQUARED_DIFFERENCE:
        return (p + q) * (p + q) * random_between(b->r, 10.0f, 150.0f);
    default:
        return (p + q) * random_between(b->r, 0.3f, 1.5f);
    }
}

/* int8 operators of two elements: with another activation or with a constant, in either order. */
static inline void random_binary(struct random_builder *b, enum op op, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    struct attrs at = {0};
    uint32_t in[2] = {x, random_partner(b, x, true)};
    if (rng_below(b->r, 2))
        in[1] = random_operand(b, &tx.shape, tx.quant.scale[0]);
    if (op == OP_MINIMUM || op == OP_MAXIMUM) {
        struct tensor *t = &b->g->tensors.items[in[1]];
        if (t->data)
            t->quant = random_quant(b, 1, tx.quant.scale[0], tx.quant.zero[0]);
        else
            in[1] = random_requantised(b, in[1], x);
    } else if (op != OP_PRELU && op != OP_SQUARED_DIFFERENCE) {
        at.act = (enum act)rng_below(b->r, N_ACTS);
    }
    if (rng_below(b->r, 2)) {
        const uint32_t first = in[0];
        in[0] = in[1], in[1] = first;
    }
    const float scale = random_binary_scale(b, op, b->g->tensors.items[in[0]].quant.scale[0],
                                            b->g->tensors.items[in[1]].quant.scale[0]);
    if (scale < RANDOM_SCALE_MIN || scale > RANDOM_SCALE_MAX)
        return;
    uint32_t y = random_append(b, op, &at, in, 2);
    if (y != NO_TENSOR && op != OP_MINIMUM && op != OP_MAXIMUM)
        random_set_scale(b, y, scale);
}

static inline void random_concat(struct random_builder *b, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    struct attrs at = {.axis = tx.shape.rank - 1};
    uint32_t in[3] = {x, random_partner(b, x, false), x}, n_in = 1 + rng_below(b->r, 3);
    if (at.axis == 0)
        return;
    for (uint32_t i = 0; tx.dtype == DT_S8 && i < n_in; i++) /* one scale for all */
        in[i] = random_requantised(b, in[i], x);
    random_append(b, OP_CONCAT, &at, in, n_in);
}

/* int8 only: one scale for all. */
static inline void random_add_n(struct random_builder *b, uint32_t x)
{
    uint32_t in[3] = {x, random_partner(b, x, true), x};
    const struct tensor tx = b->g->tensors.items[x];
    if (tx.dtype != DT_S8)
        return;
    in[1] = random_requantised(b, in[1], x);
    const uint32_t y = random_append(b, OP_ADD_N, &(struct attrs){0}, in, 2 + rng_below(b->r, 2));
    random_set_scale(b, y, tx.quant.scale[0] * random_between(b->r, 0.8f, 3.0f));
}

/* int8 reductions over some dimensions, never none of them by design. */
static inline void random_reduce(struct random_builder *b, enum op op, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    struct attrs at = {0};
    float count = 1.0f;
    for (int32_t i = 0; i < tx.shape.rank; i++) {
        at.over[i] = (int32_t)rng_below(b->r, 2);
        count *= at.over[i] ? (float)tx.shape.dim[i] : 1.0f;
    }
    uint32_t y = random_append(b, op, &at, &x, 1);
    if (op == OP_MEAN)
        random_set_scale(b, y, tx.quant.scale[0] * random_between(b->r, 0.3f, 1.5f));
    if (op == OP_REDUCE_PROD) /* the more factors, the wider its range */
        random_set_scale(b, y, tx.quant.scale[0] * random_between(b->r, 0.3f, 3.0f));
    if (op == OP_REDUCE_SUM)
        random_set_scale(b, y, tx.quant.scale[0] * sqrtf(count) * random_between(b->r, 0.5f, 4.0f));
}

/* A block that fits, most of the time more than 1x1 if there is one. */
static inline void random_block(struct random_builder *b, enum op op, const struct shape *s,
                                struct attrs *at)
{
    at->block_h = at->block_w = 1;
    for (int tries = 0; tries < 4 && s->rank == 4; tries++) {
        const int32_t h = random_int(b->r, 1, 3), w = random_int(b->r, 1, 3);
        if (op == OP_DEPTH_TO_SPACE ? s->dim[3] % (h * w) == 0
                                    : s->dim[1] % h == 0 && s->dim[2] % w == 0)
            at->block_h = h, at->block_w = w;
    }
}

/* int8 copies in another order. */
static inline void random_view(struct random_builder *b, enum op op, uint32_t x)
{
    const struct shape s = b->g->tensors.items[x].shape;
    struct attrs at = {0};
    if (op == OP_DEPTH_TO_SPACE || op == OP_SPACE_TO_DEPTH)
        random_block(b, op, &s, &at);
    for (int32_t i = 0; i < s.rank && op == OP_TRANSPOSE; i++)
        at.perm[i] = i;
    for (int32_t i = s.rank - 1; i > 1 && op == OP_TRANSPOSE; i--) { /* the batch stays */
        const int32_t k = random_int(b->r, 1, i), other = at.perm[k];
        at.perm[k] = at.perm[i], at.perm[i] = other;
    }
    for (int32_t i = 0; i < s.rank && op == OP_TILE; i++)
        at.repeat[i] = i > 0 && s.dim[i] < 20 ? random_int(b->r, 1, 2) : 1; /* the batch stays */
    for (int32_t i = 0; i < s.rank && op == OP_SLICE; i++) {
        at.begin[i] = random_int(b->r, 0, s.dim[i] - 1);
        at.step[i] = random_int(b->r, 1, 3) * (rng_below(b->r, 2) ? 1 : -1);
        const int32_t room = at.step[i] > 0 ? s.dim[i] - 1 - at.begin[i] : at.begin[i];
        at.size[i] = random_int(b->r, 1, room / abs(at.step[i]) + 1);
    }
    random_append(b, op, &at, &x, 1);
}

static inline void random_resize(struct random_builder *b, enum op op, uint32_t x)
{
    const struct shape s = b->g->tensors.items[x].shape;
    if (s.rank != 4)
        return;
    struct attrs at = {.to_h = random_int(b->r, 1, 15), .to_w = random_int(b->r, 1, 15)};
    at.align_corners = (int32_t)rng_below(b->r, 2), at.half_pixel = (int32_t)rng_below(b->r, 2);
    if (op == OP_RESIZE_BILINEAR && at.align_corners)
        at.half_pixel = 0;
    random_append(b, op, &at, &x, 1);
}

static inline void random_gather(struct random_builder *b, uint32_t x)
{
    const struct shape s = b->g->tensors.items[x].shape;
    if (s.rank < 2)
        return;
    const struct attrs at = {.axis = random_int(b->r, 1, s.rank - 1)};
    const struct shape si = {.rank = 1, .dim = {random_int(b->r, 1, 9)}};
    int32_t *index = ARENA_ARRAY(b->g->arena, int32_t, (size_t)si.dim[0]);
    for (int32_t i = 0; i < si.dim[0]; i++)
        index[i] = random_int(b->r, 0, s.dim[at.axis] - 1);
    const struct tensor t = {
        .name = random_name(b, "index"), .dtype = DT_S32, .shape = si, .data = index};
    const uint32_t in[2] = {x, graph_add_tensor(b->g, &t)};
    random_append(b, OP_GATHER, &at, in, 2);
}

/* A matrix by itself turned, or by a constant. */
static inline void random_matmul(struct random_builder *b, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    struct attrs at = {.adjoint_a = (int32_t)rng_below(b->r, 2)};
    uint32_t in[2] = {x, x};
    if (tx.shape.rank < 2)
        return;
    const int32_t k = tx.shape.dim[tx.shape.rank - (at.adjoint_a ? 2 : 1)];
    at.adjoint_b = 1 - at.adjoint_a; /* x * x^T or x^T * x */
    if (rng_below(b->r, 2)) {
        struct shape s = {.rank = 2, .dim = {k, random_int(b->r, 1, 9)}};
        at.adjoint_b = (int32_t)rng_below(b->r, 2);
        if (at.adjoint_b)
            s = (struct shape){.rank = 2, .dim = {s.dim[1], k}};
        in[1] = random_constant(b, s, tx.quant.scale[0]);
    } else if (tx.shape.dim[tx.shape.rank - 1] > 100 || tx.shape.dim[tx.shape.rank - 2] > 100) {
        return;
    }
    const float product = tx.quant.scale[0] * b->g->tensors.items[in[1]].quant.scale[0];
    const float scale = product * sqrtf((float)k) * random_between(b->r, 30.0f, 300.0f);
    if (scale < RANDOM_SCALE_MIN || scale > RANDOM_SCALE_MAX)
        return;
    uint32_t y = random_append(b, OP_BATCH_MATMUL, &at, in, 2);
    if (y != NO_TENSOR)
        random_set_scale(b, y, scale);
}

/* The same, but that no other node is to read it: it is no int8. */
static inline uint32_t random_append_aside(struct random_builder *b, enum op op,
                                           const struct attrs *at, const uint32_t *in,
                                           uint32_t n_in)
{
    const uint32_t y = random_append(b, op, at, in, n_in);
    b->pool.n -= y != NO_TENSOR;
    return y;
}

/* x where a comparison with something holds, another int8 tensor elsewhere. */
static inline void random_choice(struct random_builder *b, enum op op, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    const enum op compare =
        op <= OP_GREATER_EQUAL ? op : (enum op)random_int(b->r, OP_EQUAL, OP_GREATER_EQUAL);
    const uint32_t in[2] = {x, rng_below(b->r, 2)
                                   ? random_partner(b, x, true)
                                   : random_operand(b, &tx.shape, tx.quant.scale[0])};
    for (int k = 0; k < 2; k++)
        if (b->g->tensors.items[in[k]].quant.scale[0] > RANDOM_SCALE_MAX)
            return;
    uint32_t holds[2] = {random_append_aside(b, compare, NULL, in, 2), NO_TENSOR};
    if (op == OP_LOGICAL_NOT || rng_below(b->r, 4) == 0)
        holds[0] = random_append_aside(b, OP_LOGICAL_NOT, NULL, holds, 1);
    if (op == OP_LOGICAL_AND || op == OP_LOGICAL_OR) {
        holds[1] = random_append_aside(b, OP_GREATER, NULL, in, 2);
        holds[0] = random_append_aside(b, op, NULL, holds, 2);
    }
    uint32_t other = random_operand(b, &tx.shape, 1.0f);
    b->g->tensors.items[other].quant = random_quant(b, 1, tx.quant.scale[0], tx.quant.zero[0]);
    uint32_t chosen[3] = {holds[0], x, other};
    if (rng_below(b->r, 2))
        chosen[1] = other, chosen[2] = x;
    const uint32_t y = random_append(b, OP_SELECT, NULL, chosen, 3);
    if (y != NO_TENSOR) /* the first input, of bool, has no scale */
        b->g->tensors.items[y].quant = random_quant(b, 1, tx.quant.scale[0], tx.quant.zero[0]);
}

/* Where the largest or least elements are, as int8. */
static inline void random_place(struct random_builder *b, enum op op, uint32_t x)
{
    const struct shape s = b->g->tensors.items[x].shape;
    const struct attrs at = {.axis = random_int(b->r, s.rank > 1, s.rank - 1)};
    const uint32_t place = random_append_aside(b, op, &at, &x, 1);
    const uint32_t y = random_append(b, OP_CAST, NULL, &place, 1);
    b->g->tensors.items[y].dtype = DT_S8;
    random_set_scale(b, y, random_between(b->r, 0.01f, 0.1f));
}

/* Sums so far along any dimension but the first. */
static inline void random_cumsum(struct random_builder *b, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    const struct attrs at = {.axis = random_int(b->r, tx.shape.rank > 1, tx.shape.rank - 1),
                             .exclusive = random_int(b->r, 0, 1),
                             .reverse = random_int(b->r, 0, 1)};
    const uint32_t y = random_append(b, OP_CUMSUM, &at, &x, 1);
    random_set_scale(b, y, tx.quant.scale[0] * random_between(b->r, 1.0f, 20.0f));
}

static inline void random_reshape(struct random_builder *b, uint32_t x)
{
    const struct shape s = b->g->tensors.items[x].shape;
    int32_t n = (int32_t)shape_count(&s), part = random_int(b->r, 1, 8);
    struct attrs at = {.new_rank = 2, .new_shape = {1, n}};
    if (n % part == 0 && rng_below(b->r, 2))
        at = (struct attrs){.new_rank = 4, .new_shape = {1, part, 1, n / part}};
    random_append(b, OP_RESHAPE, &at, &x, 1);
}

static inline void random_pad(struct random_builder *b, uint32_t x)
{
    const struct shape s = b->g->tensors.items[x].shape;
    struct attrs at = {0};
    for (int32_t i = 1; i < s.rank; i++)
        for (int32_t side = 0; side < 2; side++)
            at.pads[2 * i + side] = random_int(b->r, 0, 2);
    if (rng_below(b->r, 3) == 0)
        at.value = random_between(b->r, -4.0f, 4.0f);
    random_append(b, OP_PAD, &at, &x, 1);
}

static inline void random_batch_norm(struct random_builder *b, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    if (tx.dtype != DT_F32)
        return;
    struct shape s = {.rank = 1, .dim = {tx.shape.dim[tx.shape.rank - 1]}};
    struct attrs at = {.eps = 1e-3f};
    uint32_t in[5] = {
        x, random_f32_const(b, "gamma", s, 1.0f, 0.2f), random_f32_const(b, "beta", s, 0.0f, 0.5f),
        random_f32_const(b, "mean", s, 0.0f, 0.5f), random_f32_const(b, "variance", s, 2.0f, 0.2f)};
    random_append(b, OP_BATCH_NORM, &at, in, 5);
}

/* The scale of 256 steps that an operator always has, or 0. */
static inline float random_fixed_scale(enum op op, int32_t *zero)
{
    *zero = op == OP_TANH || op == OP_L2_NORMALIZATION ? 0 : op == OP_LOG_SOFTMAX ? 127 : -128;
    return op == OP_SOFTMAX || op == OP_LOGISTIC        ? 1.0f / 256.0f
           : op == OP_TANH || op == OP_L2_NORMALIZATION ? 1.0f / 128.0f
           : op == OP_LOG_SOFTMAX                       ? 1.0f / 16.0f
                                                        : 0;
}

/* relu, relu6, quantize, softmax and functions of one element: one input, the same shape. */
static inline void random_elementwise(struct random_builder *b, enum op op, uint32_t x)
{
    const struct tensor tx = b->g->tensors.items[x];
    struct attrs at = {.beta = op == OP_SOFTMAX ? random_between(b->r, 0.5f, 2.0f) : 0.0f,
                       .alpha = op == OP_LEAKY_RELU ? random_between(b->r, 0.0f, 1.5f) : 0.0f};
    int32_t zero;
    const float fixed = random_fixed_scale(op, &zero);
    bool to_float = op == OP_QUANTIZE && tx.dtype == DT_F32;
    const bool is_softmax = op == OP_SOFTMAX || op == OP_LOG_SOFTMAX;
    if (to_float || (is_softmax && tx.shape.dim[tx.shape.rank - 1] > 4095))
        return;
    uint32_t y = random_append(b, op, &at, &x, 1);
    if (tx.dtype == DT_S8 && fixed > 0.0f)
        b->g->tensors.items[y].quant = random_quant(b, 1, fixed, zero);
    else if (tx.dtype == DT_S8 && op == OP_RSQRT)
        random_set_scale(b, y, random_between(b->r, 0.004f, 0.05f) / sqrtf(tx.quant.scale[0]));
    else if (tx.dtype == DT_S8)
        random_set_scale(b, y, tx.quant.scale[0] * random_between(b->r, 0.4f, 2.0f));
}

/* Operators with states and the audio front end have tests of their own. */
static inline bool random_makes(enum op op)
{
    switch (op) {
#define SIGNAL(UPPER, lower, n_in, n_out, attr_mask) case OP_##UPPER:
#include "ir/signal.def"
#undef SIGNAL
        return false;
    default:
        return op != OP_CAST && op != OP_SVDF && op != OP_LSTM && op != OP_TOPK &&
               op != OP_DETECT && op != OP_NMS && op != OP_FLOOR_DIV && op != OP_FLOOR_MOD &&
               op != OP_POW; /* pow is not always finite */
    }
}

/* Append one node (or a few) that reads a random tensor, more often a late one. */
static inline void random_step(struct random_builder *b)
{
    uint32_t last = b->pool.n - 1, back = rng_below(b->r, 3) ? 0 : rng_below(b->r, b->pool.n);
    uint32_t x = b->pool.items[last - back];
    /* Float graphs are of operators that train and stay finite; they make most of int8 ones too. */
    const bool is_float = b->g->tensors.items[x].dtype == DT_F32;
    enum op op = (enum op)rng_below(b->r, is_float || rng_below(b->r, 3) ? OP_DEQUANTIZE : N_OPS);
    if (op == OP_CONV2D || op == OP_DEPTHWISE_CONV2D || op == OP_FULLY_CONNECTED ||
        (op == OP_TRANSPOSE_CONV2D && !is_float))
        random_weighted(b, op, x);
    else if (op == OP_AVERAGE_POOL2D || op == OP_MAX_POOL2D)
        random_pool(b, op, x);
    else if (op == OP_ADD)
        random_add(b, x);
    else if (op == OP_ADD_N)
        random_add_n(b, x);
    else if (op >= OP_ADD_BROADCAST && op <= OP_MAXIMUM)
        random_binary(b, op, x);
    else if (op >= OP_MEAN && op <= OP_REDUCE_PROD)
        random_reduce(b, op, x);
    else if (op >= OP_TRANSPOSE && op <= OP_SPACE_TO_DEPTH)
        random_view(b, op, x);
    else if (op == OP_RESIZE_NEAREST || op == OP_RESIZE_BILINEAR)
        random_resize(b, op, x);
    else if (op == OP_GATHER)
        random_gather(b, x);
    else if (op == OP_BATCH_MATMUL)
        random_matmul(b, x);
    else if (op >= OP_EQUAL && op <= OP_SELECT)
        random_choice(b, op, x);
    else if (op == OP_ARG_MAX || op == OP_ARG_MIN)
        random_place(b, op, x);
    else if (op == OP_CUMSUM)
        random_cumsum(b, x);
    else if (op == OP_CONCAT)
        random_concat(b, x);
    else if (op == OP_RESHAPE)
        random_reshape(b, x);
    else if (op == OP_PAD)
        random_pad(b, x);
    else if (op == OP_BATCH_NORM)
        random_batch_norm(b, x);
    else if (op != OP_DEQUANTIZE && random_makes(op))
        random_elementwise(b, op, x);
}

static inline bool random_is_state(const struct graph *g, uint32_t t)
{
    for (uint32_t i = 0; i < g->states.n; i++)
        if (g->states.items[i].in == t)
            return true;
    return false;
}

/* One to three states, like the input but for their scales, some with first contents. */
static inline void random_open_states(struct random_builder *b)
{
    const struct tensor like = b->g->tensors.items[b->g->inputs.items[0]];
    const size_t bytes = tensor_bytes(&like);
    for (uint32_t k = 1 + rng_below(b->r, 3); k-- > 0;) {
        struct tensor t = {.name = random_name(b, "state"), .dtype = DT_S8, .shape = like.shape};
        t.quant = rng_below(b->r, 2)
                      ? like.quant
                      : random_quant(b, 1, like.quant.scale[0], random_int(b->r, -128, 127));
        struct state s = {.in = graph_add_tensor(b->g, &t), .init = NO_TENSOR};
        if (rng_below(b->r, 2)) {
            int8_t *first = ARENA_ARRAY(b->g->arena, int8_t, bytes);
            for (size_t i = 0; i < bytes; i++)
                first[i] = (int8_t)random_int(b->r, -128, 127);
            t.name = random_name(b, "first");
            t.data = first;
            s.init = graph_add_tensor(b->g, &t);
        }
        *VEC_PUSH(b->g->arena, &b->g->states) = s;
        *VEC_PUSH(b->g->arena, &b->pool) = s.in;
    }
}

/* What each state will be: anything of its shape, itself and other states included. */
static inline void random_close_states(struct random_builder *b)
{
    for (uint32_t i = 0; i < b->g->states.n; i++) {
        const uint32_t in = b->g->states.items[i].in;
        uint32_t out = random_partner(b, in, true);
        if (!quant_equal(&b->g->tensors.items[out].quant, &b->g->tensors.items[in].quant))
            out = random_requantised(b, out, in);
        b->g->states.items[i].out = out;
    }
}

/* Everything that nobody reads becomes an output; s8 outputs pass a dequantize when asked. */
static inline void random_close(struct random_builder *b, enum random_kind kind)
{
    uint32_t n = b->pool.n;
    uint32_t *uses = graph_count_uses(b->g, b->g->arena);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t t = b->pool.items[i];
        if (uses[t] || random_is_state(b->g, t))
            continue;
        if (kind == RANDOM_ENDS)
            t = random_append(b, OP_DEQUANTIZE, NULL, &t, 1);
        *VEC_PUSH(b->g->arena, &b->g->outputs) = t;
    }
    if (b->g->outputs.n == 0) /* all are read, some by states only */
        *VEC_PUSH(b->g->arena, &b->g->outputs) = b->g->nodes.items[b->g->nodes.n - 1].out[0];
}

/* One input of at most so many rows. */
static inline struct random_builder random_open(struct arena *a, struct rng *r,
                                                enum random_kind kind, int32_t rows_max)
{
    struct random_builder b = {.g = graph_new(a, "random \"graph\""), .r = r};
    const bool is_s8 = kind == RANDOM_S8 || kind == RANDOM_STATES;
    struct tensor in = {.name = "input", .dtype = is_s8 ? DT_S8 : DT_F32};
    in.shape = (struct shape){
        .rank = 4,
        .dim = {1, random_int(r, 1, rows_max), random_int(r, 1, 12), random_int(r, 1, 8)}};
    uint32_t x = graph_add_tensor(b.g, &in);
    *VEC_PUSH(a, &b.g->inputs) = x;
    *VEC_PUSH(a, &b.pool) = x;
    float scale = random_between(r, 0.01f, 0.1f);
    if (is_s8)
        random_set_scale(&b, x, scale);
    if (kind == RANDOM_STATES)
        random_open_states(&b);
    if (kind == RANDOM_ENDS) {
        b.pool.n = 0; /* only int8 tensors may be read on */
        x = random_append(&b, OP_QUANTIZE, NULL, &x, 1);
        random_set_scale(&b, x, scale);
    }
    return b;
}

static inline struct graph *random_end(struct random_builder *b, enum random_kind kind)
{
    random_close_states(b);
    random_close(b, kind);
    graph_drop_dead(b->g);
    struct diag d = {0};
    if (!graph_verify(b->g, &d)) {
        diag_print(&d, stderr);
        assert(false && "random_graph made an invalid graph");
    }
    return b->g;
}

/* A valid graph of at least `n_nodes` nodes. */
static inline struct graph *random_graph(struct arena *a, struct rng *r, enum random_kind kind,
                                         uint32_t n_nodes)
{
    struct random_builder b = random_open(a, r, kind, 12);
    while (b.g->nodes.n < n_nodes || b.g->nodes.n == 0)
        random_step(&b);
    return random_end(&b, kind);
}

/* Append a node that makes the rows of an image out of rows of one of the last two. */
static inline void random_rows_step(struct random_builder *b)
{
    static const enum op others[] = {OP_RELU, OP_QUANTIZE, OP_TANH, OP_LEAKY_RELU};
    const uint32_t back = b->pool.n > 1 ? rng_below(b->r, 4) == 0 : 0;
    const uint32_t x = b->pool.items[b->pool.n - 1 - back];
    switch (rng_below(b->r, 6)) {
    case 0:
    case 1:
        random_weighted(b, OP_CONV2D, x);
        break;
    case 2:
        random_weighted(b, OP_DEPTHWISE_CONV2D, x);
        break;
    case 3:
        random_pool(b, rng_below(b->r, 2) ? OP_MAX_POOL2D : OP_AVERAGE_POOL2D, x);
        break;
    case 4:
        random_add(b, x);
        break;
    default:
        random_elementwise(b, others[rng_below(b->r, 4)], x);
        break;
    }
}

/* A valid int8 graph of about `n_nodes` operators on images that go through them row by row. */
static inline struct graph *random_images(struct arena *a, struct rng *r, enum random_kind kind,
                                          uint32_t n_nodes)
{
    struct random_builder b = random_open(a, r, kind, 60);
    while (b.g->nodes.n < n_nodes || b.g->nodes.n == 0)
        random_rows_step(&b);
    return random_end(&b, kind);
}

/* Contents for graph input i: normal floats, or integers, of wide types not all of them. */
static inline void *random_input(struct arena *a, const struct graph *g, uint32_t i, struct rng *r)
{
    const struct tensor *t = &g->tensors.items[g->inputs.items[i]];
    const int64_t n = shape_count(&t->shape), limit = 1000000;
    void *x = arena_alloc(a, tensor_bytes(t));
    if (t->dtype == DT_F32) {
        for (int64_t k = 0; k < n; k++)
            ((float *)x)[k] = rng_normal(r);
        return x;
    }
    const int64_t low = dtype_min(t->dtype), high = dtype_max(t->dtype);
    for (int64_t k = 0; k < n; k++)
        element_set_int(t->dtype, x, k,
                        random_int(r, (int32_t)(low < -limit ? -limit : low),
                                   (int32_t)(high > limit ? limit : high)));
    return x;
}
#endif
