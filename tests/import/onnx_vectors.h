/* onnx_vectors.h - models of ONNX with inputs and expected outputs, as Debian's libonnx-testdata has
 * them: reading, running, comparing. SPDX-License-Identifier: Apache-2.0
 *
 * A folder holds model.onnx and test_data_set_0/input_K.pb, output_K.pb, each one TensorProto. The
 * weights of these models are inputs; in models that people deploy they are constants, which is
 * what Mote asks for. So a model that is refused as it is gets its second and further inputs as
 * constants, and if that is refused, all of them. */
#ifndef MOTE_TESTS_ONNX_VECTORS_H
#define MOTE_TESTS_ONNX_VECTORS_H
#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "check.h"
#include "import/onnx.h"
#include "import/onnx_schema.h"
#include "import/protobuf.h"
#include "import/tiny_onnx.h"
#include "ir/interp.h"

#define VECTORS_MAX 32 /* inputs or outputs of one model */

enum outcome { PASSED, FAILED, REFUSED, N_OUTCOMES };

struct vectors {
    uint32_t n_in, n_out;
    struct bytes in[VECTORS_MAX], out[VECTORS_MAX]; /* TensorProtos */
    struct bytes in_name[VECTORS_MAX];              /* of the graph's inputs                   */
    struct bytes model;
    char op[64]; /* type of the first node, "domain.type" if it has a domain */
    uint32_t n_nodes;
    char reason[1100]; /* why it failed or was refused            */
};

/* ---- reading ---- */

static inline bool next_field(struct bytes message, struct pb_span *rest, struct pb_field *f)
{
    struct diag d = {0};
    struct pb pb = {.file = message, .place = "", .d = &d};
    const bool more = pb_next(&pb, rest, f);
    CHECK(!pb.failed);
    return more;
}

/* The first field of this number, as bytes; empty when there is none. */
static inline struct bytes field_of(struct bytes message, uint32_t number)
{
    struct pb_span rest = {0, message.len};
    struct pb_field f;
    while (next_field(message, &rest, &f))
        if (f.number == number && f.form == PB_BYTES)
            return (struct bytes){message.data + f.span.at, f.span.end - f.span.at};
    return (struct bytes){(const uint8_t *)"", 0};
}

/* binary16 */
static inline double half(uint32_t bits)
{
    const uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double value = exponent == 0    ? ldexp(fraction, -24)
                         : exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
                                          : ldexp(fraction + 1024, (int)exponent - 25);
    return bits & 0x8000 ? -value : value;
}

/* A TensorProto as numbers. False for types that have none. */
static inline bool decode(struct arena *a, struct bytes tensor, double **to, size_t *n)
{
    static const uint8_t sizes[] = {0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8};
    struct pb_span rest = {0, tensor.len};
    struct pb_field f;
    struct diag d = {0};
    struct pb pb = {.file = tensor, .place = "", .d = &d};
    struct bytes raw = {0};
    int64_t type = 0;
    *n = 0;
    *to = ARENA_ARRAY(a, double, tensor.len + 1);
    while (next_field(tensor, &rest, &f))
        if (f.number == TENSOR_DATA_TYPE)
            type = (int64_t)f.value;
    if (type <= 0 || type >= (int64_t)sizeof sizes || sizes[type] == 0)
        return false;
    rest = (struct pb_span){0, tensor.len};
    while (next_field(tensor, &rest, &f)) {
        enum pb_form form = f.number == TENSOR_FLOAT_DATA    ? PB_FIXED32
                            : f.number == TENSOR_DOUBLE_DATA ? PB_FIXED64
                                                             : PB_VARINT;
        uint64_t bits;
        if (f.number == TENSOR_RAW_DATA)
            raw = pb_bytes(&pb, &f.span);
        if (f.number != TENSOR_FLOAT_DATA && f.number != TENSOR_DOUBLE_DATA &&
            f.number != TENSOR_INT32_DATA && f.number != TENSOR_INT64_DATA &&
            f.number != TENSOR_UINT64_DATA)
            continue;
        for (struct pb_span s = pb_numbers(&pb, &f, form, ""); pb_number(&pb, &s, form, &bits);) {
            double wide;
            memcpy(&wide, &bits, sizeof wide);
            (*to)[(*n)++] = form == PB_FIXED32   ? (double)pb_float(bits)
                            : form == PB_FIXED64 ? wide
                                                 : (double)(int64_t)bits;
        }
    }
    for (size_t i = 0; i < raw.len / sizes[type]; i++) {
        uint64_t bits = 0;
        memcpy(&bits, raw.data + i * sizes[type], sizes[type]);
        double wide;
        memcpy(&wide, &bits, sizeof wide);
        const uint32_t unused = 64 - 8u * sizes[type];
        const bool is_signed =
            type == ONNX_INT8 || type == ONNX_INT16 || type == ONNX_INT32 || type == ONNX_INT64;
        (*to)[(*n)++] = type == ONNX_FLOAT     ? (double)pb_float(bits)
                        : type == ONNX_FLOAT16 ? half((uint32_t)bits)
                        : type == ONNX_DOUBLE  ? wide
                        : is_signed            ? (double)((int64_t)(bits << unused) >> unused)
                                               : (double)bits;
    }
    return true;
}

static inline bool map_optional(struct arena *a, const char *folder, const char *kind, uint32_t i,
                                struct bytes *out)
{
    struct diag d = {0};
    const char *path = arena_printf(a, "%s/test_data_set_0/%s_%" PRIu32 ".pb", folder, kind, i);
    return file_exists(path) && file_map(path, out, &d);
}

/* Constants of old models are among the inputs: they have no vectors. */
static inline bool is_constant(struct bytes graph, struct bytes name)
{
    struct pb_span rest = {0, graph.len};
    struct pb_field f;
    while (next_field(graph, &rest, &f)) {
        if (f.number != GRAPH_INITIALIZER)
            continue;
        const struct bytes tensor = {graph.data + f.span.at, f.span.end - f.span.at};
        const struct bytes own = field_of(tensor, TENSOR_NAME);
        if (own.len == name.len && memcmp(own.data, name.data, name.len) == 0)
            return true;
    }
    return false;
}

static inline bool vectors_read(struct arena *a, const char *folder, struct vectors *v)
{
    struct diag d = {0};
    struct pb_field f;
    uint32_t n_names = 0;
    *v = (struct vectors){0};
    if (!file_map(path_join(a, folder, "model.onnx"), &v->model, &d))
        return false;
    const struct bytes graph = field_of(v->model, MODEL_GRAPH);
    for (struct pb_span rest = {0, graph.len}; next_field(graph, &rest, &f);) {
        const struct bytes part = {graph.data + f.span.at, f.span.end - f.span.at};
        if (f.number == GRAPH_INPUT && n_names < VECTORS_MAX) {
            const struct bytes name = field_of(part, VALUE_NAME);
            if (!is_constant(graph, name))
                v->in_name[n_names++] = name;
        }
        if (f.number == GRAPH_NODE && v->n_nodes++ == 0) {
            const struct bytes type = field_of(part, NODE_OP_TYPE);
            const struct bytes domain = field_of(part, NODE_DOMAIN);
            snprintf(v->op, sizeof v->op, "%.*s%s%.*s", (int)domain.len, (const char *)domain.data,
                     domain.len ? "." : "", (int)type.len, (const char *)type.data);
        }
    }
    while (v->n_in < VECTORS_MAX && map_optional(a, folder, "input", v->n_in, &v->in[v->n_in]))
        v->n_in++;
    while (v->n_out < VECTORS_MAX && map_optional(a, folder, "output", v->n_out, &v->out[v->n_out]))
        v->n_out++;
    return n_names == v->n_in;
}

/* The model with its inputs from `first` on as constants; all of them leave one that nobody reads,
 * since a graph has one. */
static inline struct bytes with_constants(struct arena *a, const struct vectors *v, uint32_t first)
{
    struct text graph = {.arena = a}, model = {.arena = a};
    struct pb_span rest = {0, v->model.len};
    struct pb_field f;
    const struct bytes old = field_of(v->model, MODEL_GRAPH);
    text_add_bytes(&graph, old.data, old.len);
    for (uint32_t i = first; i < v->n_in; i++) {
        struct text tensor = {.arena = a};
        text_add_bytes(&tensor, v->in[i].data, v->in[i].len);
        tiny_field(&tensor, TENSOR_NAME, v->in_name[i]); /* the last one counts */
        tiny_field(&graph, GRAPH_INITIALIZER, tiny_bytes(&tensor));
    }
    if (first == 0) {
        static const uint8_t unread[] = {VALUE_NAME << 3 | PB_BYTES,
                                         6,
                                         'u',
                                         'n',
                                         'r',
                                         'e',
                                         'a',
                                         'd',
                                         VALUE_TYPE << 3 | PB_BYTES,
                                         10,
                                         TYPE_TENSOR << 3 | PB_BYTES,
                                         8,
                                         TENSOR_TYPE_ELEM << 3,
                                         ONNX_FLOAT,
                                         TENSOR_TYPE_SHAPE << 3 | PB_BYTES,
                                         4,
                                         SHAPE_DIM << 3 | PB_BYTES,
                                         2,
                                         DIM_VALUE << 3,
                                         1};
        tiny_field(&graph, GRAPH_INPUT, (struct bytes){unread, sizeof unread});
    }
    while (next_field(v->model, &rest, &f)) {
        const struct bytes whole = {v->model.data + f.at, rest.at - f.at};
        if (f.number == MODEL_GRAPH)
            tiny_field(&model, MODEL_GRAPH, tiny_bytes(&graph));
        else
            text_add_bytes(&model, whole.data, whole.len);
    }
    return tiny_bytes(&model);
}

/* ---- running ---- */

static inline void fill_input(struct arena *a, const struct tensor *t, struct bytes from,
                              const void **to)
{
    double *x;
    size_t n;
    void *data = arena_alloc(a, tensor_bytes(t));
    if (decode(a, from, &x, &n) && (int64_t)n == shape_count(&t->shape))
        for (size_t i = 0; i < n; i++) {
            if (t->dtype == DT_F32)
                ((float *)data)[i] = (float)x[i];
            else
                element_set_int(t->dtype, data, (int64_t)i, (int64_t)x[i]);
        }
    *to = data;
}

/* As ONNX's own tests have it: 1e-3 relative, 1e-7 absolute. */
static inline bool same_output(struct arena *a, struct vectors *v, const struct tensor *t,
                               const void *got, struct bytes want)
{
    double *y;
    size_t n;
    if (!decode(a, want, &y, &n)) {
        snprintf(v->reason, sizeof v->reason, "output of a type without numbers");
        return false;
    }
    if ((int64_t)n != shape_count(&t->shape)) {
        snprintf(v->reason, sizeof v->reason, "%s has %" PRId64 " elements, expected %zu", t->name,
                 shape_count(&t->shape), n);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const double x = t->dtype == DT_F32 ? (double)((const float *)got)[i]
                                            : (double)element_int(t->dtype, got, (int64_t)i);
        if (isnan(x) && isnan(y[i]))
            continue;
        if (x != y[i] && !(fabs(x - y[i]) <= 1e-7 + 1e-3 * fabs(y[i]))) {
            snprintf(v->reason, sizeof v->reason, "%s[%zu] is %.9g, expected %.9g", t->name, i, x,
                     y[i]);
            return false;
        }
    }
    return true;
}

static inline enum outcome run_graph(struct arena *a, struct vectors *v, const struct graph *g)
{
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    const void *in[VECTORS_MAX];
    if (!it) {
        snprintf(v->reason, sizeof v->reason, "%s", d.message);
        return REFUSED;
    }
    for (uint32_t i = 0; i < g->inputs.n; i++)
        fill_input(a, &g->tensors.items[g->inputs.items[i]], v->in[i], &in[i]);
    interp_run(it, in);
    if (g->outputs.n != v->n_out) {
        snprintf(v->reason, sizeof v->reason, "%" PRIu32 " outputs, expected %" PRIu32,
                 g->outputs.n, v->n_out);
        return FAILED;
    }
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        const uint32_t t = g->outputs.items[i];
        if (!same_output(a, v, &g->tensors.items[t], interp_tensor(it, t), v->out[i]))
            return FAILED;
    }
    return PASSED;
}

static inline enum outcome vectors_run(struct arena *a, struct vectors *v)
{
    const uint32_t first[3] = {v->n_in, 1, 0}; /* of the constants */
    for (int k = 0; k < 3; k++) {
        struct diag d = {0};
        if (k > 0 && first[k] >= v->n_in)
            continue;
        const struct bytes model = k == 0 ? v->model : with_constants(a, v, first[k]);
        const struct graph *g = onnx_read(a, model, "model.onnx", NULL, &d);
        if (g)
            return run_graph(a, v, g);
        if (k == 0)
            snprintf(v->reason, sizeof v->reason, "%s", d.message);
    }
    return REFUSED;
}
#endif
