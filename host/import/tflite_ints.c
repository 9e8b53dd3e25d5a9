/* tflite_ints.c - operators of TensorFlow Lite on integers that are known while reading.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exporters compute new shapes from old ones: products, quotients, rows put together. All shapes are
 * static here, so such a chain is arithmetic on a few constants and leaves no node. */
#include <inttypes.h>

#include "import/tflite_parts.h"

#define INT_LIMIT (INT64_C(1) << 31) /* so no product leaves int64 */

/* The operator's inputs. */
struct rows {
    uint32_t n;
    struct tfl_ints of[4];
};

/* Are all inputs known integers, and one of them at least from a shape, or all of them constants? */
static bool known_inputs(struct tfl *t, const struct tfl_op *op, struct rows *in)
{
    in->n = op->in_ids.n;
    if (in->n < 1 || in->n > sizeof in->of / sizeof in->of[0] || op->out_ids.n != 1)
        return false;
    for (uint32_t k = 0; k < in->n; k++) {
        const int32_t i = tfl_in_id(t, op, k);
        if (i < 0 || t->values[i].state == TFL_VALUE || t->values[i].state == TFL_BROKEN ||
            t->values[i].state == TFL_EMPTY)
            return false;
        if (t->values[i].state == TFL_INTS)
            in->of[k] = *t->values[i].ints;
        else if (!tfl_tensor_ints(t, tfl_tensor(t, (uint32_t)i), &in->of[k]))
            return false;
    }
    const struct tfl_tensor *y = tfl_tensor(t, tfl_out_id(t, op));
    return y && (y->type == TFL_INT32 || y->type == TFL_INT64 || y->type == TFL_BOOL);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static bool pair(const struct tfl_op *op, int64_t a, int64_t b, int64_t *y)
{
    switch (op->code) {
    case TFL_ADD:
        *y = a + b;
        return true;
    case TFL_SUB:
        *y = a - b;
        return true;
    case TFL_MUL:
        *y = a * b;
        return true;
    case TFL_MINIMUM:
        *y = a < b ? a : b;
        return true;
    case TFL_MAXIMUM:
        *y = a > b ? a : b;
        return true;
    case TFL_EQUAL:
        *y = a == b;
        return true;
    case TFL_NOT_EQUAL:
        *y = a != b;
        return true;
    case TFL_LESS:
        *y = a < b;
        return true;
    case TFL_LESS_EQUAL:
        *y = a <= b;
        return true;
    case TFL_GREATER:
        *y = a > b;
        return true;
    case TFL_GREATER_EQUAL:
        *y = a >= b;
        return true;
    case TFL_LOGICAL_AND:
        *y = a && b;
        return true;
    case TFL_LOGICAL_OR:
        *y = a || b;
        return true;
    default:
        if (b == 0)
            return tfl_refuse(op, "a division by 0");
        *y = op->code == TFL_FLOOR_MOD ? a - b * floor_div(a, b) : floor_div(a, b);
        return true;
    }
}

/* Rows of one length, or of 1. */
static bool fold_pair(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out)
{
    const struct tfl_ints *a = &in->of[0], *b = &in->of[1];
    out->n = a->n > b->n ? a->n : b->n;
    if (in->n != 2 || a->n == 0 || b->n == 0 || (a->n != b->n && a->n != 1 && b->n != 1))
        return tfl_refuse(op, "of %" PRIu32 " and %" PRIu32 " integers of a shape", a->n, b->n);
    for (uint32_t i = 0; i < out->n; i++)
        if (!pair(op, a->v[a->n == 1 ? 0 : i], b->v[b->n == 1 ? 0 : i], &out->v[i]))
            return false;
    return true;
}

static bool fold_row(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out)
{
    for (uint32_t k = 0; k < in->n; k++)
        for (uint32_t i = 0; i < in->of[k].n; i++) {
            if (out->n == TFL_INTS_MAX)
                return tfl_refuse(op, "more than %d integers of shapes", TFL_INTS_MAX);
            out->v[out->n++] = in->of[k].v[i];
        }
    return true;
}

static bool fold_gather(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out)
{
    const struct tfl_ints *from = &in->of[0], *index = &in->of[1];
    out->n = index->n;
    for (uint32_t i = 0; i < index->n; i++) {
        if (index->v[i] < 0 || index->v[i] >= from->n)
            return tfl_refuse(op, "element %" PRId64 " of a shape of %" PRIu32, index->v[i],
                              from->n);
        out->v[i] = from->v[index->v[i]];
    }
    return true;
}

static bool fold_product(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out)
{
    *out = (struct tfl_ints){.n = 1, .v = {1}};
    for (uint32_t i = 0; i < in->of[0].n; i++) {
        out->v[0] *= in->of[0].v[i];
        if (out->v[0] > INT_LIMIT || out->v[0] < -INT_LIMIT)
            return tfl_refuse(op, "the product of a shape is outside 32 bits");
    }
    return true;
}

static bool fold_fill(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out)
{
    const int64_t n = in->of[0].n == 1 ? in->of[0].v[0] : -1;
    if (in->n != 2 || in->of[1].n != 1 || n < 0 || n > TFL_INTS_MAX)
        return tfl_refuse(op, "supported for rows of at most %d integers", TFL_INTS_MAX);
    out->n = (uint32_t)n;
    for (uint32_t i = 0; i < out->n; i++)
        out->v[i] = in->of[1].v[0];
    return true;
}

static bool fold_range(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out)
{
    if (in->n != 3 || in->of[0].n != 1 || in->of[1].n != 1 || in->of[2].n != 1 ||
        in->of[2].v[0] == 0)
        return tfl_refuse(op, "without a start, an end and a step");
    const int64_t end = in->of[1].v[0], step = in->of[2].v[0];
    for (int64_t v = in->of[0].v[0]; step > 0 ? v < end : v > end; v += step) {
        if (out->n == TFL_INTS_MAX)
            return tfl_refuse(op, "more than %d integers", TFL_INTS_MAX);
        out->v[out->n++] = v;
    }
    return true;
}

static bool fold_not(const struct rows *in, struct tfl_ints *out)
{
    out->n = in->of[0].n;
    for (uint32_t i = 0; i < out->n; i++)
        out->v[i] = !in->of[0].v[i];
    return true;
}

/* Rows of one length, or of 1. */
static bool fold_select(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out)
{
    out->n = 1;
    for (uint32_t k = 0; k < in->n; k++)
        out->n = in->of[k].n > out->n ? in->of[k].n : out->n;
    for (uint32_t k = 0; k < in->n; k++)
        if (in->n != 3 || (in->of[k].n != 1 && in->of[k].n != out->n))
            return tfl_refuse(op, "of rows of integers that differ in length");
    for (uint32_t i = 0; i < out->n; i++) {
        const bool holds = in->of[0].v[in->of[0].n == 1 ? 0 : i] != 0;
        const struct tfl_ints *from = &in->of[holds ? 1 : 2];
        out->v[i] = from->v[from->n == 1 ? 0 : i];
    }
    return true;
}

/* The places in a row that are not 0. */
static bool fold_where(const struct rows *in, struct tfl_ints *out)
{
    for (uint32_t i = 0; i < in->of[0].n; i++)
        if (in->of[0].v[i])
            out->v[out->n++] = i;
    return true;
}

static bool fold(const struct tfl_op *op, const struct rows *in, struct tfl_ints *out, bool *done)
{
    *done = true;
    switch (op->code) {
    case TFL_ADD:
    case TFL_SUB:
    case TFL_MUL:
    case TFL_MINIMUM:
    case TFL_MAXIMUM:
    case TFL_FLOOR_DIV:
    case TFL_FLOOR_MOD:
    case TFL_EQUAL:
    case TFL_NOT_EQUAL:
    case TFL_LESS:
    case TFL_LESS_EQUAL:
    case TFL_GREATER:
    case TFL_GREATER_EQUAL:
    case TFL_LOGICAL_AND:
    case TFL_LOGICAL_OR:
        return fold_pair(op, in, out);
    case TFL_LOGICAL_NOT:
        return fold_not(in, out);
    case TFL_SELECT:
    case TFL_SELECT_V2:
        return fold_select(op, in, out);
    case TFL_WHERE:
        return in->n == 1 && fold_where(in, out);
    case TFL_CONCATENATION:
        return fold_row(op, in, out);
    case TFL_CAST:
    case TFL_SQUEEZE:
    case TFL_EXPAND_DIMS:
    case TFL_RESHAPE:
        *out = in->of[0];
        return true;
    case TFL_GATHER:
        return in->n == 2 && fold_gather(op, in, out);
    case TFL_REDUCE_PROD:
        return fold_product(op, in, out);
    case TFL_FILL:
        return fold_fill(op, in, out);
    case TFL_RANGE:
        return fold_range(op, in, out);
    default:
        *done = false;
        return true;
    }
}

bool tfl_fold_ints(struct tfl *t, const struct tfl_op *op, bool *done)
{
    struct rows in = {0};
    struct tfl_ints out = {0};
    *done = false;
    if (!known_inputs(t, op, &in))
        return !t->fb->failed;
    for (uint32_t k = 0; k < in.n; k++)
        for (uint32_t i = 0; i < in.of[k].n; i++)
            if (in.of[k].v[i] > INT_LIMIT || in.of[k].v[i] < -INT_LIMIT)
                return true; /* no shape */
    if (!fold(op, &in, &out, done))
        return false;
    if (*done) {
        if (tfl_tensor(t, tfl_out_id(t, op))->type == TFL_BOOL) /* of a cast */
            for (uint32_t i = 0; i < out.n; i++)
                out.v[i] = out.v[i] != 0;
        out.scalar = tfl_tensor(t, tfl_out_id(t, op))->shape.n == 0;
        tfl_set_ints(t, op, &out);
    }
    return true;
}

bool tfl_ints_only(struct tfl *t, const struct tfl_op *op)
{
    (void)t;
    if (op->code == TFL_WHERE) {
        tfl_refuse(op, "how many elements it has depends on their values");
        return diag_hint(op->d, "choose by SELECT_V2 or by a product with the condition, whose "
                                "shapes are fixed");
    }
    return tfl_refuse(op, "supported for integers that follow from shapes only");
}
