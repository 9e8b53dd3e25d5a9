/* tflite_along.c - operators along one axis of TensorFlow Lite: sums so far, the largest elements and
 * their places, vectors of length 1. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "import/tflite_parts.h"

/* Input x, and the one integer of input 1, of an operator of n_out outputs. */
static bool input_and_int(struct tfl *t, const struct tfl_op *op, uint32_t n_out, const char *what,
                          uint32_t *x, int64_t *value)
{
    struct tfl_ints ints = {0};
    if (!tfl_arity_of(op, 2, 2, n_out) || !tfl_in(t, op, 0, x) || !tfl_in_ints(t, op, 1, &ints))
        return false;
    if (ints.n != 1)
        return tfl_refuse(op, "%" PRIu32 " %s, expected 1", ints.n, what);
    *value = ints.v[0];
    return true;
}

/* Without the axis: the shape that the file declares may be that of a scalar. */
bool tfl_arg_extremum(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {0};
    uint32_t x;
    int64_t axis = 0;
    return input_and_int(t, op, 1, "axes", &x, &axis) &&
           tfl_axis(op, axis, tfl_tensor_of(t, x)->shape.rank, &at.axis) &&
           tfl_add_reshaped(t, op, op->kind, &at, &x, 1);
}

bool tfl_cumsum(struct tfl *t, const struct tfl_op *op)
{
    struct attrs at = {
        .exclusive = fb_u8(t->fb, &op->options, CUMSUM_EXCLUSIVE, 0) != 0,
        .reverse = fb_u8(t->fb, &op->options, CUMSUM_REVERSE, 0) != 0,
    };
    uint32_t x;
    int64_t axis = 0;
    return tfl_options(op, OPTIONS_CUMSUM) && input_and_int(t, op, 1, "axes", &x, &axis) &&
           tfl_axis(op, axis, tfl_tensor_of(t, x)->shape.rank, &at.axis) &&
           tfl_add(t, op, OP_CUMSUM, &at, &x, 1);
}

bool tfl_topk(struct tfl *t, const struct tfl_op *op)
{
    uint32_t x;
    int64_t k = 0;
    if (!input_and_int(t, op, 2, "numbers of elements", &x, &k))
        return false;
    if (k < 1 || k > DIM_MAX)
        return tfl_refuse(op, "the %" PRId64 " largest elements, expected 1 or more", k);
    const struct attrs at = {.k = (int32_t)k};
    return tfl_add_each(t, op, OP_TOPK, &at, &x, 1);
}

bool tfl_l2_normalization(struct tfl *t, const struct tfl_op *op)
{
    enum act act = ACT_NONE;
    uint32_t x;
    if (!tfl_options(op, OPTIONS_L2_NORM) || !tfl_act(t, op, L2_NORM_ACT, &act) ||
        !tfl_arity(op, 1, 1) || !tfl_in(t, op, 0, &x))
        return false;
    if (act != ACT_NONE)
        return tfl_refuse(op, "a fused activation, which the reference does not have");
    return tfl_add(t, op, OP_L2_NORMALIZATION, NULL, &x, 1);
}
