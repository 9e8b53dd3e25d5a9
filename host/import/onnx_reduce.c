/* onnx_reduce.c - operators of ONNX along dimensions: sums, extremes, places.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "import/onnx_parts.h"

/* What a reduction works on, and over which dimensions. */
struct reduction {
    struct onnx_view x;
    struct attrs at; /* over: in the order of the view */
    bool keeps;      /* the dimensions, as 1           */
    bool is_nothing; /* no axes, and that means none   */
};

/* Axes are an attribute up to opset 12 of ReduceSum and 17 of the others, then input 1. */
static bool read_reduction(const struct onnx_op *op, struct reduction *r)
{
    struct onnx_ints axes;
    int64_t keeps, noop;
    *r = (struct reduction){0};
    if (!onnx_arity(op, 1, 2, 1) || !onnx_in_view(op, 0, &r->x) ||
        !onnx_attr_ints(op, "axes", &axes) || !onnx_attr_int(op, "keepdims", 1, &keeps) ||
        !onnx_attr_int(op, "noop_with_empty_axes", 0, &noop))
        return false;
    if (onnx_has(op, 1) && !onnx_in_ints(op, 1, &axes))
        return false;
    r->keeps = keeps != 0;
    r->is_nothing = axes.n == 0 && noop;
    for (int32_t i = 0; i < r->x.rank; i++)
        r->at.over[i] = axes.n == 0;
    for (uint32_t i = 0; i < axes.n; i++) {
        int32_t axis = 0;
        if (!onnx_axis(op, axes.v[i], r->x.rank, &axis))
            return false;
        r->at.over[onnx_view_axis(&r->x, axis)] = 1;
    }
    return true;
}

static bool reduce(const struct onnx_op *op, const struct reduction *r, enum op kind, uint32_t x,
                   uint32_t *y)
{
    *y = x;
    return r->is_nothing || onnx_step(op, kind, &r->at, &x, 1, y);
}

/* y as output 0, without the dimensions if they go. */
static bool set_reduced(const struct onnx_op *op, const struct reduction *r, uint32_t y)
{
    if (r->keeps || r->is_nothing)
        return onnx_set_view(op, 0, y, &r->x);
    struct shape to = {0};
    for (int32_t i = 0; i < r->x.rank; i++) {
        const int32_t at = onnx_view_axis(&r->x, i);
        if (!r->at.over[at])
            to.dim[to.rank++] = onnx_tensor_of(op, y)->shape.dim[at];
    }
    if (r->x.is_last && !onnx_from_last(op, y, &y))
        return false;
    return onnx_set_as(op, y, &to);
}

bool onnx_reduce(const struct onnx_op *op)
{
    struct reduction r;
    uint32_t y;
    return read_reduction(op, &r) && reduce(op, &r, op->kind, r.x.id, &y) && set_reduced(op, &r, y);
}

bool onnx_reduce_l1(const struct onnx_op *op)
{
    struct reduction r;
    uint32_t y;
    return read_reduction(op, &r) && onnx_unary_step(op, OP_ABS, r.x.id, &y) &&
           reduce(op, &r, OP_REDUCE_SUM, y, &y) && set_reduced(op, &r, y);
}

bool onnx_reduce_sum_square(const struct onnx_op *op)
{
    struct reduction r;
    uint32_t y;
    return read_reduction(op, &r) && onnx_unary_step(op, OP_SQUARE, r.x.id, &y) &&
           reduce(op, &r, OP_REDUCE_SUM, y, &y) && set_reduced(op, &r, y);
}

bool onnx_reduce_l2(const struct onnx_op *op)
{
    struct reduction r;
    uint32_t y;
    return read_reduction(op, &r) && onnx_unary_step(op, OP_SQUARE, r.x.id, &y) &&
           reduce(op, &r, OP_REDUCE_SUM, y, &y) && onnx_unary_step(op, OP_SQRT, y, &y) &&
           set_reduced(op, &r, y);
}

bool onnx_reduce_log_sum(const struct onnx_op *op)
{
    struct reduction r;
    uint32_t y;
    return read_reduction(op, &r) && reduce(op, &r, OP_REDUCE_SUM, r.x.id, &y) &&
           onnx_unary_step(op, OP_LOG, y, &y) && set_reduced(op, &r, y);
}

/* m + log(sum(exp(x - m))) with m = max(x), so that nothing overflows. */
bool onnx_reduce_log_sum_exp(const struct onnx_op *op)
{
    struct reduction r;
    uint32_t y, max;
    return read_reduction(op, &r) && reduce(op, &r, OP_REDUCE_MAX, r.x.id, &max) &&
           onnx_pair(op, OP_SUB, r.x.id, max, &y) && onnx_unary_step(op, OP_EXP, y, &y) &&
           reduce(op, &r, OP_REDUCE_SUM, y, &y) && onnx_unary_step(op, OP_LOG, y, &y) &&
           onnx_pair(op, OP_ADD, y, max, &y) && set_reduced(op, &r, y);
}

#define FACTORS_MAX 64 /* of a product: it is a row of multiplications */

bool onnx_reduce_prod(const struct onnx_op *op)
{
    struct reduction r;
    uint32_t y, factor, all;
    if (!read_reduction(op, &r))
        return false;
    y = r.x.id;
    for (int32_t i = 0; i < r.x.rank && !r.is_nothing; i++) {
        const int32_t n = onnx_tensor_of(op, y)->shape.dim[i];
        if (!r.at.over[i] || n == 1)
            continue;
        if (n > FACTORS_MAX)
            return onnx_refuse(op, "a product of %" PRId32 " factors, at most %d", n, FACTORS_MAX);
        all = y;
        for (int32_t k = 0; k < n; k++)
            if (!onnx_slice_of(op, all, i, k, 1, &factor) ||
                !(k == 0 ? (y = factor, true) : onnx_pair(op, OP_MUL, y, factor, &y)))
                return false;
    }
    return set_reduced(op, &r, y);
}

/* ---- places ---- */

/* The first of equal ones; with select_last_index, the first from the end. */
bool onnx_arg_extremum(const struct onnx_op *op)
{
    struct attrs at = {0};
    struct onnx_view v;
    int64_t axis, keeps, last;
    int32_t of_file = 0;
    uint32_t x, y;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in_view(op, 0, &v) ||
        !onnx_attr_int(op, "axis", 0, &axis) || !onnx_attr_int(op, "keepdims", 1, &keeps) ||
        !onnx_attr_int(op, "select_last_index", 0, &last) || !onnx_axis(op, axis, v.rank, &of_file))
        return false;
    x = v.id;
    at.axis = onnx_view_axis(&v, of_file);
    const struct shape s = onnx_tensor_of(op, x)->shape;
    const int32_t n = s.dim[at.axis];
    struct attrs back = onnx_whole(&s);
    back.begin[at.axis] = n - 1;
    back.step[at.axis] = -1;
    if ((last && !onnx_step(op, OP_SLICE, &back, &x, 1, &x)) ||
        !onnx_step(op, op->kind, &at, &x, 1, &y) ||
        (last && !onnx_pair(op, OP_SUB, onnx_int(op, n - 1), y, &y)))
        return false;
    struct shape to = s;
    to.dim[at.axis] = 1;
    if (!onnx_reshape_to(op, y, &to, &y)) /* the IR has dropped it */
        return false;
    const struct reduction r = {.x = v, .keeps = keeps != 0, .at.over = {0}};
    struct reduction dropped = r;
    dropped.at.over[at.axis] = 1;
    return set_reduced(op, &dropped, y);
}

bool onnx_topk(const struct onnx_op *op)
{
    struct onnx_ints k = {0};
    int64_t from, largest, one;
    int32_t rank, axis = 0, perm[RANK_MAX];
    uint32_t x, y;
    onnx_attr_ignore(op, "sorted"); /* they always are */
    if (op->t->opset < 10) {
        if (!onnx_arity(op, 1, 1, 2) || !onnx_attr_int(op, "k", 0, &one))
            return false;
        k = (struct onnx_ints){.n = 1, .v = &one};
    } else if (!onnx_arity(op, 2, 2, 2) || !onnx_in_ints(op, 1, &k)) {
        return false;
    }
    if (!onnx_in(op, 0, &x) || !onnx_rank(op, 0, &rank) || !onnx_attr_int(op, "axis", -1, &from) ||
        !onnx_attr_int(op, "largest", 1, &largest) || !onnx_axis(op, from, rank, &axis))
        return false;
    if (k.n != 1 || k.v[0] < 1 || k.v[0] > DIM_MAX)
        return onnx_refuse(op, "the %" PRId64 " largest elements, expected 1 or more",
                           k.n ? k.v[0] : 0);
    const struct attrs at = {.k = (int32_t)k.v[0]};
    for (int32_t i = 0; i < RANK_MAX; i++)
        perm[i] = i == axis ? rank - 1 : i == rank - 1 ? axis : i;
    if (!onnx_transpose_by(op, x, perm, &x) || (!largest && !onnx_unary_step(op, OP_NEG, x, &x)) ||
        !onnx_step(op, OP_TOPK, &at, &x, 1, &y))
        return false;
    uint32_t places = op->t->g->nodes.items[op->t->g->nodes.n - 1].out[1];
    if (!largest && !onnx_unary_step(op, OP_NEG, y, &y))
        return false;
    return onnx_transpose_by(op, y, perm, &y) && onnx_transpose_by(op, places, perm, &places) &&
           onnx_set(op, 1, places) && onnx_set(op, 0, y);
}

bool onnx_cumsum(const struct onnx_op *op)
{
    struct attrs at = {0};
    struct onnx_ints axis;
    struct onnx_view v;
    int64_t exclusive, reverse;
    uint32_t y;
    if (!onnx_arity(op, 2, 2, 1) || !onnx_in_view(op, 0, &v) || !onnx_in_ints(op, 1, &axis) ||
        !onnx_attr_int(op, "exclusive", 0, &exclusive) ||
        !onnx_attr_int(op, "reverse", 0, &reverse))
        return false;
    if (axis.n != 1)
        return onnx_refuse(op, "%" PRIu32 " axes, expected 1", axis.n);
    if (!onnx_axis(op, axis.v[0], v.rank, &at.axis))
        return false;
    at.axis = onnx_view_axis(&v, at.axis);
    at.exclusive = exclusive != 0;
    at.reverse = reverse != 0;
    return onnx_step(op, OP_CUMSUM, &at, &v.id, 1, &y) && onnx_set_view(op, 0, y, &v);
}
