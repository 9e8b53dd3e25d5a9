/* lstm.c - long short-term memory over a sequence; gates in the order input, forget, cell, output.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "ir/ops/binding.h"
#include "ir/ops/ops.h"
#include "ir/ops/ranges.h"

enum lstm_in { LSTM_X, LSTM_WEIGHTS, LSTM_RECURRENT, LSTM_BIAS, LSTM_HIDDEN, LSTM_CELL, LSTM_N_IN };
enum gate { GATE_INPUT, GATE_FORGET, GATE_CELL, GATE_OUTPUT, N_GATES };

#define GATE_SCALE   0x1p-12 /* arguments of the gates' functions */
#define EXPONENT_MIN (-15)   /* of the cell's scale               */
#define EXPONENT_MAX 2
#define NO_CLIP      (1 << 15)

/* batches, steps, inputs, elements of the state */
struct sizes {
    int32_t b, t, i, n;
};

static struct sizes sizes_of(const struct graph *g, const struct node *n)
{
    const int32_t *x = node_in(g, n, LSTM_X)->shape.dim;
    return (struct sizes){x[0], x[1], x[2], node_in(g, n, LSTM_HIDDEN)->shape.dim[1]};
}

static bool infer_types(const struct graph *g, const struct node *n, struct diag *d)
{
    static const enum dtype supported[][LSTM_N_IN] = {
        {DT_F32, DT_F32, DT_F32, DT_F32, DT_F32, DT_F32},
        {DT_S8, DT_S8, DT_S8, DT_S32, DT_S8, DT_S16},
        {DT_S16, DT_S8, DT_S8, DT_S64, DT_S16, DT_S16},
    };
    for (size_t i = 0; i < sizeof supported / sizeof supported[0]; i++) {
        bool is_this = true;
        for (uint32_t k = 0; k < LSTM_N_IN; k++)
            is_this = is_this && node_in(g, n, k)->dtype == supported[i][k];
        if (is_this)
            return true;
    }
    return node_error(d, g, n,
                      "input %s, weights %s and %s, bias %s, hidden state %s, cell %s; expected "
                      "f32; or s8, s8 and s8, s32, s8, s16; or s16, s8 and s8, s64, s16, s16",
                      dtype_name(node_in(g, n, 0)->dtype), dtype_name(node_in(g, n, 1)->dtype),
                      dtype_name(node_in(g, n, 2)->dtype), dtype_name(node_in(g, n, 3)->dtype),
                      dtype_name(node_in(g, n, 4)->dtype), dtype_name(node_in(g, n, 5)->dtype));
}

bool infer_lstm(const struct graph *g, const struct node *n, struct tensor *out, struct diag *d)
{
    static const char *const names[LSTM_N_IN] = {
        "input", "weights over the input", "weights over the hidden state",
        "bias",  "hidden state",           "cell"};
    if (node_in(g, n, LSTM_X)->shape.rank != 3 || node_in(g, n, LSTM_HIDDEN)->shape.rank != 2)
        return node_error(
            d, g, n, "input and hidden state of rank %" PRId32 " and %" PRId32 ", expected 3 and 2",
            node_in(g, n, LSTM_X)->shape.rank, node_in(g, n, LSTM_HIDDEN)->shape.rank);
    if (!(n->attrs.clip >= 0.0f) || !isfinite(n->attrs.clip))
        return node_error(d, g, n, "clip %.9g is not finite and >= 0", (double)n->attrs.clip);
    const struct sizes s = sizes_of(g, n);
    const struct shape want[LSTM_N_IN] = {{3, {s.b, s.t, s.i}},     {3, {N_GATES, s.n, s.i}},
                                          {3, {N_GATES, s.n, s.n}}, {2, {N_GATES, s.n}},
                                          {2, {s.b, s.n}},          {2, {s.b, s.n}}};
    for (uint32_t k = 0; k < LSTM_N_IN; k++) {
        char found[SHAPE_TEXT], wanted[SHAPE_TEXT];
        if (!shape_equal(&node_in(g, n, k)->shape, &want[k]))
            return node_error(d, g, n, "%s of shape %s, expected %s", names[k],
                              shape_text(&node_in(g, n, k)->shape, found),
                              shape_text(&want[k], wanted));
    }
    out[0].shape = (struct shape){3, {s.b, s.t, s.n}};
    out[0].dtype = node_in(g, n, LSTM_X)->dtype;
    for (uint32_t k = 1; k <= 2; k++) {
        out[k].shape = want[LSTM_HIDDEN];
        out[k].dtype = node_in(g, n, LSTM_HIDDEN + k - 1)->dtype;
    }
    return infer_types(g, n, d);
}

int64_t macs_lstm(const struct graph *g, const struct node *n)
{
    const struct sizes s = sizes_of(g, n);
    return (int64_t)s.b * s.t * N_GATES * s.n * (s.i + s.n);
}

void eval_lstm(const struct eval *e)
{
    const void **in = e->in;
    if (node_in(e->g, e->n, LSTM_X)->dtype == DT_F32)
        mote_lstm_f32_ref(&e->args->lstm_f32, in[LSTM_X], in[LSTM_WEIGHTS], in[LSTM_RECURRENT],
                          in[LSTM_BIAS], in[LSTM_HIDDEN], in[LSTM_CELL], e->outs[0], e->outs[1],
                          e->outs[2], e->scratch);
    else if (node_in(e->g, e->n, LSTM_X)->dtype == DT_S16)
        mote_lstm_s16_ref(&e->args->lstm, in[LSTM_X], in[LSTM_WEIGHTS], in[LSTM_RECURRENT],
                          in[LSTM_BIAS], in[LSTM_HIDDEN], in[LSTM_CELL], e->outs[0], e->outs[1],
                          e->outs[2], e->scratch);
    else
        mote_lstm_s8_ref(&e->args->lstm, in[LSTM_X], in[LSTM_WEIGHTS], in[LSTM_RECURRENT],
                         in[LSTM_BIAS], in[LSTM_HIDDEN], in[LSTM_CELL], e->outs[0], e->outs[1],
                         e->outs[2], e->scratch);
}

/* As for fully_connected with one weight scale: the product of the scales is rounded to float. */
static void bind_gate(const struct tensor *x, float weight_scale, int32_t *mult, int8_t *shift)
{
    const float product = x->quant.scale[0] * weight_scale;
    set_multiplier((double)product / GATE_SCALE, mult, shift);
}

/* In units of the cell, towards zero, held within int16. */
static int32_t clip_of(float clip, const struct tensor *cell)
{
    return clip > 0.0f ? (int32_t)fmin((double)clip / scale_of(cell), INT16_MAX) : NO_CLIP;
}

bool bind_lstm(struct arena *a, const struct graph *g, const struct node *n, union kernel_args *out,
               struct diag *d)
{
    const struct tensor *x = node_in(g, n, LSTM_X), *h = node_in(g, n, LSTM_HIDDEN);
    const struct tensor *w = node_in(g, n, LSTM_WEIGHTS), *r = node_in(g, n, LSTM_RECURRENT);
    const struct tensor *c = node_in(g, n, LSTM_CELL);
    const struct sizes s = sizes_of(g, n);
    struct mote_lstm_s8 *op = &out->lstm;
    int exponent;
    (void)a, (void)d;
    if (x->dtype == DT_F32) {
        out->lstm_f32 = (struct mote_lstm_f32){
            .batches = (uint32_t)s.b,
            .steps = (uint32_t)s.t,
            .in_n = (uint32_t)s.i,
            .n = (uint32_t)s.n,
            .clip = n->attrs.clip,
        };
        return true;
    }
    frexp(scale_of(c), &exponent); /* 2^e = 1/2 * 2^(e + 1) */
    *op = (struct mote_lstm_s8){
        .batches = (uint32_t)s.b,
        .steps = (uint32_t)s.t,
        .in_n = (uint32_t)s.i,
        .n = (uint32_t)s.n,
        .in_zero = zero_of(x),
        .hidden_zero = zero_of(h),
        .cell_exponent = (int8_t)fmax(INT8_MIN, exponent - 1), /* > -150 */
        .clip = clip_of(n->attrs.clip, c),
    };
    set_multiplier(0x1p-30 / scale_of(h), &op->out_mult, &op->out_shift);
    for (uint32_t k = 0; k < N_GATES; k++) {
        struct mote_lstm_gate *gate = &op->gate[k];
        bind_gate(x, w->quant.scale[k], &gate->in_mult, &gate->in_shift);
        bind_gate(h, r->quant.scale[k], &gate->hidden_mult, &gate->hidden_shift);
    }
    return true;
}

/* The hidden state and the cell before and after, and the output: one scale where they are one. */
static bool ranges_states(const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *h = node_in(g, n, LSTM_HIDDEN), *c = node_in(g, n, LSTM_CELL);
    const struct tensor *y = &g->tensors.items[n->out[0]];
    const struct tensor *next_h = &g->tensors.items[n->out[1]];
    const struct tensor *next_c = &g->tensors.items[n->out[2]];
    int exponent;
    if (c->quant.n != 1 || next_c->quant.n != 1 || next_h->quant.n != 1)
        return node_error(d, g, n, "the cell and the next states need one scale each");
    if (!ranges_equal_quant(g, n, h, y, d) || !ranges_equal_quant(g, n, h, next_h, d) ||
        !ranges_equal_quant(g, n, c, next_c, d))
        return false;
    if (frexp(scale_of(c), &exponent) != 0.5 || exponent - 1 < EXPONENT_MIN ||
        exponent - 1 > EXPONENT_MAX || c->quant.zero[0] != 0)
        return node_error(d, g, n,
                          "the cell has scale %.9g and zero point %" PRId32
                          ", expected a power of two, 2^%d..2^%d, and 0",
                          scale_of(c), c->quant.zero[0], EXPONENT_MIN, EXPONENT_MAX);
    return true;
}

/* The rows of a matrix with n columns, in s16. */
static bool ranges_rows(const struct graph *g, const struct node *n, const int8_t *w,
                        const int64_t *bias, uint32_t columns, int32_t mult, int8_t shift,
                        struct diag *d)
{
    const uint32_t rows = (uint32_t)node_in(g, n, LSTM_HIDDEN)->shape.dim[1];
    for (uint32_t r = 0; r < rows; r++) {
        int64_t weight = 0; /* < 2^28 * 2^7 */
        for (uint32_t i = 0; i < columns; i++)
            weight += abs(w[(size_t)r * columns + i]);
        if (!ranges_wide(g, n, r, bias ? bias[r] : 0, weight, mult, shift, d))
            return false;
    }
    return true;
}

static bool ranges_gates_s16(const struct graph *g, const struct node *n,
                             const struct mote_lstm_s8 *op, struct diag *d)
{
    const int8_t *w = node_in(g, n, LSTM_WEIGHTS)->data, *r = node_in(g, n, LSTM_RECURRENT)->data;
    const int64_t *bias = node_in(g, n, LSTM_BIAS)->data;
    for (uint32_t k = 0; k < N_GATES; k++) {
        const struct mote_lstm_gate *gate = &op->gate[k];
        const size_t row = (size_t)k * op->n;
        if (!ranges_rows(g, n, w + row * op->in_n, bias + row, op->in_n, gate->in_mult,
                         gate->in_shift, d) ||
            !ranges_rows(g, n, r + row * op->n, NULL, op->n, gate->hidden_mult, gate->hidden_shift,
                         d))
            return false;
    }
    return true;
}

/* Accumulators of the gates' rows. */
static bool ranges_gates(const struct graph *g, const struct node *n, const struct mote_lstm_s8 *op,
                         struct diag *d)
{
    const int8_t *w = node_in(g, n, LSTM_WEIGHTS)->data, *r = node_in(g, n, LSTM_RECURRENT)->data;
    const int32_t *bias = node_in(g, n, LSTM_BIAS)->data;
    for (uint32_t k = 0; k < N_GATES; k++) {
        const size_t row = (size_t)k * op->n;
        const struct dense in = {w + row * op->in_n, bias + row, op->n, op->in_n,
                                 op->gate[k].in_shift};
        const struct dense hidden = {r + row * op->n, NULL, op->n, op->n, op->gate[k].hidden_shift};
        if (!ranges_dense(g, n, &in, d) || !ranges_dense(g, n, &hidden, d))
            return false;
    }
    return true;
}

bool ranges_lstm(struct arena *tmp, const struct graph *g, const struct node *n, struct diag *d)
{
    const struct tensor *x = node_in(g, n, LSTM_X), *w = node_in(g, n, LSTM_WEIGHTS);
    const struct tensor *bias = node_in(g, n, LSTM_BIAS);
    union kernel_args args;
    if (!ranges_states(g, n, d) || !ranges_parameter(g, n, w, N_GATES, d) ||
        !ranges_parameter(g, n, node_in(g, n, LSTM_RECURRENT), N_GATES, d) ||
        !ranges_parameter(g, n, bias, N_GATES, d))
        return false;
    for (uint32_t k = 0; k < N_GATES; k++)
        if (!ranges_bias_scale(g, n, k, (double)bias->quant.scale[k],
                               scale_of(x) * (double)w->quant.scale[k], d))
            return false;
    if (!bind_node(tmp, g, n, &args, d))
        return false;
    if (args.lstm.out_shift > 0)
        return node_error(d, g, n, "the output scale is too small: below 2^-30");
    return x->dtype == DT_S16 ? ranges_gates_s16(g, n, &args.lstm, d)
                              : ranges_gates(g, n, &args.lstm, d);
}
