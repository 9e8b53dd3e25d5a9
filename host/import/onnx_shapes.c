/* onnx_shapes.c - operators of ONNX that change the shape alone, or are about shapes: of these
 * nothing is left. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx_parts.h"

/* ---- constants that follow from shapes ---- */

/* Input 0 in the file's order of dimensions, without making anything. */
static bool file_shape(const struct onnx_op *op, struct shape *out)
{
    struct onnx_view v;
    if (!onnx_in_view(op, 0, &v))
        return false;
    const struct shape *s = &onnx_tensor_of(op, v.id)->shape;
    *out = (struct shape){.rank = v.is_scalar ? 0 : s->rank};
    for (int32_t i = 0; i < out->rank; i++)
        out->dim[i] = s->dim[onnx_view_axis(&v, i)];
    return true;
}

/* Position p of a row of n, counted from the end when negative. */
static int64_t held(int64_t p, int64_t n)
{
    p = p < 0 ? p + n : p;
    return p < 0 ? 0 : p > n ? n : p;
}

bool onnx_shape(const struct onnx_op *op)
{
    struct shape s;
    int64_t start, end, dims[RANK_MAX];
    if (!onnx_arity(op, 1, 1, 1) || !file_shape(op, &s) || !onnx_attr_int(op, "start", 0, &start) ||
        !onnx_attr_int(op, "end", s.rank, &end))
        return false;
    struct onnx_ints ints = {.v = dims};
    for (int64_t i = held(start, s.rank); i < held(end, s.rank); i++)
        dims[ints.n++] = s.dim[i];
    if (ints.n == 0)
        return onnx_refuse(op, "no dimension, which makes a tensor without elements");
    return onnx_set(op, 0, onnx_ints_constant(op, &ints));
}

bool onnx_size(const struct onnx_op *op)
{
    struct shape s;
    if (!onnx_arity(op, 1, 1, 1) || !file_shape(op, &s))
        return false;
    onnx_set_scalar(op, 0, onnx_int(op, (int32_t)shape_count(&s))); /* <= 2^28 */
    return true;
}

/* A constant as the value of the output. */
static bool set_constant(const struct onnx_op *op, const struct onnx_tensor *from)
{
    struct onnx_tensor *kept = arena_copy(op->t->tmp, from, sizeof *from);
    if (onnx_wants(op, 0)) {
        struct onnx_value *v = &op->t->values.items[op->outs.items[0]];
        v->state = ONNX_CONSTANT;
        v->from = kept;
    }
    return true;
}

bool onnx_constant_node(const struct onnx_op *op)
{
    struct onnx_tensor tensor;
    bool is_there;
    int64_t value;
    float number;
    struct onnx_ints ints;
    if (!onnx_arity(op, 0, 0, 1) || !onnx_attr_tensor(op, "value", &tensor, &is_there))
        return false;
    if (is_there)
        return set_constant(op, &tensor);
    if (onnx_attr_is_there(op, "value_int")) {
        if (!onnx_attr_int(op, "value_int", 0, &value))
            return false;
        if (value < INT32_MIN || value > INT32_MAX)
            return onnx_refuse(op, "%" PRId64 " is outside 32 bits", value);
        onnx_set_scalar(op, 0, onnx_int(op, (int32_t)value));
        return true;
    }
    if (onnx_attr_is_there(op, "value_float")) {
        if (!onnx_attr_float(op, "value_float", 0.0f, &number))
            return false;
        if (!isfinite(number))
            return onnx_refuse(op, "a constant is infinite");
        onnx_set_scalar(op, 0, onnx_float(op, number));
        return true;
    }
    if (!onnx_attr_ints(op, "value_ints", &ints))
        return false;
    if (ints.n == 0)
        return onnx_refuse(op, "neither a tensor nor integers nor a float");
    for (uint32_t i = 0; i < ints.n; i++)
        if (ints.v[i] < INT32_MIN || ints.v[i] > INT32_MAX)
            return onnx_refuse(op, "%" PRId64 " is outside 32 bits", ints.v[i]);
    return onnx_set(op, 0, onnx_ints_constant(op, &ints));
}

/* Dimensions as a shape, each 1 or more. */
static bool shape_of_ints(const struct onnx_op *op, const struct onnx_ints *dims, struct shape *out)
{
    int64_t count = 1;
    *out = (struct shape){.rank = (int32_t)dims->n};
    if (dims->n > RANK_MAX)
        return onnx_refuse(op, "%" PRIu32 " dimensions, at most %d", dims->n, RANK_MAX);
    for (uint32_t i = 0; i < dims->n; i++) {
        if (dims->v[i] < 1 || dims->v[i] > DIM_MAX)
            return onnx_refuse(op, "dimension %" PRIu32 " is %" PRId64 ", outside 1..%d", i,
                               dims->v[i], DIM_MAX);
        out->dim[i] = (int32_t)dims->v[i];
        count *= out->dim[i]; /* <= 2^28 * 2^24 */
        if (count > COUNT_MAX)
            return onnx_refuse(op, "more than %d elements", COUNT_MAX);
    }
    return true;
}

/* x, of one element or of fewer, as often as the shape says. */
static bool expand_to(const struct onnx_op *op, uint32_t x, const struct shape *to, uint32_t *y)
{
    struct attrs at = {0};
    const struct shape from = onnx_tensor_of(op, x)->shape; /* dimensions of 1 or more */
    struct shape wide = {.rank = to->rank};
    bool repeats = false;
    for (int32_t i = 0; i < to->rank; i++) {
        const int32_t k = i - (to->rank - from.rank);
        wide.dim[i] = k < 0 ? 1 : from.dim[k];
        if (wide.dim[i] != 1 && wide.dim[i] != to->dim[i])
            return onnx_refuse(op, "dimension %" PRId32 " of %" PRId32 " to %" PRId32, i,
                               wide.dim[i], to->dim[i]);
        at.repeat[i] = wide.dim[i] == 1 ? to->dim[i] : 1;
        repeats = repeats || at.repeat[i] > 1;
    }
    if (!onnx_reshape_to(op, x, &wide, y))
        return false;
    return !repeats || onnx_step(op, OP_TILE, &at, y, 1, y);
}

bool onnx_expand(const struct onnx_op *op)
{
    struct onnx_ints dims;
    struct shape to;
    uint32_t x, y;
    if (!onnx_arity(op, 2, 2, 1) || !onnx_in(op, 0, &x) || !onnx_in_ints(op, 1, &dims) ||
        !shape_of_ints(op, &dims, &to))
        return false;
    const struct shape from = onnx_tensor_of(op, x)->shape;
    struct shape both = {.rank = from.rank > to.rank ? from.rank : to.rank};
    for (int32_t i = 0; i < both.rank; i++) {
        const int32_t a = i - (both.rank - from.rank), b = i - (both.rank - to.rank);
        const int32_t da = a < 0 ? 1 : from.dim[a], db = b < 0 ? 1 : to.dim[b];
        both.dim[i] = da == 1 ? db : da; /* the other is 1 or the same: expand_to looks */
        if (db != 1 && db != both.dim[i])
            return onnx_refuse(op, "dimension %" PRId32 " of %" PRId32 " to %" PRId32, i, da, db);
    }
    return expand_to(op, x, &both, &y) && onnx_set(op, 0, y);
}

bool onnx_constant_of_shape(const struct onnx_op *op)
{
    struct onnx_ints dims;
    struct onnx_tensor value;
    struct tensor one;
    struct shape to;
    uint32_t x = NO_TENSOR, y = NO_TENSOR;
    bool is_there = false;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in_ints(op, 0, &dims) || !shape_of_ints(op, &dims, &to) ||
        !onnx_attr_tensor(op, "value", &value, &is_there))
        return false;
    if (!is_there) {
        x = onnx_float(op, 0.0f);
    } else {
        if (!onnx_constant(op, &value, &one))
            return false;
        if (shape_count(&one.shape) != 1)
            return onnx_refuse(op, "a value of more than one element");
        one.shape = (struct shape){.rank = 1, .dim = {1}};
        x = graph_add_tensor(op->t->g, &one);
    }
    if (to.rank == 0) {
        onnx_set_scalar(op, 0, x);
        return true;
    }
    return expand_to(op, x, &to, &y) && onnx_set(op, 0, y);
}

/* The one number of input k, as a double: an integer or a float. */
static bool number(const struct onnx_op *op, uint32_t k, bool *is_float, double *out)
{
    uint32_t id;
    if (!onnx_is_constant(op, k))
        return onnx_refuse(op, "input %" PRIu32 " is not known beforehand", k);
    if (!onnx_in(op, k, &id))
        return false;
    const struct tensor *t = onnx_tensor_of(op, id);
    if (shape_count(&t->shape) != 1 || (t->dtype != DT_F32 && t->dtype != DT_S32))
        return onnx_refuse(op, "input %" PRIu32 " is not one float32 or integer", k);
    *is_float = t->dtype == DT_F32;
    *out = *is_float ? (double)*(const float *)t->data : (double)element_int(DT_S32, t->data, 0);
    return true;
}

bool onnx_range(const struct onnx_op *op)
{
    double of[3] = {0};
    bool is_float[3] = {0};
    if (!onnx_arity(op, 3, 3, 1))
        return false;
    for (uint32_t k = 0; k < 3; k++)
        if (!number(op, k, &is_float[k], &of[k]))
            return false;
    const double n = ceil((of[1] - of[0]) / of[2]);
    if (!(n >= 1.0) || n > DIM_MAX)
        return onnx_refuse(op, "%.0f elements, expected 1..%d", n, DIM_MAX);
    struct tensor t = {.name = op->out,
                       .dtype = is_float[0] ? DT_F32 : DT_S32,
                       .shape = {.rank = 1, .dim = {(int32_t)n}}};
    if (tensor_bytes(&t) > onnx_room(op->t))
        return onnx_refuse(op, "what follows from shapes alone takes too much memory");
    op->t->n_made += tensor_bytes(&t);
    void *data = arena_alloc(op->t->a, tensor_bytes(&t));
    for (int32_t i = 0; i < t.shape.dim[0]; i++) {
        if (is_float[0])
            ((float *)data)[i] = (float)of[0] + (float)i * (float)of[2];
        else
            element_set_int(DT_S32, data, i, (int64_t)(of[0] + i * of[2]));
    }
    t.data = data;
    return onnx_set(op, 0, graph_add_tensor(op->t->g, &t));
}

/* ---- the same elements in another shape ---- */

static bool to_shape(const struct onnx_op *op, uint32_t x, const struct shape *to)
{
    struct shape one = *to;
    uint32_t y;
    if (to->rank == 0)
        one = (struct shape){.rank = 1, .dim = {1}};
    if (!onnx_reshape_to(op, x, &one, &y))
        return false;
    if (to->rank == 0)
        onnx_set_scalar(op, 0, y);
    else
        onnx_set(op, 0, y);
    return true;
}

bool onnx_reshape(const struct onnx_op *op)
{
    struct onnx_ints dims;
    int64_t keeps_zero;
    uint32_t x;
    if (!onnx_arity(op, 2, 2, 1) || !onnx_in(op, 0, &x) || !onnx_in_ints(op, 1, &dims) ||
        !onnx_attr_int(op, "allowzero", 0, &keeps_zero))
        return false;
    const struct shape from = onnx_tensor_of(op, x)->shape;
    struct onnx_ints full = {.n = dims.n, .v = ARENA_ARRAY(op->t->tmp, int64_t, dims.n + 1u)};
    int64_t count = 1;
    uint32_t open = UINT32_MAX;
    for (uint32_t i = 0; i < dims.n; i++) {
        full.v[i] = dims.v[i];
        if (dims.v[i] == 0 && !keeps_zero && i < (uint32_t)from.rank)
            full.v[i] = from.dim[i];
        if (dims.v[i] == -1 && open == UINT32_MAX) {
            open = i;
            full.v[i] = 1;
        }
        if (full.v[i] < 1 || full.v[i] > COUNT_MAX || count > COUNT_MAX)
            return onnx_refuse(op, "dimension %" PRIu32 " of the new shape is %" PRId64, i,
                               dims.v[i]);
        count *= full.v[i]; /* <= 2^28 * 2^28 */
    }
    if (open != UINT32_MAX)
        full.v[open] = shape_count(&from) / count;
    struct shape to;
    if (!shape_of_ints(op, &full, &to))
        return false;
    if (shape_count(&to) != shape_count(&from))
        return onnx_refuse(op, "%" PRId64 " elements into a shape of %" PRId64, shape_count(&from),
                           shape_count(&to));
    return to_shape(op, x, &to);
}

bool onnx_flatten(const struct onnx_op *op)
{
    int64_t axis;
    int32_t rank;
    uint32_t x;
    if (!onnx_arity(op, 1, 1, 1) || !onnx_in(op, 0, &x) || !onnx_rank(op, 0, &rank) ||
        !onnx_attr_int(op, "axis", 1, &axis))
        return false;
    if (axis < -rank || axis > rank)
        return onnx_refuse(op, "axis %" PRId64 " is outside %" PRId32 "..%" PRId32, axis, -rank,
                           rank);
    axis = axis < 0 ? axis + rank : axis;
    const struct shape from = onnx_tensor_of(op, x)->shape;
    struct shape to = {.rank = 2, .dim = {1, 1}};
    for (int32_t i = 0; i < rank; i++)
        to.dim[i < axis ? 0 : 1] *= from.dim[i]; /* <= 2^28 */
    return to_shape(op, x, &to);
}

/* The axes, from an attribute or since opset 13 from input 1. */
static bool axes_of(const struct onnx_op *op, struct onnx_ints *axes)
{
    if (op->t->opset < 13)
        return onnx_arity(op, 1, 1, 1) && onnx_attr_ints(op, "axes", axes);
    *axes = (struct onnx_ints){0};
    return onnx_arity(op, 1, 2, 1) && (!onnx_has(op, 1) || onnx_in_ints(op, 1, axes));
}

bool onnx_squeeze(const struct onnx_op *op)
{
    struct onnx_ints axes;
    bool gone[RANK_MAX] = {0};
    int32_t rank;
    uint32_t x;
    if (!axes_of(op, &axes) || !onnx_in(op, 0, &x) || !onnx_rank(op, 0, &rank))
        return false;
    const struct shape from = onnx_tensor_of(op, x)->shape;
    for (int32_t i = 0; i < rank; i++)
        gone[i] = axes.n == 0 && from.dim[i] == 1;
    for (uint32_t i = 0; i < axes.n; i++) {
        int32_t axis = 0;
        if (!onnx_axis(op, axes.v[i], rank, &axis))
            return false;
        if (from.dim[axis] != 1)
            return onnx_refuse(op, "dimension %" PRId32 " is %" PRId32 ", not 1", axis,
                               from.dim[axis]);
        gone[axis] = true;
    }
    struct shape to = {0};
    for (int32_t i = 0; i < rank; i++)
        if (!gone[i])
            to.dim[to.rank++] = from.dim[i];
    return to_shape(op, x, &to);
}

bool onnx_unsqueeze(const struct onnx_op *op)
{
    struct onnx_ints axes;
    bool is_new[RANK_MAX] = {0};
    int32_t rank, from = 0;
    uint32_t x;
    if (!axes_of(op, &axes) || !onnx_in(op, 0, &x) || !onnx_rank(op, 0, &rank))
        return false;
    if (axes.n > (uint32_t)(RANK_MAX - rank))
        return onnx_refuse(op, "to %" PRIu32 " dimensions, at most %d", axes.n + (uint32_t)rank,
                           RANK_MAX);
    const int32_t wide = rank + (int32_t)axes.n;
    for (uint32_t i = 0; i < axes.n; i++) {
        int32_t axis = 0;
        if (!onnx_axis(op, axes.v[i], wide, &axis))
            return false;
        if (is_new[axis])
            return onnx_refuse(op, "axis %" PRId32 " is named twice", axis);
        is_new[axis] = true;
    }
    struct shape to = {.rank = wide};
    for (int32_t i = 0; i < wide; i++)
        to.dim[i] = is_new[i] ? 1 : onnx_tensor_of(op, x)->shape.dim[from++];
    return to_shape(op, x, &to);
}
