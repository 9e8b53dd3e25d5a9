/* tflite.c - reads TensorFlow Lite models: the model, its operators in order, the report.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/tflite.h"

#include <inttypes.h>
#include <string.h>

#include "import/stem.h"
#include "import/tflite_parts.h"
#include "ir/verify.h"

bool tflite_is(struct bytes file)
{
    return file.len >= 8 && memcmp(file.data + 4, TFL_IDENTIFIER, 4) == 0;
}

/* The operators that are imported, by name, and what does their work in the IR: N_OPS, if nothing is
 * left of them, since they are computed while reading. */
struct builtin {
    enum tfl_builtin code;
    bool (*import)(struct tfl *t, const struct tfl_op *op);
    enum op op;
};
static const struct builtin builtins[] = {
    {TFL_ABS, tfl_unary, OP_ABS},
    {TFL_ADD, tfl_add_op, OP_ADD},
    {TFL_ADD_N, tfl_add_n, OP_ADD_N},
    {TFL_ARG_MAX, tfl_arg_extremum, OP_ARG_MAX},
    {TFL_ARG_MIN, tfl_arg_extremum, OP_ARG_MIN},
    {TFL_ASSIGN_VARIABLE, tfl_assign_variable, N_OPS},
    {TFL_AVERAGE_POOL_2D, tfl_pool, OP_AVERAGE_POOL2D},
    {TFL_BATCH_MATMUL, tfl_batch_matmul, OP_BATCH_MATMUL},
    {TFL_BATCH_TO_SPACE_ND, tfl_batch_to_space, OP_DEPTH_TO_SPACE},
    {TFL_BROADCAST_TO, tfl_broadcast_to, OP_TILE},
    {TFL_CALL_ONCE, tfl_call_once, N_OPS},
    {TFL_CAST, tfl_unary, OP_CAST},
    {TFL_CEIL, tfl_unary, OP_CEIL},
    {TFL_CONCATENATION, tfl_concat, OP_CONCAT},
    {TFL_CONV_2D, tfl_conv2d, OP_CONV2D},
    {TFL_COS, tfl_unary, OP_COS},
    {TFL_CUMSUM, tfl_cumsum, OP_CUMSUM},
    {TFL_DEPTHWISE_CONV_2D, tfl_depthwise_conv2d, OP_DEPTHWISE_CONV2D},
    {TFL_DEPTH_TO_SPACE, tfl_depth_to_space, OP_DEPTH_TO_SPACE},
    {TFL_DEQUANTIZE, tfl_unary, OP_DEQUANTIZE},
    {TFL_DIV, tfl_div, OP_DIV},
    {TFL_ELU, tfl_unary, OP_ELU},
    {TFL_EQUAL, tfl_binary, OP_EQUAL},
    {TFL_EXP, tfl_unary, OP_EXP},
    {TFL_EXPAND_DIMS, tfl_to_declared_shape, OP_RESHAPE},
    {TFL_FILL, tfl_fill, N_OPS},
    {TFL_FLOOR, tfl_unary, OP_FLOOR},
    {TFL_FLOOR_DIV, tfl_binary, OP_FLOOR_DIV},
    {TFL_FLOOR_MOD, tfl_binary, OP_FLOOR_MOD},
    {TFL_FULLY_CONNECTED, tfl_fully_connected, OP_FULLY_CONNECTED},
    {TFL_GATHER, tfl_gather, OP_GATHER},
    {TFL_GELU, tfl_gelu, OP_GELU},
    {TFL_GREATER, tfl_binary, OP_GREATER},
    {TFL_GREATER_EQUAL, tfl_binary, OP_GREATER_EQUAL},
    {TFL_HARD_SWISH, tfl_unary, OP_HARD_SWISH},
    {TFL_IF, tfl_if, N_OPS},
    {TFL_L2_NORMALIZATION, tfl_l2_normalization, OP_L2_NORMALIZATION},
    {TFL_LEAKY_RELU, tfl_leaky_relu, OP_LEAKY_RELU},
    {TFL_LESS, tfl_binary, OP_LESS},
    {TFL_LESS_EQUAL, tfl_binary, OP_LESS_EQUAL},
    {TFL_LOG, tfl_unary, OP_LOG},
    {TFL_LOGICAL_AND, tfl_binary, OP_LOGICAL_AND},
    {TFL_LOGICAL_NOT, tfl_unary, OP_LOGICAL_NOT},
    {TFL_LOGICAL_OR, tfl_binary, OP_LOGICAL_OR},
    {TFL_LOGISTIC, tfl_unary, OP_LOGISTIC},
    {TFL_LOG_SOFTMAX, tfl_unary, OP_LOG_SOFTMAX},
    {TFL_MAXIMUM, tfl_binary, OP_MAXIMUM},
    {TFL_MAX_POOL_2D, tfl_pool, OP_MAX_POOL2D},
    {TFL_MEAN, tfl_reduce, OP_MEAN},
    {TFL_MINIMUM, tfl_binary, OP_MINIMUM},
    {TFL_MIRROR_PAD, tfl_mirror_pad, OP_CONCAT},
    {TFL_MUL, tfl_mul, OP_MUL},
    {TFL_NEG, tfl_unary, OP_NEG},
    {TFL_NON_MAX_SUPPRESSION_V4, tfl_nms, OP_NMS},
    {TFL_NON_MAX_SUPPRESSION_V5, tfl_nms, OP_NMS},
    {TFL_NOT_EQUAL, tfl_binary, OP_NOT_EQUAL},
    {TFL_PACK, tfl_pack, OP_CONCAT},
    {TFL_PAD, tfl_pad, OP_PAD},
    {TFL_PADV2, tfl_pad, OP_PAD},
    {TFL_POW, tfl_binary, OP_POW},
    {TFL_PRELU, tfl_binary, OP_PRELU},
    {TFL_QUANTIZE, tfl_unary, OP_QUANTIZE},
    {TFL_RANGE, tfl_ints_only, N_OPS},
    {TFL_READ_VARIABLE, tfl_read_variable, N_OPS},
    {TFL_REDUCE_ALL, tfl_reduce_bool, OP_REDUCE_MIN},
    {TFL_REDUCE_ANY, tfl_reduce_bool, OP_REDUCE_MAX},
    {TFL_REDUCE_MAX, tfl_reduce, OP_REDUCE_MAX},
    {TFL_REDUCE_MIN, tfl_reduce, OP_REDUCE_MIN},
    {TFL_REDUCE_PROD, tfl_reduce, OP_REDUCE_PROD},
    {TFL_RELU, tfl_unary, OP_RELU},
    {TFL_RELU6, tfl_relu6, OP_RELU6},
    {TFL_RESHAPE, tfl_reshape, OP_RESHAPE},
    {TFL_RESIZE_BILINEAR, tfl_resize_bilinear, OP_RESIZE_BILINEAR},
    {TFL_RESIZE_NEAREST_NEIGHBOR, tfl_resize_nearest, OP_RESIZE_NEAREST},
    {TFL_REVERSE_V2, tfl_reverse, OP_SLICE},
    {TFL_ROUND, tfl_unary, OP_ROUND},
    {TFL_RSQRT, tfl_unary, OP_RSQRT},
    {TFL_SELECT, tfl_select, OP_SELECT},
    {TFL_SELECT_V2, tfl_select, OP_SELECT},
    {TFL_SHAPE, tfl_shape, N_OPS},
    {TFL_SIN, tfl_unary, OP_SIN},
    {TFL_SLICE, tfl_slice, OP_SLICE},
    {TFL_SOFTMAX, tfl_softmax, OP_SOFTMAX},
    {TFL_SPACE_TO_BATCH_ND, tfl_space_to_batch, OP_SPACE_TO_DEPTH},
    {TFL_SPACE_TO_DEPTH, tfl_space_to_depth, OP_SPACE_TO_DEPTH},
    {TFL_SPLIT, tfl_split, OP_SLICE},
    {TFL_SPLIT_V, tfl_split_v, OP_SLICE},
    {TFL_SQRT, tfl_sqrt, OP_SQRT},
    {TFL_SQUARE, tfl_unary, OP_SQUARE},
    {TFL_SQUARED_DIFFERENCE, tfl_binary, OP_SQUARED_DIFFERENCE},
    {TFL_SQUEEZE, tfl_to_declared_shape, OP_RESHAPE},
    {TFL_STRIDED_SLICE, tfl_strided_slice, OP_SLICE},
    {TFL_SUB, tfl_sub, OP_SUB},
    {TFL_SUM, tfl_reduce, OP_REDUCE_SUM},
    {TFL_SVDF, tfl_svdf, OP_SVDF},
    {TFL_TANH, tfl_unary, OP_TANH},
    {TFL_TILE, tfl_tile, OP_TILE},
    {TFL_TOPK_V2, tfl_topk, OP_TOPK},
    {TFL_TRANSPOSE, tfl_transpose, OP_TRANSPOSE},
    {TFL_TRANSPOSE_CONV, tfl_transpose_conv, OP_TRANSPOSE_CONV2D},
    {TFL_UNIDIRECTIONAL_SEQUENCE_LSTM, tfl_lstm, OP_LSTM},
    {TFL_UNPACK, tfl_unpack, OP_SLICE},
    {TFL_VAR_HANDLE, tfl_var_handle, N_OPS},
    {TFL_WHERE, tfl_ints_only, N_OPS},
    {TFL_WHILE, tfl_while, N_OPS},
};

#define N_BUILTINS (sizeof builtins / sizeof builtins[0])

/* Row i of the custom operators; NULL behind the last. */
static const struct tfl_custom *custom_operator(uint32_t i)
{
    static const struct tfl_custom detect = {"TFLite_Detection_PostProcess", tfl_detect, OP_DETECT};
    return i == 0 ? &detect : tfl_signal_operator(i - 1);
}

/* Where the types are not those of the one operator in the table. */
static const char *stated_types(enum tfl_builtin code)
{
    switch (code) {
    case TFL_ADD_N: /* the others are a chain of sums */
        return "f32, s8, s32";
    case TFL_SQRT: /* of s16 by way of float */
        return "f32, s8, s16";
    case TFL_REDUCE_ALL:
    case TFL_REDUCE_ANY:
        return "bool";
    default:
        return NULL;
    }
}

struct tflite_operator tflite_operator(uint32_t i)
{
    if (i >= N_BUILTINS) {
        const struct tfl_custom *custom = custom_operator(i - (uint32_t)N_BUILTINS);
        return custom ? (struct tflite_operator){custom->name, custom->op, NULL}
                      : (struct tflite_operator){NULL, N_OPS, NULL};
    }
    return (struct tflite_operator){tfl_builtin_name((int32_t)builtins[i].code), builtins[i].op,
                                    stated_types(builtins[i].code)};
}

typedef bool import_fn(struct tfl *t, const struct tfl_op *op);

/* What imports the operator and what becomes of it; NULL when nothing does. */
static import_fn *find_import(const struct tfl_op *op, enum op *kind)
{
    *kind = N_OPS;
    for (size_t i = 0; i < N_BUILTINS; i++)
        if ((int32_t)builtins[i].code == op->code) {
            *kind = builtins[i].op;
            return builtins[i].import;
        }
    const struct tfl_custom *custom;
    for (uint32_t i = 0; (custom = custom_operator(i)); i++)
        if (op->code == TFL_CUSTOM && op->custom.len == strlen(custom->name) &&
            memcmp(op->custom.data, custom->name, op->custom.len) == 0) {
            *kind = custom->op;
            return custom->import;
        }
    return NULL;
}

/* Number of an operator's builtin code. Files of before 2020 have it in a byte; later ones repeat
 * it there as far as it fits, and the larger one counts. */
static int32_t builtin_code(struct tfl *t, const struct fb_table *code)
{
    int32_t old = (int8_t)fb_u8(t->fb, code, CODE_DEPRECATED_BUILTIN, 0);
    int32_t new = fb_i32(t->fb, code, CODE_BUILTIN, 0);
    return new > old ? new : old;
}

/* Name of an operator for messages: "CONV_2D", "custom operator 'x'". */
static const char *code_name(struct tfl *t, const struct fb_table *code, int32_t builtin)
{
    if (builtin == TFL_CUSTOM) {
        struct bytes name = fb_string(t->fb, code, CODE_CUSTOM);
        struct text text = {.arena = t->tmp};
        for (size_t k = 0; k < name.len && k < 64; k++)
            text_printf(&text, "%c",
                        name.data[k] < 0x20 || name.data[k] > 0x7e ? '?' : name.data[k]);
        return arena_printf(t->tmp, "custom operator '%s'", text_cstr(&text));
    }
    const char *name = tfl_builtin_name(builtin);
    return name ? name : arena_printf(t->tmp, "operator code %" PRId32, builtin);
}

/* Is tensor number `id` in the file, or -1 where that means absent? */
static bool check_id(struct tfl *t, size_t at, const char *what, uint32_t i, int32_t id,
                     int32_t min)
{
    if (id >= min && (id < 0 || (uint32_t)id < t->tensors.n))
        return true;
    return fb_fail(t->fb, at, "%s %" PRIu32 " names tensor %" PRId32 " of %" PRIu32, what, i, id,
                   t->tensors.n);
}

/* Every input is known by now: a constant, a variable, an input of the graph, or written by an
 * operator before. Else operators are out of order, or form a cycle; but operators that are not supported
 * may have working memory of their own. */
static bool check_reads(struct tfl *t, const struct tfl_op *op, bool supported, bool *broken)
{
    for (uint32_t k = 0; k < op->in_ids.n; k++) {
        int32_t id = fb_i32_at(t->fb, &op->in_ids, k);
        if (!check_id(t, op->in_ids.at, "input of operator", op->i, id, -1))
            return false;
        const struct tfl_tensor *tensor = id < 0 ? NULL : tfl_tensor(t, (uint32_t)id);
        if (t->fb->failed)
            return false;
        if (!tensor || !supported || t->values[id].state != TFL_UNSEEN) {
            *broken = *broken || (tensor && t->values[id].state == TFL_BROKEN);
            continue;
        }
        if (!tensor->is_variable && tensor->data.len == 0)
            return fb_fail(t->fb, op->in_ids.at,
                           "operator %" PRIu32 " (%s) reads tensor %" PRId32
                           " '%s', which nothing before it writes: a cycle, or operators out of "
                           "order",
                           op->i, op->name, id, tensor->name);
    }
    return true;
}

/* Every output is written for the first time. */
static bool check_writes(struct tfl *t, const struct tfl_op *op)
{
    for (uint32_t k = 0; k < op->out_ids.n; k++) {
        int32_t id = fb_i32_at(t->fb, &op->out_ids, k);
        if (!check_id(t, op->out_ids.at, "output of operator", op->i, id, 0))
            return false;
        const struct tfl_tensor *tensor = tfl_tensor(t, (uint32_t)id);
        if (!tensor)
            return false;
        if (t->values[id].state != TFL_UNSEEN || tensor->data.len != 0)
            return fb_fail(t->fb, op->out_ids.at,
                           "operator %" PRIu32 " (%s) writes tensor %" PRId32 " '%s', which %s",
                           op->i, op->name, id, tensor->name,
                           tensor->data.len ? "is a constant"
                                            : "is an input or was written before");
        t->values[id].state = TFL_BROKEN; /* until the operator has made it */
    }
    return true;
}

bool tfl_read_op(struct tfl *t, uint32_t i, struct tfl_op *op, struct diag *d)
{
    struct fb *fb = t->fb;
    struct fb_table table = fb_table_at(fb, &t->operators, i);
    uint32_t i_code = (uint32_t)fb_i32(fb, &table, OPERATOR_CODE_INDEX, 0);
    *op = (struct tfl_op){.i = i, .d = d};
    if (!fb->failed && i_code >= t->codes.n)
        fb_fail(fb, table.at, "operator %" PRIu32 " has code %" PRIu32 " of %" PRIu32, i, i_code,
                t->codes.n);
    if (fb->failed)
        return false;
    struct fb_table code = fb_table_at(fb, &t->codes, i_code);
    op->code = builtin_code(t, &code);
    op->name = code_name(t, &code, op->code);
    op->in_ids = fb_vector(fb, &table, OPERATOR_INPUTS, sizeof(int32_t));
    op->out_ids = fb_vector(fb, &table, OPERATOR_OUTPUTS, sizeof(int32_t));
    op->options_type = fb_u8(fb, &table, OPERATOR_OPTIONS_TYPE, OPTIONS_NONE);
    op->options = fb_table(fb, &table, OPERATOR_OPTIONS);
    if (op->code == TFL_CUSTOM) {
        const struct fb_vector options = fb_vector(fb, &table, OPERATOR_CUSTOM_OPTIONS, 1);
        op->custom = fb_string(fb, &code, CODE_CUSTOM);
        op->custom_options = fb_contents(fb, &options);
    }
    if (op->in_ids.n > TFL_OPERANDS_MAX || op->out_ids.n > TFL_OPERANDS_MAX)
        fb_fail(fb, table.at,
                "operator %" PRIu32 " has %" PRIu32 " inputs and %" PRIu32 " outputs, at most %d",
                i, op->in_ids.n, op->out_ids.n, TFL_OPERANDS_MAX);
    return !fb->failed;
}

bool tfl_check_ids(struct tfl *t, const struct tfl_op *op)
{
    bool broken = false;
    return check_reads(t, op, true, &broken) && check_writes(t, op);
}

/* After a fault: outputs as declared stand in for those that were not made, so that the operators
 * that read them are checked, too. Such a graph is never handed out. */
static void stand_in(struct tfl *t, const struct tfl_op *op)
{
    for (uint32_t k = 0; k < op->out_ids.n; k++) {
        uint32_t id = (uint32_t)fb_i32_at(t->fb, &op->out_ids, k);
        struct tensor tensor;
        struct diag ir = {0};
        if (t->values[id].state != TFL_BROKEN ||
            tfl_tensor_convert(t, t->declared[id], TFL_NO_SHAPE_IS_UNKNOWN, &tensor))
            continue;
        if (t->fb->failed)
            return;
        if (!graph_verify_tensor(&tensor, &ir))
            continue; /* stays broken */
        t->values[id] =
            (struct tfl_value){.state = TFL_VALUE, .id = graph_add_tensor(t->g, &tensor)};
    }
}

bool tfl_import_op(struct tfl *t, uint32_t i)
{
    struct diag d = {0};
    struct tfl_op op;
    bool broken = false;
    if (!tfl_read_op(t, i, &op, &d))
        return false;
    import_fn *const import = find_import(&op, &op.kind);
    if (!check_reads(t, &op, import != NULL, &broken) || !check_writes(t, &op))
        return false;
    if (op.out_ids.n)
        op.out = tfl_tensor(t, (uint32_t)fb_i32_at(t->fb, &op.out_ids, 0))->name;
    else
        op.out = op.name;
    op.is_known = import != NULL;
    bool folded = false;
    if (!import)
        diag_error(&d, NULL, "%s is not supported", op.name);
    else if (!broken && !d.failed && tfl_fold_ints(t, &op, &folded) && !folded)
        import(t, &op);
    if (d.failed)
        tfl_add_fault(t, &op, &d);
    if (d.failed || broken)
        stand_in(t, &op);
    return !t->fb->failed;
}

/* One input of the graph, or a fault. */
static void import_input(struct tfl *t, const struct tfl_tensor *from)
{
    struct diag d = {0};
    struct tensor tensor;
    const char *fault = tfl_tensor_convert(t, from, TFL_NO_SHAPE_IS_UNKNOWN, &tensor);
    if (t->fb->failed)
        return;
    if (fault)
        diag_error(&d, NULL, "%s", fault);
    if (fault || !graph_verify_tensor(&tensor, &d)) {
        tfl_add_graph_fault(t, from, &d);
        return;
    }
    uint32_t id = graph_add_tensor(t->g, &tensor);
    t->values[from->i] = (struct tfl_value){.state = TFL_VALUE, .id = id};
    *VEC_PUSH(t->a, &t->g->inputs) = id;
}

static bool import_inputs(struct tfl *t, const struct fb_vector *ids)
{
    for (uint32_t k = 0; k < ids->n; k++) {
        int32_t id = fb_i32_at(t->fb, ids, k);
        if (!check_id(t, ids->at, "graph input", k, id, 0))
            return false;
        const struct tfl_tensor *from = tfl_tensor(t, (uint32_t)id);
        if (!from)
            return false;
        if (from->data.len || t->values[id].state != TFL_UNSEEN)
            return fb_fail(t->fb, ids->at, "graph input %" PRIu32 " '%s' is %s", k, from->name,
                           from->data.len ? "a constant" : "an input twice");
        t->values[id].state = TFL_BROKEN;
        import_input(t, from);
    }
    return !t->fb->failed;
}

static bool import_outputs(struct tfl *t, const struct fb_vector *ids)
{
    for (uint32_t k = 0; k < ids->n; k++) {
        int32_t id = fb_i32_at(t->fb, ids, k);
        if (!check_id(t, ids->at, "graph output", k, id, 0))
            return false;
        const struct tfl_tensor *from = tfl_tensor(t, (uint32_t)id);
        if (!from)
            return false;
        const struct tfl_value *value = &t->values[id];
        if (value->state == TFL_VALUE)
            *VEC_PUSH(t->a, &t->g->outputs) = value->id;
        else if (value->state == TFL_UNSEEN)
            return fb_fail(t->fb, ids->at, "graph output %" PRIu32 " '%s' is never written", k,
                           from->name);
        if (value->state == TFL_INTS || value->state == TFL_HANDLE || value->state == TFL_EMPTY) {
            struct diag d = {0};
            diag_error(&d, NULL, "graph output %" PRIu32 " '%s' is %s", k, from->name,
                       value->state == TFL_INTS    ? "a shape, known beforehand"
                       : value->state == TFL_EMPTY ? "without elements"
                                                   : "the handle of a variable");
            tfl_add_graph_fault(t, from, &d);
        }
    }
    return true;
}

bool tfl_open_subgraph(struct tfl *t, uint32_t i, struct fb_table *subgraph)
{
    struct fb *fb = t->fb;
    *subgraph = fb_table_at(fb, &t->subgraphs, i);
    t->tensors = fb_vector(fb, subgraph, SUBGRAPH_TENSORS, sizeof(uint32_t));
    t->operators = fb_vector(fb, subgraph, SUBGRAPH_OPERATORS, sizeof(uint32_t));
    if (t->tensors.n > TFL_TENSORS_MAX || t->operators.n > TFL_OPERATORS_MAX)
        fb_fail(fb, subgraph->at,
                "%" PRIu32 " tensors and %" PRIu32 " operators, at most %d and %d", t->tensors.n,
                t->operators.n, TFL_TENSORS_MAX, TFL_OPERATORS_MAX);
    if (fb->failed)
        return false;
    t->declared = ARENA_ARRAY(t->tmp, const struct tfl_tensor *, t->tensors.n);
    t->values = ARENA_ARRAY(t->tmp, struct tfl_value, t->tensors.n);
    return true;
}

static bool open_model(struct tfl *t, struct fb_table *subgraph)
{
    struct fb *fb = t->fb;
    struct fb_table model = fb_root(fb, TFL_IDENTIFIER);
    int32_t version = fb_i32(fb, &model, MODEL_VERSION, 0);
    if (!fb->failed && version != TFL_VERSION)
        fb_fail(fb, model.at, "schema version %" PRId32 ", this program reads %d", version,
                TFL_VERSION);
    t->subgraphs = fb_vector(fb, &model, MODEL_SUBGRAPHS, sizeof(uint32_t));
    t->codes = fb_vector(fb, &model, MODEL_OPERATOR_CODES, sizeof(uint32_t));
    t->buffers = fb_vector(fb, &model, MODEL_BUFFERS, sizeof(uint32_t));
    if (!fb->failed && t->subgraphs.n == 0)
        fb_fail(fb, model.at, "the model has no subgraph");
    if (fb->failed)
        return false;
    t->aligned = ARENA_ARRAY(t->tmp, const void *, t->buffers.n);
    t->widened = ARENA_ARRAY(t->tmp, const void *, t->buffers.n);
    return tfl_open_subgraph(t, 0, subgraph);
}

/* Everything in order; the other subgraphs are reached by operators. */
static bool import_model(struct tfl *t)
{
    struct fb_table subgraph;
    if (!open_model(t, &subgraph))
        return false;
    struct fb_vector inputs = fb_vector(t->fb, &subgraph, SUBGRAPH_INPUTS, sizeof(int32_t));
    struct fb_vector outputs = fb_vector(t->fb, &subgraph, SUBGRAPH_OUTPUTS, sizeof(int32_t));
    if (!t->fb->failed && (inputs.n > TFL_OPERANDS_MAX || outputs.n > TFL_OPERANDS_MAX))
        fb_fail(t->fb, subgraph.at,
                "the graph has %" PRIu32 " inputs and %" PRIu32 " outputs, at most %d", inputs.n,
                outputs.n, TFL_OPERANDS_MAX);
    if (t->fb->failed)
        return false;
    if (!import_inputs(t, &inputs))
        return false;
    for (uint32_t i = 0; i < t->operators.n; i++)
        if (!tfl_import_op(t, i))
            return false;
    tfl_finish_variables(t);
    return import_outputs(t, &outputs);
}

/* What people should know of a model that can be imported. */
static void add_notes(struct tfl *t)
{
    if (t->n_widened)
        *VEC_PUSH(t->a, &t->g->notes) = arena_printf(
            t->a,
            "%" PRIu32 " operators have int8 weights and float activations (dynamic range "
            "quantisation): the weights were widened to float32, %zu bytes to %zu; quantise the "
            "model with a representative data set to keep them int8",
            t->n_widened, t->widened_bytes, t->widened_bytes * sizeof(float));
}

struct graph *tflite_account(struct arena *a, struct bytes file, const char *place,
                             struct faults *faults, struct diag *d)
{
    struct fb fb = {.file = file, .place = place, .d = d};
    struct arena *tmp = arena_new("tflite");
    struct tfl_variables variables = {0};
    struct tfl t = {.fb = &fb, .a = a, .tmp = tmp, .variables = &variables, .faults = faults};
    t.g = graph_new(a, import_stem(tmp, place));
    struct diag verdict = {0};
    const bool ok = import_model(&t);
    add_notes(&t);
    if (ok && faults->list.n == 0 && !graph_verify(t.g, &verdict))
        diag_error(d, place, "%s", verdict.message);
    arena_free(tmp);
    return d->failed ? NULL : t.g;
}

struct graph *tflite_read(struct arena *a, struct bytes file, const char *place, struct diag *d)
{
    struct faults faults = {0};
    struct graph *g = tflite_account(a, file, place, &faults, d);
    if (g && faults.list.n > 0) {
        faults_report(&faults, a, place, d);
        return NULL;
    }
    return g;
}
