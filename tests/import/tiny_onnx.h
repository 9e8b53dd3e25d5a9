/* tiny_onnx.h - writes small ONNX models for tests. SPDX-License-Identifier: Apache-2.0
 *
 *     struct tiny m = tiny_model(a, 13);
 *     tiny_input(&m, "x", ONNX_FLOAT, "1,3,8,8");
 *     tiny_constant(&m, "w", ONNX_FLOAT, "4,3,3,3", data, bytes);
 *     tiny_node(&m, "Conv", "x,w", "y");
 *     tiny_attr_ints(&m, "pads", "1,1,1,1");
 *     tiny_output(&m, "y", ONNX_FLOAT, NULL);
 *     tiny_write(&m);
 *
 * Attributes belong to the node before them. */
#ifndef MOTE_TESTS_TINY_ONNX_H
#define MOTE_TESTS_TINY_ONNX_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "import/onnx_schema.h"
#include "import/protobuf.h"
#include "import/tiny_keep.h"

struct tiny {
    struct arena *a;
    int64_t opset;
    struct text graph, node; /* the last node is written when it is complete */
};

static inline void tiny_varint(struct text *t, uint64_t v)
{
    for (; v > 127; v >>= 7) {
        const uint8_t byte = (uint8_t)(v | 128);
        text_add_bytes(t, &byte, 1);
    }
    const uint8_t last = (uint8_t)v;
    text_add_bytes(t, &last, 1);
}

static inline void tiny_number(struct text *t, uint32_t number, uint64_t v)
{
    tiny_varint(t, (uint64_t)number << 3 | PB_VARINT);
    tiny_varint(t, v);
}

static inline void tiny_field(struct text *t, uint32_t number, struct bytes contents)
{
    tiny_varint(t, (uint64_t)number << 3 | PB_BYTES);
    tiny_varint(t, contents.len);
    text_add_bytes(t, contents.data, contents.len);
}

static inline struct bytes tiny_bytes(const struct text *t)
{
    return (struct bytes){(const uint8_t *)text_cstr(t), t->len};
}

static inline struct bytes tiny_string(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static inline struct tiny tiny_model(struct arena *a, int64_t opset)
{
    return (struct tiny){.a = a, .opset = opset, .graph = {.arena = a}, .node = {.arena = a}};
}

/* "1,2,3" one by one: false at the end. */
static inline bool tiny_next(const char **list, int64_t *value)
{
    char *end;
    if (!*list || !**list)
        return false;
    *value = strtoll(*list, &end, 10);
    *list = *end ? end + 1 : end;
    return true;
}

/* A dimension that is no number is a symbol: "N,3,8,8". NULL: no shape. */
static inline void tiny_value(struct tiny *m, uint32_t field, const char *name, int type,
                              const char *dims)
{
    struct text value = {.arena = m->a}, kind = {.arena = m->a}, of = {.arena = m->a},
                shape = {.arena = m->a};
    tiny_number(&of, TENSOR_TYPE_ELEM, (uint64_t)type);
    for (const char *at = dims; at && *at;) {
        struct text dim = {.arena = m->a};
        const size_t len = strcspn(at, ",");
        char *end;
        const long long size = strtoll(at, &end, 10);
        if (end == at)
            tiny_field(&dim, DIM_PARAM, (struct bytes){(const uint8_t *)at, len});
        else
            tiny_number(&dim, DIM_VALUE, (uint64_t)size);
        tiny_field(&shape, SHAPE_DIM, tiny_bytes(&dim));
        at += len + (at[len] == ',');
    }
    if (dims)
        tiny_field(&of, TENSOR_TYPE_SHAPE, tiny_bytes(&shape));
    tiny_field(&kind, TYPE_TENSOR, tiny_bytes(&of));
    tiny_field(&value, VALUE_NAME, tiny_string(name));
    tiny_field(&value, VALUE_TYPE, tiny_bytes(&kind));
    tiny_field(&m->graph, field, tiny_bytes(&value));
}

static inline void tiny_input(struct tiny *m, const char *name, int type, const char *dims)
{
    tiny_value(m, GRAPH_INPUT, name, type, dims);
}

static inline void tiny_output(struct tiny *m, const char *name, int type, const char *dims)
{
    tiny_value(m, GRAPH_OUTPUT, name, type, dims);
}

/* A TensorProto without data. */
static inline struct text tiny_tensor(struct arena *a, const char *name, int type, const char *dims)
{
    struct text t = {.arena = a};
    for (int64_t dim; tiny_next(&dims, &dim);)
        tiny_number(&t, TENSOR_DIMS, (uint64_t)dim);
    tiny_number(&t, TENSOR_DATA_TYPE, (uint64_t)type);
    tiny_field(&t, TENSOR_NAME, tiny_string(name));
    return t;
}

static inline void tiny_constant(struct tiny *m, const char *name, int type, const char *dims,
                                 const void *data, size_t bytes)
{
    struct text t = tiny_tensor(m->a, name, type, dims);
    tiny_field(&t, TENSOR_RAW_DATA, (struct bytes){data, bytes});
    tiny_field(&m->graph, GRAPH_INITIALIZER, tiny_bytes(&t));
}

static inline void tiny_ints(struct tiny *m, const char *name, const char *list)
{
    struct text t = {.arena = m->a};
    int64_t n = 0, v;
    for (const char *at = list; tiny_next(&at, &v); n++)
        tiny_number(&t, TENSOR_INT64_DATA, (uint64_t)v);
    tiny_number(&t, TENSOR_DIMS, (uint64_t)n);
    tiny_number(&t, TENSOR_DATA_TYPE, ONNX_INT64);
    tiny_field(&t, TENSOR_NAME, tiny_string(name));
    tiny_field(&m->graph, GRAPH_INITIALIZER, tiny_bytes(&t));
}

static inline void tiny_end_node(struct tiny *m)
{
    if (m->node.len)
        tiny_field(&m->graph, GRAPH_NODE, tiny_bytes(&m->node));
    m->node = (struct text){.arena = m->a};
}

/* Names separated by commas; an empty one is left out. */
static inline void tiny_node(struct tiny *m, const char *type, const char *in, const char *out)
{
    const char *const lists[2] = {in, out};
    tiny_end_node(m);
    for (uint32_t k = 0; k < 2; k++)
        for (const char *at = lists[k]; *at;) {
            const size_t len = strcspn(at, ",");
            tiny_field(&m->node, k == 0 ? NODE_INPUT : NODE_OUTPUT,
                       (struct bytes){(const uint8_t *)at, len});
            at += len + (at[len] == ',');
        }
    tiny_field(&m->node, NODE_OP_TYPE, tiny_string(type));
}

static inline void tiny_attr_int(struct tiny *m, const char *name, int64_t v)
{
    struct text t = {.arena = m->a};
    tiny_field(&t, ATTR_NAME, tiny_string(name));
    tiny_number(&t, ATTR_INT_VALUE, (uint64_t)v);
    tiny_number(&t, ATTR_TYPE, ONNX_ATTR_INT);
    tiny_field(&m->node, NODE_ATTRIBUTE, tiny_bytes(&t));
}

static inline void tiny_attr_ints(struct tiny *m, const char *name, const char *list)
{
    struct text t = {.arena = m->a};
    tiny_field(&t, ATTR_NAME, tiny_string(name));
    for (int64_t v; tiny_next(&list, &v);)
        tiny_number(&t, ATTR_INTS_VALUE, (uint64_t)v);
    tiny_number(&t, ATTR_TYPE, ONNX_ATTR_INTS);
    tiny_field(&m->node, NODE_ATTRIBUTE, tiny_bytes(&t));
}

static inline void tiny_attr_string(struct tiny *m, const char *name, const char *s)
{
    struct text t = {.arena = m->a};
    tiny_field(&t, ATTR_NAME, tiny_string(name));
    tiny_field(&t, ATTR_STRING_VALUE, tiny_string(s));
    tiny_number(&t, ATTR_TYPE, ONNX_ATTR_STRING);
    tiny_field(&m->node, NODE_ATTRIBUTE, tiny_bytes(&t));
}

static inline struct bytes tiny_write(struct tiny *m)
{
    struct text model = {.arena = m->a}, opset = {.arena = m->a};
    tiny_end_node(m);
    tiny_number(&model, MODEL_IR_VERSION, 8);
    tiny_field(&model, MODEL_GRAPH, tiny_bytes(&m->graph));
    tiny_number(&opset, OPSET_VERSION, (uint64_t)m->opset);
    tiny_field(&model, MODEL_OPSET, tiny_bytes(&opset));
    tiny_keep(tiny_bytes(&model));
    return tiny_bytes(&model);
}
#endif
