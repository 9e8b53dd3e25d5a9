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

bool tfl_axis(const struct tfl_op *op, int64_t axis, int32_t rank, int32_t *out)
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
        if (!tfl_axis(op, axes.v[i], shape_of(t, x)->rank, &axis))
            return false;
        at.over[axis] = 1;
    }
    return tfl_add_reshaped(t, op, op->kind, &at, &x, 1);
}

/* Of bytes 0 and 1 the largest says whether any is 1, the least whether all are. */
bool tfl_reduce_bool(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x;
    if (!tfl_arity(op, 2, 2) || !tfl_in(t, op, 0, &x))
        return false;
    const enum dtype type = tfl_tensor_of(t, x)->dtype;
    return type == DT_BOOL ? tfl_reduce(t, op)
                           : tfl_refuse(op, "of type %s, expected bool", dtype_name(type));
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
        if (!tfl_axis(op, perm.v[i], rank, &at.perm[i]))
            return false;
    return tfl_add(t, op, OP_TRANSPOSE, &at, &x, 1);
}

static bool resize(struct tfl *t, const struct tfl_op *op, uint32_t align_corners,
                   uint32_t half_pixel)
{
    struct tfl_ints size = {0};
    uint32_t x;
    if (!input_and_ints(t, op, &x, &size))
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
        .align_corners = fb_u8(t->fb, &op->options, align_corners, 0) != 0,
        .half_pixel = fb_u8(t->fb, &op->options, half_pixel, 0) != 0,
    };
    return tfl_add_images(t, op, op->kind, &at, &x, 1);
}

bool tfl_resize_nearest(struct tfl *t, const struct tfl_op *op)
{
    return tfl_options(op, OPTIONS_RESIZE_NEAREST) &&
           resize(t, op, RESIZE_ALIGN_CORNERS, RESIZE_HALF_PIXEL);
}

bool tfl_resize_bilinear(struct tfl *t, const struct tfl_op *op)
{
    return tfl_options(op, OPTIONS_RESIZE_BILINEAR) &&
           resize(t, op, BILINEAR_ALIGN_CORNERS, BILINEAR_HALF_PIXEL);
}

static bool blocks(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {.block_h = fb_i32(t->fb, &op->options, BLOCK_SIZE, 0)};
    at.block_w = at.block_h;
    uint32_t x;
    return tfl_arity(op, 1, 1) && tfl_in(t, op, 0, &x) &&
           tfl_add_images(t, op, op->kind, &at, &x, 1);
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
struct attrs tfl_whole(const struct shape *x)
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
    struct attrs at = tfl_whole(s);
    for (int32_t i = 0; i < s->rank; i++) {
        int64_t from = begin.v[i], n = size.v[i];
        if (from >= 0 && from <= s->dim[i] && (n == 0 || (n == -1 && from == s->dim[i])))
            return tfl_set_empty(t, op);
        if (from < 0 || from >= s->dim[i] || n < -1 || n > s->dim[i] - from)
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

/* The dimension that each of n positions is about; -1 for a new one, of 1 element, and for an
 * ellipsis, which stands for all dimensions that the others leave. */
static bool strided_dims(struct tfl *t, const struct tfl_op *op, uint32_t n, int32_t rank,
                         int32_t dims[TFL_INTS_MAX])
{
    const uint32_t ellipsis = (uint32_t)fb_i32(t->fb, &op->options, SLICE_ELLIPSIS_MASK, 0);
    const uint32_t new_axis = (uint32_t)fb_i32(t->fb, &op->options, SLICE_NEW_AXIS_MASK, 0);
    int32_t n_named = 0, at = 0;
    for (uint32_t i = 0; i < n; i++)
        n_named += !((ellipsis | new_axis) >> i & 1u);
    if (n_named > rank || (ellipsis & (ellipsis - 1)) != 0)
        return tfl_refuse(op, "%" PRId32 " positions for %" PRId32 " dimensions, ellipsis mask %u",
                          n_named, rank, (unsigned)ellipsis);
    for (uint32_t i = 0; i < n; i++) {
        dims[i] = -1;
        if (ellipsis >> i & 1u)
            at += rank - n_named;
        else if (!(new_axis >> i & 1u))
            dims[i] = at++;
    }
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
    if (fb_u8(t->fb, &op->options, SLICE_OFFSET, 0) != 0)
        return tfl_refuse(op, "ends as offsets");
    if (end.n != begin.n || stride.n != begin.n)
        return tfl_refuse(op,
                          "%" PRIu32 " begins, %" PRIu32 " ends and %" PRIu32
                          " strides for %" PRId32 " dimensions",
                          begin.n, end.n, stride.n, s->rank);
    int32_t dims[TFL_INTS_MAX] = {0};
    if (!strided_dims(t, op, begin.n, s->rank, dims))
        return false;
    uint32_t begin_mask = (uint32_t)fb_i32(t->fb, &op->options, SLICE_BEGIN_MASK, 0);
    uint32_t end_mask = (uint32_t)fb_i32(t->fb, &op->options, SLICE_END_MASK, 0);
    uint32_t shrink = (uint32_t)fb_i32(t->fb, &op->options, SLICE_SHRINK_AXIS_MASK, 0);
    struct attrs at = tfl_whole(s);
    for (uint32_t i = 0; i < begin.n; i++) {
        struct strided dim = {begin.v[i],           end.v[i],           stride.v[i],
                              begin_mask >> i & 1u, end_mask >> i & 1u, shrink >> i & 1u};
        if (dims[i] >= 0 && !strided_dim(op, dim, dims[i], s->dim[dims[i]], &at))
            return false;
    }
    return tfl_add_reshaped(t, op, OP_SLICE, &at, &x, 1);
}

/* Parts of x along one dimension, in order: as long as the file declares the outputs, which is what
 * the reference goes by. */
static bool split(struct tfl *t, const struct tfl_op *op, uint32_t x, int32_t axis)
{
    struct attrs at = tfl_whole(shape_of(t, x));
    const int32_t n = at.size[axis];
    for (uint32_t k = 0; k < op->out_ids.n; k++, at.begin[axis] += at.size[axis]) {
        struct tfl_op part;
        struct tensor as;
        if (!tfl_part(t, op, k, &part) || !tfl_out_tensor(t, &part, &as))
            return false;
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
    return tfl_axis(op, axes.v[0], shape_of(t, x)->rank, axis);
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

/* A slice along one dimension for each output, which does not have that dimension. */
bool tfl_unpack(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x, n = op->out_ids.n;
    int32_t axis = 0;
    if (op->in_ids.n != 1 || n == 0)
        return tfl_refuse(op, "%" PRIu32 " inputs and %" PRIu32 " outputs, expected 1 and some",
                          op->in_ids.n, n);
    if (!tfl_options(op, OPTIONS_UNPACK) || !tfl_in(t, op, 0, &x) ||
        !tfl_axis(op, fb_i32(t->fb, &op->options, UNPACK_AXIS, 0), shape_of(t, x)->rank, &axis))
        return false;
    struct attrs at = tfl_whole(shape_of(t, x));
    if (at.size[axis] != (int32_t)n)
        return tfl_refuse(op, "a dimension of %" PRId32 " and %" PRIu32 " outputs", at.size[axis],
                          n);
    at.size[axis] = 1;
    for (uint32_t k = 0; k < n; k++, at.begin[axis]++) {
        struct tfl_op part;
        if (!tfl_part(t, op, k, &part) || !tfl_add_reshaped(t, &part, OP_SLICE, &at, &x, 1))
            return false;
    }
    return true;
}

bool tfl_reverse(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints axes = {0};
    uint32_t x;
    if (!input_and_ints(t, op, &x, &axes))
        return false;
    struct attrs at = tfl_whole(shape_of(t, x));
    for (uint32_t i = 0; i < axes.n; i++) {
        int32_t axis = 0;
        if (!tfl_axis(op, axes.v[i], shape_of(t, x)->rank, &axis))
            return false;
        at.begin[axis] = at.size[axis] - 1;
        at.step[axis] = -1;
    }
    return tfl_add(t, op, OP_SLICE, &at, &x, 1);
}

/* Mirror the dimension `axis` of *x: `before` elements in front, `after` behind; with the border,
 * it is repeated. */
static bool mirror(struct tfl *t, const struct tfl_op *op, int32_t axis, const int64_t pads[2],
                   int32_t border, uint32_t *x)
{
    const struct tensor as = *tfl_tensor_of(t, *x);
    const int32_t n = as.shape.dim[axis];
    uint32_t part[3], n_parts = 0;
    for (int side = 0; side < 2; side++) {
        if (pads[side] < 0 || pads[side] > n - (1 - border))
            return tfl_refuse(op, "padding %" PRId64 " of dimension %" PRId32 ", which is %" PRId32,
                              pads[side], axis, n);
        struct attrs at = tfl_whole(&as.shape);
        at.begin[axis] = side == 0 ? (int32_t)pads[0] - border : n - 1 - (1 - border);
        at.size[axis] = (int32_t)pads[side];
        at.step[axis] = -1;
        if (side == 1)
            part[n_parts++] = *x;
        if (pads[side] > 0 && !tfl_step(t, op, OP_SLICE, &at, x, 1, &as, &part[n_parts++]))
            return false;
    }
    const struct attrs at = {.axis = axis};
    return n_parts == 1 || tfl_step(t, op, OP_CONCAT, &at, part, n_parts, &as, x);
}

/* One dimension after the other: slices that go backward beside the tensor itself. */
bool tfl_mirror_pad(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints pads = {0};
    uint32_t x;
    if (!input_and_ints(t, op, &x, &pads) || !tfl_options(op, OPTIONS_MIRROR_PAD))
        return false;
    const int32_t rank = shape_of(t, x)->rank;
    const uint8_t mode = fb_u8(t->fb, &op->options, MIRROR_PAD_MODE, 0);
    if (pads.n != 2 * (uint32_t)rank || mode > 1)
        return tfl_refuse(op, "%" PRIu32 " paddings for %" PRId32 " dimensions, mode %d", pads.n,
                          rank, mode);
    for (int32_t i = 0; i < rank; i++)
        if (!mirror(t, op, i, &pads.v[2 * i], mode, &x))
            return false;
    return tfl_set(t, op, x);
}

/* Indices that are constants, also of 64 bits or a single one, or an activation. */
static bool indices(struct tfl *t, const struct tfl_op *op, uint32_t *id)
{
    const int32_t i = tfl_in_id(t, op, 1);
    struct tfl_ints ints = {0};
    const struct tfl_tensor *from = i < 0 ? NULL : tfl_tensor(t, (uint32_t)i);
    if (from && from->type == TFL_INT32 && from->shape.n > 0 && t->values[i].state != TFL_INTS)
        return tfl_in(t, op, 1, id);
    if (!tfl_in_ints(t, op, 1, &ints))
        return false;
    int32_t *narrow = ARENA_ARRAY(t->a, int32_t, ints.n ? ints.n : 1);
    for (uint32_t k = 0; k < ints.n; k++) {
        if (ints.v[k] < 0 || ints.v[k] > DIM_MAX)
            return tfl_refuse(op, "index %" PRId64, ints.v[k]);
        narrow[k] = (int32_t)ints.v[k];
    }
    if (ints.n == 0)
        return tfl_refuse(op, "no index");
    const struct tensor index = {.name = op->out,
                                 .dtype = DT_S32,
                                 .shape = {.rank = 1, .dim = {(int32_t)ints.n}},
                                 .data = narrow};
    *id = graph_add_tensor(t->g, &index);
    return true;
}

bool tfl_gather(struct tfl *t, const struct tfl_op *op)
{
    uint32_t in[2];
    struct attrs at = {0};
    if (!tfl_arity(op, 2, 2) || !tfl_options(op, OPTIONS_GATHER) || !tfl_in(t, op, 0, &in[0]) ||
        !indices(t, op, &in[1]))
        return false;
    if (fb_i32(t->fb, &op->options, GATHER_BATCH_DIMS, 0) != 0)
        return tfl_refuse(op, "indices with dimensions of a batch");
    return tfl_axis(op, fb_i32(t->fb, &op->options, GATHER_AXIS, 0), shape_of(t, in[0])->rank,
                    &at.axis) &&
           tfl_add_reshaped(t, op, OP_GATHER, &at, in, 2);
}

bool tfl_batch_matmul(struct tfl *t, const struct tfl_op *op)
{
    const struct attrs at = {
        .adjoint_a = fb_u8(t->fb, &op->options, MATMUL_ADJ_X, 0) != 0,
        .adjoint_b = fb_u8(t->fb, &op->options, MATMUL_ADJ_Y, 0) != 0,
    };
    uint32_t in[2];
    return tfl_arity(op, 2, 2) && tfl_options(op, OPTIONS_BATCH_MATMUL) &&
           tfl_in(t, op, 0, &in[0]) && tfl_in(t, op, 1, &in[1]) &&
           tfl_add(t, op, OP_BATCH_MATMUL, &at, in, 2);
}

/* The condition of SELECT may be a vector along the first dimension; otherwise shapes broadcast as
 * those of SELECT_V2 do. */
bool tfl_select(struct tfl *t, const struct tfl_op *op)
{
    uint32_t in[3];
    if (!tfl_arity(op, 3, 3))
        return false;
    for (uint32_t k = 0; k < 3; k++)
        if (!tfl_in(t, op, k, &in[k]))
            return false;
    const struct shape *condition = shape_of(t, in[0]), *a = shape_of(t, in[1]);
    if (op->code == TFL_SELECT && condition->rank == 1 && a->rank > 1 && condition->dim[0] > 1) {
        struct shape column = {.rank = a->rank, .dim = {condition->dim[0]}};
        for (int32_t i = 1; i < a->rank; i++)
            column.dim[i] = 1;
        if (!tfl_step_reshape(t, op, &column, in[0], &in[0]))
            return false;
    }
    return tfl_add(t, op, OP_SELECT, NULL, in, 3);
}

/* As often as `repeat` says, one number for each dimension. */
static bool tile(struct tfl *t, const struct tfl_op *op, uint32_t x, const struct tfl_ints *repeat)
{
    const struct shape *s = shape_of(t, x);
    struct attrs at = {0};
    if (repeat->n != (uint32_t)s->rank)
        return tfl_refuse(op, "%" PRIu32 " numbers for %" PRId32 " dimensions", repeat->n, s->rank);
    for (int32_t i = 0; i < s->rank; i++) {
        if (repeat->v[i] < 1 || repeat->v[i] > DIM_MAX)
            return tfl_refuse(op, "dimension %" PRId32 " %" PRId64 " times", i, repeat->v[i]);
        at.repeat[i] = (int32_t)repeat->v[i];
    }
    return tfl_add(t, op, OP_TILE, &at, &x, 1);
}

bool tfl_tile(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints repeat = {0};
    uint32_t x;
    return input_and_ints(t, op, &x, &repeat) && tile(t, op, x, &repeat);
}

/* Dimensions of 1 are repeated; there may be fewer of them than in the new shape. */
bool tfl_broadcast_to(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints shape = {0};
    uint32_t x;
    if (!input_and_ints(t, op, &x, &shape))
        return false;
    const struct shape s = *shape_of(t, x);
    struct shape full = {.rank = (int32_t)shape.n};
    const int32_t lead = full.rank - s.rank;
    if (lead < 0 || full.rank > RANK_MAX)
        return tfl_refuse(op, "from %" PRId32 " dimensions to %" PRId32, s.rank, full.rank);
    for (int32_t i = 0; i < full.rank; i++) {
        full.dim[i] = i < lead ? 1 : s.dim[i - lead];
        if (full.dim[i] != 1 && shape.v[i] != full.dim[i])
            return tfl_refuse(op, "from %" PRId32 " to %" PRId64 " elements in dimension %" PRId32,
                              full.dim[i], shape.v[i], i);
        shape.v[i] = full.dim[i] == 1 ? shape.v[i] : 1;
    }
    return tfl_step_reshape(t, op, &full, x, &x) && tile(t, op, x, &shape);
}
