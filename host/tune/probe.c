/* probe.c - layers to measure kernels on. SPDX-License-Identifier: Apache-2.0 */
#include "tune/probe.h"

#include "base/rng.h"
#include "base/str.h"

#include <math.h>
#include <string.h>

struct probe {
    enum op op;
    int32_t h, w, c, kh, kw, stride, out_c;
};

static const struct probe probes[] = {
#define PROBE(op, h, w, c, kh, kw, stride, out_c) {OP_##op, h, w, c, kh, kw, stride, out_c},
#include "tune/probes.def"
#undef PROBE
};
#define N_PROBES (sizeof probes / sizeof probes[0])

/* With weights of up to 127 the multiplier is 0.02 * 0.01 / 0.05: sums of some hundreds are a step of
 * the output. */
static const float in_scale = 0.02f, out_scale = 0.05f;

static float weight_scale(uint32_t most)
{
    return 1.27f / (float)most;
}

static struct quant per_tensor(struct arena *a, float scale, int32_t zero)
{
    float *s = ARENA_NEW(a, float);
    int32_t *z = ARENA_NEW(a, int32_t);
    *s = scale;
    *z = zero;
    return (struct quant){.n = 1, .scale = s, .zero = z};
}

/* Of activations. */
static int32_t zero_of(enum dtype dtype)
{
    return dtype == DT_S16 ? 0 : -128;
}

static uint32_t add_input(struct graph *g, const char *name, enum dtype dtype,
                          const struct shape *shape)
{
    const struct tensor t = {.name = name,
                             .dtype = dtype,
                             .shape = *shape,
                             .quant = per_tensor(g->arena, in_scale, zero_of(dtype))};
    const uint32_t id = graph_add_tensor(g, &t);
    *VEC_PUSH(g->arena, &g->inputs) = id;
    return id;
}

static uint32_t add_weights(struct graph *g, const char *name, const struct shape *shape,
                            uint32_t most, struct rng *r)
{
    int8_t *data = arena_alloc(g->arena, (size_t)shape_count(shape));
    for (int64_t i = 0; i < shape_count(shape); i++)
        data[i] = (int8_t)((int32_t)rng_below(r, 2 * most + 1) - (int32_t)most);
    const struct tensor t = {.name = arena_printf(g->arena, "%s_weights", name),
                             .dtype = DT_S8,
                             .shape = *shape,
                             .quant = per_tensor(g->arena, weight_scale(most), 0),
                             .data = data};
    return graph_add_tensor(g, &t);
}

/* Up to 1 either way. */
static uint32_t add_bias(struct graph *g, const char *name, const struct probe_kind *kind,
                         int32_t n, struct rng *r)
{
    const float scale = in_scale * weight_scale(kind->weight_most);
    const int32_t limit = (int32_t)lroundf(1 / scale);
    const bool is_wide = kind->dtype == DT_S16;
    int32_t *narrow = ARENA_ARRAY(g->arena, int32_t, (size_t)n);
    int64_t *wide = ARENA_ARRAY(g->arena, int64_t, (size_t)n);
    for (int32_t i = 0; i < n; i++)
        wide[i] = narrow[i] = (int32_t)rng_below(r, 2 * (uint32_t)limit + 1) - limit;
    const struct tensor t = {.name = arena_printf(g->arena, "%s_bias", name),
                             .dtype = is_wide ? DT_S64 : DT_S32,
                             .shape = {1, {n}},
                             .quant = per_tensor(g->arena, scale, 0),
                             .data = is_wide ? (void *)wide : narrow};
    return graph_add_tensor(g, &t);
}

static struct attrs attrs_of(const struct probe *p)
{
    struct attrs at = {.stride_h = p->stride, .stride_w = p->stride};
    if (p->op == OP_FULLY_CONNECTED || p->op == OP_ADD)
        return (struct attrs){0};
    if (p->op == OP_CONV2D || p->op == OP_DEPTHWISE_CONV2D)
        at.dilation_h = at.dilation_w = 1;
    else
        at.kernel_h = p->kh, at.kernel_w = p->kw;
    const bool is_global = p->kh == p->h && p->kw == p->w;
    if (!is_global) {
        same_pad(p->h, p->kh, p->stride, 1, &at.pad_top, &at.pad_bottom);
        same_pad(p->w, p->kw, p->stride, 1, &at.pad_left, &at.pad_right);
    }
    return at;
}

static struct shape weight_shape(const struct probe *p)
{
    if (p->op == OP_FULLY_CONNECTED)
        return (struct shape){2, {p->out_c, p->c}};
    if (p->op == OP_DEPTHWISE_CONV2D)
        return (struct shape){4, {1, p->kh, p->kw, p->out_c}};
    return (struct shape){4, {p->out_c, p->kh, p->kw, p->c}};
}

static bool has_weights(const struct probe *p)
{
    return p->op == OP_FULLY_CONNECTED || p->op == OP_CONV2D || p->op == OP_DEPTHWISE_CONV2D;
}

static bool add_probe(struct graph *g, const struct probe *p, const char *name,
                      const struct probe_kind *kind, struct rng *r, struct diag *d)
{
    const bool is_dense = p->op == OP_FULLY_CONNECTED;
    const struct shape shape =
        is_dense ? (struct shape){2, {1, p->c}} : (struct shape){4, {1, p->h, p->w, p->c}};
    uint32_t in[3] = {add_input(g, arena_printf(g->arena, "%s_in", name), kind->dtype, &shape)},
             n_in = 1;
    if (p->op == OP_ADD)
        in[n_in++] = add_input(g, arena_printf(g->arena, "%s_in2", name), kind->dtype, &shape);
    if (has_weights(p)) {
        const struct shape w = weight_shape(p);
        in[n_in++] = add_weights(g, name, &w, kind->weight_most, r);
        in[n_in++] = add_bias(g, name, kind, p->out_c, r);
    }
    const struct attrs at = attrs_of(p);
    const uint32_t y = graph_add_node(g, p->op, &at, in, n_in, name, d);
    if (y == NO_TENSOR)
        return false;
    const bool keeps_scale = p->op == OP_AVERAGE_POOL2D || p->op == OP_MAX_POOL2D;
    g->tensors.items[y].quant =
        per_tensor(g->arena, keeps_scale ? in_scale : out_scale, zero_of(kind->dtype));
    *VEC_PUSH(g->arena, &g->outputs) = y;
    return true;
}

struct graph *probe_graph(struct arena *a, const struct probe_kind *kind, struct diag *d)
{
    struct graph *g = graph_new(a, "probes");
    struct rng r = rng_seed(1);
    for (uint32_t i = 0; i < N_PROBES; i++)
        if ((kind->dtype == DT_S8 || has_weights(&probes[i])) &&
            !add_probe(g, &probes[i], arena_printf(a, "p%u", (unsigned)i), kind, &r, d))
            return NULL;
    return g;
}
