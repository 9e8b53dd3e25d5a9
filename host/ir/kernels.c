/* kernels.c - which kernel computes which node. SPDX-License-Identifier: Apache-2.0 */
#include "ir/kernels.h"

#include <assert.h>
#include <string.h>

/* kernel->scratch takes the union; the device functions take its members. */
#define KERNEL(op, dtype, variant, isa, args, constants, placement)                                \
    static size_t scratch_##op##_##dtype##_##variant(const union kernel_args *a)                   \
    {                                                                                              \
        return mote_##op##_##dtype##_##variant##_scratch(&a->args);                                \
    }
#include "kernels/kernels.def"
#undef KERNEL

static const struct kernel_row rows[] = {
#define KERNEL(op, dtype, variant, isa, args, constants, placement)                                \
    {{"mote_" #op "_" #dtype "_" #variant, #variant, #args,                                        \
      #op "/" #op "_" #dtype "_" #variant ".c", ISA_##isa, scratch_##op##_##dtype##_##variant},    \
     #op,                                                                                          \
     #dtype,                                                                                       \
     constants,                                                                                    \
     placement},
#include "kernels/kernels.def"
#undef KERNEL
};
#define N_ROWS (sizeof rows / sizeof rows[0])

const struct kernel_row *kernel_rows(uint32_t *n)
{
    *n = N_ROWS;
    return rows;
}

/* The same for float throughout: all but copies, sums and means have their own. */
static const char *float_op(enum op op)
{
    switch (op) {
    case OP_ADD:
        return "add_broadcast";
    case OP_MEAN:
        return "reduce_sum";
    case OP_QUANTIZE: /* between float and integers */
    case OP_DEQUANTIZE:
        return "";
    default:
        return op_name(op);
    }
}

/* The device's name for what a node computes: the operator's own, but for clamps and changes of
 * scale, copies in another order, sums, and functions of one element, which are tables. */
static const char *device_op(enum op op, enum dtype x)
{
    if (x == DT_S16 && (op == OP_LEAKY_RELU || op == OP_ABS || op == OP_RSQRT))
        return op_name(op); /* exactly: not by a table of straight lines */
    if (x == DT_S16 && (op == OP_LOGISTIC || op == OP_TANH))
        return "sigmoid";
    if (x == DT_S32 && op == OP_ADD)
        return "add_broadcast";
    switch (op) {
    case OP_RELU:
    case OP_RELU6:
        return x == DT_S8 || x == DT_S16 ? "requantize" : "";
    case OP_TRANSPOSE:
    case OP_SLICE:
    case OP_TILE:
    case OP_DEPTH_TO_SPACE:
    case OP_SPACE_TO_DEPTH:
        return "view";
    case OP_MEAN:
        return "reduce_sum";
    case OP_QUANTIZE:
        return x == DT_F32 ? "quantize" : "requantize";
#define UNARY(UPPER, lower, attr_mask) case OP_##UPPER:
#include "ir/unary.def"
#undef UNARY
    case OP_LOGICAL_NOT:
        return "lut";
    case OP_LOGICAL_AND:
        return "minimum";
    case OP_LOGICAL_OR:
        return "maximum";
#define COMPARISON(UPPER, lower, holds) case OP_##UPPER:
#include "ir/compare.def"
#undef COMPARISON
        return "compare";
    case OP_ARG_MAX:
    case OP_ARG_MIN:
        return "arg_extremum";
    default:
        return op_name(op);
    }
}

/* Kernels that only copy: one for all types. */
static bool copies(const char *op)
{
    return strcmp(op, "view") == 0 || strcmp(op, "pad") == 0 || strcmp(op, "concat") == 0 ||
           strcmp(op, "resize_nearest") == 0 || strcmp(op, "gather") == 0 ||
           strcmp(op, "select") == 0;
}

/* The dtype in kernels.def for a first input x and an output y, NULL when there is none. */
static const char *row_dtype(const char *op, enum dtype x, enum dtype y)
{
    if (strcmp(op, "quantize") == 0)
        return x == DT_F32 ? "f32" : NULL;
    if (strcmp(op, "dequantize") == 0)
        return "f32";
    if (strcmp(op, "requantize") == 0)
        return dtype_bytes(x) == 1 && dtype_bytes(y) == 1 ? "s8" : "s32";
    if (strcmp(op, "cast") == 0)
        return x == DT_F32 || y == DT_F32 ? "f32" : "any";
    if (copies(op))
        return "any";
    if (strcmp(op, "nms") == 0)
        return x == DT_F32 && y == DT_S32 ? "f32" : NULL;
    if (strcmp(op, "compare") == 0)
        return y == DT_BOOL ? dtype_name(x) : NULL;
    if (strcmp(op, "arg_extremum") == 0)
        return y == DT_S32 ? dtype_name(x) : NULL;
    return x == y ? dtype_name(x) : NULL;
}

/* The first row of an operator and a type: the reference. */
static const struct kernel_row *row_named(const char *op, const char *dtype)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (strcmp(rows[i].op, op) == 0 && strcmp(rows[i].dtype, dtype) == 0)
            return &rows[i];
    return NULL;
}

const struct kernel_row *kernel_next(const struct kernel_row *row, uint32_t isas)
{
    assert(row >= rows && row < rows + N_ROWS);
    for (const struct kernel_row *r = row + 1; r < rows + N_ROWS; r++)
        if (strcmp(r->op, row->op) == 0 && strcmp(r->dtype, row->dtype) == 0 &&
            (isas & r->kernel.isa) == (uint32_t)r->kernel.isa)
            return r;
    return NULL;
}

/* Bytes of bool are int8 to their kernels; the largest of several says whether any holds. */
static bool is_logical(enum op op, enum dtype x)
{
    return op == OP_LOGICAL_AND || op == OP_LOGICAL_OR || op == OP_LOGICAL_NOT ||
           (x == DT_BOOL && (op == OP_REDUCE_MAX || op == OP_REDUCE_MIN));
}

/* The audio front end: its kernels go by the type of their first input. */
static bool is_signal(enum op op)
{
    switch (op) {
#define SIGNAL(UPPER, lower, n_in, n_out, attr_mask) case OP_##UPPER:
#include "ir/signal.def"
#undef SIGNAL
        return true;
    default:
        return false;
    }
}

static const struct kernel_row *find_row(enum op op, enum dtype x, enum dtype y)
{
    if (op == OP_SOFTMAX && x == DT_S8 && y == DT_S16)
        return row_named("softmax_to_s16", "s8");
    if (is_logical(op, x))
        return x == DT_BOOL && y == DT_BOOL ? row_named(device_op(op, x), "s8") : NULL;
    if (x == DT_BOOL && (op == OP_EQUAL || op == OP_NOT_EQUAL))
        x = DT_S8;
    const char *name = device_op(op, x),
               *dtype = is_signal(op) ? dtype_name(x) : row_dtype(name, x, y);
    if (x == DT_F32 && y == DT_F32 && !copies(name))
        return row_named(float_op(op), "f32");
    if (!dtype)
        return NULL;
    return row_named(name, dtype);
}

const struct kernel_row *kernel_reference(const struct graph *g, const struct node *n)
{
    assert(n->n_in >= 1 && n->n_out >= 1);
    if (n->op == OP_SVDF && g->tensors.items[n->out[1]].dtype == DT_S16)
        return row_named("svdf", "s16"); /* named after the type of the memory */
    return find_row(n->op, g->tensors.items[n->in[0]].dtype, g->tensors.items[n->out[0]].dtype);
}

bool kernel_exists(enum op op, enum dtype from, enum dtype to)
{
    return find_row(op, from, to) != NULL;
}
