/* test_seanet.c - 127 small models of int16 activations with int8 weights, against the outputs of
 * the TFLite Micro reference kernels: one operator each, of a speech codec.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every model is imported and interpreted; all of them are compiled to C, built for this machine as
 * one program and run: not one byte may differ. The models are not part of the project: without them these tests are
 * skipped. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/process.h"
#include "check.h"
#include "compile.h"
#include "emit/run.h"
#include "import/import.h"
#include "ir/interp.h"

struct group {
    const char *op;
    int n;
};
static const struct group groups[] = {
    {"add", 17},     {"conv", 22},          {"leaky_relu", 23}, {"pad", 19},
    {"quantize", 2}, {"strided_slice", 34}, {"sub", 5},         {"transpose_conv", 5},
};
#define N_GROUPS  (sizeof groups / sizeof groups[0])
#define N_VECTORS 127

/* Integers of a file, separated by commas, as the contents of a tensor. */
static const void *read_csv(struct arena *a, const char *path, const struct tensor *t)
{
    struct bytes file;
    struct diag d = {0};
    CHECK(file_map(test_data(path), &file, &d));
    char *text = arena_alloc(a, file.len + 1), *at = text;
    memcpy(text, file.data, file.len);
    text[file.len] = '\0';
    void *data = arena_alloc(a, tensor_bytes(t));
    int64_t n = 0;
    while (*at) {
        char *end;
        const long long value = strtoll(at, &end, 10);
        if (end == at)
            break;
        CHECK(n < shape_count(&t->shape));
        CHECK(value >= dtype_min(t->dtype) && value <= dtype_max(t->dtype));
        element_set_int(t->dtype, data, n++, value);
        at = end + strspn(end, ", \r\n");
    }
    CHECK_EQ((long long)n, (long long)shape_count(&t->shape));
    return data;
}

struct vector {
    const struct graph *g;
    const void **in;
    const void *want;
    size_t want_bytes;
};

static const char *type_name(enum dtype t)
{
    return t == DT_S8 ? "int8" : t == DT_S16 ? "int16" : "int32";
}

static struct vector read_vector(struct arena *a, const char *op, int i)
{
    struct diag d = {0};
    const char *base = arena_printf(a, "vectors/seanet-int16x8/%s/%s%d", op, op, i);
    struct vector v = {.g = import_read(a, test_data(arena_printf(a, "%s.tflite", base)), &d)};
    if (!v.g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    v.in = ARENA_ARRAY(a, const void *, v.g->inputs.n);
    for (uint32_t k = 0; k < v.g->inputs.n; k++) {
        const struct tensor *x = &v.g->tensors.items[v.g->inputs.items[k]];
        v.in[k] = read_csv(
            a, arena_printf(a, "%s_input%" PRIu32 "_%s.csv", base, k, type_name(x->dtype)), x);
    }
    CHECK_EQ(v.g->outputs.n, 1);
    const struct tensor *y = &v.g->tensors.items[v.g->outputs.items[0]];
    v.want = read_csv(a, arena_printf(a, "%s_golden_%s.csv", base, type_name(y->dtype)), y);
    v.want_bytes = tensor_bytes(y);
    return v;
}

static void check_interpreted(struct arena *a, const struct vector *v)
{
    struct diag d = {0};
    struct interp *it = interp_new(a, v->g, &d);
    if (!it)
        test_fail(__FILE__, __LINE__, "%s", d.message);
    interp_run(it, v->in);
    CHECK_BYTES(interp_tensor(it, v->g->outputs.items[0]), v->want, v->want_bytes);
}

static struct bytes inputs_of(struct arena *a, const struct vector *v)
{
    struct text in = {.arena = a};
    for (uint32_t k = 0; k < v->g->inputs.n; k++)
        text_add_bytes(&in, v->in[k], tensor_bytes(&v->g->tensors.items[v->g->inputs.items[k]]));
    return (struct bytes){(const uint8_t *)in.data, in.len};
}

static struct compiled compiled(struct arena *a, const struct vector *v, const char *name)
{
    struct diag d = {0};
    struct compiled c;
    if (!compile(a, v->g, name, &choice_portable, &c, &d))
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return c;
}

static struct vector *read_vectors(struct arena *a)
{
    struct vector *all = ARENA_ARRAY(a, struct vector, N_VECTORS);
    uint32_t n = 0;
    for (size_t k = 0; k < N_GROUPS; k++)
        for (int i = 0; i < groups[k].n; i++)
            all[n++] = read_vector(a, groups[k].op, i);
    CHECK_EQ(n, N_VECTORS);
    return all;
}

TEST(all_vectors_interpreted)
{
    struct arena *a = arena_new("seanet");
    const struct vector *all = read_vectors(a);
    for (uint32_t i = 0; i < N_VECTORS; i++)
        check_interpreted(a, &all[i]);
    arena_free(a);
}

TEST(all_vectors_as_emitted_c)
{
    struct arena *a = arena_new("seanet");
    const struct vector *all = read_vectors(a);
    struct model models[N_VECTORS];
    struct text in = {.arena = a}, want = {.arena = a};
    for (uint32_t i = 0; i < N_VECTORS; i++) {
        const struct compiled c = compiled(a, &all[i], arena_printf(a, "m%u_net", (unsigned)i));
        models[i] = (struct model){c.name, c.program, c.memory, c.code};
        const struct bytes x = inputs_of(a, &all[i]);
        text_add_bytes(&in, x.data, x.len);
        text_add_bytes(&want, all[i].want, all[i].want_bytes);
    }
    run_models(a, models, N_VECTORS, 1, (struct bytes){(const uint8_t *)in.data, in.len},
               (struct bytes){(const uint8_t *)want.data, want.len});
    arena_free(a);
}

static void check_on(struct arena *a, const struct vector *v, const char *target)
{
    struct diag d = {0};
    struct compiled c = compiled(a, v, "m");
    struct firmware fw;
    struct firmware_run run;
    if (!compile_and_run(a, &c, target_find(target), inputs_of(a, v).data, 1, &fw, &run, &d))
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    CHECK_BYTES(run.outputs, v->want, v->want_bytes);
}

/* A convolution with 64-bit sums, on boards whose registers have 32. */
TEST(a_convolution_on_boards)
{
    static const char *const boards[] = {"cortex-m4", "rv32imc"};
    int n_run = 0;
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        struct arena *a = arena_new("seanet");
        const struct target *t = target_find(boards[i]);
        if (process_found(t->compiler) && process_found(t->emulator)) {
            const struct vector v = read_vector(a, "conv", 3);
            check_on(a, &v, boards[i]);
            n_run++;
        }
        arena_free(a);
    }
    if (n_run == 0)
        test_skip("no board's compiler and emulator are installed");
}

TEST_MAIN(T(all_vectors_interpreted), T(all_vectors_as_emitted_c), T(a_convolution_on_boards))
