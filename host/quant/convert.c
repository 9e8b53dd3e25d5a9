/* convert.c - a float graph and a range per tensor make an int8 graph.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The result starts as a clone, so ids are the same on both sides and float contents are always
 * read from the source: a constant may be converted differently for different readers. */
#include "quant/convert.h"

#include "base/str.h"
#include "mote/quantize.h"
#include "pass/rewrite.h"
#include "quant/rounding.h"
#include "quant/scales.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* A bias gets at most so many units of input scale * weight scale: half of what the verifier
 * grants, the rest is for products. */
#define BIAS_UNITS_MAX 536870912.0 /* 2^29 */

/* The smallest multiplier (input scale * weight scale / output scale) that a channel gets. Kernels
 * can express 2^-32; with this one 2^14 products of 255 * 127 still make less than a quarter of an
 * output step, so weights that would need less are nothing. */
#define MULTIPLIER_MIN 0x1p-31

struct conversion {
    const struct graph *source; /* float */
    struct graph *g;            /* int8, under construction */
    bool *converted;            /* [source tensors] constants that have taken an int8 form */
    const uint8_t *weight_bits; /* [source nodes] */
};

bool convert_check(const struct graph *g, struct diag *d)
{
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        const char *name = g->tensors.items[n->out[0]].name;
        if (n->op == OP_BATCH_NORM) {
            diag_error(d, NULL, "%s '%s' has no int8 form", op_name(n->op), name);
            return diag_hint(d, "fold it first: run the pass fold_bn");
        }
        if (n->op == OP_QUANTIZE || n->op == OP_DEQUANTIZE) {
            diag_error(d, NULL, "%s '%s': the graph is quantised already", op_name(n->op), name);
            return diag_hint(d, "start from the float model");
        }
    }
    if (g->states.n > 0) {
        diag_error(d, NULL, "variables that last from call to call have no int8 form here");
        return diag_hint(d, "let the converter quantise the model");
    }
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (g->tensors.items[t].dtype != DT_F32) {
            diag_error(d, NULL, "tensor '%s' is %s, expected float", g->tensors.items[t].name,
                       dtype_name(g->tensors.items[t].dtype));
            return diag_hint(d, "start from the float model");
        }
    return true;
}

static struct quant quant_per_tensor(struct arena *a, struct affine_s8 q)
{
    return (struct quant){
        .n = 1,
        .scale = arena_copy(a, &q.scale, sizeof q.scale),
        .zero = arena_copy(a, &q.zero, sizeof q.zero),
    };
}

/* Give node n the constant `form` in place of source tensor `id`. The first reader's form takes the
 * tensor's place; a later reader shares it if its own is the same, else gets a copy. */
static void place_constant(struct conversion *c, uint32_t n, uint32_t i_in, struct tensor form)
{
    const uint32_t id = c->source->nodes.items[n].in[i_in];
    struct tensor *first = &c->g->tensors.items[id];
    if (!c->converted[id]) {
        c->converted[id] = true;
        form.name = first->name; /* the clone's own */
        *first = form;
        return;
    }
    const bool same = first->dtype == form.dtype && quant_equal(&first->quant, &form.quant) &&
                      memcmp(first->data, form.data, tensor_bytes(&form)) == 0;
    if (same)
        return;
    form.name = fresh_name(c->g, form.name);
    c->g->nodes.items[n].in[i_in] = graph_add_tensor(c->g, &form);
}

static void convert_constant_activation(struct conversion *c, uint32_t n, uint32_t i_in,
                                        const struct affine_s8 *q)
{
    const uint32_t id = c->source->nodes.items[n].in[i_in];
    struct tensor form = c->source->tensors.items[id];
    const struct mote_quantize_f32 op = {
        .n = (uint32_t)shape_count(&form.shape),
        .scale = q[id].scale,
        .zero = (int8_t)q[id].zero,
    };
    int8_t *to = ARENA_ARRAY(c->g->arena, int8_t, op.n);
    mote_quantize_f32_ref(&op, form.data, to, NULL);
    form.dtype = DT_S8;
    form.data = to;
    form.quant = quant_per_tensor(c->g->arena, q[id]);
    place_constant(c, n, i_in, form);
}

/* Squared error of n weights, from `at` on and `step` apart, when they are rounded to this scale. */
static double rounding_error(const float *x, size_t at, size_t step, size_t n, double scale,
                             double limit)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double w = (double)x[at + i * step] / scale;
        const double e = scale * (fmax(-limit, fmin(limit, round(w))) - w);
        sum += e * e;
    }
    return sum;
}

/* Of few steps some are better spent on the many small weights than on the largest. */
static double least_error_scale(const float *x, size_t at, size_t step, size_t n, double largest,
                                double limit)
{
    double best = largest / limit, least = rounding_error(x, at, step, n, best, limit);
    for (int percent = 98; percent > 40; percent -= 2) {
        const double scale = 0.01 * percent * largest / limit;
        const double here = rounding_error(x, at, step, n, scale, limit);
        if (here < least) {
            least = here;
            best = scale;
        }
    }
    return best;
}

/* One scale per output channel: of 8 bits the largest weight is 127, unless the bias, whose unit is
 * in_scale * scale, needs a coarser one, or the channel is negligible. */
static float *weight_scales(struct arena *a, const struct tensor *w, const struct tensor *bias,
                            int32_t axis, uint8_t bits, float in_scale, float out_scale)
{
    const size_t n = (size_t)shape_count(&w->shape), n_channels = (size_t)w->shape.dim[axis];
    const size_t n_taps = n / n_channels;
    const double limit = (double)weight_limit(bits);
    const float *x = w->data, *b = bias ? bias->data : NULL;
    float *largest = ARENA_ARRAY(a, float, n_channels); /* then the scale, in its place */
    for (size_t i = 0; i < n; i++) {
        float *m = &largest[channel_of(w, axis, i)];
        *m = fabsf(x[i]) > *m ? fabsf(x[i]) : *m;
    }
    for (size_t c = 0; c < n_channels; c++) {
        const double for_bias = b ? fabs((double)b[c]) / (double)in_scale / BIAS_UNITS_MAX : 0.0;
        const double smallest = MULTIPLIER_MIN * (double)out_scale / (double)in_scale;
        double scale = (double)largest[c] / limit;
        if (bits < 8 && largest[c] > 0.0f)
            scale = least_error_scale(x, axis == 0 ? c * n_taps : c, axis == 0 ? 1 : n_channels,
                                      n_taps, (double)largest[c], limit);
        largest[c] = (float)fmax(scale, fmax(for_bias, smallest));
    }
    return largest;
}

static struct tensor int8_weights(struct arena *a, const struct tensor *w, int32_t axis,
                                  uint8_t bits, const float *scale)
{
    const double limit = (double)weight_limit(bits);
    const size_t n = (size_t)shape_count(&w->shape), n_channels = (size_t)w->shape.dim[axis];
    const float *x = w->data;
    int8_t *to = ARENA_ARRAY(a, int8_t, n);
    for (size_t i = 0; i < n; i++) {
        const double s = (double)scale[channel_of(w, axis, i)];
        to[i] = (int8_t)fmax(-limit, fmin(limit, round((double)x[i] / s)));
    }
    struct tensor form = *w;
    form.dtype = DT_S8;
    form.data = to;
    form.quant = (struct quant){
        .n = (uint32_t)n_channels,
        .axis = axis,
        .scale = scale,
        .zero = ARENA_ARRAY(a, int32_t, n_channels),
    };
    return form;
}

/* bias / (in_scale * scale[c]), which weight_scales keeps within BIAS_UNITS_MAX. */
static struct tensor int32_bias(struct arena *a, const struct tensor *bias, const float *scale,
                                float in_scale)
{
    const size_t n = (size_t)shape_count(&bias->shape);
    const float *b = bias->data;
    int32_t *to = ARENA_ARRAY(a, int32_t, n);
    float *unit = ARENA_ARRAY(a, float, n);
    for (size_t c = 0; c < n; c++) {
        unit[c] = in_scale * scale[c];
        const double units = round((double)b[c] / ((double)in_scale * (double)scale[c]));
        assert(fabs(units) <= BIAS_UNITS_MAX * 1.001); /* the scale was rounded to float */
        to[c] = (int32_t)units;
    }
    struct tensor form = *bias;
    form.dtype = DT_S32;
    form.data = to;
    form.quant = (struct quant){
        .n = (uint32_t)n, .axis = 0, .scale = unit, .zero = ARENA_ARRAY(a, int32_t, n)};
    return form;
}

static void convert_weights(struct conversion *c, uint32_t n, const struct affine_s8 *q)
{
    const struct node *node = &c->source->nodes.items[n];
    const int32_t axis = channel_axis(node->op);
    const bool has_bias = node->n_in > 2 && node->in[2] != NO_TENSOR;
    const struct tensor *w = &c->source->tensors.items[node->in[1]];
    const struct tensor *bias = has_bias ? &c->source->tensors.items[node->in[2]] : NULL;
    const float in_scale = q[node->in[0]].scale, out_scale = q[node->out[0]].scale;
    struct arena *a = c->g->arena;

    const uint8_t bits = c->weight_bits[n];
    const float *scale = weight_scales(a, w, bias, axis, bits, in_scale, out_scale);
    place_constant(c, n, 1, int8_weights(a, w, axis, bits, scale));
    if (bias)
        place_constant(c, n, 2, int32_bias(a, bias, scale, in_scale));
}

static void convert_constants(struct conversion *c, const struct affine_s8 *q)
{
    for (uint32_t n = 0; n < c->source->nodes.n; n++) {
        const struct node *node = &c->source->nodes.items[n];
        for (uint32_t i = 0; i < node->n_in; i++) {
            const bool is_weight = has_weights(node->op) && i > 0;
            if (node->in[i] == NO_TENSOR || is_weight)
                continue;
            if (c->source->tensors.items[node->in[i]].data)
                convert_constant_activation(c, n, i, q);
        }
        if (has_weights(node->op))
            convert_weights(c, n, q);
    }
}

/* Put a quantize node between concat and every input of another scale. From the last node to the
 * first, so that places before stay as they are. */
static bool requantise_concat_inputs(struct graph *g, struct diag *d)
{
    for (uint32_t n = g->nodes.n; n-- > 0;) {
        if (g->nodes.items[n].op != OP_CONCAT)
            continue;
        const struct quant joint = g->tensors.items[g->nodes.items[n].out[0]].quant;
        uint32_t at = n; /* of the concat, which moves back for every node put before it */
        for (uint32_t i = 0; i < g->nodes.items[at].n_in; i++) {
            const uint32_t from = g->nodes.items[at].in[i];
            if (quant_equal(&g->tensors.items[from].quant, &joint))
                continue;
            const char *origin = g->nodes.items[at].origin;
            const char *name = fresh_name(
                g, arena_printf(g->arena, "%s.requantised", g->tensors.items[from].name));
            const uint32_t to =
                graph_add_node(g, OP_QUANTIZE, &(struct attrs){0}, &from, 1, name, d);
            if (to == NO_TENSOR)
                return false;
            g->tensors.items[to].dtype = DT_S8;
            g->tensors.items[to].quant = joint;
            g->nodes.items[g->nodes.n - 1].origin = origin;
            move_last_node(g, at++);
            g->nodes.items[at].in[i] = to;
        }
    }
    return true;
}

struct graph *convert_to_int8(struct arena *a, const struct graph *g, const struct range *range,
                              const uint8_t *weight_bits, struct diag *d)
{
    struct arena *tmp = arena_new("quantise");
    const struct affine_s8 *q = scales_choose(tmp, g, range);
    struct conversion c = {
        .source = g,
        .g = graph_clone(a, g),
        .converted = ARENA_ARRAY(tmp, bool, g->tensors.n),
        .weight_bits = weight_bits,
    };
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        struct tensor *tensor = &c.g->tensors.items[t];
        if (!is_activation(tensor))
            continue;
        tensor->dtype = DT_S8;
        tensor->quant = quant_per_tensor(a, q[t]);
    }
    convert_constants(&c, q);
    arena_free(tmp);
    return requantise_concat_inputs(c.g, d) ? c.g : NULL;
}
