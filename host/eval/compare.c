/* compare.c - two graphs on the same inputs, layer by layer. SPDX-License-Identifier: Apache-2.0 */
#include "eval/compare.h"

#include "base/rng.h"
#include "ir/interp.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static const struct tensor *tensor_at(const struct graph *g, uint32_t id)
{
    return &g->tensors.items[id];
}

/* Element i as it is stored. Tensors of one call lie end to end, so it may be misaligned. */
static double stored_value(enum dtype type, const void *data, uint64_t i)
{
    if (type != DT_F32)
        return (double)element_int(type, data, (int64_t)i);
    float value;
    memcpy(&value, (const char *)data + i * sizeof value, sizeof value);
    return (double)value;
}

/* Scale and zero point of an activation; those of a float are 1 and 0. */
static double scale_of(const struct tensor *t)
{
    return t->dtype != DT_F32 && t->quant.n == 1 ? (double)t->quant.scale[0] : 1;
}

static double zero_of(const struct tensor *t)
{
    return t->dtype != DT_F32 && t->quant.n == 1 ? t->quant.zero[0] : 0;
}

/* Are equal bytes equal values? */
static bool same_units(const struct tensor *a, const struct tensor *b)
{
    return a->dtype == b->dtype && scale_of(a) == scale_of(b) && zero_of(a) == zero_of(b);
}

void deviation_add(struct deviation *dev, const struct tensor *a, const void *a_data,
                   const struct tensor *b, const void *b_data, uint32_t i_call, double tolerance)
{
    const uint64_t n = (uint64_t)shape_count(&a->shape);
    assert(n == (uint64_t)shape_count(&b->shape));
    dev->n_values += n;
    const bool same = same_units(a, b);
    if (same && memcmp(a_data, b_data, tensor_bytes(a)) == 0)
        return;
    for (uint64_t i = 0; i < n; i++) {
        const double raw_a = stored_value(a->dtype, a_data, i);
        const double raw_b = stored_value(b->dtype, b_data, i);
        const double real_a = (raw_a - zero_of(a)) * scale_of(a);
        const double real_b = (raw_b - zero_of(b)) * scale_of(b);
        double apart = fabs(real_a - real_b);
        if (real_a == real_b || (isnan(real_a) && isnan(real_b)))
            apart = 0; /* infinities of one sign, too */
        else if (isnan(apart))
            apart = (double)INFINITY;
        if (!(apart > tolerance))
            continue;
        dev->n_differ++;
        if (apart <= dev->largest)
            continue;
        dev->largest = apart;
        dev->steps = same && a->dtype != DT_F32 ? (uint64_t)fabs(raw_a - raw_b) : 0;
        dev->i_value = i;
        dev->i_call = i_call;
        dev->a = real_a;
        dev->b = real_b;
    }
}

/* The stored value of `to` nearest to a real one, written to element i. */
static void store_real(const struct tensor *to, void *data, uint64_t i, double real)
{
    if (to->dtype == DT_F32) {
        memcpy((char *)data + i * sizeof(float), &(float){(float)real}, sizeof(float));
        return;
    }
    const double least = (double)dtype_min(to->dtype), most = (double)dtype_max(to->dtype);
    double q = isnan(real) ? 0 : round(real / scale_of(to)) + zero_of(to);
    q = q > most ? most : q < least ? least : q;
    element_set_int(to->dtype, data, (int64_t)i, (int64_t)q);
}

static void convert(const struct tensor *from, const void *in, const struct tensor *to, void *out)
{
    if (same_units(from, to)) {
        memcpy(out, in, tensor_bytes(from));
        return;
    }
    const uint64_t n = (uint64_t)shape_count(&from->shape);
    for (uint64_t i = 0; i < n; i++)
        store_real(to, out, i, (stored_value(from->dtype, in, i) - zero_of(from)) * scale_of(from));
}

static size_t call_bytes(const struct graph *g)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < g->inputs.n; i++)
        sum += tensor_bytes(tensor_at(g, g->inputs.items[i]));
    return sum;
}

/* Random contents of a: integers over their whole range, floats in -1..1; or, if b is an integer
 * where a is not, what b's whole range stands for. */
static bool fill_random(const struct tensor *a, const struct tensor *b, struct rng *r, void *to)
{
    const struct tensor *drawn = a->dtype == DT_F32 ? b : a;
    const uint64_t n = (uint64_t)shape_count(&a->shape);
    if (drawn->dtype == DT_S32 || drawn->dtype == DT_S64)
        return false; /* indices, most likely: not every one means something */
    const int64_t least = dtype_min(drawn->dtype);
    const uint32_t n_values = (uint32_t)(dtype_max(drawn->dtype) - least) + 1;
    for (uint64_t i = 0; i < n; i++) {
        double real = 2 * (double)rng_f32(r) - 1;
        if (drawn->dtype != DT_F32)
            real =
                ((double)rng_below(r, n_values) + (double)least - zero_of(drawn)) * scale_of(drawn);
        store_real(a, to, i, real);
    }
    return true;
}

void *compare_random_inputs(struct arena *mem, const struct graph *a, const struct graph *b,
                            uint64_t seed, uint32_t n_calls, struct diag *d)
{
    uint8_t *inputs = arena_alloc_array(mem, n_calls, call_bytes(a));
    uint8_t *to = inputs;
    for (uint32_t k = 0; k < n_calls; k++)
        for (uint32_t i = 0; i < a->inputs.n; i++) {
            struct rng r = rng_split(seed, ((uint64_t)k << 32) + i);
            const struct tensor *in = tensor_at(a, a->inputs.items[i]);
            const bool has_b = b && i < b->inputs.n;
            if (!fill_random(in, has_b ? tensor_at(b, b->inputs.items[i]) : in, &r, to)) {
                diag_error(d, a->name, "input \"%s\" is %s, which random numbers do not suit",
                           in->name, dtype_name(in->dtype));
                diag_hint(d, "give --input FILE");
                return NULL;
            }
            to += tensor_bytes(in);
        }
    return inputs;
}

/* The inputs of a graph, or its outputs. */
struct ends {
    const struct graph *g;
    const uint32_t *ids;
    uint32_t n;
    const char *what;
};

static struct ends inputs_of(const struct graph *g)
{
    return (struct ends){g, g->inputs.items, g->inputs.n, "input"};
}

static struct ends outputs_of(const struct graph *g)
{
    return (struct ends){g, g->outputs.items, g->outputs.n, "output"};
}

/* Do the inputs, or the outputs, of two graphs correspond? */
static bool ends_fit(struct ends a, struct ends b, struct diag *d)
{
    if (a.n != b.n)
        return diag_error(d, b.g->name, "has %" PRIu32 " %ss, the other model has %" PRIu32, b.n,
                          b.what, a.n);
    for (uint32_t i = 0; i < a.n; i++) {
        const struct tensor *ta = tensor_at(a.g, a.ids[i]), *tb = tensor_at(b.g, b.ids[i]);
        if (shape_count(&ta->shape) != shape_count(&tb->shape))
            return diag_error(d, b.g->name,
                              "%s \"%s\" has %" PRId64 " values, that of the other model has"
                              " %" PRId64,
                              b.what, tb->name, shape_count(&tb->shape), shape_count(&ta->shape));
    }
    return true;
}

/* What pairs the layers: which tensors of B have a partner. */
struct pairing {
    const struct graph *a, *b;
    uint32_t *producer_b; /* [B's tensors] */
    bool *taken;          /* [B's nodes]   */
    struct comparison *c;
};

static void pair_up(struct pairing *p, struct layer *l, uint32_t i_node_b)
{
    p->taken[i_node_b] = true;
    l->b = p->b->nodes.items[i_node_b].out[0];
    const bool fits =
        shape_count(&tensor_at(p->a, l->a)->shape) == shape_count(&tensor_at(p->b, l->b)->shape);
    l->match = fits ? LAYER_COMPARED : LAYER_OTHER_SHAPE;
}

/* Output i of A is output i of B, whatever they are called. */
static void pair_outputs(struct pairing *p)
{
    for (uint32_t k = 0; k < p->c->n_layers; k++)
        for (uint32_t i = 0; i < p->a->outputs.n; i++) {
            struct layer *l = &p->c->layers[k];
            const uint32_t i_node_b = p->producer_b[p->b->outputs.items[i]];
            if (l->a == p->a->outputs.items[i] && l->b == NO_TENSOR && i_node_b != UINT32_MAX &&
                !p->taken[i_node_b])
                pair_up(p, l, i_node_b);
        }
}

/* Layers stand in much the same order in both, so the search begins after the last one found. */
static void pair_names(struct pairing *p)
{
    const uint32_t n = p->b->nodes.n;
    uint32_t next = 0;
    for (uint32_t k = 0; k < p->c->n_layers; k++) {
        struct layer *l = &p->c->layers[k];
        const char *name = tensor_at(p->a, l->a)->name;
        for (uint32_t i = 0; i < n && l->b == NO_TENSOR; i++) {
            const uint32_t j = (next + i) % n;
            const char *other = tensor_at(p->b, p->b->nodes.items[j].out[0])->name;
            if (!p->taken[j] && strcmp(name, other) == 0) {
                pair_up(p, l, j);
                next = j + 1;
            }
        }
    }
}

/* The only node of that operator and origin, UINT32_MAX when there is none or several. */
static uint32_t only_node(const struct graph *g, enum op op, const char *origin)
{
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        if (n->op != op || !n->origin || strcmp(n->origin, origin) != 0)
            continue;
        if (found != UINT32_MAX)
            return UINT32_MAX;
        found = i;
    }
    return found;
}

static void pair_origins(struct pairing *p)
{
    for (uint32_t k = 0; k < p->c->n_layers; k++) {
        struct layer *l = &p->c->layers[k];
        const struct node *n = &p->a->nodes.items[l->i_node];
        if (l->b != NO_TENSOR || !n->origin || !n->origin[0] ||
            only_node(p->a, n->op, n->origin) != l->i_node)
            continue;
        const uint32_t j = only_node(p->b, n->op, n->origin);
        if (j != UINT32_MAX && !p->taken[j])
            pair_up(p, l, j);
    }
}

static void pair_layers(struct arena *mem, const struct graph *a, const struct graph *b,
                        struct comparison *c)
{
    *c = (struct comparison){.layers = ARENA_ARRAY(mem, struct layer, a->nodes.n),
                             .n_layers = a->nodes.n};
    for (uint32_t i = 0; i < a->nodes.n; i++)
        c->layers[i] = (struct layer){.i_node = i, .a = a->nodes.items[i].out[0], .b = NO_TENSOR};
    struct pairing p = {.a = a,
                        .b = b,
                        .producer_b = graph_find_producers(b, mem),
                        .taken = ARENA_ARRAY(mem, bool, b->nodes.n),
                        .c = c};
    pair_outputs(&p);
    pair_names(&p);
    pair_origins(&p);
}

static void count_layers(struct comparison *c)
{
    for (uint32_t i = 0; i < c->n_layers; i++) {
        c->n_compared += c->layers[i].match == LAYER_COMPARED;
        c->n_differ += c->layers[i].dev.n_differ > 0;
    }
}

const struct layer *comparison_first(const struct comparison *c)
{
    for (uint32_t i = 0; i < c->n_layers; i++)
        if (c->layers[i].dev.n_differ > 0)
            return &c->layers[i];
    return NULL;
}

/* Split the bytes of one call into inputs; returns where the next call begins. */
static const uint8_t *split_inputs(const struct graph *g, const uint8_t *from, const void **to)
{
    for (uint32_t i = 0; i < g->inputs.n; i++) {
        to[i] = from;
        from += tensor_bytes(tensor_at(g, g->inputs.items[i]));
    }
    return from;
}

bool compare_graphs(struct arena *mem, const struct graph *a, const struct graph *b,
                    const void *inputs, uint32_t n_calls, double tolerance, struct comparison *out,
                    struct diag *d)
{
    if (!ends_fit(inputs_of(a), inputs_of(b), d) || !ends_fit(outputs_of(a), outputs_of(b), d))
        return false;
    struct interp *run_a = interp_new(mem, a, d), *run_b = run_a ? interp_new(mem, b, d) : NULL;
    if (!run_b)
        return false;
    pair_layers(mem, a, b, out);
    const void **in_a = ARENA_ARRAY(mem, const void *, a->inputs.n);
    void **in_b = ARENA_ARRAY(mem, void *, b->inputs.n);
    for (uint32_t i = 0; i < b->inputs.n; i++)
        in_b[i] = arena_alloc(mem, tensor_bytes(tensor_at(b, b->inputs.items[i])));

    const uint8_t *from = inputs;
    for (uint32_t k = 0; k < n_calls; k++) {
        from = split_inputs(a, from, in_a);
        for (uint32_t i = 0; i < a->inputs.n; i++)
            convert(tensor_at(a, a->inputs.items[i]), in_a[i], tensor_at(b, b->inputs.items[i]),
                    in_b[i]);
        interp_run(run_a, in_a);
        interp_run(run_b, (const void *const *)in_b);
        for (uint32_t i = 0; i < out->n_layers; i++) {
            struct layer *l = &out->layers[i];
            if (l->match == LAYER_COMPARED)
                deviation_add(&l->dev, tensor_at(a, l->a), interp_tensor(run_a, l->a),
                              tensor_at(b, l->b), interp_tensor(run_b, l->b), k, tolerance);
        }
    }
    count_layers(out);
    return out->n_compared > 0 ||
           diag_error(d, b->name, "has no layer that the other model has, too");
}

bool compare_outputs(struct arena *mem, const struct graph *a, const void *inputs,
                     const void *outputs, uint32_t n_calls, double tolerance,
                     struct comparison *out, struct diag *d)
{
    struct interp *run = interp_new(mem, a, d);
    if (!run)
        return false;
    const uint32_t *producer = graph_find_producers(a, mem);
    *out = (struct comparison){.layers = ARENA_ARRAY(mem, struct layer, a->outputs.n),
                               .n_layers = a->outputs.n};
    for (uint32_t i = 0; i < a->outputs.n; i++) {
        const uint32_t t = a->outputs.items[i];
        out->layers[i] =
            (struct layer){.i_node = producer[t], .a = t, .b = t, .match = LAYER_COMPARED};
    }
    const void **in = ARENA_ARRAY(mem, const void *, a->inputs.n);
    const uint8_t *from = inputs, *other = outputs;
    for (uint32_t k = 0; k < n_calls; k++) {
        from = split_inputs(a, from, in);
        interp_run(run, in);
        for (uint32_t i = 0; i < out->n_layers; i++) {
            struct layer *l = &out->layers[i];
            const struct tensor *t = tensor_at(a, l->a);
            deviation_add(&l->dev, t, interp_tensor(run, l->a), t, other, k, tolerance);
            other += tensor_bytes(t);
        }
    }
    count_layers(out);
    return true;
}
