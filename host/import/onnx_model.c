/* onnx_model.c - the parts of an ONNX file: its graph, names, declarations, nodes, constants.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "import/onnx_parts.h"

#define SLOTS_MIN 64 /* of the hash table; a power of two */

/* ---- names ---- */

/* FNV-1a. */
static uint64_t hash_of(struct bytes name)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ name.data[i]) * 1099511628211u;
    return h;
}

static bool same(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The slot of a name, or the empty one where it belongs. */
static uint32_t *slot_of(const struct onnx *t, struct bytes name)
{
    uint32_t i = (uint32_t)(hash_of(name) >> 20) & (t->n_slots - 1);
    while (t->slots[i] && !same(t->values.items[t->slots[i] - 1].name, name))
        i = (i + 1) & (t->n_slots - 1); /* at most half of them are taken */
    return &t->slots[i];
}

static void grow_slots(struct onnx *t)
{
    t->n_slots = t->n_slots ? 2 * t->n_slots : SLOTS_MIN;
    t->slots = ARENA_ARRAY(t->tmp, uint32_t, t->n_slots);
    for (uint32_t i = 0; i < t->values.n; i++)
        *slot_of(t, t->values.items[i].name) = i + 1;
}

uint32_t onnx_find(struct onnx *t, struct bytes name)
{
    if (2 * (t->values.n + 1) > t->n_slots)
        grow_slots(t);
    uint32_t *slot = slot_of(t, name);
    if (*slot)
        return *slot - 1;
    *slot = t->values.n + 1;
    *VEC_PUSH(t->tmp, &t->values) =
        (struct onnx_value){.name = name, .id = NO_TENSOR, .last = NO_TENSOR};
    return t->values.n - 1;
}

struct onnx_value *onnx_named(struct onnx *t, struct bytes name)
{
    const uint32_t i = onnx_find(t, name); /* which may move the others */
    return &t->values.items[i];
}

const char *onnx_text(struct onnx *t, struct bytes name)
{
    char text[ONNX_NAME_MAX + 1];
    size_t n = name.len < ONNX_NAME_MAX ? name.len : ONNX_NAME_MAX;
    for (size_t i = 0; i < n; i++)
        text[i] = name.data[i] < 0x20 || name.data[i] == 0x7f ? '?' : (char)name.data[i];
    text[n] = 0;
    return arena_strdup(t->tmp, text);
}

/* ---- declarations ---- */

/* The name of a ValueInfoProto, and where its type is. */
static bool read_value_info(struct onnx *t, struct pb_span body, struct bytes *name,
                            struct pb_span *type)
{
    struct pb_field f;
    *name = (struct bytes){0};
    *type = (struct pb_span){0};
    while (pb_next(t->pb, &body, &f)) {
        if (f.number == VALUE_NAME && pb_expect(t->pb, &f, PB_BYTES, "name"))
            *name = pb_bytes(t->pb, &f.span);
        if (f.number == VALUE_TYPE && pb_expect(t->pb, &f, PB_BYTES, "type"))
            *type = f.span;
    }
    return !t->pb->failed;
}

/* The last field `number` of a message, as a message; empty when there is none. */
static struct pb_span part(struct onnx *t, struct pb_span body, uint32_t number, const char *name)
{
    struct pb_span found = {0};
    struct pb_field f;
    while (pb_next(t->pb, &body, &f))
        if (f.number == number && pb_expect(t->pb, &f, PB_BYTES, name))
            found = f.span;
    return found;
}

/* What the user says of a dimension that the file leaves open; 0 for nothing. */
static int64_t chosen(const struct onnx *t, struct bytes name)
{
    for (uint32_t i = 0; t->options && i < t->options->n_dims; i++)
        if (onnx_is(name, t->options->dims[i].name))
            return t->options->dims[i].size;
    return 0;
}

/* Dimension i: its size, a choice, or for an open batch 1. NULL, or what is missing. */
static const char *read_dim(struct onnx *t, struct pb_span body, int32_t i, int32_t *dim)
{
    struct pb_field f;
    struct bytes name = {0};
    int64_t size = 0;
    while (pb_next(t->pb, &body, &f)) {
        if (f.number == DIM_VALUE && pb_expect(t->pb, &f, PB_VARINT, "dim_value"))
            size = (int64_t)f.value;
        if (f.number == DIM_PARAM && pb_expect(t->pb, &f, PB_BYTES, "dim_param"))
            name = pb_bytes(t->pb, &f.span);
    }
    if (size <= 0 && name.len)
        size = chosen(t, name);
    if (size <= 0 && i == 0)
        size = 1;
    if (size <= 0)
        return arena_printf(t->tmp, "dimension %" PRId32 "%s%s%s is open", i, name.len ? ", '" : "",
                            onnx_text(t, name), name.len ? "'," : "");
    if (size > DIM_MAX)
        return arena_printf(t->tmp, "dimension %" PRId32 " is %" PRId64 ", outside 1..%d", i, size,
                            DIM_MAX);
    *dim = (int32_t)size;
    return NULL;
}

static const char *read_shape(struct onnx *t, struct pb_span shape, struct shape *to)
{
    struct pb_field f;
    *to = (struct shape){0};
    while (pb_next(t->pb, &shape, &f)) {
        if (f.number != SHAPE_DIM || !pb_expect(t->pb, &f, PB_BYTES, "dim"))
            continue;
        if (to->rank == RANK_MAX)
            return arena_printf(t->tmp, "more than %d dimensions", RANK_MAX);
        const char *fault = read_dim(t, f.span, to->rank, &to->dim[to->rank]);
        if (fault)
            return fault;
        to->rank++;
    }
    return shape_count(to) > COUNT_MAX ? "too many elements" : NULL;
}

const char *onnx_declared(struct onnx *t, const struct onnx_value *v, struct tensor *out,
                          bool *is_scalar)
{
    struct pb_field f;
    int64_t type = 0;
    bool has_shape = false;
    *out = (struct tensor){.name = onnx_text(t, v->name)};
    struct pb_span of = part(t, v->declared, TYPE_TENSOR, "tensor_type");
    if (of.at == of.end)
        return "no tensor: a sequence, a map or of no type";
    struct pb_span shape = {0};
    while (pb_next(t->pb, &of, &f)) {
        if (f.number == TENSOR_TYPE_ELEM && pb_expect(t->pb, &f, PB_VARINT, "elem_type"))
            type = (int64_t)f.value;
        if (f.number == TENSOR_TYPE_SHAPE && pb_expect(t->pb, &f, PB_BYTES, "shape")) {
            shape = f.span;
            has_shape = true;
        }
    }
    if (t->pb->failed)
        return "damaged";
    if (type < 0 || type > INT32_MAX || !onnx_type_convert((int32_t)type, &out->dtype))
        return arena_printf(t->tmp, "the type %s is not supported",
                            onnx_type_name(type < 0 || type > INT32_MAX ? 0 : (int32_t)type));
    if (!has_shape)
        return "its shape is not in the file";
    const char *fault = read_shape(t, shape, &out->shape);
    *is_scalar = out->shape.rank == 0;
    if (*is_scalar)
        out->shape = (struct shape){.rank = 1, .dim = {1}};
    return fault;
}

/* ---- constants ---- */

static bool read_dims(struct onnx *t, const struct pb_field *f, struct onnx_tensor *out)
{
    uint64_t dim;
    struct pb_span rest = pb_numbers(t->pb, f, PB_VARINT, "dims");
    while (pb_number(t->pb, &rest, PB_VARINT, &dim)) {
        if ((int64_t)dim < 0)
            return pb_fail(t->pb, f->at, "a constant has a dimension of %" PRId64, (int64_t)dim);
        if (out->rank < RANK_MAX)
            out->dim[out->rank] = (int64_t)dim;
        out->rank++; /* at most one for each byte of the file */
    }
    return !t->pb->failed;
}

/* One of "location", "offset", "length". */
static bool read_external(struct onnx *t, struct pb_span body, struct onnx_tensor *out)
{
    struct pb_field f;
    struct bytes key = {0}, value = {0};
    while (pb_next(t->pb, &body, &f)) {
        if (f.number == ENTRY_KEY && pb_expect(t->pb, &f, PB_BYTES, "key"))
            key = pb_bytes(t->pb, &f.span);
        if (f.number == ENTRY_VALUE && pb_expect(t->pb, &f, PB_BYTES, "value"))
            value = pb_bytes(t->pb, &f.span);
    }
    int64_t number = 0;
    const bool is_number =
        value.len < 20 && str_parse_i64(onnx_text(t, value), &number) && number >= 0;
    if (onnx_is(key, "location"))
        out->location = value;
    if ((onnx_is(key, "offset") || onnx_is(key, "length")) && !is_number)
        return pb_fail(t->pb, body.at, "the %s of external data is '%s'", onnx_text(t, key),
                       onnx_text(t, value));
    if (onnx_is(key, "offset"))
        out->offset = (uint64_t)number;
    if (onnx_is(key, "length")) {
        out->length = (uint64_t)number;
        out->has_length = true;
    }
    return !t->pb->failed;
}

bool onnx_read_tensor(struct onnx *t, struct pb_span body, struct onnx_tensor *out)
{
    struct pb_field f;
    *out = (struct onnx_tensor){.at = body.at, .body = body};
    while (pb_next(t->pb, &body, &f)) {
        switch (f.number) {
        case TENSOR_DIMS:
            read_dims(t, &f, out);
            break;
        case TENSOR_DATA_TYPE:
            if (pb_expect(t->pb, &f, PB_VARINT, "data_type"))
                out->type = f.value > INT32_MAX ? 0 : (int32_t)f.value;
            break;
        case TENSOR_NAME:
            if (pb_expect(t->pb, &f, PB_BYTES, "name"))
                out->name = pb_bytes(t->pb, &f.span);
            break;
        case TENSOR_RAW_DATA:
            out->has_raw = pb_expect(t->pb, &f, PB_BYTES, "raw_data");
            out->raw = f.span;
            break;
        case TENSOR_SEGMENT:
            return pb_fail(t->pb, f.at, "a constant in segments, which are not in use");
        case TENSOR_EXTERNAL_DATA:
            if (pb_expect(t->pb, &f, PB_BYTES, "external_data"))
                read_external(t, f.span, out);
            break;
        case TENSOR_LOCATION:
            out->is_external = pb_expect(t->pb, &f, PB_VARINT, "data_location") && f.value == 1;
            break;
        default:
            break;
        }
    }
    return !t->pb->failed;
}

/* ---- nodes ---- */

static bool push_operand(struct onnx *t, struct onnx_op *op, const struct pb_field *f, bool is_in)
{
    if (!pb_expect(t->pb, f, PB_BYTES, is_in ? "input" : "output"))
        return false;
    if ((is_in ? op->in.n : op->outs.n) >= ONNX_OPERANDS_MAX)
        return pb_fail(t->pb, f->at, "node %" PRIu32 " has more than %d inputs or outputs", op->i,
                       ONNX_OPERANDS_MAX);
    const struct bytes name = pb_bytes(t->pb, &f->span);
    const uint32_t id = name.len ? onnx_find(t, name) : NO_TENSOR;
    if (t->values.n > ONNX_NAMES_MAX)
        return pb_fail(t->pb, f->at, "more than %d names", ONNX_NAMES_MAX);
    if (is_in)
        *VEC_PUSH(t->tmp, &op->in) = id;
    else
        *VEC_PUSH(t->tmp, &op->outs) = id;
    return true;
}

static bool push_attr(struct onnx *t, struct onnx_op *op, const struct pb_field *field)
{
    struct pb_field f;
    if (!pb_expect(t->pb, field, PB_BYTES, "attribute"))
        return false;
    struct pb_span body = field->span;
    struct onnx_attr attr = {.at = field->at, .body = body};
    while (pb_next(t->pb, &body, &f)) {
        if (f.number == ATTR_NAME && pb_expect(t->pb, &f, PB_BYTES, "name"))
            attr.name = pb_bytes(t->pb, &f.span);
        if (f.number == ATTR_TYPE && pb_expect(t->pb, &f, PB_VARINT, "type"))
            attr.type = f.value > INT32_MAX ? 0 : (int32_t)f.value;
        attr.is_reference = attr.is_reference || f.number == ATTR_REFERENCE;
    }
    if (!t->pb->failed && op->attrs.n >= ONNX_ATTRS_MAX)
        return pb_fail(t->pb, field->at, "node %" PRIu32 " has more than %d attributes", op->i,
                       ONNX_ATTRS_MAX);
    *VEC_PUSH(t->tmp, &op->attrs) = attr;
    return !t->pb->failed;
}

bool onnx_read_op(struct onnx *t, uint32_t i, struct onnx_op *op)
{
    struct pb_span body = t->nodes.items[i];
    struct pb_field f;
    struct bytes type = {0}, domain = {0}, name = {0};
    while (pb_next(t->pb, &body, &f)) {
        if (f.number == NODE_INPUT || f.number == NODE_OUTPUT)
            push_operand(t, op, &f, f.number == NODE_INPUT);
        else if (f.number == NODE_ATTRIBUTE)
            push_attr(t, op, &f);
        else if (f.number == NODE_OP_TYPE && pb_expect(t->pb, &f, PB_BYTES, "op_type"))
            type = pb_bytes(t->pb, &f.span);
        else if (f.number == NODE_DOMAIN && pb_expect(t->pb, &f, PB_BYTES, "domain"))
            domain = pb_bytes(t->pb, &f.span);
        else if (f.number == NODE_NAME && pb_expect(t->pb, &f, PB_BYTES, "name"))
            name = pb_bytes(t->pb, &f.span);
    }
    op->name = onnx_text(t, type);
    op->node = onnx_text(t, name);
    if (domain.len && !onnx_is(domain, "ai.onnx"))
        op->name = arena_printf(t->tmp, "%s.%s", onnx_text(t, domain), op->name);
    op->out = op->outs.n && op->outs.items[0] != NO_TENSOR
                  ? onnx_text(t, t->values.items[op->outs.items[0]].name)
                  : op->name;
    return !t->pb->failed;
}

/* ---- the file ---- */

static bool read_opset(struct onnx *t, struct pb_span body)
{
    struct pb_field f;
    struct bytes domain = {0};
    int64_t version = 0;
    while (pb_next(t->pb, &body, &f)) {
        if (f.number == OPSET_DOMAIN && pb_expect(t->pb, &f, PB_BYTES, "domain"))
            domain = pb_bytes(t->pb, &f.span);
        if (f.number == OPSET_VERSION && pb_expect(t->pb, &f, PB_VARINT, "version"))
            version = (int64_t)f.value;
    }
    if (!domain.len || onnx_is(domain, "ai.onnx"))
        t->opset = version;
    return !t->pb->failed;
}

static bool read_graph(struct onnx *t, struct pb_span body)
{
    struct pb_field f;
    while (pb_next(t->pb, &body, &f)) {
        switch (f.number) {
        case GRAPH_NODE:
            if (t->nodes.n >= ONNX_NODES_MAX)
                return pb_fail(t->pb, f.at, "more than %d nodes", ONNX_NODES_MAX);
            if (pb_expect(t->pb, &f, PB_BYTES, "node"))
                *VEC_PUSH(t->tmp, &t->nodes) = f.span;
            break;
        case GRAPH_INITIALIZER:
            if (pb_expect(t->pb, &f, PB_BYTES, "initializer"))
                *VEC_PUSH(t->tmp, &t->initializers) = f.span;
            break;
        case GRAPH_INPUT:
            if (pb_expect(t->pb, &f, PB_BYTES, "input"))
                *VEC_PUSH(t->tmp, &t->inputs) = f.span;
            break;
        case GRAPH_OUTPUT:
            if (pb_expect(t->pb, &f, PB_BYTES, "output"))
                *VEC_PUSH(t->tmp, &t->outputs) = f.span;
            break;
        case GRAPH_SPARSE_INITIALIZER:
            return pb_fail(t->pb, f.at, "a constant is stored sparse");
        default:
            break;
        }
        if (t->inputs.n > ONNX_OPERANDS_MAX || t->outputs.n > ONNX_OPERANDS_MAX ||
            t->initializers.n > ONNX_NAMES_MAX)
            return pb_fail(t->pb, f.at,
                           "more than %d inputs or outputs of the graph, or %d constants",
                           ONNX_OPERANDS_MAX, ONNX_NAMES_MAX);
    }
    return !t->pb->failed;
}

static bool read_model(struct onnx *t)
{
    struct pb_span body = pb_root(t->pb);
    struct pb_field f;
    bool has_graph = false;
    while (pb_next(t->pb, &body, &f)) {
        if (f.number == MODEL_OPSET && pb_expect(t->pb, &f, PB_BYTES, "opset_import"))
            read_opset(t, f.span);
        if (f.number != MODEL_GRAPH || !pb_expect(t->pb, &f, PB_BYTES, "graph"))
            continue;
        if (has_graph)
            return pb_fail(t->pb, f.at, "a second graph");
        has_graph = true;
        read_graph(t, f.span);
    }
    if (!t->pb->failed && !has_graph)
        return pb_fail(t->pb, 0, "the model has no graph");
    return !t->pb->failed;
}

/* Constants by their names. */
static bool read_initializers(struct onnx *t)
{
    for (uint32_t i = 0; i < t->initializers.n; i++) {
        struct onnx_tensor *tensor = ARENA_NEW(t->tmp, struct onnx_tensor);
        if (!onnx_read_tensor(t, t->initializers.items[i], tensor))
            return false;
        struct onnx_value *v = onnx_named(t, tensor->name);
        if (v->state != ONNX_UNSEEN)
            return pb_fail(t->pb, tensor->at, "the constant '%s' is there twice",
                           onnx_text(t, tensor->name));
        v->state = ONNX_CONSTANT;
        v->from = tensor;
    }
    return true;
}

/* Types and shapes of what is in between: good for looking on behind a fault. */
static bool read_declarations(struct onnx *t, struct pb_span graph)
{
    struct pb_field f;
    struct bytes name;
    struct pb_span type;
    while (pb_next(t->pb, &graph, &f)) {
        if (f.number != GRAPH_VALUE_INFO && f.number != GRAPH_INPUT && f.number != GRAPH_OUTPUT)
            continue;
        if (!pb_expect(t->pb, &f, PB_BYTES, "value_info") ||
            !read_value_info(t, f.span, &name, &type))
            return false;
        onnx_named(t, name)->declared = type;
        if (t->values.n > ONNX_NAMES_MAX)
            return pb_fail(t->pb, f.at, "more than %d names", ONNX_NAMES_MAX);
    }
    return !t->pb->failed;
}

bool onnx_open(struct onnx *t)
{
    return read_model(t) && read_initializers(t) &&
           read_declarations(t, part(t, pb_root(t->pb), MODEL_GRAPH, "graph"));
}
