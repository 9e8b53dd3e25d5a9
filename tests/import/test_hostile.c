/* test_hostile.c - files that lie: each class of fault has its own file and its own message.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "import/import.h"
#include "import/tflite.h"
#include "import/tiny_tflite.h"

/* What reading says, and that it leaves nothing behind. */
static void expect_bytes(struct bytes file, const char *place, const char *message)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    tiny_keep(file);
    CHECK(!tflite_read(a, file, "tiny.tflite", &d));
    CHECK(d.failed);
    CHECK_HAS(d.place, place);
    CHECK_HAS(d.message, message);
    if (strchr(place, '+'))
        CHECK_HAS(d.hint, "the file is damaged or cut short");
    arena_free(a);
}

/* A damaged file: refused at an offset. */
static void expect_damaged(const struct tiny *m, const char *message)
{
    struct arena *a = arena_new("test");
    expect_bytes(tiny_write(a, m), "tiny.tflite:+", message);
    arena_free(a);
}

/* A sound file with something that Mote cannot do. */
static void expect_refused(const struct tiny *m, const char *message)
{
    struct arena *a = arena_new("test");
    expect_bytes(tiny_write(a, m), "tiny.tflite", message);
    arena_free(a);
}

static struct tiny relu(void)
{
    return tiny_unary(TFL_RELU, TINY_S8("y", 0.5f, 1, 1, 2, 3));
}

/* Sizes. */

TEST(a_size_that_overflows)
{
    struct tiny m = tiny_conv();
    for (int i = 0; i < 4; i++)
        m.tensor[1].dim[i] = 65536; /* 2^64 bytes: 0 in 64 bits */
    expect_refused(&m, "operator 0 'y': CONV_2D: 'w' has more than 268435456 elements");
    m = tiny_conv();
    m.tensor[1].dim[0] = 2147483647;
    expect_refused(&m, "CONV_2D: 'w': dimension 0 is 2147483647, outside 1..16777216");
    m = tiny_conv();
    m.tensor[0].dim[1] = -4;
    expect_refused(&m, "'x': dimension 1 is -4, outside 1..16777216");
}

TEST(a_buffer_shorter_or_longer_than_its_tensor)
{
    struct tiny m = tiny_conv();
    m.buffer[1].len = 35;
    expect_damaged(&m, "tensor 1 'w' takes 36 bytes, its buffer 1 has 35");
    m = tiny_conv();
    m.tensor[1].dim[1] = 2;
    expect_damaged(&m, "tensor 1 'w' takes 24 bytes, its buffer 1 has 36");
    m = tiny_conv();
    m.tensor[2].buffer = 1; /* one buffer for two tensors of different sizes */
    expect_damaged(&m, "tensor 2 'b' takes 8 bytes, its buffer 1 has 36");
}

TEST(a_buffer_behind_the_file)
{
    struct tiny m = tiny_conv();
    m.buffer[2] = (struct tiny_buffer){NULL, 0, UINT64_MAX - 3, 8};
    expect_damaged(&m, "buffer 2: 8 bytes at offset 18446744073709551612 reach beyond the file's");
    m.buffer[2] = (struct tiny_buffer){NULL, 0, 64, UINT64_MAX - 32};
    expect_damaged(&m, "buffer 2: 18446744073709551583 bytes at offset 64 reach beyond");
}

/* Indices. */

TEST(indices_outside_of_the_file)
{
    struct tiny m = tiny_conv();
    m.op[0].in[1] = 4;
    expect_damaged(&m, "input of operator 0 names tensor 4 of 4");
    m.op[0].in[1] = -2;
    expect_damaged(&m, "input of operator 0 names tensor -2 of 4");
    m = tiny_conv();
    m.op[0].out[0] = 4;
    expect_damaged(&m, "output of operator 0 names tensor 4 of 4");
    m.op[0].out[0] = -1;
    expect_damaged(&m, "output of operator 0 names tensor -1 of 4");
    m = tiny_conv();
    m.in[0] = -1;
    expect_damaged(&m, "graph input 0 names tensor -1 of 4");
    m = tiny_conv();
    m.out[0] = 1 << 30;
    expect_damaged(&m, "graph output 0 names tensor 1073741824 of 4");
    m = tiny_conv();
    m.tensor[1].buffer = 3;
    expect_damaged(&m, "tensor 1 'w' has buffer 3 of 3");
    m.tensor[1].buffer = UINT32_MAX;
    expect_damaged(&m, "tensor 1 'w' has buffer 4294967295 of 3");
    m = tiny_conv();
    m.op[0].code = 1;
    expect_damaged(&m, "operator 0 has code 1 of 1");
}

TEST(absent_inputs_and_too_many_outputs)
{
    struct tiny m = tiny_conv();
    m.op[0].in[0] = -1;
    expect_refused(&m, "CONV_2D: input 0 is absent");
    m = tiny_conv();
    m.op[0].n_in = 1;
    expect_refused(&m, "CONV_2D: 1 inputs, expected 2..3");
    m = relu();
    m.n_tensors = 3;
    m.tensor[2] = m.tensor[1];
    m.op[0].n_out = 2;
    m.op[0].out[1] = 2;
    expect_refused(&m, "RELU: 2 outputs, expected 1");
    m = relu();
    m.tensor[1].is_variable = true;
    m.op[0].in[0] = 1;
    expect_refused(&m, "RELU: input 0 'y' is its own output");
}

/* Windows. */

static void set(struct tiny_op *op, uint32_t field, uint32_t bytes, int64_t value)
{
    for (uint32_t i = 0; i < 8; i++)
        if (op->option[i].bytes == 0 || op->option[i].field == field) {
            op->option[i] = (struct tiny_option){field, bytes, value};
            return;
        }
}

/* Whatever an operator expects: a file with other numbers of inputs and outputs is refused with a
 * message, or makes a valid graph. */
TEST(every_operator_with_any_number_of_inputs_and_outputs)
{
    for (int32_t code = 0; code < 212; code++)
        for (uint32_t n = 0; n < 4 * 4; n++) {
            struct arena *a = arena_new("test");
            struct diag d = {0};
            struct tiny m = tiny_conv();
            m.code[0] = (struct tiny_code){code, (uint8_t)(code < 127 ? code : 127), NULL};
            m.op[0].n_in = n % 4;
            m.op[0].n_out = n / 4;
            for (uint32_t k = 0; k < m.op[0].n_out; k++) {
                m.op[0].out[k] = (int32_t)m.n_tensors;
                m.tensor[m.n_tensors] = m.tensor[0];
                m.n_tensors++;
            }
            const struct graph *g = tflite_read(a, tiny_write(a, &m), "tiny.tflite", &d);
            CHECK(d.failed == !g && (g || d.message[0]));
            arena_free(a);
        }
}

TEST(zero_channels_strides_and_dilations)
{
    struct tiny m = tiny_conv();
    m.tensor[1].dim[0] = 0;
    m.buffer[1].len = 0;
    m.buffer[1].data = NULL;
    m.op[0].in[1] = 1;
    expect_damaged(&m, "operator 0 (CONV_2D) reads tensor 1 'w', which nothing before it writes");
    m = tiny_conv();
    m.tensor[1].dim[0] = 0;
    expect_refused(&m, "CONV_2D: 'w': dimension 0 is 0, outside 1..16777216");
    m = tiny_conv();
    set(&m.op[0], CONV_STRIDE_H, 4, 0);
    expect_refused(&m, "CONV_2D: stride 0 (height) is outside 1..255");
    m = tiny_conv();
    set(&m.op[0], CONV_STRIDE_W, 4, -2147483647 - 1);
    expect_refused(&m, "CONV_2D: stride -2147483648 (width) is outside 1..255");
    m = tiny_conv();
    set(&m.op[0], CONV_DIL_H, 4, 0);
    expect_refused(&m, "CONV_2D: dilation 0 (height) is outside 1..255");
    m = tiny_conv();
    set(&m.op[0], CONV_DIL_W, 4, 2147483647);
    expect_refused(&m, "CONV_2D: dilation 2147483647 (width) is outside 1..255");
    m = tiny_conv();
    m.op[0].options_type = OPTIONS_NONE; /* all defaults, strides of 0 */
    expect_refused(&m, "CONV_2D: stride 0 (height) is outside 1..255");
}

TEST(zero_and_huge_windows_of_pools)
{
    struct tiny m = tiny_unary(TFL_MAX_POOL_2D, TINY_S8("y", 0.5f, 1, 1, 1, 1, 2));
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 4, 3, 2);
    m.op[0].options_type = OPTIONS_POOL;
    set(&m.op[0], POOL_STRIDE_W, 4, 1);
    set(&m.op[0], POOL_STRIDE_H, 4, 1);
    expect_refused(&m, "MAX_POOL_2D: kernel height 0 is outside 1..255");
    set(&m.op[0], POOL_FILTER_H, 4, 2147483647);
    set(&m.op[0], POOL_FILTER_W, 4, 2147483647);
    expect_refused(&m, "MAX_POOL_2D: kernel height 2147483647 is outside 1..255");
    set(&m.op[0], POOL_FILTER_H, 4, 5);
    set(&m.op[0], POOL_FILTER_W, 4, 3);
    set(&m.op[0], POOL_PADDING, 1, TFL_VALID);
    expect_refused(&m, "a window of 5 does not fit input height 4 with padding 0+0");
    m.tensor[0].rank = 3;
    expect_refused(&m, "MAX_POOL_2D: its input has rank 3, expected 4 (NHWC)");
}

TEST(weights_that_do_not_fit_their_input)
{
    struct tiny m = tiny_conv();
    m.tensor[0].dim[3] = 3; /* no number of groups */
    expect_refused(&m, "CONV_2D: weights 2x3x3x2 are for 2 input channels, the input has 3");
    m.tensor[0].dim[3] = 6; /* three groups, two outputs */
    expect_refused(&m, "CONV_2D: weights 2x3x3x2 are for 2 input channels, the input has 6");
    m = tiny_conv();
    m.tensor[3].dim[2] = 3;
    expect_refused(&m, "CONV_2D: its output is s8 1x4x3x2, its inputs make s8 1x4x4x2");
    m = tiny_conv();
    m.tensor[1].rank = 3;
    m.tensor[1].dim[2] = 6;
    expect_refused(&m, "CONV_2D: its weights have rank 3, expected 4");
    m = tiny_conv();
    m.op[0].in[1] = 0; /* the image as weights */
    m.n_in = 1;
    m.tensor[0] = TINY_S8("x", 0.5f, 0, 1, 4, 4, 4);
    expect_refused(&m, "CONV_2D: bias has shape 2, expected 1");
}

TEST(options_of_another_operator_and_values_outside_of_an_enumeration)
{
    struct tiny m = tiny_conv();
    m.op[0].options_type = OPTIONS_POOL;
    expect_refused(&m, "CONV_2D: options of type 5, expected 1");
    m = tiny_conv();
    set(&m.op[0], CONV_PADDING, 1, 2);
    expect_refused(&m, "CONV_2D: padding 2, expected 0 (same) or 1 (valid)");
    m = tiny_conv();
    set(&m.op[0], CONV_ACT, 1, 4);
    expect_refused(&m, "CONV_2D: the fused activation TANH is not supported");
    m = tiny_conv();
    set(&m.op[0], CONV_ACT, 1, 200);
    expect_refused(&m, "CONV_2D: the fused activation 200 is unknown");
}

/* The graph. */

TEST(cycles_and_operators_out_of_order)
{
    struct tiny m = relu(); /* y = relu(z), z = relu(y) */
    m.n_tensors = 3;
    m.tensor[2] = TINY_S8("z", 0.5f, 1, 1, 2, 3);
    m.n_ops = 2;
    m.op[0].in[0] = 2;
    m.op[1] = (struct tiny_op){.n_in = 1, .in = {1}, .n_out = 1, .out = {2}};
    expect_damaged(&m, "operator 0 (RELU) reads tensor 2 'z', which nothing before it writes");
    m = relu();
    m.op[0].in[0] = 1; /* its own output */
    expect_damaged(&m, "operator 0 (RELU) reads tensor 1 'y', which nothing before it writes");
    m.tensor[1].dim[1] = 0; /* the same without elements */
    expect_damaged(&m, "operator 0 (RELU) reads tensor 1 'y', which nothing before it writes");
}

TEST(tensors_written_twice)
{
    struct tiny m = relu();
    m.n_ops = 2;
    m.op[1] = m.op[0];
    expect_damaged(&m, "operator 1 (RELU) writes tensor 1 'y', which is an input or was written");
    m = relu();
    m.op[0].n_out = 2;
    m.op[0].out[1] = 1;
    expect_damaged(&m, "operator 0 (RELU) writes tensor 1 'y', which is an input or was written");
    m = relu();
    m.op[0].out[0] = 0;
    expect_damaged(&m, "operator 0 (RELU) writes tensor 0 'x', which is an input or was written");
    m = tiny_conv();
    m.op[0].out[0] = 1;
    expect_damaged(&m, "operator 0 (CONV_2D) writes tensor 1 'w', which is a constant");
}

TEST(inputs_and_outputs_of_the_graph)
{
    struct tiny m = relu();
    m.n_in = 2; /* x, x */
    expect_damaged(&m, "graph input 1 'x' is an input twice");
    m = tiny_conv();
    m.in[0] = 1;
    expect_damaged(&m, "graph input 0 'w' is a constant");
    m = relu();
    m.n_ops = 0;
    expect_damaged(&m, "graph output 0 'y' is never written");
    m = relu();
    m.n_out = 0;
    expect_refused(&m, "the graph has no output");
    m = relu();
    m.no_subgraph = true;
    expect_damaged(&m, "the model has no subgraph");
    m = relu();
    m.version = 2;
    expect_damaged(&m, "schema version 2, this program reads 3");
}

/* Quantisation. */

TEST(quantisation_of_the_wrong_length)
{
    struct tiny m = tiny_conv();
    m.tensor[1].n_scales = m.tensor[1].n_zeros = 3;
    expect_damaged(&m, "tensor 1 'w': 3 scales for 2 channels along dimension 0");
    m.tensor[1].n_zeros = 1;
    expect_damaged(&m, "tensor 1 'w': 3 scales and 1 zero points");
    m.tensor[1].n_zeros = 0;
    expect_damaged(&m, "tensor 1 'w': 3 scales and 0 zero points");
    m = tiny_conv();
    m.tensor[1].n_scales = m.tensor[1].n_zeros = 2;
    m.tensor[1].axis = 4;
    expect_damaged(&m, "tensor 1 'w': quantised along dimension 4 of 4");
    m.tensor[1].axis = -1;
    expect_damaged(&m, "tensor 1 'w': quantised along dimension -1 of 4");
}

TEST(scales_and_zero_points_without_meaning)
{
    struct tiny m = tiny_conv();
    m.tensor[3].zero[0] = INT64_C(1) << 32;
    expect_damaged(&m, "tensor 3 'y': zero point 4294967296 is outside 32 bits");
    m.tensor[3].zero[0] = 128;
    expect_refused(&m, "zero point 128 is outside -128..127 for s8");
    static const float bad[] = {0.0f, -1.0f, INFINITY, NAN};
    for (size_t i = 0; i < 4; i++) {
        m = tiny_conv();
        m.tensor[3].scale[0] = bad[i];
        expect_refused(&m, "is not finite and > 0");
    }
    m = tiny_conv();
    m.tensor[3].n_scales = 0;
    expect_refused(&m, "CONV_2D: 'y' has 0 scales, an s8 activation needs one");
    m = tiny_conv();
    m.tensor[1].zero[0] = 3;
    expect_refused(&m, "CONV_2D: weights have zero point 3, expected 0");
    m = tiny_conv();
    m.tensor[2].scale[0] = 1.0f;
    expect_refused(&m, "CONV_2D: bias scale 1 of channel 0 is not input scale * weight scale");
    m = tiny_conv();
    m.tensor[3].scale[0] = 1e-30f;
    expect_refused(&m, "CONV_2D: the output scale is too small");
    m = tiny_conv();
    m.tensor[1].custom_quant = 1;
    expect_refused(&m, "CONV_2D: 'w' has a custom quantisation");
}

/* What Mote does not have. */

TEST(types_ranks_and_storage_that_are_not_supported)
{
    struct tiny m = relu();
    m.tensor[0].type = 5;
    expect_refused(&m, "'x' is string");
    m.tensor[0].type = 17;
    expect_refused(&m, "'x' is int4");
    m.tensor[0].type = 255;
    expect_refused(&m, "'x' is of unknown type");
    m = relu();
    m.tensor[0].rank = 0;
    expect_refused(&m, "'x' is a scalar, or its shape is unknown");
    m = relu();
    m.tensor[0].rank = 7;
    expect_refused(&m, "'x' has 7 dimensions, at most 6 are supported");
    m = tiny_conv();
    m.tensor[1].is_sparse = 1;
    expect_refused(&m, "CONV_2D: 'w' is stored sparse");
    m = tiny_conv();
    m.tensor[1].is_variable = 1;
    m.tensor[1].buffer = 0;
    expect_refused(&m, "CONV_2D: input 1 'w' is a variable");
}

TEST(unknown_and_custom_operators)
{
    struct tiny m = relu();
    m.code[0] = (struct tiny_code){TFL_CUSTOM, TFL_CUSTOM, "Odd\x1b[2J"};
    expect_refused(&m, "operator 0 'y': custom operator 'Odd?[2J' is not supported");
    m.code[0] = (struct tiny_code){12345, 127, NULL};
    expect_refused(&m, "operator 0 'y': operator code 12345 is not supported");
    m.code[0] = (struct tiny_code){-5, 200, NULL};
    expect_refused(&m, "operator code -5 is not supported");
}

static const char *remedy_of(struct arena *a, const struct tiny *m)
{
    struct diag d = {0};
    CHECK(!tflite_read(a, tiny_write(a, m), "tiny.tflite", &d));
    return arena_strdup(a, d.hint);
}

TEST(remedies_are_those_of_the_fault)
{
    struct arena *a = arena_new("test");
    struct tiny m = relu();
    m.code[0] = (struct tiny_code){TFL_CUSTOM, TFL_CUSTOM, "ethos-u"};
    CHECK_HAS(remedy_of(a, &m), "compiled for another accelerator (Arm Ethos-U");
    m.code[0].custom = "SignalStacker";
    CHECK_HAS(remedy_of(a, &m), "an audio front end: of the signal library SignalWindow");
    m.code[0].custom = "Mine";
    CHECK_HAS(remedy_of(a, &m), "its code is not in the file");
    m = relu();
    m.tensor[1].type = TFL_FLOAT16;
    CHECK_HAS(remedy_of(a, &m), "convert without float16");
    m = relu();
    m.tensor[0].type = TFL_INT64;
    CHECK_HAS(remedy_of(a, &m), "integers");
    arena_free(a);
}

/* Variables. */

TEST(handles_that_are_none_and_values_that_do_not_fit_their_variable)
{
    const struct tiny first = tiny_first();
    struct tiny m = tiny_sum(&first);
    m.op[SUM_READ].in[0] = SUM_X;
    expect_refused(&m, "READ_VARIABLE: input 0 is not the handle of a variable");
    m = tiny_sum(&first);
    m.op[SUM_ASSIGN].in[0] = SUM_Y;
    expect_refused(&m, "ASSIGN_VARIABLE: input 0 is not the handle of a variable");
    m = tiny_sum(&first);
    m.op[SUM_ASSIGN].n_in = 1;
    expect_refused(&m, "ASSIGN_VARIABLE: 1 inputs and 0 outputs, expected 2 and none");
    m = tiny_sum(&first);
    m.op[SUM_ADD].in[1] = SUM_HANDLE;
    expect_refused(&m, "ADD: input 1 is the handle of a variable");
    m = tiny_sum(&first);
    m.out[0] = SUM_HANDLE;
    expect_refused(&m, "graph output 0 'v' is the handle of a variable");
    m = tiny_sum(&first);
    m.tensor[SUM_Y].scale[0] = 0.25f;
    expect_refused(&m, "ASSIGN_VARIABLE: the variable is 'so far' in one place and 'y' in another");
    m = tiny_sum(&first);
    m.tensor[SUM_SO_FAR].dim[1] = 2;
    expect_refused(&m, "READ_VARIABLE: the variable is 'first' in one place and 'so far' in");
    m = tiny_sum(&first);
    m.tensor[SUM_X].buffer = 1; /* constant */
    m.n_in = 0;
    m.op[SUM_ASSIGN].in[1] = SUM_X;
    expect_refused(&m, "ASSIGN_VARIABLE: the constant 'x' is assigned in every call");
}

TEST(first_contents_that_are_no_constants_of_a_subgraph_of_their_own)
{
    struct tiny first = tiny_first();
    struct tiny m = tiny_sum(&first);
    m.op[SUM_CALL_ONCE].option[0].value = 2;
    expect_damaged(&m, "operator 0 (CALL_ONCE) calls subgraph 2 of 2");
    m.op[SUM_CALL_ONCE].option[0].value = -1;
    expect_damaged(&m, "operator 0 (CALL_ONCE) calls subgraph -1 of 2");
    m.op[SUM_CALL_ONCE].option[0].value = 0;
    expect_refused(&m, "CALL_ONCE: it calls the subgraph that it stands in, a cycle");
    m = tiny_sum(&first);
    first.op[FIRST_ASSIGN].in[1] = FIRST_HANDLE;
    expect_refused(&m, "operator 1 of its subgraph 1: ASSIGN_VARIABLE: assigns what is not a "
                       "constant");
    first = tiny_first();
    first.op[FIRST_ASSIGN].in[1] = 7;
    expect_damaged(&m, "input of operator 1 names tensor 7 of 2");
    first = tiny_first();
    first.tensor[FIRST_VALUE].dim[1] = 5;
    expect_damaged(&m, "tensor 1 'first' takes 5 bytes, its buffer 1 has 4");
    first = tiny_first();
    first.op[FIRST_ASSIGN] = m.op[SUM_CALL_ONCE]; /* of itself: nothing recurses */
    expect_refused(&m, "operator 1 of its subgraph 1: CALL_ONCE: only the assignment of constants");
    first = tiny_first();
    first.op[FIRST_ASSIGN] = (struct tiny_op){.code = SUM_ADD, .n_in = 2, .in = {1, 1}};
    expect_refused(&m, "operator 1 of its subgraph 1: ADD: only the assignment of constants");
    first = tiny_first();
    first.op[FIRST_VAR_HANDLE].out[0] = FIRST_VALUE;
    expect_damaged(&m, "writes tensor 1 'first', which is a constant");
}

TEST(first_contents_that_come_too_late_or_too_often)
{
    const struct tiny first = tiny_first();
    struct tiny m = tiny_sum(&first);
    const struct tiny_op call = m.op[SUM_CALL_ONCE];
    m.op[SUM_CALL_ONCE] = m.op[SUM_VAR_HANDLE];
    m.op[SUM_VAR_HANDLE] = m.op[SUM_READ];
    m.op[SUM_READ] = call;
    expect_refused(&m, "CALL_ONCE: variables are read or assigned before it");
    m = tiny_sum(&first);
    for (m.n_ops = 0; m.n_ops < 17; m.n_ops++)
        m.op[m.n_ops] = call;
    m.out[0] = SUM_X;
    expect_refused(&m, "operator 16 'CALL_ONCE': CALL_ONCE: more than 16 of them");
}

TEST(control_characters_in_names_do_not_reach_a_terminal)
{
    struct tiny m = relu();
    m.tensor[0].type = 5;
    m.tensor[0].name = "a\x1b[31m\n.\x7f";
    expect_refused(&m, "'a?[31m?.?' is string");
}

TEST(everything_unsupported_is_said_at_once)
{
    struct arena *a = arena_new("test");
    struct tiny m = relu();
    m.n_codes = 3;
    m.code[1] = (struct tiny_code){103, 103, NULL}; /* UNIQUE */
    m.code[2] = (struct tiny_code){125, 125, NULL}; /* SEGMENT_SUM */
    m.n_tensors = 6;
    for (uint32_t i = 1; i < 6; i++)
        m.tensor[i] = TINY_S8("t", 0.5f, 1, 1, 2, 3);
    m.tensor[4].dim[2] = 2; /* not what relu makes */
    m.n_ops = 5;
    const uint32_t code[5] = {1, 2, 1, 0, 1};
    for (uint32_t i = 0; i < 5; i++)
        m.op[i] = (struct tiny_op){
            .code = code[i], .n_in = 1, .in = {(int32_t)i}, .n_out = 1, .out = {(int32_t)i + 1}};
    m.out[0] = 5;
    struct diag d = {0};
    CHECK(!tflite_read(a, tiny_write(a, &m), "tiny.tflite", &d));
    CHECK_STR(d.message,
              "not supported:\n"
              "  operators 0, 2, 4: UNIQUE is not supported\n"
              "  operator 1 't': SEGMENT_SUM is not supported\n"
              "  operator 3 't': RELU: its output is s8 1x2x2, its inputs make s8 1x2x3");
    CHECK_HAS(d.hint, "`mote check --operators`");
    arena_free(a);
}

TEST(a_long_report_is_cut_and_counted)
{
    struct arena *a = arena_new("test");
    struct tiny m = relu();
    m.n_tensors = 20;
    m.n_codes = m.n_ops = 19;
    for (uint32_t i = 0; i < m.n_ops; i++) {
        m.tensor[i + 1] =
            TINY_S8("a name that is long enough to fill the report with very few", 1, 0, 1, 2, 3);
        m.code[i] = (struct tiny_code){200 + (int32_t)i, 127, NULL};
        m.op[i] = (struct tiny_op){
            .code = i, .n_in = 1, .in = {(int32_t)i}, .n_out = 1, .out = {(int32_t)i + 1}};
    }
    struct diag d = {0};
    CHECK(!tflite_read(a, tiny_write(a, &m), "tiny.tflite", &d));
    CHECK_HAS(d.message, "operator 6 'a name");
    CHECK_HAS(d.message, "\n  and 12 more, `mote check` lists all");
    CHECK(strlen(d.message) < sizeof d.message - 1);
    struct faults all = {0};
    d = (struct diag){0};
    CHECK(tflite_account(a, tiny_write(a, &m), "tiny.tflite", &all, &d));
    CHECK(!d.failed);
    CHECK_EQ(all.list.n, m.n_ops);
    for (uint32_t i = 0; i < all.list.n; i++) {
        CHECK_EQ(all.list.items[i].i_op, i);
        CHECK_STR(all.list.items[i].type, "int8");
        CHECK_HAS(all.list.items[i].what, "is not supported");
        CHECK(all.list.items[i].hint[0]);
    }
    arena_free(a);
}

/* The FlatBuffer itself. */

static void put32(uint8_t *to, uint32_t value)
{
    memcpy(to, &value, sizeof value);
}

TEST(offsets_lengths_and_alignments_of_the_flatbuffer)
{
    struct arena *a = arena_new("test");
    struct tiny m = relu();
    struct bytes good = tiny_write(a, &m);
    uint32_t root;
    memcpy(&root, good.data, sizeof root);
    /* the vtable of the root stands at 8, its table at `root`: soffset, then four fields */
    const struct {
        size_t at;
        uint32_t value;
        const char *message;
    } cases[] = {
        {0, (uint32_t)good.len, "a table of 4 bytes reaches beyond the file's"},
        {0, UINT32_MAX, "a table of 4 bytes reaches beyond the file's"},
        {0, root + 1, "a table is not aligned to 4 bytes"},
        {root, root + 1, "the vtable of a table starts 1 bytes before the file"},
        {root, (uint32_t)-0x7fffffff, "a vtable of 4 bytes reaches beyond the file's"},
        {root, root - 9, "a vtable is not aligned to 2 bytes"},
        {8, 0x00140002, "a vtable of 2 bytes for a table of 20"},
        {8, 0x0014000d, "a vtable of 13 bytes for a table of 20"},
        {8, 0x0002000e, "a vtable of 14 bytes for a table of 2"},
        {8, 0x0014fffe, "a vtable of 65534 bytes reaches beyond the file's"},
        {8, 0xfffc000e, "a table of 65532 bytes reaches beyond the file's"},
        {8, 0x0010000e, "field 4 at byte 16 of a table of 16"},
        {12, 0x00080002, "field 0 at byte 2 of a table of 20"},
        {12, 0x00080006, "a field is not aligned to 4 bytes"},
        {root + 8, UINT32_MAX - 8, "the length of a vector of 4 bytes reaches beyond the file's"},
        {root + 8, 2, "the length of a vector is not aligned to 4 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *bad = arena_copy(a, good.data, good.len);
        put32(bad + cases[i].at, cases[i].value);
        expect_bytes((struct bytes){bad, good.len}, "tiny.tflite:+", cases[i].message);
    }
    uint8_t *bad = arena_copy(a, good.data, good.len);
    uint32_t to_codes;
    memcpy(&to_codes, bad + root + 8, sizeof to_codes);
    put32(bad + root + 8 + to_codes, 0x40000000); /* 4 n = 2^32: 0 in 32 bits */
    expect_bytes((struct bytes){bad, good.len}, "tiny.tflite:+",
                 "a vector of 4294967296 bytes reaches beyond the file's");
    arena_free(a);
}

TEST(a_name_that_is_not_closed)
{
    struct arena *a = arena_new("test");
    struct tiny m = relu();
    m.tensor[0].name = "unclosed";
    struct bytes good = tiny_write(a, &m);
    uint8_t *bad = arena_copy(a, good.data, good.len);
    for (size_t i = 0; i + 9 <= good.len; i++)
        if (memcmp(bad + i, "unclosed", 9) == 0)
            bad[i + 8] = '!';
    expect_bytes((struct bytes){bad, good.len}, "tiny.tflite:+",
                 "a string of 8 characters is not closed by 0");
    arena_free(a);
}

TEST(files_that_are_none)
{
    expect_bytes((struct bytes){NULL, 0}, "tiny.tflite:+0", "0 bytes are no FlatBuffer");
    expect_bytes((struct bytes){(const uint8_t *)"\10\0\0\0TFL3", 7}, "tiny.tflite:+0",
                 "7 bytes are no FlatBuffer");
    expect_bytes((struct bytes){(const uint8_t *)"\10\0\0\0TFL3", 8}, "tiny.tflite:+8",
                 "a table of 4 bytes reaches beyond the file's 8");
    expect_bytes((struct bytes){(const uint8_t *)"\10\0\0\0TFL2....", 12}, "tiny.tflite:+4",
                 "the file does not have the identifier TFL3");
}

/* Any bytes at all. */

/* Read a copy that ends where the file ends, so that a sanitizer sees one byte too many. The
 * verdict and the message go together. */
static void read_any(const uint8_t *data, size_t len)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    uint8_t *copy = malloc(len ? len : 1);
    CHECK(copy);
    memcpy(copy, data, len);
    const struct graph *g = tflite_read(a, (struct bytes){copy, len}, "tiny.tflite", &d);
    CHECK(d.failed == !g);
    CHECK(!d.failed || (d.message[0] && strncmp(d.place, "tiny.tflite", 11) == 0));
    free(copy);
    arena_free(a);
}

static struct bytes small_model(struct arena *a)
{
    struct tiny m = tiny_conv();
    return tiny_write(a, &m);
}

TEST(a_file_cut_at_every_byte)
{
    struct arena *a = arena_new("test");
    struct bytes file = small_model(a);
    for (size_t len = 0; len < file.len; len++)
        read_any(file.data, len);
    arena_free(a);
}

TEST(every_single_byte_changed)
{
    struct arena *a = arena_new("test");
    struct bytes file = small_model(a);
    uint8_t *bad = arena_copy(a, file.data, file.len);
    static const uint8_t values[] = {0, 1, 2, 4, 127, 128, 254, 255};
    for (size_t at = 0; at < file.len; at++) {
        for (size_t v = 0; v < sizeof values; v++) {
            bad[at] = values[v];
            read_any(bad, file.len);
        }
        bad[at] = file.data[at];
    }
    arena_free(a);
}

static void flip_bits(struct bytes file, uint32_t n_files)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    uint8_t *bad = arena_alloc(a, file.len);
    for (uint32_t i = 0; i < n_files; i++) {
        memcpy(bad, file.data, file.len);
        uint32_t n_flips = 1 + rng_below(&r, 8);
        for (uint32_t k = 0; k < n_flips; k++)
            bad[rng_below(&r, (uint32_t)file.len)] ^= (uint8_t)(1u << rng_below(&r, 8));
        read_any(bad, file.len);
    }
    arena_free(a);
}

TEST(random_bits_flipped)
{
    struct arena *a = arena_new("test");
    flip_bits(small_model(a), 20000);
    arena_free(a);
}

TEST(a_real_model_cut_and_flipped)
{
    struct bytes file;
    struct diag d = {0};
    CHECK(file_map(test_data("models/tflm/hello_world_int8.tflite"), &file, &d));
    for (size_t len = 0; len < file.len; len++)
        read_any(file.data, len);
    flip_bits(file, 20000);
}

/* import_read */

TEST(the_first_bytes_choose_the_reader)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const char *dir;
    CHECK(file_temp_dir(a, &dir, &d));
    const char *path = path_join(a, dir, "model.mote"); /* the name means nothing */
    struct bytes file = small_model(a);
    CHECK(file_write(path, file.data, file.len, &d));
    struct graph *g = import_read(a, path, &d);
    CHECK(g);
    CHECK_STR(g->name, "model");
    CHECK(file_write(path, "neither", 7, &d));
    CHECK(!import_read(a, path, &d));
    CHECK_STR(d.message, "neither a .mote, a .tflite nor an .onnx file, by its bytes");
    CHECK_HAS(d.hint, "mote quantize");
    d = (struct diag){0};
    CHECK(!import_read(a, path_join(a, dir, "none"), &d));
    CHECK_HAS(d.message, "cannot open");
    file_remove_dir(dir);
    arena_free(a);
}

TEST_MAIN(T(handles_that_are_none_and_values_that_do_not_fit_their_variable),
          T(first_contents_that_are_no_constants_of_a_subgraph_of_their_own),
          T(first_contents_that_come_too_late_or_too_often), T(a_size_that_overflows),
          T(a_buffer_shorter_or_longer_than_its_tensor), T(a_buffer_behind_the_file),
          T(indices_outside_of_the_file), T(absent_inputs_and_too_many_outputs),
          T(every_operator_with_any_number_of_inputs_and_outputs),
          T(zero_channels_strides_and_dilations), T(zero_and_huge_windows_of_pools),
          T(weights_that_do_not_fit_their_input),
          T(options_of_another_operator_and_values_outside_of_an_enumeration),
          T(cycles_and_operators_out_of_order), T(tensors_written_twice),
          T(inputs_and_outputs_of_the_graph), T(quantisation_of_the_wrong_length),
          T(scales_and_zero_points_without_meaning),
          T(types_ranks_and_storage_that_are_not_supported), T(unknown_and_custom_operators),
          T(control_characters_in_names_do_not_reach_a_terminal),
          T(everything_unsupported_is_said_at_once), T(remedies_are_those_of_the_fault),
          T(a_long_report_is_cut_and_counted), T(offsets_lengths_and_alignments_of_the_flatbuffer),
          T(a_name_that_is_not_closed), T(files_that_are_none), T(a_file_cut_at_every_byte),
          T(every_single_byte_changed), T(random_bits_flipped), T(a_real_model_cut_and_flipped),
          T(the_first_bytes_choose_the_reader))
