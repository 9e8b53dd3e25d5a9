/* onnx_dense.c - products of matrices of ONNX: dense layers where one factor is constant.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>

#include "import/onnx_parts.h"

/* x [m,k] by a constant w [n,k], and a constant of n elements or nothing. */
static bool dense(const struct onnx_op *op, uint32_t x, uint32_t w, uint32_t bias, uint32_t *y)
{
    const uint32_t in[3] = {x, w, bias};
    return onnx_step(op, OP_FULLY_CONNECTED, NULL, in, bias == NO_TENSOR ? 2 : 3, y);
}

static bool turned(const struct onnx_op *op, uint32_t x, uint32_t *y)
{
    static const int32_t perm[2] = {1, 0};
    return onnx_transpose_by(op, x, perm, y);
}

static bool times(const struct onnx_op *op, float factor, uint32_t *x)
{
    return factor == 1.0f || onnx_pair_float(op, OP_MUL, *x, factor, x);
}

/* C of a Gemm as a bias [n], where it is one: NO_TENSOR where it is added apart. */
static bool gemm_bias(const struct onnx_op *op, int32_t n, float beta, uint32_t *bias)
{
    uint32_t c;
    *bias = NO_TENSOR;
    if (!onnx_has(op, 2) || !onnx_is_constant(op, 2))
        return true;
    if (!onnx_in(op, 2, &c))
        return false;
    const struct shape s = onnx_tensor_of(op, c)->shape, row = {.rank = 1, .dim = {n}};
    if (shape_count(&s) != n || s.dim[s.rank - 1] != n)
        return true;
    return times(op, beta, &c) && onnx_reshape_to(op, c, &row, bias);
}

/* alpha * A * B + beta * C */
bool onnx_gemm(const struct onnx_op *op)
{
    float alpha, beta;
    int64_t trans_a, trans_b;
    uint32_t a, b, c, bias = NO_TENSOR, y;
    if (!onnx_arity(op, 2, 3, 1) || !onnx_in(op, 0, &a) || !onnx_in(op, 1, &b) ||
        !onnx_attr_float(op, "alpha", 1.0f, &alpha) || !onnx_attr_float(op, "beta", 1.0f, &beta) ||
        !onnx_attr_int(op, "transA", 0, &trans_a) || !onnx_attr_int(op, "transB", 0, &trans_b))
        return false;
    if (!isfinite(alpha) || !isfinite(beta))
        return onnx_refuse(op, "alpha or beta is infinite");
    const struct shape sb = onnx_tensor_of(op, b)->shape;
    if (onnx_tensor_of(op, a)->shape.rank != 2 || sb.rank != 2)
        return onnx_refuse(op, "ranks %" PRId32 " and %" PRId32 ", expected 2",
                           onnx_tensor_of(op, a)->shape.rank, sb.rank);
    if (onnx_is_constant(op, 1)) {
        if ((trans_a && !turned(op, a, &a)) || (!trans_b && !turned(op, b, &b)) ||
            !times(op, alpha, &b) || !gemm_bias(op, sb.dim[trans_b ? 0 : 1], beta, &bias) ||
            !dense(op, a, b, bias, &y))
            return false;
    } else {
        const struct attrs at = {.adjoint_a = trans_a != 0, .adjoint_b = trans_b != 0};
        const uint32_t in[2] = {a, b};
        if (!onnx_step(op, OP_BATCH_MATMUL, &at, in, 2, &y) || !times(op, alpha, &y))
            return false;
    }
    if (onnx_has(op, 2) && bias == NO_TENSOR &&
        (!onnx_in(op, 2, &c) || !times(op, beta, &c) || !onnx_pair(op, OP_ADD, y, c, &y)))
        return false;
    return onnx_set(op, 0, y);
}

/* x [...,k] by a constant [k,n]. */
static bool matmul_dense(const struct onnx_op *op, uint32_t x, uint32_t b, uint32_t *y)
{
    const struct shape s = onnx_tensor_of(op, x)->shape;
    const int32_t k = s.dim[s.rank - 1], n = onnx_tensor_of(op, b)->shape.dim[1];
    const struct shape rows = {.rank = 2, .dim = {(int32_t)(shape_count(&s) / k), k}};
    struct shape out = s;
    out.dim[s.rank - 1] = n;
    if (onnx_tensor_of(op, b)->shape.dim[0] != k)
        return onnx_refuse(op, "%" PRId32 " columns by %" PRId32 " rows", k,
                           onnx_tensor_of(op, b)->shape.dim[0]);
    return turned(op, b, &b) && onnx_reshape_to(op, x, &rows, &x) &&
           dense(op, x, b, NO_TENSOR, y) && onnx_reshape_to(op, *y, &out, y);
}

/* A vector is a matrix of one row, as the second factor of one column: that dimension goes again. */
static bool as_matrix(const struct onnx_op *op, uint32_t k, uint32_t *id, bool *is_vector)
{
    if (!onnx_in(op, k, id))
        return false;
    const struct shape s = onnx_tensor_of(op, *id)->shape;
    *is_vector = s.rank == 1;
    struct shape wide = {.rank = 2, .dim = {1, s.dim[0]}};
    if (k == 1)
        wide = (struct shape){.rank = 2, .dim = {s.dim[0], 1}};
    return !*is_vector || onnx_reshape_to(op, *id, &wide, id);
}

bool onnx_matmul(const struct onnx_op *op)
{
    uint32_t in[2] = {NO_TENSOR, NO_TENSOR}, y = NO_TENSOR;
    bool is_vector[2] = {0};
    if (!onnx_arity(op, 2, 2, 1) || !as_matrix(op, 0, &in[0], &is_vector[0]) ||
        !as_matrix(op, 1, &in[1], &is_vector[1]))
        return false;
    const bool is_dense = onnx_is_constant(op, 1) && onnx_tensor_of(op, in[1])->shape.rank == 2 &&
                          onnx_tensor_of(op, in[0])->dtype == DT_F32;
    if (!(is_dense ? matmul_dense(op, in[0], in[1], &y)
                   : onnx_step(op, OP_BATCH_MATMUL, NULL, in, 2, &y)))
        return false;
    const struct shape s = onnx_tensor_of(op, y)->shape;
    struct shape to = {0};
    for (int32_t i = 0; i < s.rank; i++)
        if (!(is_vector[0] && i == s.rank - 2) && !(is_vector[1] && i == s.rank - 1))
            to.dim[to.rank++] = s.dim[i];
    return onnx_set_as(op, y, &to);
}
