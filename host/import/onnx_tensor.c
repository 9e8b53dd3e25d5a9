/* onnx_tensor.c - constants of ONNX files. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx_parts.h"
#include "ir/verify.h"

/* The types of the schema, what stands for them in the graph, and where numbers of them are when
 * they are not raw. */
static const struct type {
    int32_t type;
    const char *name;
    bool is_supported; /* as a constant                */
    bool is_activation;
    enum dtype as;
    uint32_t bits; /* of a raw element             */
    uint32_t field;
    enum pb_form form;
} types[] = {
    {ONNX_FLOAT, "float32", true, true, DT_F32, 32, TENSOR_FLOAT_DATA, PB_FIXED32},
    {ONNX_UINT8, "uint8", true, true, DT_U8, 8, TENSOR_INT32_DATA, PB_VARINT},
    {ONNX_INT8, "int8", true, true, DT_S8, 8, TENSOR_INT32_DATA, PB_VARINT},
    {ONNX_UINT16, "uint16", false, false, DT_S32, 16, TENSOR_INT32_DATA, PB_VARINT},
    {ONNX_INT16, "int16", true, true, DT_S16, 16, TENSOR_INT32_DATA, PB_VARINT},
    {ONNX_INT32, "int32", true, true, DT_S32, 32, TENSOR_INT32_DATA, PB_VARINT},
    {ONNX_INT64, "int64", true, true, DT_S32, 64, TENSOR_INT64_DATA, PB_VARINT},
    {ONNX_STRING, "string", false, false, DT_U8, 8, 0, PB_BYTES},
    {ONNX_BOOL, "bool", true, true, DT_BOOL, 8, TENSOR_INT32_DATA, PB_VARINT},
    {ONNX_FLOAT16, "float16", true, true, DT_F32, 16, TENSOR_INT32_DATA, PB_VARINT},
    {ONNX_DOUBLE, "float64", true, true, DT_F32, 64, TENSOR_DOUBLE_DATA, PB_FIXED64},
    {ONNX_UINT32, "uint32", true, true, DT_U32, 32, TENSOR_UINT64_DATA, PB_VARINT},
    {ONNX_UINT64, "uint64", false, false, DT_S32, 64, TENSOR_UINT64_DATA, PB_VARINT},
    {14, "complex64", false, false, DT_F32, 64, 0, PB_BYTES},
    {15, "complex128", false, false, DT_F32, 128, 0, PB_BYTES},
    {ONNX_BFLOAT16, "bfloat16", true, false, DT_F32, 16, TENSOR_INT32_DATA, PB_VARINT},
};

static const struct type *type_of(int32_t number)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].type == number)
            return &types[i];
    return NULL;
}

const char *onnx_type_name(int32_t number)
{
    const struct type *type = type_of(number);
    if (!type)
        return number == ONNX_INT4    ? "int4"
               : number == ONNX_UINT4 ? "uint4"
                                      : "unknown to this program";
    return type->name;
}

bool onnx_type_convert(int32_t number, enum dtype *to)
{
    const struct type *type = type_of(number);
    *to = type ? type->as : DT_F32;
    return type && type->is_activation;
}

/* IEEE 754 binary16: every value is one of binary32. */
static float from_half(uint16_t bits)
{
    const int exponent = bits >> 10 & 31;
    const float fraction = (float)(bits & 1023);
    float value = exponent == 0    ? ldexpf(fraction, -24)
                  : exponent == 31 ? (bits & 1023 ? NAN : INFINITY)
                                   : ldexpf(fraction + 1024.0f, exponent - 25);
    return bits & 0x8000 ? -value : value;
}

/* One element from its bits, `type` as in the file. False when the graph cannot hold it. */
static bool set_element(const struct type *type, uint64_t bits, void *data, int64_t i)
{
    int64_t value = (int64_t)bits;
    double wide;
    switch (type->type) {
    case ONNX_FLOAT:
        ((float *)data)[i] = pb_float(bits);
        return true;
    case ONNX_FLOAT16:
        ((float *)data)[i] = from_half((uint16_t)bits);
        return true;
    case ONNX_BFLOAT16:
        ((float *)data)[i] = pb_float(bits << 16);
        return true;
    case ONNX_DOUBLE:
        memcpy(&wide, &bits, sizeof wide);
        ((float *)data)[i] = (float)wide;
        return true;
    case ONNX_INT64: /* "to the end" of exporters */
        if (value == INT64_MAX || value == INT64_MIN)
            value = value < 0 ? INT32_MIN : INT32_MAX;
        break;
    default:
        break;
    }
    if (value < dtype_min(type->as) || value > dtype_max(type->as))
        return false;
    element_set_int(type->as, data, i, value);
    return true;
}

/* Element i of raw contents, with its sign. */
static uint64_t raw_element(const struct type *type, const uint8_t *raw, int64_t i)
{
    const size_t size = type->bits / 8;
    uint64_t bits = 0;
    memcpy(&bits, raw + (size_t)i * size, size);
    const bool is_signed = type->type == ONNX_INT8 || type->type == ONNX_INT16 ||
                           type->type == ONNX_INT32 || type->type == ONNX_INT64;
    const uint32_t unused = 64 - type->bits;
    if (is_signed && unused)
        return (uint64_t)((int64_t)(bits << unused) >> unused);
    return bits;
}

/* What is wrong with one element. */
static bool refuse_element(const struct onnx_op *op, const struct onnx_tensor *from,
                           const struct type *type, int64_t i)
{
    return onnx_refuse(op, "element %" PRId64 " of the constant '%s', %s, is outside %s", i,
                       onnx_text(op->t, from->name), type->name, dtype_name(type->as));
}

/* Numbers that stand in fields of their own. */
static bool fill_from_fields(const struct onnx_op *op, const struct onnx_tensor *from,
                             const struct type *type, int64_t count, void *data)
{
    struct pb *pb = op->t->pb;
    struct pb_span body = from->body;
    struct pb_field f;
    uint64_t bits;
    int64_t n = 0;
    while (pb_next(pb, &body, &f)) {
        if (f.number != type->field)
            continue;
        struct pb_span rest = pb_numbers(pb, &f, type->form, "data");
        while (pb_number(pb, &rest, type->form, &bits)) {
            if (n < count && !set_element(type, bits, data, n))
                return refuse_element(op, from, type, n);
            n++;
        }
    }
    if (!pb->failed && n != count)
        return pb_fail(pb, from->at,
                       "the constant '%s' has %" PRId64 " elements, its shape %" PRId64,
                       onnx_text(op->t, from->name), n, count);
    return !pb->failed;
}

/* Are raw elements just what the graph has? */
static bool is_plain(const struct type *type)
{
    return type->bits == 8 * dtype_bytes(type->as) && type->type != ONNX_FLOAT16;
}

static bool fill(const struct onnx_op *op, const struct onnx_tensor *from, const struct type *type,
                 int64_t count, struct tensor *out)
{
    struct onnx *t = op->t;
    struct bytes raw = {0};
    if (from->is_external) {
        if (!onnx_external(op, from, &raw))
            return false;
    } else if (from->has_raw) {
        raw = pb_bytes(t->pb, &from->raw);
    }
    const size_t size = type->bits / 8, bytes = (size_t)count * size; /* <= 2^28 * 8 */
    const bool has_raw = from->is_external || from->has_raw;
    if (has_raw && raw.len != bytes)
        return pb_fail(t->pb, from->at, "the constant '%s' takes %zu bytes, its data has %zu",
                       onnx_text(t, from->name), bytes, raw.len);
    if (has_raw && is_plain(type) && (uintptr_t)raw.data % dtype_bytes(type->as) == 0) {
        out->data = raw.data;
        return true;
    }
    /* Before so much memory is taken: a number in a field of its own has a byte at least. */
    if (!has_raw && (size_t)count > from->body.end - from->body.at)
        return pb_fail(t->pb, from->at, "the constant '%s' has fewer elements than its shape",
                       onnx_text(t, from->name));
    void *data = arena_alloc(t->a, (size_t)count * dtype_bytes(type->as));
    out->data = data;
    if (!has_raw)
        return fill_from_fields(op, from, type, count, data);
    if (is_plain(type)) {
        memcpy(data, raw.data, bytes);
        return true;
    }
    for (int64_t i = 0; i < count; i++)
        if (!set_element(type, raw_element(type, raw.data, i), data, i))
            return refuse_element(op, from, type, i);
    return true;
}

/* The number of elements; false with a fault when a tensor of the graph cannot have so many. */
static bool count_of(const struct onnx_op *op, const struct onnx_tensor *from, int64_t *count)
{
    const char *name = onnx_text(op->t, from->name);
    *count = 1;
    if (from->rank > RANK_MAX)
        return onnx_refuse(op, "the constant '%s' has %" PRIu32 " dimensions, at most %d", name,
                           from->rank, RANK_MAX);
    for (uint32_t i = 0; i < from->rank; i++) {
        if (from->dim[i] > DIM_MAX)
            return onnx_refuse(
                op, "the constant '%s': dimension %" PRIu32 " is %" PRId64 ", outside 1..%d", name,
                i, from->dim[i], DIM_MAX);
        *count *= from->dim[i]; /* <= 2^28 * 2^24 */
        if (*count > COUNT_MAX)
            return onnx_refuse(op, "the constant '%s' has more than %d elements", name, COUNT_MAX);
    }
    return true;
}

bool onnx_constant(const struct onnx_op *op, const struct onnx_tensor *from, struct tensor *out)
{
    const struct type *type = type_of(from->type);
    const char *name = onnx_text(op->t, from->name);
    struct diag ir = {0};
    int64_t count;
    *out = (struct tensor){.name = name};
    if (!type || !type->is_supported)
        return onnx_refuse(op, "the constant '%s' is %s", name, onnx_type_name(from->type));
    if (!count_of(op, from, &count))
        return false;
    if (count == 0)
        return onnx_refuse(op, "the constant '%s' has no elements", name);
    out->dtype = type->as;
    out->shape.rank = (int32_t)from->rank;
    for (uint32_t i = 0; i < from->rank; i++)
        out->shape.dim[i] = (int32_t)from->dim[i];
    if (from->rank == 0)
        out->shape = (struct shape){.rank = 1, .dim = {1}};
    if (!fill(op, from, type, count, out))
        return false;
    return graph_verify_tensor(out, &ir) || onnx_refuse(op, "%s", ir.message);
}

/* As they are in the file: what the graph cannot hold may be said here, such as an end of 2^63. */
bool onnx_constant_ints(const struct onnx_op *op, const struct onnx_tensor *from,
                        struct onnx_ints *out)
{
    struct pb *pb = op->t->pb;
    int64_t count = 1;
    *out = (struct onnx_ints){0};
    if (from->type != ONNX_INT64 && from->type != ONNX_INT32)
        return false;
    for (uint32_t i = 0; i < from->rank; i++) {
        if (i >= RANK_MAX || from->dim[i] > ONNX_INTS_MAX || count * from->dim[i] > ONNX_INTS_MAX)
            return false;
        count *= from->dim[i];
    }
    const struct type *type = type_of(from->type);
    out->v = ARENA_ARRAY(op->t->tmp, int64_t, (size_t)count);
    if (from->has_raw && !from->is_external) {
        const struct bytes raw = pb_bytes(pb, &from->raw);
        if (raw.len != (size_t)count * type->bits / 8)
            return pb_fail(pb, from->at, "the constant '%s' takes %zu bytes, its data has %zu",
                           onnx_text(op->t, from->name), (size_t)count * type->bits / 8, raw.len);
        for (; out->n < (uint32_t)count; out->n++)
            out->v[out->n] = (int64_t)raw_element(type, raw.data, out->n);
        return true;
    }
    if (from->is_external)
        return false;
    struct pb_span body = from->body;
    struct pb_field f;
    uint64_t bits;
    while (pb_next(pb, &body, &f)) {
        struct pb_span rest =
            f.number == type->field ? pb_numbers(pb, &f, PB_VARINT, "data") : (struct pb_span){0};
        for (; pb_number(pb, &rest, PB_VARINT, &bits); out->n++)
            if (out->n < (uint32_t)count)
                out->v[out->n] = (int64_t)bits;
    }
    if (!pb->failed && out->n != (uint32_t)count)
        return pb_fail(pb, from->at,
                       "the constant '%s' has %" PRIu32 " elements, its shape %" PRId64,
                       onnx_text(op->t, from->name), out->n, count);
    return !pb->failed;
}
