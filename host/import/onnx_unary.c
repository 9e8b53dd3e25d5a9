/* onnx_unary.c - operators of ONNX on each element by itself. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "import/onnx_parts.h"

/* The one input, in either order of dimensions. */
static bool input(const struct onnx_op *op, struct onnx_view *x)
{
    return onnx_arity(op, 1, 1, 1) && onnx_in_view(op, 0, x);
}

static bool step(const struct onnx_op *op, enum op kind, const struct attrs *at, uint32_t x,
                 uint32_t *y)
{
    return onnx_step(op, kind, at, &x, 1, y);
}

bool onnx_unary(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y;
    if (!input(op, &x))
        return false;
    if (op->kind == OP_NEG && onnx_tensor_of(op, x.id)->dtype == DT_S32)
        return onnx_pair(op, OP_SUB, onnx_int(op, 0), x.id, &y) && onnx_set_view(op, 0, y, &x);
    return onnx_unary_step(op, op->kind, x.id, &y) && onnx_set_view(op, 0, y, &x);
}

bool onnx_leaky_relu(const struct onnx_op *op)
{
    struct attrs at = {0};
    struct onnx_view x;
    uint32_t y;
    return input(op, &x) && onnx_attr_float(op, "alpha", 0.01f, &at.alpha) &&
           step(op, OP_LEAKY_RELU, &at, x.id, &y) && onnx_set_view(op, 0, y, &x);
}

/* scale * (x >= 0 ? x : alpha * (exp(x / steep) - 1)) in parts: of both sides of 0 one is 0. */
static bool scaled_elu(const struct onnx_op *op, float scale, float alpha, float steep)
{
    struct onnx_view x;
    uint32_t below, above, y;
    if (!input(op, &x))
        return false;
    return onnx_pair_float(op, OP_MINIMUM, x.id, 0.0f, &below) &&
           onnx_pair_float(op, OP_MUL, below, 1.0f / steep, &below) &&
           onnx_unary_step(op, OP_ELU, below, &below) &&
           onnx_pair_float(op, OP_MUL, below, alpha * scale, &below) &&
           onnx_unary_step(op, OP_RELU, x.id, &above) &&
           onnx_pair_float(op, OP_MUL, above, scale, &above) &&
           onnx_pair(op, OP_ADD, above, below, &y) && onnx_set_view(op, 0, y, &x);
}

bool onnx_elu(const struct onnx_op *op)
{
    float alpha;
    struct onnx_view x;
    uint32_t y;
    if (!onnx_attr_float(op, "alpha", 1.0f, &alpha))
        return false;
    if (alpha != 1.0f)
        return scaled_elu(op, 1.0f, alpha, 1.0f);
    return input(op, &x) && onnx_unary_step(op, OP_ELU, x.id, &y) && onnx_set_view(op, 0, y, &x);
}

bool onnx_celu(const struct onnx_op *op)
{
    float alpha;
    if (!onnx_attr_float(op, "alpha", 1.0f, &alpha))
        return false;
    if (!isfinite(alpha) || alpha == 0.0f || !isfinite(1.0f / alpha))
        return onnx_refuse(op, "alpha is %.9g", (double)alpha);
    return scaled_elu(op, 1.0f, alpha, alpha);
}

bool onnx_selu(const struct onnx_op *op)
{
    float alpha, gamma;
    return onnx_attr_float(op, "alpha", 1.67326319217681884765625f, &alpha) &&
           onnx_attr_float(op, "gamma", 1.05070102214813232421875f, &gamma) &&
           scaled_elu(op, gamma, alpha, 1.0f);
}

/* max(0, min(1, alpha * x + beta)) */
bool onnx_hard_sigmoid(const struct onnx_op *op)
{
    float alpha, beta;
    struct onnx_view x;
    uint32_t y;
    return input(op, &x) && onnx_attr_float(op, "alpha", 0.2f, &alpha) &&
           onnx_attr_float(op, "beta", 0.5f, &beta) &&
           onnx_pair_float(op, OP_MUL, x.id, alpha, &y) &&
           onnx_pair_float(op, OP_ADD, y, beta, &y) && onnx_unary_step(op, OP_RELU, y, &y) &&
           onnx_pair_float(op, OP_MINIMUM, y, 1.0f, &y) && onnx_set_view(op, 0, y, &x);
}

/* log(1 + exp(x)) as max(x, 0) + log(1 + exp(-|x|)), which does not overflow. */
static bool softplus(const struct onnx_op *op, uint32_t x, uint32_t *y)
{
    uint32_t rest;
    return onnx_unary_step(op, OP_ABS, x, &rest) && onnx_unary_step(op, OP_NEG, rest, &rest) &&
           onnx_unary_step(op, OP_EXP, rest, &rest) &&
           onnx_pair_float(op, OP_ADD, rest, 1.0f, &rest) &&
           onnx_unary_step(op, OP_LOG, rest, &rest) && onnx_unary_step(op, OP_RELU, x, y) &&
           onnx_pair(op, OP_ADD, *y, rest, y);
}

bool onnx_softplus(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y;
    return input(op, &x) && softplus(op, x.id, &y) && onnx_set_view(op, 0, y, &x);
}

bool onnx_mish(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y;
    return input(op, &x) && softplus(op, x.id, &y) && onnx_unary_step(op, OP_TANH, y, &y) &&
           onnx_pair(op, OP_MUL, x.id, y, &y) && onnx_set_view(op, 0, y, &x);
}

/* x / (1 + |x|) */
bool onnx_softsign(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y;
    return input(op, &x) && onnx_unary_step(op, OP_ABS, x.id, &y) &&
           onnx_pair_float(op, OP_ADD, y, 1.0f, &y) && onnx_pair(op, OP_DIV, x.id, y, &y) &&
           onnx_set_view(op, 0, y, &x);
}

bool onnx_tan(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y, cosine;
    return input(op, &x) && onnx_unary_step(op, OP_SIN, x.id, &y) &&
           onnx_unary_step(op, OP_COS, x.id, &cosine) && onnx_pair(op, OP_DIV, y, cosine, &y) &&
           onnx_set_view(op, 0, y, &x);
}

bool onnx_reciprocal(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y;
    return input(op, &x) && onnx_pair(op, OP_DIV, onnx_float(op, 1.0f), x.id, &y) &&
           onnx_set_view(op, 0, y, &x);
}

/* condition ? a : b */
static bool choose(const struct onnx_op *op, uint32_t condition, uint32_t a, uint32_t b,
                   uint32_t *y)
{
    const uint32_t in[3] = {condition, a, b};
    return onnx_step(op, OP_SELECT, NULL, in, 3, y);
}

bool onnx_sign(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t above, below, y;
    return input(op, &x) && onnx_pair_float(op, OP_GREATER, x.id, 0.0f, &above) &&
           onnx_pair_float(op, OP_LESS, x.id, 0.0f, &below) &&
           choose(op, below, onnx_float(op, -1.0f), onnx_float(op, 0.0f), &y) &&
           choose(op, above, onnx_float(op, 1.0f), y, &y) && onnx_set_view(op, 0, y, &x);
}

bool onnx_thresholded_relu(const struct onnx_op *op)
{
    float alpha;
    struct onnx_view x;
    uint32_t above, y;
    return input(op, &x) && onnx_attr_float(op, "alpha", 1.0f, &alpha) &&
           onnx_pair_float(op, OP_GREATER, x.id, alpha, &above) &&
           choose(op, above, x.id, onnx_float(op, 0.0f), &y) && onnx_set_view(op, 0, y, &x);
}

bool onnx_is_nan(const struct onnx_op *op)
{
    struct onnx_view x;
    uint32_t y;
    return input(op, &x) && onnx_pair(op, OP_NOT_EQUAL, x.id, x.id, &y) &&
           onnx_set_view(op, 0, y, &x);
}

bool onnx_gelu(const struct onnx_op *op)
{
    struct bytes form;
    struct onnx_view x;
    uint32_t y;
    if (!input(op, &x) || !onnx_attr_string(op, "approximate", &form))
        return false;
    if (form.len && !onnx_is(form, "none") && !onnx_is(form, "tanh"))
        return onnx_refuse(op, "the approximation '%s'", onnx_text(op->t, form));
    return onnx_unary_step(op, onnx_is(form, "tanh") ? OP_GELU_TANH : OP_GELU, x.id, &y) &&
           onnx_set_view(op, 0, y, &x);
}

/* ---- another type ---- */

static bool cast(const struct onnx_op *op, const struct onnx_view *x, enum dtype to)
{
    uint32_t y;
    const struct tensor as = {.dtype = to};
    if (onnx_tensor_of(op, x->id)->dtype == to)
        return onnx_set_alias(op, 0, 0);
    return onnx_step_as(op, OP_CAST, NULL, &x->id, 1, &as, &y) && onnx_set_view(op, 0, y, x);
}

bool onnx_cast(const struct onnx_op *op)
{
    int64_t to;
    enum dtype dtype;
    struct onnx_view x;
    if (!input(op, &x) || !onnx_attr_int(op, "to", 0, &to))
        return false;
    onnx_attr_ignore(op, "saturate"); /* of float8 */
    if (to < 0 || to > INT32_MAX || !onnx_type_convert((int32_t)to, &dtype))
        return onnx_refuse(op, "to %s", onnx_type_name(to < 0 || to > INT32_MAX ? 0 : (int32_t)to));
    return cast(op, &x, dtype);
}

bool onnx_cast_like(const struct onnx_op *op)
{
    struct onnx_view x, like;
    onnx_attr_ignore(op, "saturate");
    enum dtype ignored;
    if (onnx_has(op, 1) && op->t->values.items[op->in.items[1]].from &&
        !onnx_type_convert(op->t->values.items[op->in.items[1]].from->type, &ignored))
        return onnx_refuse(op, "to %s",
                           onnx_type_name(op->t->values.items[op->in.items[1]].from->type));
    return onnx_arity(op, 2, 2, 1) && onnx_in_view(op, 0, &x) && onnx_in_view(op, 1, &like) &&
           cast(op, &x, onnx_tensor_of(op, like.id)->dtype);
}

/* ---- nothing at all ---- */

bool onnx_identity(const struct onnx_op *op)
{
    return onnx_arity(op, 1, 1, 1) && onnx_set_alias(op, 0, 0);
}

/* When a model is used nothing is dropped. */
bool onnx_dropout(const struct onnx_op *op)
{
    uint32_t training;
    onnx_attr_ignore(op, "ratio");
    onnx_attr_ignore(op, "seed");
    int64_t is_test;
    if (!onnx_arity(op, 1, 3, 1) || !onnx_attr_int(op, "is_test", op->t->opset >= 7, &is_test))
        return false;
    if (!is_test)
        return onnx_refuse(op, "in training");
    if (onnx_has(op, 2)) {
        if (!onnx_is_constant(op, 2) || !onnx_in(op, 2, &training))
            return onnx_refuse(op, "whether it is in training is not known beforehand");
        if (element_int(DT_BOOL, onnx_tensor_of(op, training)->data, 0))
            return onnx_refuse(op, "in training");
    }
    return onnx_set_alias(op, 0, 0);
}
