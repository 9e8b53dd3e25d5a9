/* onnx_moves.c - operators of ONNX that copy: other orders of dimensions, parts, repetitions.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "import/onnx_parts.h"

/* From the file's order to the channels last, and back: no copy, but a value that is there in the
 * other order. Exporters put such transposes around convolutions. */
static bool is_turn(const struct onnx_ints *perm, int32_t rank, bool to_last)
{
    for (int32_t i = 0; i < rank; i++) {
        const int32_t a = to_last ? onnx_axis_last(i, rank) : i;
        const int32_t b = to_last ? i : onnx_axis_last(i, rank);
        if (perm->v[a] != b)
            return false;
    }
    return rank >= 3;
}

bool onnx_transpose(const struct onnx_op *op)
{
    struct onnx_ints perm;
    int32_t rank, order[RANK_MAX];
    uint32_t x, y;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_rank(op, 0, &rank) || !onnx_attr_ints(op, "perm", &perm))
        return false;
    if (perm.n == 0) {
        perm = (struct onnx_ints){.n = (uint32_t)rank, .v = ARENA_ARRAY(op->t->tmp, int64_t, 8)};
        for (int32_t i = 0; i < rank; i++)
            perm.v[i] = rank - 1 - i;
    }
    if (perm.n != (uint32_t)rank)
        return onnx_refuse(op, "a permutation of %" PRIu32 " for %" PRId32 " dimensions", perm.n,
                           rank);
    for (int32_t i = 0; i < rank; i++)
        if (!onnx_axis(op, perm.v[i], rank, &order[i]))
            return false;
    if (is_turn(&perm, rank, true))
        return onnx_in_last(op, 0, &x) && onnx_set(op, 0, x);
    if (is_turn(&perm, rank, false))
        return onnx_in(op, 0, &x) && onnx_set_last(op, 0, x);
    return onnx_in(op, 0, &x) && onnx_transpose_by(op, x, order, &y) && onnx_set(op, 0, y);
}

bool onnx_concat(const struct onnx_op *file)
{
    struct onnx_op some = *file; /* without what is empty */
    const struct onnx_op *op = &some;
    uint32_t *in = ARENA_ARRAY(op->t->tmp, uint32_t, op->in.n), y;
    struct onnx_view v;
    struct attrs at = {0};
    int64_t axis;
    if (!onnx_arity(file, 1, ONNX_OPERANDS_MAX, 1))
        return false;
    some.in.items = ARENA_ARRAY(op->t->tmp, uint32_t, op->in.n);
    some.in.n = 0;
    for (uint32_t k = 0; k < file->in.n; k++)
        if (!onnx_is_empty(file, k))
            some.in.items[some.in.n++] = file->in.items[k];
    if (op->in.n == 0)
        return onnx_refuse(op, "of nothing");
    if (!onnx_operands(op, op->in.n, in, &v) || !onnx_attr_int(op, "axis", 1, &axis) ||
        !onnx_axis(op, axis, v.rank, &at.axis))
        return false;
    at.axis = onnx_view_axis(&v, at.axis);
    return onnx_step(op, OP_CONCAT, &at, in, op->in.n, &y) && onnx_set_view(op, 0, y, &v);
}

/* ---- parts ---- */

static int64_t held(int64_t p, int64_t low, int64_t high)
{
    return p < low ? low : p > high ? high : p;
}

/* Elements of dimension `axis` from `start` on, up to `end`, by steps. */
static bool slice_dim(const struct onnx_op *op, int64_t start, int64_t end, int64_t step,
                      int32_t axis, struct attrs *at)
{
    const int64_t n = at->size[axis];
    if (step == 0 || step < -DIM_MAX || step > DIM_MAX) {
        if (step == 0)
            return onnx_refuse(op, "a step of 0");
        step = step < 0 ? -DIM_MAX : DIM_MAX; /* one element, however far the next */
    }
    const bool up = step > 0;
    start = start < 0 && start >= -n ? start + n : start;
    end = end < 0 && end >= -n ? end + n : end;
    const int64_t first = held(start, 0, up ? n : n - 1);
    const int64_t behind = held(end, up ? 0 : -1, n);
    const int64_t size =
        up ? (behind - first + step - 1) / step : (first - behind - step - 1) / -step;
    if (size < 1 || first >= n) {
        at->size[axis] = 0;
        return true;
    }
    at->begin[axis] = (int32_t)first;
    at->size[axis] = (int32_t)size;
    at->step[axis] = (int32_t)step;
    return true;
}

/* Starts, ends, axes and steps, from attributes or since opset 10 from inputs. */
struct bounds {
    struct onnx_ints start, end, axis, step;
};

static bool read_bounds(const struct onnx_op *op, struct bounds *b)
{
    *b = (struct bounds){0};
    if (op->t->opset < 10) {
        if (!onnx_arity(op, 1, 1, 1) || !onnx_attr_ints(op, "starts", &b->start) ||
            !onnx_attr_ints(op, "ends", &b->end) || !onnx_attr_ints(op, "axes", &b->axis))
            return false;
    } else if (!onnx_arity(op, 3, 5, 1) || !onnx_in_ints(op, 1, &b->start) ||
               !onnx_in_ints(op, 2, &b->end) ||
               (onnx_has(op, 3) && !onnx_in_ints(op, 3, &b->axis)) ||
               (onnx_has(op, 4) && !onnx_in_ints(op, 4, &b->step))) {
        return false;
    }
    if (b->end.n == b->start.n && (!b->axis.n || b->axis.n == b->start.n) &&
        (!b->step.n || b->step.n == b->start.n))
        return true;
    return onnx_refuse(
        op, "%" PRIu32 " starts, %" PRIu32 " ends, %" PRIu32 " axes and %" PRIu32 " steps",
        b->start.n, b->end.n, b->axis.n, b->step.n);
}

bool onnx_slice(const struct onnx_op *op)
{
    struct bounds b;
    struct onnx_view v;
    uint32_t y;
    if (!read_bounds(op, &b) || !onnx_in_view(op, 0, &v))
        return false;
    struct attrs at = onnx_whole(&onnx_tensor_of(op, v.id)->shape);
    for (uint32_t i = 0; i < b.start.n; i++) {
        int32_t axis = 0;
        if (!onnx_axis(op, b.axis.n ? b.axis.v[i] : i, v.rank, &axis) ||
            !slice_dim(op, b.start.v[i], b.end.v[i], b.step.n ? b.step.v[i] : 1,
                       onnx_view_axis(&v, axis), &at))
            return false;
    }
    for (int32_t i = 0; i < v.rank; i++)
        if (at.size[i] == 0)
            return (v.rank == 1 && onnx_set_empty(op)) ||
                   onnx_refuse(op, "nothing is left of dimension %" PRId32, i);
    return onnx_step(op, OP_SLICE, &at, &v.id, 1, &y) && onnx_set_view(op, 0, y, &v);
}

/* The sizes of the parts: stated, or equal ones, of which the last may be smaller. */
static bool split_sizes(const struct onnx_op *op, int32_t n, struct onnx_ints *sizes)
{
    int64_t n_parts = op->outs.n;
    if (op->t->opset < 13) {
        if (!onnx_attr_ints(op, "split", sizes))
            return false;
    } else if (onnx_has(op, 1) && !onnx_in_ints(op, 1, sizes)) {
        return false;
    }
    if (sizes->n == 0) {
        if (!onnx_attr_int(op, "num_outputs", n_parts, &n_parts))
            return false;
        if (n_parts != (int64_t)op->outs.n || n_parts < 1)
            return onnx_refuse(op, "%" PRId64 " parts for %" PRIu32 " outputs", n_parts,
                               op->outs.n);
        *sizes =
            (struct onnx_ints){.n = op->outs.n, .v = ARENA_ARRAY(op->t->tmp, int64_t, op->outs.n)};
        const int64_t size = (n + n_parts - 1) / n_parts;
        for (uint32_t i = 0; i < sizes->n; i++)
            sizes->v[i] = i + 1 < sizes->n ? size : n - size * (n_parts - 1);
    }
    return sizes->n == op->outs.n ||
           onnx_refuse(op, "%" PRIu32 " sizes for %" PRIu32 " outputs", sizes->n, op->outs.n);
}

bool onnx_split(const struct onnx_op *op)
{
    struct onnx_view v;
    struct onnx_ints sizes = {0};
    int64_t axis, begin = 0;
    int32_t at = 0;
    uint32_t y;
    if (!onnx_arity(op, 1, 2, ONNX_OPERANDS_MAX) || !onnx_in_view(op, 0, &v) ||
        !onnx_attr_int(op, "axis", 0, &axis) || !onnx_axis(op, axis, v.rank, &at))
        return false;
    at = onnx_view_axis(&v, at);
    const int32_t n = onnx_tensor_of(op, v.id)->shape.dim[at];
    if (op->t->opset < 13 && onnx_has(op, 1))
        return onnx_refuse(op, "with sizes as an input");
    if (!split_sizes(op, n, &sizes))
        return false;
    for (uint32_t k = 0; k < sizes.n; k++) {
        if (sizes.v[k] < 1 || sizes.v[k] > n - begin)
            return onnx_refuse(op, "part %" PRIu32 " of a dimension of %" PRId32 " is %" PRId64, k,
                               n, sizes.v[k]);
        if (!onnx_slice_of(op, v.id, at, (int32_t)begin, (int32_t)sizes.v[k], &y))
            return false;
        onnx_set_view(op, k, y, &v);
        begin += sizes.v[k];
    }
    return begin == n ||
           onnx_refuse(op, "the parts of a dimension of %" PRId32 " have %" PRId64, n, begin);
}

/* ---- Gather ---- */

/* index < 0 ? index + n : index, where it is not known. */
static bool made_positive(const struct onnx_op *op, int32_t n, uint32_t *index)
{
    uint32_t below, in[3] = {0, 0, *index};
    if (!onnx_pair(op, OP_LESS, *index, onnx_int(op, 0), &below) ||
        !onnx_pair(op, OP_ADD, *index, onnx_int(op, n), &in[1]))
        return false;
    in[0] = below;
    return onnx_step(op, OP_SELECT, NULL, in, 3, index);
}

/* Indices counted from the end are those from the start. */
static bool positive(const struct onnx_op *op, int32_t n, uint32_t *index)
{
    const struct tensor *t = onnx_tensor_of(op, *index);
    if (t->dtype != DT_S32)
        return true;
    if (!t->data)
        return made_positive(op, n, index);
    struct tensor from_start = *t;
    const int64_t count = shape_count(&t->shape);
    int32_t *data = arena_copy(op->t->a, t->data, tensor_bytes(t));
    for (int64_t i = 0; i < count; i++)
        data[i] += data[i] < 0 && data[i] >= -n ? n : 0;
    from_start.data = data;
    *index = graph_add_tensor(op->t->g, &from_start);
    return true;
}

bool onnx_gather(const struct onnx_op *op)
{
    struct attrs at = {0};
    int32_t rank, index_rank;
    int64_t axis;
    uint32_t in[2], y;
    if (!onnx_arity(op, 2, 2, 1) || !onnx_in(op, 0, &in[0]) || !onnx_in(op, 1, &in[1]) ||
        !onnx_rank(op, 0, &rank) || !onnx_rank(op, 1, &index_rank) ||
        !onnx_attr_int(op, "axis", 0, &axis) || !onnx_axis(op, axis, rank, &at.axis))
        return false;
    const struct shape x = onnx_tensor_of(op, in[0])->shape;
    if (!positive(op, x.dim[at.axis], &in[1]) || !onnx_step(op, OP_GATHER, &at, in, 2, &y))
        return false;
    if (index_rank > 0)
        return onnx_set(op, 0, y);
    struct shape to = {0}; /* one index: without the dimension */
    for (int32_t i = 0; i < x.rank; i++)
        if (i != at.axis)
            to.dim[to.rank++] = x.dim[i];
    return onnx_set_as(op, y, &to);
}

/* ---- more of the same ---- */

bool onnx_tile(const struct onnx_op *op)
{
    struct attrs at = {0};
    struct onnx_ints times;
    struct onnx_view v;
    uint32_t y;
    if (!onnx_arity(op, 2, 2, 1) || !onnx_in_view(op, 0, &v) || !onnx_in_ints(op, 1, &times))
        return false;
    if (times.n != (uint32_t)v.rank)
        return onnx_refuse(op, "%" PRIu32 " repetitions for %" PRId32 " dimensions", times.n,
                           v.rank);
    for (int32_t i = 0; i < v.rank; i++) {
        if (times.v[i] < 1 || times.v[i] > DIM_MAX)
            return onnx_refuse(op, "%" PRId64 " repetitions", times.v[i]);
        at.repeat[onnx_view_axis(&v, i)] = (int32_t)times.v[i];
    }
    return onnx_step(op, OP_TILE, &at, &v.id, 1, &y) && onnx_set_view(op, 0, y, &v);
}

/* One dimension with `before` and `after` elements more, mirrored or repeated at the border. */
static bool extend(const struct onnx_op *op, int32_t axis, const int64_t pads[2], bool mirrors,
                   uint32_t *x)
{
    const struct shape s = onnx_tensor_of(op, *x)->shape;
    const int32_t n = s.dim[axis];
    const struct attrs join = {.axis = axis};
    uint32_t part[3], n_parts = 0;
    for (int side = 0; side < 2; side++) {
        struct attrs at = onnx_whole(&s);
        if (side == 1)
            part[n_parts++] = *x;
        if (pads[side] == 0)
            continue;
        if (mirrors && pads[side] >= n)
            return onnx_refuse(op, "%" PRId64 " elements mirrored of %" PRId32, pads[side], n);
        at.size[axis] = mirrors ? (int32_t)pads[side] : 1;
        at.step[axis] = mirrors ? -1 : 1;
        at.begin[axis] = side == 0 ? (mirrors ? (int32_t)pads[0] : 0) : n - (mirrors ? 2 : 1);
        if (!onnx_step(op, OP_SLICE, &at, x, 1, &part[n_parts]))
            return false;
        struct attrs times = {0};
        for (int32_t i = 0; i < s.rank; i++)
            times.repeat[i] = i == axis && !mirrors ? (int32_t)pads[side] : 1;
        if (!mirrors && pads[side] > 1 &&
            !onnx_step(op, OP_TILE, &times, &part[n_parts], 1, &part[n_parts]))
            return false;
        n_parts++;
    }
    return n_parts == 1 || onnx_step(op, OP_CONCAT, &join, part, n_parts, x);
}

/* Pads, before all dimensions and then behind all; the value; for which axes. */
static bool read_pads(const struct onnx_op *op, int32_t rank, int64_t pads[2 * RANK_MAX],
                      float *value)
{
    struct onnx_ints given = {0}, axes = {0};
    *value = 0.0f;
    if (op->t->opset < 11) {
        if (!onnx_arity(op, 1, 1, 1) || !onnx_attr_ints(op, "pads", &given) ||
            !onnx_attr_float(op, "value", 0.0f, value))
            return false;
    } else if (!onnx_arity(op, 2, 4, 1) || !onnx_in_ints(op, 1, &given) ||
               (onnx_has(op, 2) && onnx_is_constant(op, 2) && !onnx_in_float(op, 2, value)) ||
               (onnx_has(op, 3) && !onnx_in_ints(op, 3, &axes))) {
        return false;
    } else if (onnx_has(op, 2) && !onnx_is_constant(op, 2)) {
        return onnx_refuse(op, "its value is not known beforehand");
    }
    const uint32_t n = axes.n ? axes.n : (uint32_t)rank;
    if (given.n != 2 * n)
        return onnx_refuse(op, "%" PRIu32 " pads for %" PRIu32 " dimensions", given.n, n);
    for (uint32_t i = 0; i < n; i++) {
        int32_t axis = 0;
        if (!onnx_axis(op, axes.n ? axes.v[i] : i, rank, &axis))
            return false;
        pads[2 * axis] = given.v[i];
        pads[2 * axis + 1] = given.v[n + i];
    }
    return true;
}

/* What is below 0 is cut off. */
static bool crop(const struct onnx_op *op, int64_t *pads, uint32_t *x)
{
    struct attrs at = onnx_whole(&onnx_tensor_of(op, *x)->shape);
    bool crops = false;
    for (int32_t i = 0; i < onnx_tensor_of(op, *x)->shape.rank; i++)
        for (int side = 0; side < 2; side++) {
            int64_t *pad = &pads[2 * i + side];
            if (*pad > DIM_MAX || *pad < -DIM_MAX)
                return onnx_refuse(op, "a pad of %" PRId64, *pad);
            if (*pad >= 0)
                continue;
            at.size[i] += (int32_t)*pad;
            at.begin[i] -= side == 0 ? (int32_t)*pad : 0;
            *pad = 0;
            crops = true;
        }
    return !crops || onnx_step(op, OP_SLICE, &at, x, 1, x);
}

bool onnx_pad(const struct onnx_op *op)
{
    int64_t file[2 * RANK_MAX] = {0}, pads[2 * RANK_MAX] = {0};
    struct bytes mode;
    struct attrs at = {0};
    struct onnx_view v;
    uint32_t x;
    bool any = false;
    if (!onnx_in_view(op, 0, &v) || !read_pads(op, v.rank, file, &at.value) ||
        !onnx_attr_string(op, "mode", &mode))
        return false;
    const bool mirrors = onnx_is(mode, "reflect"), repeats = onnx_is(mode, "edge");
    if (mode.len && !mirrors && !repeats && !onnx_is(mode, "constant"))
        return onnx_refuse(op, "the mode '%s'", onnx_text(op->t, mode));
    for (int32_t i = 0; i < v.rank; i++)
        memcpy(&pads[2 * onnx_view_axis(&v, i)], &file[2 * i], 2 * sizeof file[0]);
    x = v.id;
    if (!crop(op, pads, &x))
        return false;
    for (int32_t i = 0; i < v.rank; i++) {
        if ((mirrors || repeats) && !extend(op, i, &pads[2 * i], mirrors, &x))
            return false;
        at.pads[2 * i] = (int32_t)pads[2 * i];
        at.pads[2 * i + 1] = (int32_t)pads[2 * i + 1];
        any = any || at.pads[2 * i] || at.pads[2 * i + 1];
    }
    if (any && !mirrors && !repeats && !onnx_step(op, OP_PAD, &at, &x, 1, &x))
        return false;
    return onnx_set_view(op, 0, x, &v);
}

/* ---- blocks of pixels ---- */

static bool block_of(const struct onnx_op *op, int32_t *block)
{
    int64_t size;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_attr_int(op, "blocksize", 0, &size))
        return false;
    if (size < 1 || size > 255)
        return onnx_refuse(op, "a block of %" PRId64 ", expected 1..255", size);
    *block = (int32_t)size; /* 1..255 */
    return true;
}

static bool check_image(const struct onnx_op *op, uint32_t x)
{
    const int32_t rank = onnx_tensor_of(op, x)->shape.rank;
    return rank == 4 || onnx_refuse(op, "rank %" PRId32 ", expected 4", rank);
}

/* In the order column, row, depth the channels of one pixel of the output lie together: they are
 * sorted first. */
bool onnx_depth_to_space(const struct onnx_op *op)
{
    struct attrs at = {0};
    struct bytes mode;
    uint32_t x;
    if (!block_of(op, &at.block_h) || !onnx_attr_string(op, "mode", &mode) ||
        !onnx_in_last(op, 0, &x) || !check_image(op, x))
        return false;
    at.block_w = at.block_h;
    const struct shape s = onnx_tensor_of(op, x)->shape;
    assert(at.block_h > 0);
    const int32_t n = at.block_h * at.block_w, perm[5] = {0, 1, 2, 4, 3};
    if (mode.len && !onnx_is(mode, "DCR") && !onnx_is(mode, "CRD"))
        return onnx_refuse(op, "the mode '%s'", onnx_text(op->t, mode));
    if (onnx_is(mode, "CRD") && s.dim[3] % n == 0) {
        const struct shape apart = {.rank = 5,
                                    .dim = {s.dim[0], s.dim[1], s.dim[2], s.dim[3] / n, n}};
        if (!onnx_reshape_to(op, x, &apart, &x) || !onnx_transpose_by(op, x, perm, &x) ||
            !onnx_reshape_to(op, x, &s, &x))
            return false;
    }
    return onnx_images(op, OP_DEPTH_TO_SPACE, &at, &x, 1, &x) && onnx_set_last(op, 0, x);
}

bool onnx_space_to_depth(const struct onnx_op *op)
{
    struct attrs at = {0};
    uint32_t x;
    if (!block_of(op, &at.block_h) || !onnx_in_last(op, 0, &x) || !check_image(op, x))
        return false;
    at.block_w = at.block_h;
    return onnx_images(op, OP_SPACE_TO_DEPTH, &at, &x, 1, &x) && onnx_set_last(op, 0, x);
}
