/* tflite_recurrent.c - operators of TensorFlow Lite that remember: SVDF and LSTM.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What they remember are variables of the file, which become states of the graph. The rules are
 * those of the TFLite Micro reference kernels; what these refuse is refused. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"
#include "ir/verify.h"

/* The integer kernel has no clamp but int8: the activation must not ask for more. */
static bool svdf_act(struct tfl *t, const struct tfl_op *op, enum dtype dtype, enum act *act)
{
    struct tensor y;
    if (!tfl_act(t, op, SVDF_ACT, act) || *act == ACT_NONE || dtype == DT_F32)
        return !op->d->failed;
    if (!tfl_out_tensor(t, op, &y))
        return false;
    if (*act == ACT_RELU && y.quant.n == 1 && y.quant.zero[0] == INT8_MIN)
        return true;
    return tfl_refuse(op, "a fused activation that the reference kernel does not heed in int8");
}

bool tfl_svdf(struct tfl *t, const struct tfl_op *op)
{
    static const uint32_t variables[1] = {4};
    struct attrs at = {.rank = fb_i32(t->fb, &op->options, SVDF_RANK, 0)};
    uint32_t in[5];
    if (!tfl_arity(op, 5, 5) || !tfl_options(op, OPTIONS_SVDF))
        return false;
    for (uint32_t k = 0; k < 4; k++)
        if (!tfl_in(t, op, k, &in[k]))
            return false;
    const struct tensor *inputs = t->g->tensors.items;
    const enum dtype x = inputs[in[0]].dtype, w = inputs[in[1]].dtype;
    return tfl_refuse_hybrid(op, x, w) && svdf_act(t, op, x, &at.act) &&
           tfl_in_variable(t, op, 4, &in[4]) &&
           tfl_add_stateful(t, op, OP_SVDF, &at, in, 5, variables, 1);
}

/* Inputs of the operator. Four in a row belong to the gates input, forget, cell, output. */
enum lstm_in {
    LSTM_IN_X,
    LSTM_IN_WEIGHTS = 1,
    LSTM_IN_RECURRENT = 5,
    LSTM_IN_PEEPHOLE = 9,
    LSTM_IN_BIAS = 12,
    LSTM_IN_PROJECTION = 16,
    LSTM_IN_HIDDEN = 18,
    LSTM_IN_CELL = 19,
    LSTM_IN_NORM = 20,
    LSTM_N_IN = 24
};
#define N_GATES 4

/* Forms of LSTM that the reference does not have either. */
static bool lstm_form(struct tfl *t, const struct tfl_op *op)
{
    static const struct {
        uint32_t first, end;
        const char *what;
    } forms[] = {
        {LSTM_IN_PEEPHOLE, LSTM_IN_BIAS, "peephole connections"},
        {LSTM_IN_PROJECTION, LSTM_IN_HIDDEN, "a projection"},
        {LSTM_IN_NORM, LSTM_N_IN, "layer normalisation"},
    };
    static const char *const hint = "use the plain form, which Keras' LSTM layer converts to";
    if (tfl_in_id(t, op, LSTM_IN_WEIGHTS) < 0) {
        tfl_refuse(op, "coupled input and forget gates are not supported");
        return diag_hint(op->d, "%s", hint);
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        for (uint32_t k = forms[i].first; k < forms[i].end; k++)
            if (tfl_in_id(t, op, k) >= 0) {
                tfl_refuse(op, "%s (input %" PRIu32 ") is not supported", forms[i].what, k);
                return diag_hint(op->d, "%s", hint);
            }
    return true;
}

/* Batch and time are in the order of the IR. The option asymmetric_quantize_inputs speaks of
 * hybrid models only, the clip of a projection of projections. */
static bool lstm_options(struct tfl *t, const struct tfl_op *op, const struct shape *x)
{
    if (!tfl_options(op, OPTIONS_LSTM))
        return false;
    uint8_t act = fb_u8(t->fb, &op->options, LSTM_ACT, TFL_ACT_NONE);
    if (act != TFL_ACT_TANH)
        return tfl_refuse(op, "the activation %d, expected %d (tanh)", act, (int)TFL_ACT_TANH);
    if (fb_u8(t->fb, &op->options, LSTM_DIAGONAL, 0))
        return tfl_refuse(op, "diagonal recurrent weights are not supported");
    if (!fb_u8(t->fb, &op->options, LSTM_TIME_MAJOR, 0) || (x->dim[0] == 1 && x->dim[1] == 1))
        return true;
    tfl_refuse(op, "its input has time before batch");
    return diag_hint(op->d, "export with time_major=False");
}

/* Memory for copies of weights that a hostile file may share without end. */
static bool count_packed(struct tfl *t, const struct tfl_op *op, size_t bytes)
{
    t->n_packed += bytes;
    return t->n_packed <= (uint64_t)TFL_COPIES_MAX * t->fb->file.len ||
           tfl_refuse(op, "its weights are shared: copies take more than %d times the file",
                      TFL_COPIES_MAX);
}

/* Four constants of one shape, from input `first` on, as one with a first dimension of 4; each
 * keeps its scale. */
static bool pack_gates(struct tfl *t, const struct tfl_op *op, uint32_t first, uint32_t *id)
{
    struct tensor gate[N_GATES];
    for (uint32_t k = 0; k < N_GATES; k++) {
        if (!tfl_in_constant(t, op, first + k, &gate[k]))
            return false;
        if (gate[k].dtype != gate[0].dtype || !shape_equal(&gate[k].shape, &gate[0].shape) ||
            gate[k].quant.n != gate[0].quant.n || gate[k].quant.n > 1)
            return tfl_refuse(op,
                              "'%s' and '%s' differ in type, shape or number of scales, or "
                              "have several",
                              gate[0].name, gate[k].name);
    }
    struct tensor all = gate[0];
    if (all.shape.rank >= RANK_MAX || shape_count(&all.shape) > COUNT_MAX / N_GATES)
        return tfl_refuse(op, "'%s' is too large", gate[0].name);
    memmove(&all.shape.dim[1], &all.shape.dim[0], (RANK_MAX - 1) * sizeof(int32_t));
    all.shape.dim[0] = N_GATES;
    all.shape.rank++;
    const size_t bytes = tensor_bytes(&gate[0]);
    if (!count_packed(t, op, N_GATES * bytes))
        return false;
    uint8_t *data = arena_alloc(t->a, N_GATES * bytes);
    float scales[N_GATES];
    int32_t zeros[N_GATES];
    for (uint32_t k = 0; k < N_GATES; k++) {
        memcpy(data + k * bytes, gate[k].data, bytes);
        if (all.quant.n) {
            scales[k] = gate[k].quant.scale[0];
            zeros[k] = gate[k].quant.zero[0];
        }
    }
    all.data = data;
    if (all.quant.n)
        all.quant = (struct quant){.n = N_GATES, .scale = scales, .zero = zeros};
    *id = graph_add_tensor(t->g, &all);
    return true;
}

bool tfl_lstm(struct tfl *t, const struct tfl_op *op)
{
    static const uint32_t variables[2] = {LSTM_IN_HIDDEN, LSTM_IN_CELL};
    struct attrs at = {.clip = fb_f32(t->fb, &op->options, LSTM_CELL_CLIP, 0.0f)};
    uint32_t in[6];
    if (!tfl_arity(op, LSTM_IN_NORM, LSTM_N_IN) || !tfl_in(t, op, LSTM_IN_X, &in[0]) ||
        !lstm_form(t, op))
        return false;
    const struct tensor *x = &t->g->tensors.items[in[0]];
    const struct shape shape = x->shape;
    const enum dtype dtype = x->dtype;
    if (shape.rank != 3)
        return tfl_refuse(op, "its input has rank %" PRId32 ", expected 3", shape.rank);
    return lstm_options(t, op, &shape) && pack_gates(t, op, LSTM_IN_WEIGHTS, &in[1]) &&
           tfl_refuse_hybrid(op, dtype, t->g->tensors.items[in[1]].dtype) &&
           pack_gates(t, op, LSTM_IN_RECURRENT, &in[2]) &&
           pack_gates(t, op, LSTM_IN_BIAS, &in[3]) &&
           tfl_in_variable(t, op, LSTM_IN_HIDDEN, &in[4]) &&
           tfl_in_variable(t, op, LSTM_IN_CELL, &in[5]) &&
           tfl_add_stateful(t, op, OP_LSTM, &at, in, 6, variables, 2);
}
