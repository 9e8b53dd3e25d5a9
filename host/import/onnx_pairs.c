/* onnx_pairs.c - operators of ONNX on elements of several tensors, whose shapes broadcast.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "import/onnx_parts.h"

/* Two operands to one output by one node. */
static bool pair(const struct onnx_op *op, enum op kind)
{
    uint32_t in[2], y;
    struct onnx_view v;
    return onnx_arity(op, 2, 2, 1) && onnx_operands(op, 2, in, &v) &&
           onnx_pair(op, kind, in[0], in[1], &y) && onnx_set_view(op, 0, y, &v);
}

bool onnx_binary(const struct onnx_op *op)
{
    return pair(op, op->kind);
}

bool onnx_compare(const struct onnx_op *op)
{
    return pair(op, op->kind);
}

bool onnx_logical(const struct onnx_op *op)
{
    return pair(op, op->kind);
}

bool onnx_xor(const struct onnx_op *op)
{
    return pair(op, OP_NOT_EQUAL);
}

bool onnx_logical_not(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y;
    return onnx_arity(op, 1, 1, 1) && onnx_in_view(op, 0, &x) &&
           onnx_unary_step(op, OP_LOGICAL_NOT, x.id, &y) && onnx_set_view(op, 0, y, &x);
}

bool onnx_prelu(const struct onnx_op *op)
{
    if (op->t->opset < 7)
        return onnx_refuse(op, "by the rule of opset %" PRId64, op->t->opset);
    return pair(op, OP_PRELU);
}

/* The sign of a remainder is that of the divisor; with fmod, that of the dividend, which the IR does
 * not have. */
bool onnx_mod(const struct onnx_op *op)
{
    int64_t fmod;
    if (!onnx_attr_int(op, "fmod", 0, &fmod))
        return false;
    if (fmod)
        return onnx_refuse(op, "with fmod = %" PRId64, fmod);
    return pair(op, OP_FLOOR_MOD);
}

/* Squares and roots by themselves: they are cheaper, and have int8 kernels. */
bool onnx_pow(const struct onnx_op *op)
{
    uint32_t in[2], y;
    struct onnx_view v;
    float exponent = 0.0f;
    int32_t rank;
    if (!onnx_arity(op, 2, 2, 1) || !onnx_operands(op, 2, in, &v) || !onnx_rank(op, 0, &rank))
        return false;
    const struct tensor *b = onnx_tensor_of(op, in[1]);
    if (b->data && b->dtype == DT_F32 && shape_count(&b->shape) == 1 && b->shape.rank <= v.rank &&
        rank > 0)
        exponent = *(const float *)b->data;
    if (exponent == 2.0f || exponent == 0.5f)
        return onnx_unary_step(op, exponent == 2.0f ? OP_SQUARE : OP_SQRT, in[0], &y) &&
               onnx_set_view(op, 0, y, &v);
    const struct tensor as = {.dtype = DT_F32};
    if (b->dtype == DT_S32 && onnx_tensor_of(op, in[0])->dtype == DT_F32 &&
        !onnx_step_as(op, OP_CAST, NULL, &in[1], 1, &as, &in[1]))
        return false;
    return onnx_pair(op, OP_POW, in[0], in[1], &y) && onnx_set_view(op, 0, y, &v);
}

/* Sum, Mean, Max, Min of any number of tensors. */
bool onnx_variadic(const struct onnx_op *op)
{
    uint32_t *in = ARENA_ARRAY(op->t->tmp, uint32_t, op->in.n), y;
    struct onnx_view v;
    if (!onnx_arity(op, 1, ONNX_OPERANDS_MAX, 1) || !onnx_operands(op, op->in.n, in, &v))
        return false;
    y = in[0];
    for (uint32_t k = 1; k < op->in.n; k++)
        if (!onnx_pair(op, op->kind, y, in[k], &y))
            return false;
    if (op->name[0] == 'M' && op->kind == OP_ADD &&
        !onnx_pair_float(op, OP_MUL, y, 1.0f / (float)op->in.n, &y))
        return false;
    return onnx_set_view(op, 0, y, &v);
}

bool onnx_where(const struct onnx_op *op)
{
    uint32_t in[3], y;
    struct onnx_view v;
    return onnx_arity(op, 3, 3, 1) && onnx_operands(op, 3, in, &v) &&
           onnx_step(op, OP_SELECT, NULL, in, 3, &y) && onnx_set_view(op, 0, y, &v);
}

/* ---- Clip ---- */

/* One end of a clip: a float that is known, a tensor, or nothing. */
struct end {
    bool is_there, is_known;
    float value;
    uint32_t id;
};

static bool read_end(const struct onnx_op *op, uint32_t k, const char *name, struct end *e)
{
    *e = (struct end){.is_there = true, .is_known = true};
    if (op->t->opset < 11) {
        e->is_there = onnx_attr_is_there(op, name);
        return onnx_attr_float(op, name, 0.0f, &e->value);
    }
    e->is_there = onnx_has(op, k);
    if (!e->is_there)
        return true;
    struct diag none = {0};
    struct onnx_op quiet = *op;
    quiet.d = &none;
    e->is_known = onnx_is_constant(op, k) && onnx_in_float(&quiet, k, &e->value);
    return e->is_known || onnx_in(op, k, &e->id);
}

static bool clip_at(const struct onnx_op *op, enum op kind, const struct end *e, uint32_t *x)
{
    if (!e->is_there)
        return true;
    if (e->is_known && isinf(e->value))
        return (e->value > 0.0f) == (kind == OP_MINIMUM) ||
               onnx_refuse(op, "an end at the other infinity");
    return onnx_pair(op, kind, *x, e->is_known ? onnx_float(op, e->value) : e->id, x);
}

bool onnx_clip(const struct onnx_op *op)
{
    struct onnx_view x;
    struct end low, high;
    uint32_t y;
    if (!onnx_arity(op, 1, 3, 1) || !onnx_in_view(op, 0, &x) || !read_end(op, 1, "min", &low) ||
        !read_end(op, 2, "max", &high))
        return false;
    y = x.id;
    const bool from_0 = low.is_there && low.is_known && low.value == 0.0f;
    const bool to_6 = high.is_there && high.is_known && high.value == 6.0f;
    if (from_0 && onnx_tensor_of(op, y)->dtype == DT_F32) {
        if (!onnx_unary_step(op, to_6 ? OP_RELU6 : OP_RELU, y, &y))
            return false;
    } else if (!clip_at(op, OP_MAXIMUM, &low, &y)) {
        return false;
    }
    if (!(from_0 && to_6) && !clip_at(op, OP_MINIMUM, &high, &y))
        return false;
    return onnx_set_view(op, 0, y, &x);
}
