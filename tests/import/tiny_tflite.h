/* tiny_tflite.h - writes small .tflite files from structs, sound or broken on purpose.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     struct tiny m = tiny_conv();
 *     m.op[0].in[1] = 99;
 *     struct bytes file = tiny_write(a, &m);
 *
 * Objects stand in the order root, children, so that all offsets lead forward. */
#ifndef MOTE_TESTS_TINY_TFLITE_H
#define MOTE_TESTS_TINY_TFLITE_H
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "import/tflite_schema.h"
#include "import/tiny_keep.h"

#define TINY_MAX 24 /* tensors, operators, ids, dimensions, scales */

struct tiny_tensor {
    const char *name; /* NULL: without */
    uint8_t type;
    int32_t dim[TINY_MAX];
    uint32_t rank;
    uint32_t buffer;
    float scale[TINY_MAX];
    int64_t zero[TINY_MAX];
    uint32_t n_scales, n_zeros;
    int32_t axis;
    uint8_t is_variable, is_sparse, custom_quant;
    bool is_open; /* its first dimension is -1 in the signature */
};

struct tiny_option {
    uint32_t field, bytes; /* bytes 0: none */
    int64_t value;
};

struct tiny_op {
    uint32_t code; /* index */
    int32_t in[TINY_MAX], out[TINY_MAX];
    uint32_t n_in, n_out;
    uint8_t options_type;
    struct tiny_option option[8];
    int32_t ints[TINY_MAX]; /* a vector as field 0 of the options, when n_ints > 0 */
    uint32_t n_ints;
    const char *text;    /* a string as field 1 of the options, unless it is NULL */
    struct bytes custom; /* custom options */
};

struct tiny_code {
    int32_t builtin;
    uint8_t deprecated;
    const char *custom;
};

struct tiny_buffer {
    const void *data;
    uint32_t len;
    uint64_t offset, size;
};

struct tiny {
    int32_t version;
    struct tiny_code code[TINY_MAX];
    struct tiny_tensor tensor[TINY_MAX];
    struct tiny_op op[TINY_MAX];
    struct tiny_buffer buffer[TINY_MAX];
    uint32_t n_codes, n_tensors, n_ops, n_buffers;
    int32_t in[TINY_MAX], out[TINY_MAX];
    uint32_t n_in, n_out;
    bool no_subgraph;
    const struct tiny *second, *third; /* further subgraphs: tensors and operators; or NULL */
};

/* A field of a table; `at` is where it was written. */
struct tiny_field {
    uint32_t id, bytes;
    uint64_t value;
    size_t at;
};

static inline void tiny_align(struct text *t, size_t to)
{
    while (t->len % to)
        text_add_bytes(t, "", 1);
}

/* vtable and table; returns where the table starts. Fields of 0 bytes are left out. */
static inline size_t tiny_table(struct text *t, struct tiny_field *f, uint32_t n)
{
    uint16_t vtable[2 + 16] = {4};
    tiny_align(t, 8);
    size_t at = 4; /* in the table, which starts at a multiple of 8 */
    for (uint32_t i = 0; i < n; i++) {
        if (f[i].bytes == 0)
            continue;
        assert(f[i].id < 16);
        at = (at + f[i].bytes - 1) / f[i].bytes * f[i].bytes;
        f[i].at = at;
        vtable[2 + f[i].id] = (uint16_t)at;
        at += f[i].bytes;
        if (vtable[0] < 6 + 2 * f[i].id)
            vtable[0] = (uint16_t)(6 + 2 * f[i].id);
    }
    vtable[1] = (uint16_t)at;
    size_t vtable_at = t->len;
    text_add_bytes(t, vtable, vtable[0]);
    tiny_align(t, 8);
    size_t table_at = t->len;
    int32_t back = (int32_t)(table_at - vtable_at);
    uint8_t body[256] = {0};
    assert(at <= sizeof body);
    memcpy(body, &back, sizeof back);
    for (uint32_t i = 0; i < n; i++) {
        if (f[i].bytes == 0)
            continue;
        memcpy(body + f[i].at, &f[i].value, f[i].bytes);
        f[i].at += table_at;
    }
    text_add_bytes(t, body, at);
    return table_at;
}

/* The offset at `at` leads to `target`. */
static inline void tiny_point(struct text *t, size_t at, size_t target)
{
    uint32_t offset = (uint32_t)(target - at);
    memcpy(t->data + at, &offset, sizeof offset);
}

/* Returns where the vector starts: at its length. */
static inline size_t tiny_vector(struct text *t, const void *data, uint32_t n, uint32_t bytes)
{
    tiny_align(t, 8);
    if (bytes == 8)
        text_add_bytes(t, "\0\0\0", 4);
    size_t at = t->len;
    text_add_bytes(t, &n, sizeof n);
    text_add_bytes(t, data, (size_t)n * bytes);
    return at;
}

/* A vector of n offsets, to be filled in by tiny_point at (returned + 4 + 4 i). */
static inline size_t tiny_offsets(struct text *t, uint32_t n)
{
    static const uint8_t zeros[4 * TINY_MAX];
    return tiny_vector(t, zeros, n, 4);
}

static inline size_t tiny_string(struct text *t, const char *s)
{
    size_t at = tiny_vector(t, s, (uint32_t)strlen(s), 1);
    text_add_bytes(t, "", 1);
    return at;
}

static inline size_t tiny_put_quant(struct text *t, const struct tiny_tensor *x)
{
    struct tiny_field f[] = {
        {QUANT_SCALE, 4, 0, 0},
        {QUANT_ZERO_POINT, x->n_zeros ? 4 : 0, 0, 0},
        {QUANT_DETAILS_TYPE, 1, x->custom_quant, 0},
        {QUANT_DIMENSION, 4, (uint32_t)x->axis, 0},
    };
    size_t at = tiny_table(t, f, 4);
    tiny_point(t, f[0].at, tiny_vector(t, x->scale, x->n_scales, 4));
    if (x->n_zeros)
        tiny_point(t, f[1].at, tiny_vector(t, x->zero, x->n_zeros, 8));
    return at;
}

/* A vector of integers, as a table of its own. */
static inline size_t tiny_put_ints(struct text *t, const int32_t *values, uint32_t n)
{
    struct tiny_field f[] = {{0, 4, 0, 0}};
    const size_t at = tiny_table(t, f, 1);
    tiny_point(t, f[0].at, tiny_vector(t, values, n, 4));
    return at;
}

/* Compressed along the first dimension, with indices that no dimension has. */
static inline size_t tiny_put_sparsity(struct text *t)
{
    enum { DIM_METADATA = 2 };
    enum { FORMAT, DENSE_SIZE, SEGMENTS_TYPE, SEGMENTS, INDICES_TYPE, INDICES, SPARSE_CSR = 1 };
    static const int32_t segments[3] = {0, 1, 2147483647}, indices[2] = {-1, 65536};
    struct tiny_field f[] = {{DIM_METADATA, 4, 0, 0}};
    struct tiny_field dim[] = {{FORMAT, 1, SPARSE_CSR, 0}, {DENSE_SIZE, 4, 2, 0},
                               {SEGMENTS_TYPE, 1, 1, 0},   {SEGMENTS, 4, 0, 0},
                               {INDICES_TYPE, 1, 1, 0},    {INDICES, 4, 0, 0}};
    const size_t at = tiny_table(t, f, 1);
    const size_t dims = tiny_offsets(t, 1);
    tiny_point(t, f[0].at, dims);
    tiny_point(t, dims + 4, tiny_table(t, dim, 6));
    tiny_point(t, dim[3].at, tiny_put_ints(t, segments, 3));
    tiny_point(t, dim[5].at, tiny_put_ints(t, indices, 2));
    return at;
}

static inline size_t tiny_put_tensor(struct text *t, const struct tiny_tensor *x)
{
    struct tiny_field f[] = {
        {TENSOR_SHAPE, 4, 0, 0},
        {TENSOR_TYPE, 1, x->type, 0},
        {TENSOR_BUFFER, 4, x->buffer, 0},
        {TENSOR_NAME, x->name ? 4 : 0, 0, 0},
        {TENSOR_QUANTIZATION, x->n_scales || x->custom_quant ? 4 : 0, 0, 0},
        {TENSOR_IS_VARIABLE, 1, x->is_variable, 0},
        {TENSOR_SPARSITY, x->is_sparse ? 4 : 0, 0, 0},
        {TENSOR_SHAPE_SIGNATURE, x->is_open ? 4 : 0, 0, 0},
    };
    size_t at = tiny_table(t, f, 8);
    tiny_point(t, f[0].at, tiny_vector(t, x->dim, x->rank, 4));
    if (x->name)
        tiny_point(t, f[3].at, tiny_string(t, x->name));
    if (f[4].bytes)
        tiny_point(t, f[4].at, tiny_put_quant(t, x));
    if (x->is_sparse)
        tiny_point(t, f[6].at, tiny_put_sparsity(t));
    if (x->is_open) {
        int32_t dim[TINY_MAX];
        memcpy(dim, x->dim, sizeof dim);
        dim[0] = -1;
        tiny_point(t, f[7].at, tiny_vector(t, dim, x->rank, 4));
    }
    return at;
}

static inline size_t tiny_put_op(struct text *t, const struct tiny_op *x)
{
    struct tiny_field f[] = {
        {OPERATOR_CODE_INDEX, 4, x->code, 0},
        {OPERATOR_INPUTS, 4, 0, 0},
        {OPERATOR_OUTPUTS, 4, 0, 0},
        {OPERATOR_OPTIONS_TYPE, 1, x->options_type, 0},
        {OPERATOR_OPTIONS, x->options_type ? 4 : 0, 0, 0},
        {OPERATOR_CUSTOM_OPTIONS, x->custom.len ? 4 : 0, 0, 0},
    };
    size_t at = tiny_table(t, f, 6);
    tiny_point(t, f[1].at, tiny_vector(t, x->in, x->n_in, 4));
    tiny_point(t, f[2].at, tiny_vector(t, x->out, x->n_out, 4));
    if (x->custom.len)
        tiny_point(t, f[5].at, tiny_vector(t, x->custom.data, (uint32_t)x->custom.len, 1));
    if (!x->options_type)
        return at;
    struct tiny_field o[10] = {{0, x->n_ints ? 4 : 0, 0, 0}, {1, x->text ? 4 : 0, 0, 0}};
    for (uint32_t i = 0; i < 8; i++)
        o[2 + i] = (struct tiny_field){x->option[i].field, x->option[i].bytes,
                                       (uint64_t)x->option[i].value, 0};
    tiny_point(t, f[4].at, tiny_table(t, o, 10));
    if (x->text)
        tiny_point(t, o[1].at, tiny_string(t, x->text));
    if (x->n_ints)
        tiny_point(t, o[0].at, tiny_vector(t, x->ints, x->n_ints, 4));
    return at;
}

static inline size_t tiny_put_code(struct text *t, const struct tiny_code *x)
{
    struct tiny_field f[] = {
        {CODE_DEPRECATED_BUILTIN, 1, x->deprecated, 0},
        {CODE_CUSTOM, x->custom ? 4 : 0, 0, 0},
        {CODE_BUILTIN, 4, (uint32_t)x->builtin, 0},
    };
    size_t at = tiny_table(t, f, 3);
    if (x->custom)
        tiny_point(t, f[1].at, tiny_string(t, x->custom));
    return at;
}

static inline size_t tiny_put_buffer(struct text *t, const struct tiny_buffer *x)
{
    struct tiny_field f[] = {
        {BUFFER_DATA, x->data ? 4 : 0, 0, 0},
        {BUFFER_OFFSET, x->offset ? 8 : 0, x->offset, 0},
        {BUFFER_SIZE, x->offset ? 8 : 0, x->size, 0},
    };
    size_t at = tiny_table(t, f, 3);
    if (x->data) {
        tiny_align(t, 8);
        text_add_bytes(t, "\0\0\0", 4); /* the contents at a multiple of 8 */
        size_t vector_at = t->len;
        text_add_bytes(t, &x->len, sizeof x->len);
        text_add_bytes(t, x->data, x->len);
        tiny_point(t, f[0].at, vector_at);
    }
    return at;
}

static inline size_t tiny_put_subgraph(struct text *t, const struct tiny *m)
{
    struct tiny_field f[] = {{SUBGRAPH_TENSORS, 4, 0, 0},
                             {SUBGRAPH_INPUTS, 4, 0, 0},
                             {SUBGRAPH_OUTPUTS, 4, 0, 0},
                             {SUBGRAPH_OPERATORS, 4, 0, 0}};
    size_t at = tiny_table(t, f, 4);
    tiny_point(t, f[1].at, tiny_vector(t, m->in, m->n_in, 4));
    tiny_point(t, f[2].at, tiny_vector(t, m->out, m->n_out, 4));
    size_t tensors = tiny_offsets(t, m->n_tensors);
    tiny_point(t, f[0].at, tensors);
    for (uint32_t i = 0; i < m->n_tensors; i++)
        tiny_point(t, tensors + 4 + 4 * i, tiny_put_tensor(t, &m->tensor[i]));
    size_t ops = tiny_offsets(t, m->n_ops);
    tiny_point(t, f[3].at, ops);
    for (uint32_t i = 0; i < m->n_ops; i++)
        tiny_point(t, ops + 4 + 4 * i, tiny_put_op(t, &m->op[i]));
    return at;
}

static inline struct bytes tiny_write(struct arena *a, const struct tiny *m)
{
    struct text t = {.arena = a};
    struct tiny_field f[] = {{MODEL_VERSION, 4, (uint32_t)m->version, 0},
                             {MODEL_OPERATOR_CODES, 4, 0, 0},
                             {MODEL_SUBGRAPHS, 4, 0, 0},
                             {MODEL_BUFFERS, 4, 0, 0}};
    text_add_bytes(&t, "\0\0\0\0" TFL_IDENTIFIER, 8);
    tiny_point(&t, 0, tiny_table(&t, f, 4));
    size_t codes = tiny_offsets(&t, m->n_codes);
    tiny_point(&t, f[1].at, codes);
    for (uint32_t i = 0; i < m->n_codes; i++)
        tiny_point(&t, codes + 4 + 4 * i, tiny_put_code(&t, &m->code[i]));
    size_t subgraphs = tiny_offsets(&t, m->no_subgraph ? 0 : m->third ? 3 : m->second ? 2 : 1);
    tiny_point(&t, f[2].at, subgraphs);
    if (!m->no_subgraph)
        tiny_point(&t, subgraphs + 4, tiny_put_subgraph(&t, m));
    if (m->second)
        tiny_point(&t, subgraphs + 8, tiny_put_subgraph(&t, m->second));
    if (m->third)
        tiny_point(&t, subgraphs + 12, tiny_put_subgraph(&t, m->third));
    size_t buffers = tiny_offsets(&t, m->n_buffers);
    tiny_point(&t, f[3].at, buffers);
    for (uint32_t i = 0; i < m->n_buffers; i++)
        tiny_point(&t, buffers + 4 + 4 * i, tiny_put_buffer(&t, &m->buffer[i]));
    struct bytes file = {(const uint8_t *)t.data, t.len};
    tiny_keep(file);
    return file;
}

/* Building blocks. */

static inline struct tiny_tensor tiny_s8(const char *name, uint32_t rank, const int32_t *dim,
                                         float scale, int64_t zero)
{
    struct tiny_tensor t = {.name = name, .type = TFL_INT8, .rank = rank, .scale = {scale}};
    memcpy(t.dim, dim, rank * sizeof *dim);
    t.zero[0] = zero;
    t.n_scales = t.n_zeros = 1;
    return t;
}

#define TINY_S8(name, scale, zero, ...)                                                            \
    tiny_s8((name), sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t), (int32_t[]){__VA_ARGS__},  \
            (scale), (zero))

/* A constant vector of int32; the caller sets its buffer. */
static inline struct tiny_tensor tiny_ints(const char *name, int32_t n, uint32_t buffer)
{
    return (struct tiny_tensor){
        .name = name, .type = TFL_INT32, .rank = 1, .dim = {n}, .buffer = buffer};
}

/* x [1,4,4,2] -> CONV_2D 3x3, same -> y [1,4,4,2], s8 with a bias; buffer 0 is the empty one. */
static inline struct tiny tiny_conv(void)
{
    static const int8_t w[2 * 3 * 3 * 2] = {1, 2, 3, -4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const int32_t b[2] = {100, -200};
    struct tiny m = {
        .version = TFL_VERSION,
        .n_codes = 1,
        .code = {{TFL_CONV_2D, TFL_CONV_2D, NULL}},
        .n_tensors = 4,
        .tensor = {TINY_S8("x", 0.5f, 1, 1, 4, 4, 2), TINY_S8("w", 0.25f, 0, 2, 3, 3, 2),
                   tiny_ints("b", 2, 2), TINY_S8("y", 4.0f, -3, 1, 4, 4, 2)},
        .n_ops = 1,
        .n_buffers = 3,
        .buffer = {{0}, {w, sizeof w, 0, 0}, {b, sizeof b, 0, 0}},
        .in = {0},
        .n_in = 1,
        .out = {3},
        .n_out = 1,
    };
    m.tensor[1].buffer = 1;
    m.tensor[2].scale[0] = 0.125f;
    m.tensor[2].n_scales = m.tensor[2].n_zeros = 1;
    m.op[0] = (struct tiny_op){
        .n_in = 3,
        .in = {0, 1, 2},
        .n_out = 1,
        .out = {3},
        .options_type = OPTIONS_CONV2D,
        .option = {{CONV_PADDING, 1, TFL_SAME},
                   {CONV_STRIDE_W, 4, 1},
                   {CONV_STRIDE_H, 4, 1},
                   {CONV_ACT, 1, TFL_ACT_RELU}},
    };
    return m;
}

/* x [1,2,3] -> one operator of one input -> y, s8, same quantisation. */
static inline struct tiny tiny_unary(int32_t builtin, struct tiny_tensor y)
{
    return (struct tiny){
        .version = TFL_VERSION,
        .n_codes = 1,
        .code = {{builtin, (uint8_t)(builtin > 127 ? 127 : builtin), NULL}},
        .n_tensors = 2,
        .tensor = {TINY_S8("x", 0.5f, 1, 1, 2, 3), y},
        .n_ops = 1,
        .op = {{.n_in = 1, .in = {0}, .n_out = 1, .out = {1}}},
        .n_buffers = 1,
        .in = {0},
        .n_in = 1,
        .out = {1},
        .n_out = 1,
    };
}

/* Tensors and operators of tiny_sum, and of the subgraph that it calls once. */
enum { SUM_X, SUM_HANDLE, SUM_SO_FAR, SUM_Y, N_SUM_TENSORS };
enum { SUM_CALL_ONCE, SUM_VAR_HANDLE, SUM_READ, SUM_ADD, SUM_ASSIGN, N_SUM_OPS };
enum { FIRST_HANDLE, FIRST_VALUE };
enum { FIRST_VAR_HANDLE, FIRST_ASSIGN };

static inline struct tiny_tensor tiny_handle(const char *name)
{
    return (struct tiny_tensor){.name = name, .type = TFL_RESOURCE};
}

static inline struct tiny_op tiny_var_handle(uint32_t code, const char *name, int32_t out)
{
    return (struct tiny_op){
        .code = code, .n_out = 1, .out = {out}, .options_type = OPTIONS_VAR_HANDLE, .text = name};
}

/* The subgraph that gives the variable "v" its first contents. */
static inline struct tiny tiny_first(void)
{
    struct tiny m = {
        .n_tensors = 2,
        .tensor = {tiny_handle("v1"), TINY_S8("first", 0.5f, 1, 1, 4)},
        .n_ops = 2,
        .op = {tiny_var_handle(SUM_VAR_HANDLE, "v", FIRST_HANDLE),
               {.code = SUM_ASSIGN, .n_in = 2, .in = {FIRST_HANDLE, FIRST_VALUE}}},
    };
    m.tensor[FIRST_VALUE].buffer = 1;
    return m;
}

/* y = x + v; v = y, where v begins as `first` says. */
static inline struct tiny tiny_sum(const struct tiny *first)
{
    static const int8_t contents[4] = {11, 12, 13, 14};
    return (struct tiny){
        .version = TFL_VERSION,
        .n_codes = N_SUM_OPS,
        .code = {{TFL_CALL_ONCE, 127, NULL},
                 {TFL_VAR_HANDLE, 127, NULL},
                 {TFL_READ_VARIABLE, 127, NULL},
                 {TFL_ADD, TFL_ADD, NULL},
                 {TFL_ASSIGN_VARIABLE, 127, NULL}},
        .n_tensors = N_SUM_TENSORS,
        .tensor = {TINY_S8("x", 0.5f, 1, 1, 4), tiny_handle("v"), TINY_S8("so far", 0.5f, 1, 1, 4),
                   TINY_S8("y", 0.5f, 1, 1, 4)},
        .n_ops = N_SUM_OPS,
        .op = {{.code = SUM_CALL_ONCE,
                .options_type = OPTIONS_CALL_ONCE,
                .option = {{CALL_ONCE_SUBGRAPH, 4, 1}}},
               tiny_var_handle(SUM_VAR_HANDLE, "v", SUM_HANDLE),
               {.code = SUM_READ, .n_in = 1, .in = {SUM_HANDLE}, .n_out = 1, .out = {SUM_SO_FAR}},
               {.code = SUM_ADD, .n_in = 2, .in = {SUM_X, SUM_SO_FAR}, .n_out = 1, .out = {SUM_Y}},
               {.code = SUM_ASSIGN, .n_in = 2, .in = {SUM_HANDLE, SUM_Y}}},
        .n_buffers = 2,
        .buffer = {{0}, {contents, sizeof contents, 0, 0}},
        .in = {SUM_X},
        .n_in = 1,
        .out = {SUM_Y},
        .n_out = 1,
        .second = first,
    };
}
#endif
