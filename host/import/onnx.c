/* onnx.c - reads ONNX models: the model, its operators in order, the report.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/onnx.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "import/onnx_parts.h"
#include "import/stem.h"
#include "ir/verify.h"

/* The operators that are imported, by name, and what does their work in the IR: N_OPS, if nothing
 * is left of them, since they are computed while reading, or several operators do it. */
struct row {
    const char *name;
    onnx_import *import;
    enum op op;
};
static const struct row rows[] = {
    {"Abs", onnx_unary, OP_ABS},
    {"Add", onnx_binary, OP_ADD},
    {"And", onnx_logical, OP_LOGICAL_AND},
    {"ArgMax", onnx_arg_extremum, OP_ARG_MAX},
    {"ArgMin", onnx_arg_extremum, OP_ARG_MIN},
    {"AveragePool", onnx_average_pool, OP_AVERAGE_POOL2D},
    {"BatchNormalization", onnx_batch_normalization, OP_BATCH_NORM},
    {"Cast", onnx_cast, OP_CAST},
    {"CastLike", onnx_cast_like, OP_CAST},
    {"Ceil", onnx_unary, OP_CEIL},
    {"Celu", onnx_celu, OP_ELU},
    {"Clip", onnx_clip, OP_RELU6},
    {"Concat", onnx_concat, OP_CONCAT},
    {"Constant", onnx_constant_node, N_OPS},
    {"ConstantOfShape", onnx_constant_of_shape, N_OPS},
    {"Conv", onnx_conv, OP_CONV2D},
    {"ConvTranspose", onnx_conv_transpose, OP_TRANSPOSE_CONV2D},
    {"Cos", onnx_unary, OP_COS},
    {"CumSum", onnx_cumsum, OP_CUMSUM},
    {"DepthToSpace", onnx_depth_to_space, OP_DEPTH_TO_SPACE},
    {"Div", onnx_binary, OP_DIV},
    {"Dropout", onnx_dropout, N_OPS},
    {"Elu", onnx_elu, OP_ELU},
    {"Equal", onnx_compare, OP_EQUAL},
    {"Exp", onnx_unary, OP_EXP},
    {"Expand", onnx_expand, OP_TILE},
    {"Flatten", onnx_flatten, OP_RESHAPE},
    {"Floor", onnx_unary, OP_FLOOR},
    {"GRU", onnx_gru, OP_FULLY_CONNECTED},
    {"Gather", onnx_gather, OP_GATHER},
    {"Gelu", onnx_gelu, OP_GELU},
    {"Gemm", onnx_gemm, OP_FULLY_CONNECTED},
    {"GlobalAveragePool", onnx_global_pool, OP_MEAN},
    {"GlobalMaxPool", onnx_global_pool, OP_REDUCE_MAX},
    {"Greater", onnx_compare, OP_GREATER},
    {"GreaterOrEqual", onnx_compare, OP_GREATER_EQUAL},
    {"HardSigmoid", onnx_hard_sigmoid, OP_MINIMUM},
    {"HardSwish", onnx_unary, OP_HARD_SWISH},
    {"Identity", onnx_identity, N_OPS},
    {"InstanceNormalization", onnx_instance_normalization, OP_MEAN},
    {"IsNaN", onnx_is_nan, OP_NOT_EQUAL},
    {"LRN", onnx_lrn, OP_AVERAGE_POOL2D},
    {"LSTM", onnx_lstm, OP_LSTM},
    {"LayerNormalization", onnx_layer_normalization, OP_MEAN},
    {"LeakyRelu", onnx_leaky_relu, OP_LEAKY_RELU},
    {"Less", onnx_compare, OP_LESS},
    {"LessOrEqual", onnx_compare, OP_LESS_EQUAL},
    {"Log", onnx_unary, OP_LOG},
    {"LogSoftmax", onnx_softmax, OP_LOG_SOFTMAX},
    {"LpNormalization", onnx_lp_normalization, OP_REDUCE_SUM},
    {"MatMul", onnx_matmul, OP_BATCH_MATMUL},
    {"Max", onnx_variadic, OP_MAXIMUM},
    {"MaxPool", onnx_max_pool, OP_MAX_POOL2D},
    {"Mean", onnx_variadic, OP_ADD},
    {"MeanVarianceNormalization", onnx_mean_variance, OP_MEAN},
    {"Min", onnx_variadic, OP_MINIMUM},
    {"Mish", onnx_mish, OP_TANH},
    {"Mod", onnx_mod, OP_FLOOR_MOD},
    {"Mul", onnx_binary, OP_MUL},
    {"Neg", onnx_unary, OP_NEG},
    {"Not", onnx_logical_not, OP_LOGICAL_NOT},
    {"Or", onnx_logical, OP_LOGICAL_OR},
    {"PRelu", onnx_prelu, OP_PRELU},
    {"Pad", onnx_pad, OP_PAD},
    {"Pow", onnx_pow, OP_POW},
    {"RNN", onnx_rnn, OP_FULLY_CONNECTED},
    {"Range", onnx_range, N_OPS},
    {"Reciprocal", onnx_reciprocal, OP_DIV},
    {"ReduceL1", onnx_reduce_l1, OP_REDUCE_SUM},
    {"ReduceL2", onnx_reduce_l2, OP_REDUCE_SUM},
    {"ReduceLogSum", onnx_reduce_log_sum, OP_REDUCE_SUM},
    {"ReduceLogSumExp", onnx_reduce_log_sum_exp, OP_REDUCE_SUM},
    {"ReduceMax", onnx_reduce, OP_REDUCE_MAX},
    {"ReduceMean", onnx_reduce, OP_MEAN},
    {"ReduceMin", onnx_reduce, OP_REDUCE_MIN},
    {"ReduceProd", onnx_reduce_prod, OP_MUL},
    {"ReduceSum", onnx_reduce, OP_REDUCE_SUM},
    {"ReduceSumSquare", onnx_reduce_sum_square, OP_REDUCE_SUM},
    {"Relu", onnx_unary, OP_RELU},
    {"Reshape", onnx_reshape, OP_RESHAPE},
    {"Resize", onnx_resize, OP_RESIZE_NEAREST},
    {"Round", onnx_unary, OP_ROUND},
    {"Selu", onnx_selu, OP_ELU},
    {"Shape", onnx_shape, N_OPS},
    {"Sigmoid", onnx_unary, OP_LOGISTIC},
    {"Sign", onnx_sign, OP_SELECT},
    {"Sin", onnx_unary, OP_SIN},
    {"Size", onnx_size, N_OPS},
    {"Slice", onnx_slice, OP_SLICE},
    {"Softmax", onnx_softmax, OP_SOFTMAX},
    {"Softplus", onnx_softplus, OP_LOG},
    {"Softsign", onnx_softsign, OP_DIV},
    {"SpaceToDepth", onnx_space_to_depth, OP_SPACE_TO_DEPTH},
    {"Split", onnx_split, OP_SLICE},
    {"Sqrt", onnx_unary, OP_SQRT},
    {"Squeeze", onnx_squeeze, OP_RESHAPE},
    {"Sub", onnx_binary, OP_SUB},
    {"Sum", onnx_variadic, OP_ADD},
    {"Tan", onnx_tan, OP_DIV},
    {"Tanh", onnx_unary, OP_TANH},
    {"ThresholdedRelu", onnx_thresholded_relu, OP_SELECT},
    {"Tile", onnx_tile, OP_TILE},
    {"TopK", onnx_topk, OP_TOPK},
    {"Transpose", onnx_transpose, OP_TRANSPOSE},
    {"Unsqueeze", onnx_unsqueeze, OP_RESHAPE},
    {"Upsample", onnx_resize, OP_RESIZE_NEAREST},
    {"Where", onnx_where, OP_SELECT},
    {"Xor", onnx_xor, OP_NOT_EQUAL},
};

#define N_ROWS (sizeof rows / sizeof rows[0])

struct onnx_operator onnx_operator(uint32_t i)
{
    return i < N_ROWS ? (struct onnx_operator){rows[i].name, rows[i].op}
                      : (struct onnx_operator){NULL, N_OPS};
}

bool onnx_is_model(struct bytes file)
{
    struct diag d = {0};
    struct pb pb = {.file = file, .place = "", .d = &d};
    struct pb_span rest = pb_root(&pb);
    struct pb_field f;
    bool has_graph = false, begins_so = false;
    while (pb_next(&pb, &rest, &f)) {
        begins_so = begins_so || (f.at == 0 && f.number == MODEL_IR_VERSION);
        if (f.number > MODEL_FUNCTIONS || (f.number == MODEL_IR_VERSION && f.form != PB_VARINT))
            return false;
        has_graph = has_graph || (f.number == MODEL_GRAPH && f.form == PB_BYTES);
    }
    return pb.failed ? begins_so : has_graph;
}

/* ---- one operator ---- */

/* Every input is known by now. Else nodes are out of order, or form a cycle. */
static bool check_reads(struct onnx *t, const struct onnx_op *op, bool *broken)
{
    for (uint32_t k = 0; k < op->in.n; k++) {
        if (op->in.items[k] == NO_TENSOR)
            continue;
        const struct onnx_value *v = &t->values.items[op->in.items[k]];
        if (v->state == ONNX_UNSEEN)
            return pb_fail(t->pb, t->nodes.items[op->i].at,
                           "node %" PRIu32 " (%s) reads '%s', which nothing before it writes: a "
                           "cycle, or nodes out of order",
                           op->i, op->name, onnx_text(t, v->name));
        *broken = *broken || v->state == ONNX_BROKEN;
        if (v->state == ONNX_UNMADE)
            onnx_refuse(op, "it reads '%s', an output that is not supported",
                        onnx_text(t, v->name));
    }
    return true;
}

/* Every output is written for the first time. */
static bool check_writes(struct onnx *t, const struct onnx_op *op)
{
    for (uint32_t k = 0; k < op->outs.n; k++) {
        if (op->outs.items[k] == NO_TENSOR)
            continue;
        struct onnx_value *v = &t->values.items[op->outs.items[k]];
        if (v->state != ONNX_UNSEEN)
            return pb_fail(t->pb, t->nodes.items[op->i].at,
                           "node %" PRIu32 " (%s) writes '%s', which is an input, a constant or "
                           "was written before",
                           op->i, op->name, onnx_text(t, v->name));
        v->state = ONNX_BROKEN; /* until the operator has made it */
    }
    return true;
}

/* After a fault: outputs as declared, if they are, stand in for those that were not made, so that
 * the nodes that read them are checked, too. Such a graph is never handed out. */
static void stand_in(struct onnx *t, const struct onnx_op *op)
{
    for (uint32_t k = 0; k < op->outs.n; k++) {
        struct tensor tensor;
        struct diag ir = {0};
        bool is_scalar = false;
        if (op->outs.items[k] == NO_TENSOR)
            continue;
        struct onnx_value *v = &t->values.items[op->outs.items[k]];
        if (v->state != ONNX_BROKEN || v->declared.at == v->declared.end ||
            onnx_declared(t, v, &tensor, &is_scalar) || t->pb->failed ||
            !graph_verify_tensor(&tensor, &ir))
            continue;
        v->state = ONNX_VALUE;
        v->is_scalar = is_scalar;
        v->id = graph_add_tensor(t->g, &tensor);
        v->last = NO_TENSOR;
    }
}

static const struct row *find_row(const char *name)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

/* False when the file is damaged. */
static bool import_op(struct onnx *t, uint32_t i)
{
    struct diag d = {0};
    struct onnx_op op = {.t = t, .i = i, .kind = N_OPS, .d = &d};
    bool broken = false;
    if (!onnx_read_op(t, i, &op))
        return false;
    const struct row *row = find_row(op.name);
    op.is_known = row != NULL;
    if (!check_reads(t, &op, &broken) || !check_writes(t, &op))
        return false;
    if (!row) {
        onnx_refuse(&op, "this operator is not supported");
    } else if (!broken && !d.failed) {
        op.kind = row->op;
        if (row->import(&op))
            onnx_attrs_known(&op);
    }
    if (d.failed) {
        onnx_add_fault(t, &op, &d);
        for (uint32_t k = 0; k < op.outs.n; k++)
            if (op.outs.items[k] != NO_TENSOR)
                t->values.items[op.outs.items[k]].state = ONNX_BROKEN;
    }
    if (d.failed || broken)
        stand_in(t, &op);
    return !t->pb->failed;
}

/* ---- the graph ---- */

/* The name that a ValueInfoProto declares; checked by read_declarations before. */
static struct onnx_value *value_at(struct onnx *t, struct pb_span body)
{
    struct pb_field f;
    struct bytes name = {0};
    while (pb_next(t->pb, &body, &f))
        if (f.number == VALUE_NAME && f.form == PB_BYTES)
            name = pb_bytes(t->pb, &f.span);
    return onnx_named(t, name);
}

/* The element type of a declaration, 0 for none. */
static int32_t declared_type(struct onnx *t, const struct onnx_value *v)
{
    struct pb_span type = v->declared;
    struct pb_field f, g;
    int32_t found = 0;
    while (pb_next(t->pb, &type, &f)) {
        if (f.number != TYPE_TENSOR || f.form != PB_BYTES)
            continue;
        struct pb_span of = f.span;
        while (pb_next(t->pb, &of, &g))
            if (g.number == TENSOR_TYPE_ELEM && g.form == PB_VARINT && g.value <= INT32_MAX)
                found = (int32_t)g.value;
    }
    return found;
}

/* An input or output of the graph that has another type in the file. */
static void note_type(struct onnx *t, const struct onnx_value *v)
{
    const int32_t type = declared_type(t, v);
    t->n_wide += type == ONNX_INT64;
    t->n_floats += type == ONNX_FLOAT16 || type == ONNX_DOUBLE;
}

/* bfloat16, say, which constants may be, but no result. */
static bool is_other_type(struct onnx *t, const struct onnx_value *v)
{
    enum dtype ignored;
    const int32_t type = declared_type(t, v);
    return type != 0 && !onnx_type_convert(type, &ignored);
}

/* An input with its channels last, as the user wants it. */
static void turn_input(struct onnx *t, struct onnx_value *v, struct tensor *x)
{
    const struct shape was = x->shape;
    for (int32_t i = 0; i < was.rank; i++)
        x->shape.dim[onnx_axis_last(i, was.rank)] = was.dim[i];
    v->last = graph_add_tensor(t->g, x);
}

static bool turns(const struct onnx *t, const struct tensor *x)
{
    return t->options && t->options->channels_last && x->shape.rank >= 3;
}

/* One input of the graph, or a fault. Constants of old files are inputs, too. */
static bool import_input(struct onnx *t, struct pb_span body)
{
    struct diag d = {0};
    struct tensor tensor;
    struct onnx_value *v = value_at(t, body);
    if (v->from)
        return true;
    if (v->state != ONNX_UNSEEN)
        return pb_fail(t->pb, body.at, "the graph has the input '%s' twice", onnx_text(t, v->name));
    v->state = ONNX_BROKEN;
    const char *fault = onnx_declared(t, v, &tensor, &v->is_scalar);
    if (t->pb->failed)
        return false;
    if (fault)
        diag_error(&d, NULL, "input '%s': %s", tensor.name, fault);
    if (fault || !graph_verify_tensor(&tensor, &d)) {
        onnx_add_graph_fault(t, tensor.name, &d);
        return true;
    }
    v->state = ONNX_VALUE;
    v->is_input = true;
    if (turns(t, &tensor))
        turn_input(t, v, &tensor);
    else
        v->id = graph_add_tensor(t->g, &tensor);
    note_type(t, v);
    *VEC_PUSH(t->a, &t->g->inputs) = v->id != NO_TENSOR ? v->id : v->last;
    return true;
}

/* Value `v` as what an operator without a name reads, so that the steps of operators serve. */
static bool output_of(const struct onnx_op *op, struct onnx_value *v, uint32_t *id)
{
    struct onnx *t = op->t;
    const bool as_last = t->options && t->options->channels_last && v->last != NO_TENSOR;
    if (!(as_last ? onnx_in_last(op, 0, id) : onnx_in(op, 0, id)))
        return false;
    if (t->g->tensors.items[*id].data) { /* a result is written by a node */
        struct attrs at = {.new_rank = t->g->tensors.items[*id].shape.rank};
        memcpy(at.new_shape, t->g->tensors.items[*id].shape.dim, sizeof at.new_shape);
        *id = graph_add_node(t->g, OP_RESHAPE, &at, id, 1, op->out, op->d);
        return *id != NO_TENSOR;
    }
    return true;
}

static bool import_output(struct onnx *t, struct pb_span body, uint32_t i)
{
    struct diag d = {0};
    struct onnx_value *v = value_at(t, body);
    uint32_t id;
    const uint32_t at = (uint32_t)(v - t->values.items);
    struct onnx_op op = {.t = t, .i = t->nodes.n, .name = "output", .d = &d};
    if (v->state == ONNX_UNSEEN)
        return pb_fail(t->pb, body.at, "graph output %" PRIu32 " '%s' is never written", i,
                       onnx_text(t, v->name));
    if (v->state == ONNX_BROKEN)
        return true;
    if (v->state == ONNX_UNMADE) {
        diag_error(&d, NULL, "output '%s' is one that is not supported", onnx_text(t, v->name));
        onnx_add_graph_fault(t, onnx_text(t, v->name), &d);
        return true;
    }
    op.out = onnx_text(t, v->name);
    *VEC_PUSH(t->tmp, &op.in) = at;
    if (is_other_type(t, v)) {
        diag_error(&d, NULL, "output '%s' is of a type that is not supported", op.out);
    } else if (output_of(&op, v, &id)) {
        *VEC_PUSH(t->a, &t->g->outputs) = id;
        note_type(t, v);
    }
    if (d.failed)
        onnx_add_graph_fault(t, op.out, &d);
    return !t->pb->failed;
}

/* Everything in order. */
static bool import_model(struct onnx *t)
{
    struct diag d = {0};
    if (!onnx_open(t))
        return false;
    if (t->opset < ONNX_OPSET_MIN || t->opset > ONNX_OPSET_MAX) {
        diag_error(&d, NULL, "opset %" PRId64 ", supported are 7 to %d", t->opset, ONNX_OPSET_MAX);
        diag_hint(&d, "export with opset 13 (opset_version=13)");
        onnx_add_graph_fault(t, "", &d);
        return true;
    }
    for (uint32_t i = 0; i < t->inputs.n; i++)
        if (!import_input(t, t->inputs.items[i]))
            return false;
    for (uint32_t i = 0; i < t->nodes.n; i++)
        if (!import_op(t, i))
            return false;
    for (uint32_t i = 0; i < t->outputs.n; i++)
        if (!import_output(t, t->outputs.items[i], i))
            return false;
    return true;
}

/* What people should know of a model that can be imported. */
static void add_notes(struct onnx *t)
{
    if (t->n_wide)
        *VEC_PUSH(t->a, &t->g->notes) = arena_printf(
            t->a, "%" PRIu32 " inputs or outputs are int64 in the file and int32 here", t->n_wide);
    if (t->n_floats)
        *VEC_PUSH(t->a, &t->g->notes) =
            arena_printf(t->a,
                         "%" PRIu32 " inputs or outputs are float16 or float64 in the file and "
                         "float32 here",
                         t->n_floats);
}

struct graph *onnx_account(struct arena *a, struct bytes file, const char *place,
                           const struct import_options *options, struct faults *faults,
                           struct diag *d)
{
    struct pb pb = {.file = file, .place = place, .d = d};
    struct arena *tmp = arena_new("onnx");
    struct onnx t = {.pb = &pb, .a = a, .tmp = tmp, .faults = faults, .options = options};
    t.g = graph_new(a, import_stem(tmp, place));
    struct diag verdict = {0};
    const bool ok = import_model(&t);
    if (ok && faults->list.n == 0) {
        add_notes(&t);
        graph_drop_dead(t.g);
        if (!graph_verify(t.g, &verdict))
            diag_error(d, place, "%s", verdict.message);
    }
    arena_free(tmp);
    return d->failed ? NULL : t.g;
}

struct graph *onnx_read(struct arena *a, struct bytes file, const char *place,
                        const struct import_options *options, struct diag *d)
{
    struct faults faults = {0};
    struct graph *g = onnx_account(a, file, place, options, &faults, d);
    if (g && faults.list.n > 0) {
        faults_report(&faults, a, place, d);
        return NULL;
    }
    return g;
}
