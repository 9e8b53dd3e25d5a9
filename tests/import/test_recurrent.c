/* test_recurrent.c - SVDF and UNIDIRECTIONAL_SEQUENCE_LSTM from files: what becomes of them, and
 * what is refused. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "import/tflite.h"
#include "import/tiny_tflite.h"
#include "ir/graph.h"

static void *zeros(size_t n)
{
    static const int64_t all[64] = {0};
    CHECK(n <= sizeof all);
    return (void *)(uintptr_t)all;
}

/* A tensor of the file; a constant of `bytes` zeros unless these are 0. */
static int32_t add(struct tiny *m, struct tiny_tensor t, uint32_t bytes)
{
    if (bytes) {
        t.buffer = m->n_buffers;
        m->buffer[m->n_buffers++] = (struct tiny_buffer){zeros(bytes), bytes, 0, 0};
    }
    m->tensor[m->n_tensors] = t;
    return (int32_t)m->n_tensors++;
}

static struct tiny_tensor typed(struct tiny_tensor t, uint8_t type, float scale)
{
    t.type = type;
    t.scale[0] = scale;
    t.n_scales = t.n_zeros = scale > 0.0f;
    return t;
}

static struct tiny_tensor variable(struct tiny_tensor t)
{
    t.is_variable = 1;
    return t;
}

static struct tiny empty(int32_t builtin)
{
    return (struct tiny){.version = TFL_VERSION,
                         .n_codes = 1,
                         .code = {{builtin, (uint8_t)builtin, NULL}},
                         .n_ops = 1,
                         .n_buffers = 1,
                         .n_in = 1,
                         .n_out = 1};
}

/* x [1,3] -> 4 filters that remember 2 calls -> 2 outputs */
static struct tiny svdf(void)
{
    struct tiny m = empty(TFL_SVDF);
    m.op[0] = (struct tiny_op){.n_in = 5,
                               .n_out = 1,
                               .options_type = OPTIONS_SVDF,
                               .option = {{SVDF_RANK, 4, 2}, {SVDF_ACT, 1, TFL_ACT_RELU}}};
    m.op[0].in[0] = m.in[0] = add(&m, TINY_S8("x", 0.5f, 1, 1, 3), 0);
    m.op[0].in[1] = add(&m, TINY_S8("feature", 0.25f, 0, 4, 3), 12);
    m.op[0].in[2] = add(&m, typed(TINY_S8("time", 0, 0, 4, 2), TFL_INT16, 0.5f), 16);
    m.op[0].in[3] = add(&m, typed(TINY_S8("bias", 0, 0, 2), TFL_INT32, 0.0625f), 8);
    m.op[0].in[4] = add(&m, variable(typed(TINY_S8("past", 0, 0, 1, 8), TFL_INT16, 0.125f)), 0);
    m.op[0].out[0] = m.out[0] = add(&m, TINY_S8("y", 4.0f, -128, 1, 2), 0);
    return m;
}

/* x [1,3,1] -> one cell -> y [1,3,1] */
static struct tiny lstm(void)
{
    struct tiny m = empty(TFL_UNIDIRECTIONAL_SEQUENCE_LSTM);
    struct tiny_op *op = &m.op[0];
    *op =
        (struct tiny_op){.n_in = 24,
                         .n_out = 1,
                         .options_type = OPTIONS_LSTM,
                         .option = {{LSTM_ACT, 1, TFL_ACT_TANH}, {LSTM_CELL_CLIP, 4, 0x41200000}}};
    for (uint32_t k = 0; k < 24; k++)
        op->in[k] = -1;
    op->in[0] = m.in[0] = add(&m, TINY_S8("x", 0.5f, 1, 1, 3, 1), 0);
    for (uint32_t k = 1; k < 9; k++)
        op->in[k] = add(&m, TINY_S8(k < 5 ? "w" : "r", 0.25f, 0, 1, 1), 1);
    for (uint32_t k = 12; k < 16; k++)
        op->in[k] = add(&m, typed(TINY_S8("b", 0, 0, 1), TFL_INT32, 0.125f), 4);
    op->in[18] = add(&m, variable(TINY_S8("h", 0.0078125f, 0, 1, 1)), 0);
    op->in[19] = add(&m, variable(typed(TINY_S8("c", 0, 0, 1, 1), TFL_INT16, 0x1p-11f)), 0);
    op->out[0] = m.out[0] = add(&m, TINY_S8("y", 0.0078125f, 0, 1, 3, 1), 0);
    return m;
}

static struct graph *import(struct arena *a, const struct tiny *m)
{
    struct diag d = {0};
    struct graph *g = tflite_read(a, tiny_write(a, m), "tiny.tflite", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

static void expect_refused(const struct tiny *m, const char *message)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    CHECK(!tflite_read(a, tiny_write(a, m), "tiny.tflite", &d));
    CHECK_HAS(d.message, message);
    arena_free(a);
}

TEST(variables_become_states)
{
    struct arena *a = arena_new("test");
    struct tiny m = svdf();
    const struct graph *g = import(a, &m);
    CHECK_EQ(g->states.n, 1);
    CHECK_EQ(g->nodes.items[0].op, OP_SVDF);
    CHECK_EQ(g->nodes.items[0].attrs.rank, 2);
    CHECK_EQ(g->states.items[0].in, g->nodes.items[0].in[4]);
    CHECK_EQ(g->states.items[0].out, g->nodes.items[0].out[1]);
    m = lstm();
    g = import(a, &m);
    CHECK_EQ(g->states.n, 2);
    CHECK_EQ(g->nodes.items[0].op, OP_LSTM);
    CHECK_NEAR((double)g->nodes.items[0].attrs.clip, 10.0, 0);
    CHECK_EQ(g->tensors.items[g->nodes.items[0].in[1]].quant.n, 4);
    arena_free(a);
}

TEST(variables_with_another_use)
{
    struct tiny m = svdf();
    m.tensor[4].is_variable = 0;
    expect_refused(&m, "reads tensor 4 'past', which nothing before it writes");
    m = svdf();
    m.tensor[4].buffer = 2;
    expect_refused(&m,
                   "SVDF: the variable 'past' has first contents, which the reference does not");
    m = svdf();
    m.op[0].in[4] = m.op[0].in[2];
    expect_refused(&m, "SVDF: input 4 'time' is not a variable");
    m = svdf();
    m.in[1] = 4;
    m.n_in = 2;
    expect_refused(&m, "SVDF: the variable 'past' has another use, too");
    m = lstm();
    m.op[0].in[19] = m.op[0].in[18];
    expect_refused(&m, "UNIDIRECTIONAL_SEQUENCE_LSTM: the variable 'h' has another use, too");
    m = svdf();
    m.op[1] = m.op[0];
    m.op[1].out[0] = m.out[0] = add(&m, TINY_S8("z", 4.0f, -128, 1, 2), 0);
    m.n_ops = 2;
    expect_refused(&m, "operator 1 'z': SVDF: the variable 'past' has another use, too");
}

TEST(forms_of_svdf_that_the_reference_computes_otherwise)
{
    struct tiny m = svdf();
    m.tensor[5].zero[0] = -127;
    expect_refused(&m, "SVDF: a fused activation that the reference kernel does not heed in int8");
    m = svdf();
    m.op[0].option[1].value = TFL_ACT_RELU6;
    expect_refused(&m, "SVDF: a fused activation that the reference kernel does not heed in int8");
    m = svdf();
    m.op[0].option[0].value = 0;
    expect_refused(&m, "SVDF: rank 0 does not divide 4 filters");
    m = svdf();
    m.op[0].in[3] = -1;
    expect_refused(&m, "SVDF: input 3 is absent");
    m = svdf();
    m.op[0].n_in = 4;
    expect_refused(&m, "SVDF: 4 inputs, expected 5..5");
    m = svdf();
    m.op[0].options_type = OPTIONS_LSTM;
    expect_refused(&m, "SVDF: options of type 71, expected 6");
    m = svdf();
    m.tensor[0] = typed(m.tensor[0], TFL_FLOAT32, 0.0f);
    expect_refused(&m, "SVDF: float32 input with int8 weights (dynamic range quantisation)");
}

TEST(forms_of_lstm_that_the_reference_does_not_have)
{
    static const struct {
        uint32_t k;
        int32_t id;
        const char *message;
    } inputs[] = {
        {1, -1, "coupled input and forget gates are not supported"},
        {4, -1, "input 4 is absent"},
        {8, -1, "input 8 is absent"},
        {9, 1, "peephole connections (input 9) is not supported"},
        {11, 1, "peephole connections (input 11) is not supported"},
        {12, -1, "input 12 is absent"},
        {16, 1, "a projection (input 16) is not supported"},
        {17, 1, "a projection (input 17) is not supported"},
        {20, 1, "layer normalisation (input 20) is not supported"},
        {23, 1, "layer normalisation (input 23) is not supported"},
        {2, 9, "'w' and 'b' differ in type, shape or number of scales"},
        {3, 0, "input 3 'x' is not a constant"},
        {3, 14, "input 3 'c' is not a constant"},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        struct tiny m = lstm();
        m.op[0].in[inputs[i].k] = inputs[i].id;
        expect_refused(&m, inputs[i].message);
    }
}

TEST(options_of_lstm_that_are_not_supported)
{
    struct tiny m = lstm();
    m.op[0].option[0].value = TFL_ACT_RELU;
    expect_refused(&m, "UNIDIRECTIONAL_SEQUENCE_LSTM: the activation 1, expected 4 (tanh)");
    m = lstm();
    m.op[0].option[1].value = (int64_t)0xc1200000;
    expect_refused(&m, "clip -10 is not finite and >= 0");
    m = lstm();
    m.op[0].option[1].value = 0x7fc00000;
    expect_refused(&m, "clip nan is not finite and >= 0");
    m = lstm();
    m.op[0].option[2] = (struct tiny_option){LSTM_TIME_MAJOR, 1, 1};
    expect_refused(&m, "its input has time before batch");
    m = lstm();
    m.op[0].option[2] = (struct tiny_option){LSTM_DIAGONAL, 1, 1};
    expect_refused(&m, "diagonal recurrent weights are not supported");
    m = lstm();
    m.op[0].n_in = 19;
    expect_refused(&m, "19 inputs, expected 20..24");
}

TEST_MAIN(T(variables_become_states), T(variables_with_another_use),
          T(forms_of_svdf_that_the_reference_computes_otherwise),
          T(forms_of_lstm_that_the_reference_does_not_have),
          T(options_of_lstm_that_are_not_supported))
