/* tflite_moves.c - operators of TensorFlow Lite along dimensions: reductions, other orders and
 * parts of a tensor.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The positions they take as inputs have to be constants, or known from shapes. */
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"

static const struct shape *shape_of(const struct tfl *t, uint32_t id)
{
    return &t->g->tensors.items[id].shape;
}

/* A dimension, counted from the end when negative. */
static bool axis_of(const struct tfl_op *op, int64_t axis, int32_t rank, int32_t *out)
{
    if (axis < -rank || axis >= rank)
        return tfl_refuse(op, "axis %" PRId64 " is outside %" PRId32 "..%" PRId32, axis, -rank,
                          rank - 1);
    *out = (int32_t)(axis < 0 ? axis + rank : axis);
    return true;
}

/* Input x and a row of integers. */
static bool input_and_ints(struct tfl *t, const struct tfl_op *op, uint32_t *x,
                           struct tfl_ints *ints)
{
    return tfl_arity(op, 2, 2) && tfl_in(t, op, 0, x) && tfl_in_ints(t, op, 1, ints);
}

/* Without keep_dims the dimensions reduced are dropped: the shape that the file declares says it. */
bool tfl_reduce(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    struct tfl_ints axes = {0};
    uint32_t x;
    if (!input_and_ints(t, op, &x, &axes))
        return false;
    if (axes.n == 0)
        return tfl_refuse(op, "no axis to reduce");
    for (uint32_t i = 0; i < axes.n; i++) {
        int32_t axis = 0;
        if (!axis_of(op, axes.v[i], shape_of(t, x)->rank, &axis))
            return false;
        at.over[axis] = 1;
    }
    return tfl_add_reshaped(t, op, op->kind, &at, &x, 1);
}

bool tfl_transpose(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    struct tfl_ints perm = {0};
    uint32_t x;
    if (!input_and_ints(t, op, &x, &perm))
        return false;
    int32_t rank = shape_of(t, x)->rank;
    if (perm.n != (uint32_t)rank)
        return tfl_refuse(op, "a permutation of %" PRIu32 " for %" PRId32 " dimensions", perm.n,
                          rank);
    for (int32_t i = 0; i < rank; i++)
        if (!axis_of(op, perm.v[i], rank, &at.perm[i]))
            return false;
    return tfl_add(t, op, OP_TRANSPOSE, &at, &x, 1);
}

bool tfl_resize_nearest(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints size = {0};
    uint32_t x;
    if (!input_and_ints(t, op, &x, &size) || !tfl_options(op, OPTIONS_RESIZE_NEAREST))
        return false;
    if (size.n != 2)
        return tfl_refuse(op, "a new size of %" PRIu32 " numbers, expected height and width",
                          size.n);
    for (int i = 0; i < 2; i++)
        if (size.v[i] < 1 || size.v[i] > DIM_MAX)
            return tfl_refuse(op, "a new size of %" PRId64 ", expected 1..%d", size.v[i], DIM_MAX);
    struct attrs at = {
        .to_h = (int32_t)size.v[0],
        .to_w = (int32_t)size.v[1],
        .align_corners = fb_u8(t->fb, &op->options, RESIZE_ALIGN_CORNERS, 0) != 0,
        .half_pixel = fb_u8(t->fb, &op->options, RESIZE_HALF_PIXEL, 0) != 0,
    };
    return tfl_add(t, op, OP_RESIZE_NEAREST, &at, &x, 1);
}

static bool blocks(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {.block = fb_i32(t->fb, &op->options, BLOCK_SIZE, 0)};
    uint32_t x;
    return tfl_arity(op, 1, 1) && tfl_in(t, op, 0, &x) && tfl_add(t, op, op->kind, &at, &x, 1);
}

bool tfl_depth_to_space(struct tfl *t, const struct tfl_op *op)
{
    return tfl_options(op, OPTIONS_DEPTH_TO_SPACE) && blocks(t, op);
}

bool tfl_space_to_depth(struct tfl *t, const struct tfl_op *op)
{
    return tfl_options(op, OPTIONS_SPACE_TO_DEPTH) && blocks(t, op);
}

/* SQUEEZE and EXPAND_DIMS: what they say of dimensions is in the declared shape, too, and it is
 * the shape that the reference goes by. */
bool tfl_to_declared_shape(struct tfl *t, const struct tfl_op *op)
{
    struct tensor y;
    uint32_t x;
    if (!tfl_arity(op, 1, 2) || !tfl_in(t, op, 0, &x) || !tfl_out_tensor(t, op, &y))
        return false;
    struct attrs at = {.new_rank = y.shape.rank};
    memcpy(at.new_shape, y.shape.dim, sizeof at.new_shape);
    return tfl_add(t, op, OP_RESHAPE, &at, &x, 1);
}

/* All of x. */
static struct attrs whole(const struct shape *x)
{
    struct attrs at = {0};
    for (int32_t i = 0; i < x->rank; i++) {
        at.size[i] = x->dim[i];
        at.step[i] = 1;
    }
    return at;
}

bool tfl_slice(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints begin = {0}, size = {0};
    uint32_t x;
    if (!tfl_arity(op, 3, 3) || !tfl_in(t, op, 0, &x) || !tfl_in_ints(t, op, 1, &begin) ||
        !tfl_in_ints(t, op, 2, &size))
        return false;
    const struct shape *s = shape_of(t, x);
    if (begin.n != (uint32_t)s->rank || size.n != (uint32_t)s->rank)
        return tfl_refuse(op, "%" PRIu32 " begins and %" PRIu32 " sizes for %" PRId32 " dimensions",
                          begin.n, size.n, s->rank);
    struct attrs at = whole(s);
    for (int32_t i = 0; i < s->rank; i++) {
        int64_t from = begin.v[i], n = size.v[i];
        if (from < 0 || from >= s->dim[i] || n < -1 || n == 0 || n > s->dim[i] - from)
            return tfl_refuse(op,
                              "begin %" PRId64 " and size %" PRId64 " of dimension %" PRId32
                              ", which is %" PRId32,
                              from, n, i, s->dim[i]);
        at.begin[i] = (int32_t)from;
        at.size[i] = (int32_t)(n == -1 ? s->dim[i] - from : n); /* -1: the rest */
    }
    return tfl_add(t, op, OP_SLICE, &at, &x, 1);
}

/* One dimension of a strided slice. */
struct strided {
    int64_t begin, end, stride;
    bool open_begin, open_end, one; /* masks: from the first, to the last, a single element */
};

static bool strided_dim(const struct tfl_op *op, struct strided s, int32_t i, int64_t n,
                        struct attrs *at)
{
    if (s.stride == 0 || s.stride < -DIM_MAX || s.stride > DIM_MAX)
        return tfl_refuse(op, "stride %" PRId64 " of dimension %" PRId32, s.stride, i);
    bool up = s.stride > 0;
    int64_t low = up ? 0 : -1, high = up ? n : n - 1;
    int64_t first = tfl_slice_position(s.begin, n, low, high);
    int64_t last = tfl_slice_position(s.end, n, low, high); /* just behind */
    if (s.open_begin)
        first = up ? 0 : n - 1;
    if (s.open_end)
        last = up ? n : -1;
    int64_t step = s.one ? 1 : s.stride;
    int64_t size = up ? (last - first + step - 1) / step : (first - last - step - 1) / -step;
    if (s.one) /* whatever the end says */
        size = 1;
    if (size < 1 || first < 0 || first >= n)
        return tfl_refuse(op,
                          "nothing between %" PRId64 " and %" PRId64 " of dimension %" PRId32
                          ", which is %" PRId64,
                          s.begin, s.end, i, n);
    at->begin[i] = (int32_t)first;
    at->size[i] = (int32_t)size;
    at->step[i] = (int32_t)step;
    return true;
}

bool tfl_slice_strided(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints begin = {0}, end = {0}, stride = {0};
    uint32_t x;
    if (!tfl_arity(op, 4, 4) || !tfl_options(op, OPTIONS_STRIDED_SLICE) || !tfl_in(t, op, 0, &x) ||
        !tfl_in_ints(t, op, 1, &begin) || !tfl_in_ints(t, op, 2, &end) ||
        !tfl_in_ints(t, op, 3, &stride))
        return false;
    const struct shape *s = shape_of(t, x);
    if (fb_i32(t->fb, &op->options, SLICE_ELLIPSIS_MASK, 0) != 0 ||
        fb_i32(t->fb, &op->options, SLICE_NEW_AXIS_MASK, 0) != 0 ||
        fb_u8(t->fb, &op->options, SLICE_OFFSET, 0) != 0)
        return tfl_refuse(op, "an ellipsis, a new axis or ends as offsets");
    if (begin.n > (uint32_t)s->rank || end.n != begin.n || stride.n != begin.n)
        return tfl_refuse(op,
                          "%" PRIu32 " begins, %" PRIu32 " ends and %" PRIu32
                          " strides for %" PRId32 " dimensions",
                          begin.n, end.n, stride.n, s->rank);
    uint32_t begin_mask = (uint32_t)fb_i32(t->fb, &op->options, SLICE_BEGIN_MASK, 0);
    uint32_t end_mask = (uint32_t)fb_i32(t->fb, &op->options, SLICE_END_MASK, 0);
    uint32_t shrink = (uint32_t)fb_i32(t->fb, &op->options, SLICE_SHRINK_AXIS_MASK, 0);
    struct attrs at = whole(s);
    for (uint32_t i = 0; i < begin.n; i++) {
        struct strided dim = {begin.v[i],           end.v[i],           stride.v[i],
                              begin_mask >> i & 1u, end_mask >> i & 1u, shrink >> i & 1u};
        if (!strided_dim(op, dim, (int32_t)i, s->dim[i], &at))
            return false;
    }
    return tfl_add_reshaped(t, op, OP_SLICE, &at, &x, 1);
}

/* Parts of x along one dimension, in order: as long as the file declares the outputs, which is what
 * the reference goes by. */
static bool split(struct tfl *t, const struct tfl_op *op, uint32_t x, int32_t axis)
{
    struct attrs at = whole(shape_of(t, x));
    const int32_t n = at.size[axis];
    for (uint32_t k = 0; k < op->out_ids.n; k++, at.begin[axis] += at.size[axis]) {
        struct tfl_op part = *op;
        struct tensor as;
        part.out_ids.at += (size_t)k * op->out_ids.elem_bytes;
        part.out_ids.n = 1;
        if (!tfl_out_tensor(t, &part, &as))
            return false;
        part.out = as.name;
        at.size[axis] = axis < as.shape.rank ? as.shape.dim[axis] : n;
        if (at.size[axis] > n - at.begin[axis])
            return tfl_refuse(op, "the parts of a dimension of %" PRId32 " are longer", n);
        if (!tfl_add(t, &part, OP_SLICE, &at, &x, 1))
            return false;
    }
    if (at.begin[axis] != n)
        return tfl_refuse(op, "the parts of a dimension of %" PRId32 " have only %" PRId32, n,
                          at.begin[axis]);
    return true;
}

/* The dimension to split, from input k. */
static bool split_axis(struct tfl *t, const struct tfl_op *op, uint32_t k, uint32_t x,
                       int32_t *axis)
{
    struct tfl_ints axes = {0};
    if (!tfl_in_ints(t, op, k, &axes))
        return false;
    if (axes.n != 1)
        return tfl_refuse(op, "%" PRIu32 " axes, expected 1", axes.n);
    return axis_of(op, axes.v[0], shape_of(t, x)->rank, axis);
}

static bool split_arity(const struct tfl_op *op, uint32_t n_in)
{
    if (op->in_ids.n == n_in && op->out_ids.n > 0)
        return true;
    return tfl_refuse(op,
                      "%" PRIu32 " inputs and %" PRIu32 " outputs, expected %" PRIu32 " and some",
                      op->in_ids.n, op->out_ids.n, n_in);
}

/* Equal parts. */
bool tfl_split(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x;
    int32_t axis = 0;
    if (!split_arity(op, 2) || !tfl_in(t, op, 1, &x) || !split_axis(t, op, 0, x, &axis))
        return false;
    const int32_t n = shape_of(t, x)->dim[axis];
    if (n % (int32_t)op->out_ids.n != 0) /* n <= TFL_OPERANDS_MAX */
        return tfl_refuse(op, "a dimension of %" PRId32 " in %" PRIu32 " parts", n, op->out_ids.n);
    return split(t, op, x, axis);
}

/* Parts of sizes that input 1 states once more. */
bool tfl_split_v(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x;
    int32_t axis = 0;
    return split_arity(op, 3) && tfl_in(t, op, 0, &x) && split_axis(t, op, 2, x, &axis) &&
           split(t, op, x, axis);
}
