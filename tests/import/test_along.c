/* test_along.c - operators along one axis of a TensorFlow Lite model, and quotients rounded down.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/tiny_read.h"

static struct tiny_tensor of_type(struct tiny_tensor t, uint8_t type)
{
    t.type = type;
    t.n_scales = t.n_zeros = 0;
    return t;
}

TEST(sums_so_far_go_along_an_axis)
{
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_CUMSUM, TINY_S8("y", 0.75f, 4, 1, 2, 3), 1, -2);
    CHECK_HAS(text_of(a, &m), "%1 = cumsum(%0) axis 1 origin \"0:y\"");
    m.op[0].options_type = OPTIONS_CUMSUM;
    set_option(&m.op[0], CUMSUM_EXCLUSIVE, 1, 1);
    set_option(&m.op[0], CUMSUM_REVERSE, 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = cumsum(%0) axis 1 exclusive 1 reverse 1 origin");
    m.tensor[1].scale[0] = 1e-7f;
    expect_refused(&m, "CUMSUM: the output scale is too small: below 2^-19 of the input's");
    m = WITH_ROW(TFL_CUMSUM, TINY_S8("y", 0.75f, 4, 1, 2, 3), 1, 3);
    expect_refused(&m, "CUMSUM: axis 3 is outside -3..2");
    m = WITH_ROW(TFL_CUMSUM, TINY_S8("y", 0.75f, 4, 1, 2, 3), 2, 1, 0);
    expect_refused(&m, "CUMSUM: 2 axes, expected 1");
    m = WITH_ROW(TFL_CUMSUM, TINY_S8("y", 0.75f, 4, 1, 3, 2), 1, 1);
    expect_refused(&m, "CUMSUM: its output is s8 1x3x2, its inputs make s8 1x2x3");
    arena_free(a);
}

TEST(vectors_get_length_1_without_an_activation)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_L2_NORMALIZATION, TINY_S8("y", 1.0f / 128.0f, 0, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = l2_normalization(%0) origin \"0:y\"");
    m.op[0].options_type = OPTIONS_L2_NORM;
    set_option(&m.op[0], L2_NORM_ACT, 1, TFL_ACT_RELU);
    expect_refused(&m, "L2_NORMALIZATION: a fused activation, which the reference does not have");
    m = tiny_unary(TFL_L2_NORMALIZATION, TINY_S8("y", 0.5f, 0, 1, 2, 3));
    expect_refused(&m, "output scale 0.5 and zero point 0, of s8 they are 0.0078125 and 0");
    m = tiny_unary(TFL_L2_NORMALIZATION, TINY_S8("y", 1.0f / 128.0f, 0, 1, 33026));
    m.tensor[0] = TINY_S8("x", 0.5f, 0, 1, 33026);
    expect_refused(&m, "L2_NORMALIZATION: 33026 elements, at most 33025 in s8");
    arena_free(a);
}

TEST(logarithms_of_softmax_have_a_scale_of_their_own)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_LOG_SOFTMAX, TINY_S8("y", 0.0625f, 127, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = log_softmax(%0) origin \"0:y\"");
    m.tensor[0].scale[0] = 0x1p-26f;
    expect_refused(&m, "LOG_SOFTMAX: the input scale is too small: 2^-26 or below");
    m = tiny_unary(TFL_LOG_SOFTMAX, TINY_S8("y", 0.0625f, 0, 1, 2, 3));
    expect_refused(&m, "output scale 0.0625 and zero point 0, of s8 they are 0.0625 and 127");
    m = tiny_unary(TFL_LOG_SOFTMAX, TINY_S8("y", 0.0625f, 127, 1, 4096));
    m.tensor[0] = TINY_S8("x", 0.5f, 0, 1, 4096);
    expect_refused(&m, "LOG_SOFTMAX: 4096 elements, at most 4095 in s8");
    arena_free(a);
}

/* The k largest of rows of 3, and their places. */
static struct tiny largest(const int32_t *k, int32_t n)
{
    struct tiny m = with_rows(TFL_TOPK_V2, TINY_S8("y", 0.5f, 1, 1, 2, n), &k, 1, 1);
    m.tensor[m.n_tensors] = of_type(TINY_S8("places", 0.5f, 1, 1, 2, n), TFL_INT32);
    m.op[0].out[1] = m.out[1] = (int32_t)m.n_tensors++;
    m.op[0].n_out = m.n_out = 2;
    return m;
}

TEST(the_largest_elements_come_with_their_places)
{
    struct arena *a = arena_new("test");
    struct tiny m = largest(ROW(2), 2);
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "%1 \"y\" s8 [1,2,2] quant 0.5:1\n%2 \"places\" s32 [1,2,2]\n");
    CHECK_HAS(text, "%1, %2 = topk(%0) k 2 origin \"0:y\"");
    m.op[0].n_out = m.n_out = 1;
    expect_refused(&m, "TOPK_V2: 1 outputs, expected 2");
    m = largest(ROW(2), 2);
    m.op[0].out[1] = m.op[0].out[0];
    expect_refused(&m, "writes tensor 1 'y', which is an input or was written before");
    m = largest(ROW(0), 2);
    expect_refused(&m, "TOPK_V2: the 0 largest elements, expected 1 or more");
    m = largest(ROW(4), 4);
    expect_refused(&m, "TOPK_V2: 4 elements of 3, expected 1 or more");
    m = largest(ROW(2), 2);
    m.tensor[1].scale[0] = 0.25f;
    expect_refused(&m, "TOPK_V2: scale 0.5 and zero point 1 of 'x' differ from 0.25 and 1 of 'y'");
    arena_free(a);
}

TEST(quotients_rounded_down_are_of_float_and_plain_integers)
{
    struct arena *a = arena_new("test");
    static const char *const names[] = {"floor_div", "floor_mod"};
    static const int32_t codes[] = {TFL_FLOOR_DIV, TFL_FLOOR_MOD};
    static const float c[3] = {1.0f, -2.0f, 3.0f};
    for (int k = 0; k < 2; k++) {
        struct tiny m = with_constant(codes[k], OPTIONS_NONE);
        expect_refused(&m, "input type s8, expected f32 or s32");
        for (uint32_t i = 0; i < 3; i++)
            m.tensor[i] = of_type(m.tensor[i], TFL_FLOAT32);
        m.buffer[1] = (struct tiny_buffer){c, sizeof c, 0, 0};
        CHECK_HAS(text_of(a, &m), arena_printf(a, "= %s(%%0, %%1)", names[k]));
        for (uint32_t i = 0; i < 3; i++)
            m.tensor[i].type = TFL_INT32;
        CHECK_HAS(text_of(a, &m), arena_printf(a, "= %s(%%0, %%1)", names[k]));
    }
    arena_free(a);
}

TEST_MAIN(T(sums_so_far_go_along_an_axis), T(vectors_get_length_1_without_an_activation),
          T(logarithms_of_softmax_have_a_scale_of_their_own),
          T(the_largest_elements_come_with_their_places),
          T(quotients_rounded_down_are_of_float_and_plain_integers))
