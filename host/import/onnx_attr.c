/* onnx_attr.c - attributes of ONNX nodes. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "import/onnx_parts.h"

bool onnx_is(struct bytes text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.data, word, text.len) == 0;
}

/* The attribute, NULL when it is absent. From now on it is known. */
static struct onnx_attr *find(const struct onnx_op *op, const char *name)
{
    for (uint32_t i = 0; i < op->attrs.n; i++)
        if (onnx_is(op->attrs.items[i].name, name)) {
            op->attrs.items[i].is_known = true;
            return &op->attrs.items[i];
        }
    return NULL;
}

void onnx_attr_ignore(const struct onnx_op *op, const char *name)
{
    find(op, name);
}

bool onnx_attr_is_there(const struct onnx_op *op, const char *name)
{
    return find(op, name) != NULL;
}

bool onnx_attrs_known(const struct onnx_op *op)
{
    for (uint32_t i = 0; i < op->attrs.n; i++)
        if (!op->attrs.items[i].is_known)
            return onnx_refuse(op, "the attribute '%s' is not supported",
                               onnx_text(op->t, op->attrs.items[i].name));
    return true;
}

/* The field `number` of an attribute of this type. Files of before 2018 name no type. */
static bool value_of(const struct onnx_op *op, const struct onnx_attr *attr,
                     enum onnx_attr_type type, uint32_t number, enum pb_form form,
                     struct pb_field *out)
{
    struct pb_span body = attr->body;
    struct pb_field f;
    const char *name = onnx_text(op->t, attr->name);
    *out = (struct pb_field){.form = form};
    if (attr->is_reference)
        return onnx_refuse(op, "the attribute '%s' refers to one of a function", name);
    if (attr->type != (int32_t)type && attr->type != 0)
        return onnx_refuse(op, "the attribute '%s' is of type %" PRId32 ", expected %d", name,
                           attr->type, (int)type);
    while (pb_next(op->t->pb, &body, &f))
        if (f.number == number && pb_expect(op->t->pb, &f, form, name))
            *out = f;
    return !op->t->pb->failed;
}

bool onnx_attr_int(const struct onnx_op *op, const char *name, int64_t absent, int64_t *out)
{
    struct pb_field f;
    const struct onnx_attr *attr = find(op, name);
    *out = absent;
    if (!attr)
        return true;
    if (!value_of(op, attr, ONNX_ATTR_INT, ATTR_INT_VALUE, PB_VARINT, &f))
        return false;
    *out = (int64_t)f.value;
    return true;
}

bool onnx_attr_float(const struct onnx_op *op, const char *name, float absent, float *out)
{
    struct pb_field f;
    const struct onnx_attr *attr = find(op, name);
    *out = absent;
    if (!attr)
        return true;
    if (!value_of(op, attr, ONNX_ATTR_FLOAT, ATTR_FLOAT_VALUE, PB_FIXED32, &f))
        return false;
    *out = pb_float(f.value);
    return *out == *out || onnx_refuse(op, "the attribute '%s' is not a number", name);
}

bool onnx_attr_string(const struct onnx_op *op, const char *name, struct bytes *out)
{
    struct pb_field f;
    const struct onnx_attr *attr = find(op, name);
    *out = (struct bytes){(const uint8_t *)"", 0};
    if (!attr)
        return true;
    if (!value_of(op, attr, ONNX_ATTR_STRING, ATTR_STRING_VALUE, PB_BYTES, &f))
        return false;
    *out = pb_bytes(op->t->pb, &f.span);
    return true;
}

bool onnx_attr_tensor(const struct onnx_op *op, const char *name, struct onnx_tensor *out,
                      bool *is_there)
{
    struct pb_field f;
    const struct onnx_attr *attr = find(op, name);
    *is_there = attr != NULL;
    return !attr || (value_of(op, attr, ONNX_ATTR_TENSOR, ATTR_TENSOR_VALUE, PB_BYTES, &f) &&
                     onnx_read_tensor(op->t, f.span, out));
}

/* Each number of a repeated attribute in turn, at most `max`, to `put`. */
typedef void put_number(void *to, uint32_t i, uint64_t bits);

static bool numbers_of(const struct onnx_op *op, const struct onnx_attr *attr, uint32_t number,
                       enum pb_form form, uint32_t max, put_number *put, void *to, uint32_t *n)
{
    struct pb_span body = attr->body;
    struct pb_field f;
    uint64_t bits;
    const char *name = onnx_text(op->t, attr->name);
    while (pb_next(op->t->pb, &body, &f)) {
        if (f.number != number)
            continue;
        struct pb_span rest = pb_numbers(op->t->pb, &f, form, name);
        while (pb_number(op->t->pb, &rest, form, &bits)) {
            if (*n == max)
                return onnx_refuse(op, "the attribute '%s' has more than %" PRIu32 " numbers", name,
                                   max);
            put(to, (*n)++, bits);
        }
    }
    return !op->t->pb->failed;
}

static void put_int(void *to, uint32_t i, uint64_t bits)
{
    ((int64_t *)to)[i] = (int64_t)bits;
}

static void put_float(void *to, uint32_t i, uint64_t bits)
{
    ((float *)to)[i] = pb_float(bits);
}

static bool check_type(const struct onnx_op *op, const struct onnx_attr *attr,
                       enum onnx_attr_type type)
{
    if (!attr->is_reference && (attr->type == (int32_t)type || attr->type == 0))
        return true;
    return onnx_refuse(op, "the attribute '%s' is of type %" PRId32 ", expected %d",
                       onnx_text(op->t, attr->name), attr->type, (int)type);
}

bool onnx_attr_ints(const struct onnx_op *op, const char *name, struct onnx_ints *out)
{
    const struct onnx_attr *attr = find(op, name);
    *out = (struct onnx_ints){0};
    if (!attr)
        return true;
    const size_t len = attr->body.end - attr->body.at; /* of each a byte at least */
    const uint32_t max = len < ONNX_INTS_MAX ? (uint32_t)len : ONNX_INTS_MAX;
    out->v = ARENA_ARRAY(op->t->tmp, int64_t, max);
    return check_type(op, attr, ONNX_ATTR_INTS) &&
           numbers_of(op, attr, ATTR_INTS_VALUE, PB_VARINT, max, put_int, out->v, &out->n);
}

bool onnx_attr_floats(const struct onnx_op *op, const char *name, uint32_t max, float *out,
                      uint32_t *n)
{
    const struct onnx_attr *attr = find(op, name);
    *n = 0;
    return !attr || (check_type(op, attr, ONNX_ATTR_FLOATS) &&
                     numbers_of(op, attr, ATTR_FLOATS_VALUE, PB_FIXED32, max, put_float, out, n));
}

bool onnx_attr_string_at(const struct onnx_op *op, const char *name, uint32_t i, struct bytes *out)
{
    const struct onnx_attr *attr = find(op, name);
    struct pb_field f;
    if (!attr || !check_type(op, attr, ONNX_ATTR_STRINGS))
        return false;
    struct pb_span body = attr->body;
    while (pb_next(op->t->pb, &body, &f)) {
        if (f.number != ATTR_STRINGS_VALUE || !pb_expect(op->t->pb, &f, PB_BYTES, name) || i-- > 0)
            continue;
        *out = pb_bytes(op->t->pb, &f.span);
        return true;
    }
    return false;
}
