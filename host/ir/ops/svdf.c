/* svdf.c - filters over time: each remembers what its weights made of the last inputs, and a second
 * row of weights goes over that. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "ir/kernels.h"
#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

enum svdf_in { SVDF_X, SVDF_FEATURE, SVDF_TIME, SVDF_BIAS, SVDF_PAST };

/* batches, inputs, filters, calls remembered, outputs */
struct sizes {
    int32_t b, i, f, m, u;
};

static struct sizes sizes_of(const struct graph *g, const struct node *n)
{
    const struct shape *x = &node_in(g, n, SVDF_X)->shape, *t = &node_in(g, n, SVDF_TIME)->shape;
    return (struct sizes){x->dim[0], x->dim[1], t->dim[0], t->dim[1], t->dim[0] / n->attrs.rank};
}

/* The input has this shape. */
static bool has_shape(const struct graph *g, const struct node *n, enum svdf_in k, int32_t d0,
                      int32_t d1, struct diag *d)
{
    static const char *const names[] = {"input", "weights over the input", "weights over time",
                                        "bias", "memory"};
    const struct shape *s = &node_in(g, n, k)->shape;
    const struct shape want = {d1 ? 2 : 1, {d0, d1}};
    char found[SHAPE_TEXT], wanted[SHAPE_TEXT];
    if (shape_equal(s, &want))
        return true;
    return node_error(d, g, n, "%s of shape %s, expected %s", names[k], shape_text(s, found),
                      shape_text(&want, wanted));
}

static bool infer_types(const struct graph *g, const struct node *n, struct diag *d)
{
    enum dtype t[SVDF_PAST + 1];
    bool is_float = true;
    for (uint32_t k = 0; k <= SVDF_PAST; k++) {
        t[k] = node_in(g, n, k)->dtype;
        is_float = is_float && t[k] == DT_F32;
    }
    bool is_integer = t[SVDF_X] == DT_S8 && t[SVDF_FEATURE] == DT_S8 && t[SVDF_BIAS] == DT_S32 &&
                      (t[SVDF_TIME] == DT_S8 || t[SVDF_TIME] == DT_S16) &&
                      t[SVDF_PAST] == t[SVDF_TIME];
    if (!is_float && !is_integer)
        return node_error(
            d, g, n,
            "input %s, weights %s and %s, bias %s, memory %s; expected f32, or s8, s8 "
            "and s8 or s16, s32, and the memory as the weights over time",
            dtype_name(t[SVDF_X]), dtype_name(t[SVDF_FEATURE]), dtype_name(t[SVDF_TIME]),
            dtype_name(t[SVDF_BIAS]), dtype_name(t[SVDF_PAST]));
    return true;
}

bool infer_svdf(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    const struct shape *x = &node_in(g, n, SVDF_X)->shape, *t = &node_in(g, n, SVDF_TIME)->shape;
    char text[SHAPE_TEXT];
    if (x->rank != 2 || t->rank != 2)
        return node_error(d, g, n, "%s have shape %s, expected two dimensions",
                          x->rank != 2 ? "inputs" : "weights over time",
                          shape_text(x->rank != 2 ? x : t, text));
    if (n->attrs.rank < 1 || t->dim[0] % n->attrs.rank != 0)
        return node_error(d, g, n, "rank %" PRId32 " does not divide %" PRId32 " filters",
                          n->attrs.rank, t->dim[0]);
    struct sizes s = sizes_of(g, n);
    int64_t remembered = (int64_t)s.f * s.m; /* <= 2^28: elements of a tensor */
    if (remembered > DIM_MAX)
        return node_error(d, g, n, "%" PRId64 " elements to remember, at most %d", remembered,
                          DIM_MAX);
    out[0].shape = (struct shape){2, {s.b, s.u}};
    out[0].dtype = node_in(g, n, SVDF_X)->dtype;
    out[1].shape = node_in(g, n, SVDF_PAST)->shape;
    out[1].dtype = node_in(g, n, SVDF_PAST)->dtype;
    return infer_types(g, n, d) && has_shape(g, n, SVDF_FEATURE, s.f, s.i, d) &&
           has_shape(g, n, SVDF_BIAS, s.u, 0, d) &&
           has_shape(g, n, SVDF_PAST, s.b, (int32_t)remembered, d);
}

int64_t macs_svdf(const struct graph *g, const struct node *n)
{
    struct sizes s = sizes_of(g, n);
    return (int64_t)s.b * s.f * (s.i + s.m);
}

void eval_svdf(const struct eval *e)
{
    const void **in = e->in;
    const struct mote_svdf *op = &e->args->svdf;
    switch (node_in(e->g, e->n, SVDF_PAST)->dtype) {
    case DT_S8:
        mote_svdf_s8_ref(op, in[SVDF_X], in[SVDF_FEATURE], in[SVDF_TIME], in[SVDF_BIAS],
                         in[SVDF_PAST], e->outs[0], e->outs[1], e->scratch);
        return;
    case DT_S16:
        mote_svdf_s16_ref(op, in[SVDF_X], in[SVDF_FEATURE], in[SVDF_TIME], in[SVDF_BIAS],
                          in[SVDF_PAST], e->outs[0], e->outs[1], e->scratch);
        return;
    default:
        mote_svdf_f32_ref(&e->args->svdf_f32, in[SVDF_X], in[SVDF_FEATURE], in[SVDF_TIME],
                          in[SVDF_BIAS], in[SVDF_PAST], e->outs[0], e->outs[1], e->scratch);
    }
}

/* The reference multiplies and divides the scales as floats. */
static double product_scale(const struct tensor *a, const struct tensor *b, const struct tensor *to)
{
    const float product = a->quant.scale[0] * b->quant.scale[0];
    return (double)(float)(product / to->quant.scale[0]);
}

bool bind_svdf(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
               struct diag *d)
{
    const struct tensor *x = node_in(g, n, SVDF_X), *past = node_in(g, n, SVDF_PAST);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    const struct sizes s = sizes_of(g, n);
    struct mote_svdf *op = &out->svdf;
    (void)a, (void)d;
    if (x->dtype == DT_F32) {
        out->svdf_f32 = (struct mote_svdf_f32){
            .batches = (uint32_t)s.b,
            .in_n = (uint32_t)s.i,
            .units = (uint32_t)s.u,
            .rank = (uint32_t)n->attrs.rank,
            .memory = (uint32_t)s.m,
            .act = (uint8_t)n->attrs.act,
        };
        return true;
    }
    *op = (struct mote_svdf){
        .batches = (uint32_t)s.b,
        .in_n = (uint32_t)s.i,
        .units = (uint32_t)s.u,
        .rank = (uint32_t)n->attrs.rank,
        .memory = (uint32_t)s.m,
        .in_zero = zero_of(x),
        .memory_zero = zero_of(past),
        .out_zero = zero_of(y),
    };
    set_clamp(y, n->attrs.act, &op->out_min, &op->out_max);
    set_multiplier(product_scale(x, node_in(g, n, SVDF_FEATURE), past), &op->memory_mult,
                   &op->memory_shift);
    set_multiplier(product_scale(past, node_in(g, n, SVDF_TIME), y), &op->out_mult, &op->out_shift);
    return true;
}

/* Sums over time may leave int32, as they may in the reference: they are defined modulo 2^32. */
bool ranges_svdf(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *past = node_in(g, n, SVDF_PAST), *next = &g->tensors.items[n->out[1]];
    const struct tensor *feature = node_in(g, n, SVDF_FEATURE), *bias = node_in(g, n, SVDF_BIAS);
    const struct tensor *time = node_in(g, n, SVDF_TIME);
    if (past->quant.n != 1 || next->quant.n != 1)
        return node_error(d, g, n,
                          "the memory needs one scale, it has %" PRIu32 " and then %" PRIu32,
                          past->quant.n, next->quant.n);
    if (past->dtype == DT_S16 && past->quant.zero[0] != 0)
        return node_error(d, g, n, "the zero point of a memory of s16 is %" PRId32 ", expected 0",
                          past->quant.zero[0]);
    if (!ranges_equal_quant(g, n, past, next, d) || !ranges_parameter(g, n, feature, 1, d) ||
        !ranges_parameter(g, n, time, 1, d) || !ranges_parameter(g, n, bias, 1, d) ||
        !ranges_bias_scale(g, n, 0, scale_of(bias), scale_of(past) * scale_of(time), d))
        return false;
    union kernel_args args;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    const struct dense m = {.weights = feature->data,
                            .rows = (uint32_t)feature->shape.dim[0],
                            .n = args.svdf.in_n,
                            .shift = args.svdf.memory_shift};
    if (args.svdf.out_shift > 30)
        return node_error(d, g, n, "the output scale is too small: its shift is %d, at most 30",
                          args.svdf.out_shift);
    return ranges_dense(g, n, &m, d);
}
