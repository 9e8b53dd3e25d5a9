/* tiny_read.h - models of one operator, read and printed. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_TINY_READ_H
#define MOTE_TESTS_TINY_READ_H
#include "check.h"
#include "import/tflite.h"
#include "import/tiny_tflite.h"
#include "ir/interp.h"
#include "ir/text.h"

static inline struct graph *read_ok(struct arena *a, const struct tiny *m)
{
    struct diag d = {0};
    struct graph *g = tflite_read(a, tiny_write(a, m), "dir/tiny.tflite", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

static inline const char *text_of(struct arena *a, const struct tiny *m)
{
    struct text t = {.arena = a};
    graph_print(read_ok(a, m), &t);
    return text_cstr(&t);
}

static inline void expect_refused(const struct tiny *m, const char *message)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    CHECK(!tflite_read(a, tiny_write(a, m), "tiny.tflite", &d));
    CHECK_HAS(d.place, "tiny.tflite");
    CHECK_HAS(d.message, message);
    arena_free(a);
}

static inline void set_option(struct tiny_op *op, uint32_t field, uint32_t bytes, int64_t value)
{
    for (uint32_t i = 0; i < 8; i++)
        if (op->option[i].bytes == 0 || op->option[i].field == field) {
            op->option[i] = (struct tiny_option){field, bytes, value};
            return;
        }
}

/* x [1,2,3] and a constant c [1,1,3] -> y [1,2,3]. */
static inline struct tiny with_constant(int32_t builtin, uint8_t options_type)
{
    static const int8_t c[3] = {1, 2, 3};
    struct tiny m = tiny_unary(builtin, TINY_S8("y", 0.5f, 1, 1, 2, 3));
    m.n_tensors = 3;
    m.tensor[2] = TINY_S8("c", 0.5f, 1, 1, 1, 3);
    m.tensor[2].buffer = 1;
    m.n_buffers = 2;
    m.buffer[1] = (struct tiny_buffer){c, sizeof c, 0, 0};
    m.op[0].n_in = 2;
    m.op[0].in[1] = 2;
    m.op[0].options_type = options_type;
    return m;
}

/* x -> an operator whose further inputs are rows of n ints -> y. */
static inline struct tiny with_rows(int32_t builtin, struct tiny_tensor y,
                                    const int32_t *const *row, uint32_t n_rows, uint32_t n)
{
    struct tiny m = tiny_unary(builtin, y);
    m.n_tensors += n_rows;
    m.n_buffers += n_rows;
    m.op[0].n_in += n_rows;
    for (uint32_t i = 0; i < n_rows; i++) {
        m.tensor[2 + i] = tiny_ints("row", (int32_t)n, 1 + i);
        m.buffer[1 + i] = (struct tiny_buffer){row[i], n * 4, 0, 0};
        m.op[0].in[1 + i] = (int32_t)(2 + i);
    }
    return m;
}

#define ROW(...) ((const int32_t[]){__VA_ARGS__})
#define WITH_ROW(builtin, y, n, ...)                                                               \
    with_rows((builtin), (y), (const int32_t *const[]){ROW(__VA_ARGS__)}, 1, (n))
#endif
