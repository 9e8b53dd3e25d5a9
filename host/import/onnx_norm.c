/* onnx_norm.c - operators of ONNX that bring values to one scale: normalisations and softmax.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx_parts.h"

static bool read_epsilon(const struct onnx_op *op, float *eps)
{
    return onnx_attr_float(op, "epsilon", 1e-5f, eps) &&
           ((*eps >= 0.0f && isfinite(*eps)) || onnx_refuse(op, "epsilon is %.9g", (double)*eps));
}

/* Statistics are those of the training: a constant for each channel. */
bool onnx_batch_normalization(const struct onnx_op *op)
{
    struct attrs at = {0};
    int64_t training, spatial, is_test;
    uint32_t in[5], y;
    onnx_attr_ignore(op, "momentum");
    if (!onnx_arity(op, 5, 5, 1) || !onnx_in_last(op, 0, &in[0]) || !read_epsilon(op, &at.eps) ||
        !onnx_attr_int(op, "training_mode", 0, &training) ||
        !onnx_attr_int(op, "spatial", 1, &spatial) ||
        !onnx_attr_int(op, "is_test", op->t->opset >= 7, &is_test))
        return false;
    training = training || !is_test;
    if (training || !spatial)
        return onnx_refuse(op, training ? "in training" : "with statistics of each element");
    for (uint32_t k = 1; k < 5; k++) {
        if (!onnx_is_constant(op, k))
            return onnx_refuse(op, "input %" PRIu32 " is not constant", k);
        if (!onnx_in(op, k, &in[k]))
            return false;
    }
    return onnx_step(op, OP_BATCH_NORM, &at, in, 5, &y) && onnx_set_last(op, 0, y);
}

/* (x - mean) / sqrt(variance + eps), both over the dimensions marked; also the mean and
 * 1 / sqrt(...), if asked for. */
static bool normalize(const struct onnx_op *op, uint32_t x, const int32_t over[RANK_MAX], float eps,
                      uint32_t *y, uint32_t *mean, uint32_t *inverse)
{
    struct attrs at = {0};
    memcpy(at.over, over, sizeof at.over);
    return onnx_step(op, OP_MEAN, &at, &x, 1, mean) && onnx_pair(op, OP_SUB, x, *mean, y) &&
           onnx_unary_step(op, OP_SQUARE, *y, inverse) &&
           onnx_step(op, OP_MEAN, &at, inverse, 1, inverse) &&
           onnx_pair_float(op, OP_ADD, *inverse, eps, inverse) &&
           onnx_unary_step(op, OP_RSQRT, *inverse, inverse) &&
           onnx_pair(op, OP_MUL, *y, *inverse, y);
}

bool onnx_layer_normalization(const struct onnx_op *op)
{
    int64_t from;
    float eps;
    int32_t axis = 0, over[RANK_MAX] = {0};
    uint32_t x, scale, bias, y, mean, inverse;
    onnx_attr_ignore(op, "stash_type"); /* of float32, which is what there is */
    if (!onnx_arity(op, 2, 3, 3) || !onnx_in(op, 0, &x) || !onnx_in(op, 1, &scale) ||
        !onnx_in_optional(op, 2, &bias) || !read_epsilon(op, &eps) ||
        !onnx_attr_int(op, "axis", -1, &from))
        return false;
    const int32_t rank = onnx_tensor_of(op, x)->shape.rank;
    if (!onnx_axis(op, from, rank, &axis))
        return false;
    for (int32_t i = axis; i < rank; i++)
        over[i] = 1;
    if (!normalize(op, x, over, eps, &y, &mean, &inverse) || !onnx_pair(op, OP_MUL, y, scale, &y) ||
        (bias != NO_TENSOR && !onnx_pair(op, OP_ADD, y, bias, &y)))
        return false;
    onnx_set(op, 1, mean);
    onnx_set(op, 2, inverse);
    return onnx_set(op, 0, y);
}

bool onnx_instance_normalization(const struct onnx_op *op)
{
    float eps;
    int32_t over[RANK_MAX] = {0};
    uint32_t x, scale, bias, y, mean, inverse;
    if (!onnx_arity(op, 3, 3, 1) || !onnx_in_last(op, 0, &x) || !onnx_in(op, 1, &scale) ||
        !onnx_in(op, 2, &bias) || !read_epsilon(op, &eps))
        return false;
    for (int32_t i = 1; i < onnx_tensor_of(op, x)->shape.rank - 1; i++)
        over[i] = 1;
    return normalize(op, x, over, eps, &y, &mean, &inverse) &&
           onnx_pair(op, OP_MUL, y, scale, &y) && onnx_pair(op, OP_ADD, y, bias, &y) &&
           onnx_set_last(op, 0, y);
}

bool onnx_mean_variance(const struct onnx_op *op)
{
    struct onnx_ints axes;
    struct onnx_view v;
    int32_t over[RANK_MAX] = {0};
    int64_t usual[3] = {0, 2, 3};
    uint32_t y, mean, inverse;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in_view(op, 0, &v) || !onnx_attr_ints(op, "axes", &axes))
        return false;
    if (axes.n == 0)
        axes = (struct onnx_ints){.n = 3, .v = usual};
    for (uint32_t i = 0; i < axes.n; i++) {
        int32_t axis = 0;
        if (!onnx_axis(op, axes.v[i], v.rank, &axis))
            return false;
        over[onnx_view_axis(&v, axis)] = 1;
    }
    /* The reference adds 1e-9 to the root, as good as to the variance. */
    return normalize(op, v.id, over, 1e-18f, &y, &mean, &inverse) && onnx_set_view(op, 0, y, &v);
}

/* x / (its length along an axis) */
bool onnx_lp_normalization(const struct onnx_op *op)
{
    struct attrs at = {0};
    struct onnx_view v;
    int64_t p, from;
    int32_t axis = 0;
    uint32_t y;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in_view(op, 0, &v) || !onnx_attr_int(op, "p", 2, &p) ||
        !onnx_attr_int(op, "axis", -1, &from) || !onnx_axis(op, from, v.rank, &axis))
        return false;
    if (p != 1 && p != 2)
        return onnx_refuse(op, "p is %" PRId64 ", expected 1 or 2", p);
    at.over[onnx_view_axis(&v, axis)] = 1;
    return onnx_unary_step(op, p == 1 ? OP_ABS : OP_SQUARE, v.id, &y) &&
           onnx_step(op, OP_REDUCE_SUM, &at, &y, 1, &y) &&
           (p == 1 || onnx_unary_step(op, OP_SQRT, y, &y)) && onnx_pair(op, OP_DIV, v.id, y, &y) &&
           onnx_set_view(op, 0, y, &v);
}

/* x / (bias + alpha * (mean of x^2 over `size` channels around)) ^ beta. The mean is a pool over
 * channels as columns, with zeros beyond the first and the last. */
bool onnx_lrn(const struct onnx_op *op)
{
    float alpha, beta, bias;
    int64_t size;
    uint32_t x, y;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in_last(op, 0, &x) ||
        !onnx_attr_float(op, "alpha", 1e-4f, &alpha) ||
        !onnx_attr_float(op, "beta", 0.75f, &beta) || !onnx_attr_float(op, "bias", 1.0f, &bias) ||
        !onnx_attr_int(op, "size", 0, &size))
        return false;
    const struct shape s = onnx_tensor_of(op, x)->shape;
    if (size < 1 || size > 255 || !isfinite(alpha) || !isfinite(beta) || !isfinite(bias))
        return onnx_refuse(op, "over %" PRId64 " channels, expected 1..255", size);
    const int32_t c = s.dim[s.rank - 1];
    const struct shape rows = {.rank = 4, .dim = {1, (int32_t)(shape_count(&s) / c), c, 1}};
    const struct attrs pad = {.pads[4] = (int32_t)(size - 1) / 2, .pads[5] = (int32_t)size / 2};
    const struct attrs pool = {
        .kernel_h = 1, .kernel_w = (int32_t)size, .stride_h = 1, .stride_w = 1};
    return onnx_unary_step(op, OP_SQUARE, x, &y) && onnx_reshape_to(op, y, &rows, &y) &&
           (size == 1 || onnx_step(op, OP_PAD, &pad, &y, 1, &y)) &&
           onnx_step(op, OP_AVERAGE_POOL2D, &pool, &y, 1, &y) && onnx_reshape_to(op, y, &s, &y) &&
           onnx_pair_float(op, OP_MUL, y, alpha, &y) && onnx_pair_float(op, OP_ADD, y, bias, &y) &&
           onnx_pair_float(op, OP_POW, y, beta, &y) && onnx_pair(op, OP_DIV, x, y, &y) &&
           onnx_set_last(op, 0, y);
}

/* ---- Softmax, LogSoftmax: over the last dimension of the IR ---- */

static bool softmax_step(const struct onnx_op *op, uint32_t x, uint32_t *y)
{
    const struct attrs at = {.beta = op->kind == OP_SOFTMAX ? 1.0f : 0.0f};
    return onnx_step(op, op->kind, &at, &x, 1, y);
}

/* Before opset 13 everything from the axis on is one row. */
static bool softmax_of_rows(const struct onnx_op *op, int32_t axis)
{
    uint32_t x, y;
    if (!onnx_in(op, 0, &x))
        return false;
    const struct shape s = onnx_tensor_of(op, x)->shape;
    struct shape rows = {.rank = 2, .dim = {1, 1}};
    for (int32_t i = 0; i < s.rank; i++)
        rows.dim[i < axis ? 0 : 1] *= s.dim[i]; /* <= 2^28 */
    return onnx_reshape_to(op, x, &rows, &x) && softmax_step(op, x, &y) &&
           onnx_reshape_to(op, y, &s, &y) && onnx_set(op, 0, y);
}

/* Dimensions a and b change places. */
static bool swapped(const struct onnx_op *op, uint32_t x, int32_t a, int32_t b, uint32_t *y)
{
    int32_t perm[RANK_MAX];
    for (int32_t i = 0; i < RANK_MAX; i++)
        perm[i] = i == a ? b : i == b ? a : i;
    return onnx_transpose_by(op, x, perm, y);
}

bool onnx_softmax(const struct onnx_op *op)
{
    struct onnx_view v;
    int64_t from;
    int32_t axis = 0;
    uint32_t y;
    const bool is_old = op->t->opset < 13;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in_view(op, 0, &v) ||
        !onnx_attr_int(op, "axis", is_old ? 1 : -1, &from) || !onnx_axis(op, from, v.rank, &axis))
        return false;
    if (is_old && axis != v.rank - 1) {
        const struct shape s = onnx_tensor_of(op, v.id)->shape;
        bool is_one_row = true; /* only this dimension is more than 1 from the axis on */
        for (int32_t i = axis + 1; i < v.rank; i++)
            is_one_row = is_one_row && s.dim[onnx_view_axis(&v, i)] == 1;
        if (!is_one_row)
            return softmax_of_rows(op, axis);
    }
    const int32_t at = onnx_view_axis(&v, axis);
    return swapped(op, v.id, at, v.rank - 1, &y) && softmax_step(op, y, &y) &&
           swapped(op, y, at, v.rank - 1, &y) && onnx_set_view(op, 0, y, &v);
}
