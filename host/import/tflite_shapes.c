/* tflite_shapes.c - operators of TensorFlow Lite that move data, and those that compute shapes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exporters write a reshape as SHAPE, STRIDED_SLICE, PACK, RESHAPE when the batch was open. Here
 * all shapes are static, so such a chain is a row of known integers and leaves no node. */
#include <inttypes.h>
#include <string.h>

#include "import/tflite_parts.h"

/* The new shape of a reshape: its second input, else its attribute. */
static bool new_shape(struct tfl *t, const struct tfl_op *op, struct tfl_ints *out)
{
    if (tfl_in_id(t, op, 1) >= 0)
        return tfl_in_ints(t, op, 1, out);
    if (!tfl_options(op, OPTIONS_RESHAPE))
        return false;
    struct fb_vector v = fb_vector(t->fb, &op->options, RESHAPE_NEW_SHAPE, sizeof(int32_t));
    if (v.n == 0 || v.n > RANK_MAX)
        return tfl_refuse(op, "its new shape has %" PRIu32 " dimensions, expected 1..%d", v.n,
                          RANK_MAX);
    *out = (struct tfl_ints){.n = v.n};
    for (uint32_t i = 0; i < v.n; i++)
        out->v[i] = fb_i32_at(t->fb, &v, i);
    return true;
}

/* One dimension may be -1: what is left of `count` elements. */
static bool resolve_shape(const struct tfl_op *op, struct tfl_ints *shape, int64_t count)
{
    int64_t known = 1, i_open = -1;
    if (shape->n == 0 || shape->n > RANK_MAX)
        return tfl_refuse(op, "its new shape has %" PRIu32 " dimensions, expected 1..%d", shape->n,
                          RANK_MAX);
    for (uint32_t i = 0; i < shape->n; i++) {
        int64_t dim = shape->v[i];
        if (dim == -1 && i_open >= 0)
            return tfl_refuse(op, "its new shape has more than one -1");
        if (dim == -1) {
            i_open = i;
            continue;
        }
        if (dim < 1 || dim > DIM_MAX)
            return tfl_refuse(op, "dimension %" PRIu32 " of its new shape is %" PRId64, i, dim);
        known *= dim;
        if (known > COUNT_MAX) /* so the next product is below 2^52 */
            return tfl_refuse(op, "its new shape has more than %d elements", COUNT_MAX);
    }
    if (i_open >= 0 && count % known != 0)
        return tfl_refuse(
            op, "%" PRId64 " elements are no multiple of the %" PRId64 " that its new shape fixes",
            count, known);
    if (i_open >= 0)
        shape->v[i_open] = count / known;
    return true;
}

bool tfl_reshape(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints shape = {0};
    uint32_t x;
    if (!tfl_arity(op, 1, 2) || !tfl_in(t, op, 0, &x) || !new_shape(t, op, &shape) ||
        !resolve_shape(op, &shape, shape_count(&t->g->tensors.items[x].shape)))
        return false;
    struct attrs at = {.new_rank = (int32_t)shape.n};
    for (uint32_t i = 0; i < shape.n; i++)
        at.new_shape[i] = (int32_t)shape.v[i];
    return tfl_add(t, op, OP_RESHAPE, &at, &x, 1);
}

/* The value of PADV2, a constant: usually the least that the type has. */
static bool pad_value(struct tfl *t, const struct tfl_op *op, float *value)
{
    uint32_t id;
    *value = 0.0f;
    if (op->in_ids.n < 3)
        return true;
    if (!tfl_in(t, op, 2, &id))
        return false;
    const struct tensor *v = tfl_tensor_of(t, id);
    if (!v->data || shape_count(&v->shape) != 1 ||
        (v->dtype != DT_F32 && (v->dtype != DT_S8 || v->quant.n != 1)))
        return tfl_refuse(op, "its value '%s' is no constant of one number", v->name);
    if (v->dtype == DT_F32)
        memcpy(value, v->data, sizeof *value);
    else
        *value =
            v->quant.scale[0] * (float)(element_int(DT_S8, v->data, 0) - (int64_t)v->quant.zero[0]);
    return true;
}

bool tfl_pad(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    struct tfl_ints pads = {0};
    uint32_t x;
    if (!tfl_arity(op, 2, 3) || !tfl_in(t, op, 0, &x) || !tfl_in_ints(t, op, 1, &pads) ||
        !pad_value(t, op, &at.value))
        return false;
    uint32_t rank = (uint32_t)tfl_tensor_of(t, x)->shape.rank;
    if (pads.n != 2 * rank)
        return tfl_refuse(op, "%" PRIu32 " paddings for %" PRIu32 " dimensions", pads.n, rank);
    for (uint32_t i = 0; i < pads.n; i++) {
        if (pads.v[i] < 0 || pads.v[i] > DIM_MAX)
            return tfl_refuse(op, "padding %" PRId64 " of dimension %" PRIu32 " is outside 0..%d",
                              pads.v[i], i / 2, DIM_MAX);
        at.pads[i] = (int32_t)pads.v[i];
    }
    return tfl_add(t, op, OP_PAD, &at, &x, 1);
}

/* An input of another scale than the output's is requantised. */
static bool in_scale_of(struct tfl *t, const struct tfl_op *op, const struct tensor *y,
                        uint32_t *id)
{
    const struct tensor *x = tfl_tensor_of(t, *id);
    if (x->dtype != DT_S8 || x->quant.n != 1 || y->dtype != DT_S8 || y->quant.n != 1 ||
        (x->quant.scale[0] == y->quant.scale[0] && x->quant.zero[0] == y->quant.zero[0]))
        return true;
    return tfl_step(t, op, OP_QUANTIZE, NULL, id, 1, y, id);
}

bool tfl_concat(struct tfl *t, const struct tfl_op *op)
{
    enum act act;
    uint32_t in[TFL_OPERANDS_MAX] = {0};
    if (!tfl_arity(op, 1, TFL_OPERANDS_MAX) || !tfl_options(op, OPTIONS_CONCAT) ||
        !tfl_act(t, op, CONCAT_ACT, &act))
        return false;
    if (act != ACT_NONE)
        return tfl_refuse(op, "a fused activation, which no kernel of the reference has");
    struct tensor as;
    struct attrs at = {0};
    if (!tfl_out_tensor(t, op, &as))
        return false;
    uint32_t n = 0; /* inputs with elements */
    for (uint32_t k = 0; k < op->in_ids.n; k++) {
        const int32_t i = tfl_in_id(t, op, k);
        if (i >= 0 && t->values[i].state == TFL_EMPTY)
            continue;
        if (!tfl_in(t, op, k, &in[n]) || !in_scale_of(t, op, &as, &in[n]))
            return false;
        n++;
    }
    if (n == 0)
        return tfl_set_empty(t, op);
    return tfl_axis(op, fb_i32(t->fb, &op->options, CONCAT_AXIS, 0),
                    tfl_tensor_of(t, in[0])->shape.rank, &at.axis) &&
           tfl_add(t, op, OP_CONCAT, &at, in, n);
}

bool tfl_shape(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x;
    if (!tfl_arity(op, 1, 1) || !tfl_in(t, op, 0, &x))
        return false;
    const struct shape *s = &t->g->tensors.items[x].shape;
    struct tfl_ints shape = {.n = (uint32_t)s->rank};
    for (int32_t i = 0; i < s->rank; i++)
        shape.v[i] = s->dim[i];
    tfl_set_ints(t, op, &shape);
    return true;
}

int64_t tfl_slice_position(int64_t p, int64_t n, int64_t low, int64_t high)
{
    if (p < 0)
        p += n; /* |p| < 2^63: it was read from 32 or 64 bits and n >= 0 */
    return p < low ? low : p > high ? high : p;
}

/* Of activations, or here of a row of integers: begin, end and stride have one element each. */
bool tfl_strided_slice(struct tfl *t, const struct tfl_op *op)
{
    int32_t x = tfl_in_id(t, op, 0);
    if (x < 0 || t->values[x].state != TFL_INTS)
        return tfl_slice_strided(t, op);
    struct tfl_ints in = {0}, begin = {0}, end = {0}, stride = {0}, out = {0};
    if (!tfl_arity(op, 4, 4) || !tfl_options(op, OPTIONS_STRIDED_SLICE) ||
        !tfl_in_ints(t, op, 0, &in) || !tfl_in_ints(t, op, 1, &begin) ||
        !tfl_in_ints(t, op, 2, &end) || !tfl_in_ints(t, op, 3, &stride))
        return false;
    int32_t begin_mask = fb_i32(t->fb, &op->options, SLICE_BEGIN_MASK, 0);
    int32_t end_mask = fb_i32(t->fb, &op->options, SLICE_END_MASK, 0);
    int32_t shrink = fb_i32(t->fb, &op->options, SLICE_SHRINK_AXIS_MASK, 0);
    if (fb_i32(t->fb, &op->options, SLICE_ELLIPSIS_MASK, 0) != 0 ||
        fb_i32(t->fb, &op->options, SLICE_NEW_AXIS_MASK, 0) != 0)
        return tfl_refuse(op, "masks for an ellipsis or a new axis on a shape");
    if (in.scalar || begin.n != 1 || end.n != 1 || stride.n != 1 || stride.v[0] < 1)
        return tfl_refuse(op, "on a shape, with other than one begin, end and stride >= 1");
    int64_t n = in.n;
    int64_t first = begin_mask & 1 ? 0 : tfl_slice_position(begin.v[0], n, 0, n);
    int64_t last = end_mask & 1 ? n : tfl_slice_position(end.v[0], n, 0, n);
    if (shrink & 1)
        last = first + 1; /* one element, whatever the end says */
    if (last > n)
        return tfl_refuse(op, "element %" PRId64 " of a shape of %" PRId64, first, n);
    int64_t step = stride.v[0] > n ? n + 1 : stride.v[0];
    out.scalar = shrink & 1;
    for (int64_t i = first; i < last; i += step)
        out.v[out.n++] = in.v[i];
    tfl_set_ints(t, op, &out);
    return true;
}

/* Tensors side by side along a dimension of their own. */
static bool pack_values(struct tfl *t, const struct tfl_op *op)
{
    uint32_t in[TFL_OPERANDS_MAX] = {0};
    struct tensor as;
    struct attrs at = {0};
    if (!tfl_arity(op, 1, TFL_OPERANDS_MAX) || !tfl_out_tensor(t, op, &as) ||
        !tfl_axis(op, fb_i32(t->fb, &op->options, PACK_AXIS, 0), as.shape.rank, &at.axis))
        return false;
    struct shape part = as.shape;
    part.dim[at.axis] = 1;
    for (uint32_t k = 0; k < op->in_ids.n; k++) {
        if (!tfl_in(t, op, k, &in[k]))
            return false;
        if (shape_count(&tfl_tensor_of(t, in[k])->shape) != shape_count(&part))
            return tfl_refuse(op, "input %" PRIu32 " does not fit its output", k);
        if (!tfl_step_reshape(t, op, &part, in[k], &in[k]))
            return false;
    }
    return tfl_add(t, op, OP_CONCAT, &at, in, op->in_ids.n);
}

/* Is an input an integer that is known while reading, and none an activation? */
static bool packs_ints(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints one = {0};
    bool all = op->in_ids.n <= TFL_INTS_MAX;
    for (uint32_t k = 0; k < op->in_ids.n && all; k++) {
        const int32_t i = tfl_in_id(t, op, k);
        all = i >= 0 && (t->values[i].state == TFL_INTS ||
                         (t->values[i].state == TFL_UNSEEN &&
                          tfl_tensor_ints(t, tfl_tensor(t, (uint32_t)i), &one)));
    }
    return all;
}

/* Scalars side by side are a shape. */
bool tfl_pack(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints out = {0};
    if (!tfl_options(op, OPTIONS_PACK))
        return false;
    if (!packs_ints(t, op))
        return pack_values(t, op);
    if (!tfl_arity(op, 1, TFL_INTS_MAX))
        return false;
    for (uint32_t k = 0; k < op->in_ids.n; k++) {
        struct tfl_ints one = {0};
        if (!tfl_in_ints(t, op, k, &one))
            return false;
        if (!one.scalar || one.n != 1)
            return tfl_refuse(op, "of a shape, whose part %" PRIu32 " is no scalar", k);
        out.v[out.n++] = one.v[0];
    }
    tfl_set_ints(t, op, &out);
    return true;
}

/* A tensor of one value, which is a constant. What is an integer was computed by tfl_fold_ints, if it
 * is small. */
bool tfl_fill(struct tfl *t, const struct tfl_op *op)
{
    struct tfl_ints dims = {0};
    struct tensor value, y = {.name = op->out};
    if (!tfl_arity(op, 2, 2) || !tfl_in_ints(t, op, 0, &dims) ||
        !tfl_in_constant(t, op, 1, &value) || !resolve_shape(op, &dims, 1))
        return false;
    if (shape_count(&value.shape) != 1)
        return tfl_refuse(op, "a value of %" PRId64 " elements, expected 1",
                          shape_count(&value.shape));
    y.dtype = value.dtype;
    y.quant = value.quant;
    y.shape.rank = (int32_t)dims.n;
    for (uint32_t i = 0; i < dims.n; i++)
        y.shape.dim[i] = (int32_t)dims.v[i];
    if (shape_count(&y.shape) > TFL_FILL_MAX)
        return tfl_refuse(op, "%" PRId64 " elements, at most %d are supported",
                          shape_count(&y.shape), TFL_FILL_MAX);
    const size_t n = tensor_bytes(&y), bytes = dtype_bytes(y.dtype);
    if (!tfl_count_copy(t, op, n))
        return false;
    uint8_t *data = arena_alloc(t->a, n);
    for (size_t i = 0; i < n; i += bytes)
        memcpy(data + i, value.data, bytes);
    y.data = data;
    return tfl_set(t, op, graph_add_tensor(t->g, &y));
}
