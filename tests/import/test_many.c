/* test_many.c - operators of a TensorFlow Lite model that make one number of many: sums of tensors,
 * products, any and all; the best of many boxes; and square roots of int16.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "import/tiny_read.h"

static struct tiny_tensor of_type(struct tiny_tensor t, uint8_t type)
{
    t.type = type;
    t.n_scales = t.n_zeros = 0;
    return t;
}

TEST(int8_sums_of_tensors_are_one_operator_and_others_a_chain)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_ADD_N, TINY_S8("y", 0.75f, 1, 1, 2, 3));
    m.op[0].n_in = 3;
    CHECK_HAS(text_of(a, &m), "output %1\n\n%1 = add_n(%0, %0, %0) origin \"0:y\"\n");
    m.op[0].n_in = 16;
    m.tensor[0].zero[0] = -128;
    expect_refused(&m, "ADD_N: 16 inputs with zero point -128: their sum may be 4208, above 4095");
    m.op[0].n_in = 3;
    m.tensor[1].scale[0] = 1e-7f;
    expect_refused(&m, "ADD_N: the output scale is too small");
    m.tensor[0].type = m.tensor[1].type = TFL_FLOAT32;
    CHECK_HAS(text_of(a, &m), "%1 = add(%0, %0) origin \"0:y\"\n%2 = add(%1, %0) origin");
    m.tensor[0].type = m.tensor[1].type = TFL_INT16;
    expect_refused(&m, "ADD_N: of type s16, expected f32, s8 or s32");
    m = with_constant(TFL_ADD_N, OPTIONS_NONE);
    expect_refused(&m, "ADD_N: input 1 is 1x1x3, the first is 1x2x3");
    m.tensor[2] = TINY_S8("c", 0.25f, 1, 1, 2, 3);
    m.tensor[2].buffer = 1;
    m.buffer[1] = (struct tiny_buffer){"abcdef", 6, 0, 0};
    expect_refused(&m, "ADD_N: scale 0.5 and zero point 1 of 'x' differ from 0.25 and 1 of 'c'");
    arena_free(a);
}

/* 20 * (1 + 2 + ... ) with zero point 1, which counts once more, as in TFLite Micro. */
TEST(a_sum_of_three_has_the_bytes_of_the_reference)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_ADD_N, TINY_S8("y", 1.5f, -2, 1, 2, 3));
    struct diag d = {0};
    m.op[0].n_in = 3;
    struct graph *g = read_ok(a, &m);
    struct interp *it = interp_new(a, g, &d);
    interp_run(it, (const void *const[]){(const int8_t[]){1, 2, 3, 4, -128, 127}});
    /* (3 (q - 1) - 1) * 0.5 / 1.5 - 2 */
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), ((const int8_t[]){-2, -1, 0, 1, -128, 124}),
                6);
    arena_free(a);
}

TEST(products_of_activations_drop_dimensions_like_sums)
{
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_REDUCE_PROD, TINY_S8("y", 0.5f, 1, 1, 2, 1), 1, 2);
    CHECK_HAS(text_of(a, &m), "%1 = reduce_prod(%0) over [0,0,1] origin \"0:y\"");
    m.tensor[1] = TINY_S8("y", 0.5f, 1, 1, 3);
    m.buffer[1].data = ROW(1);
    CHECK_HAS(text_of(a, &m), "%1 = reduce_prod(%0) over [0,1,0] origin \"0:y\"\n"
                              "%2 = reshape(%1) shape [1,3] origin \"0:y\"\n");
    m.tensor[0].type = m.tensor[1].type = TFL_INT16;
    m.tensor[0].zero[0] = m.tensor[1].zero[0] = 0;
    CHECK_HAS(text_of(a, &m), "%1 = reduce_prod(%0) over [0,1,0] origin");
    m.tensor[1].scale[0] = 1e-9f;
    expect_refused(&m, "REDUCE_PROD: the output scale is too small: each of 2 factors would be "
                       "shifted to the left by 14, at most 7 are supported");
    m.tensor[0] = of_type(m.tensor[0], TFL_FLOAT32);
    m.tensor[1] = of_type(m.tensor[1], TFL_FLOAT32);
    CHECK_HAS(text_of(a, &m), "%1 = reduce_prod(%0) over [0,1,0] origin");
    m.buffer[1].data = ROW(-4);
    expect_refused(&m, "REDUCE_PROD: axis -4 is outside -3..2");
    arena_free(a);
}

TEST(any_and_all_are_of_bool)
{
    struct arena *a = arena_new("test");
    static const int32_t codes[2] = {TFL_REDUCE_ANY, TFL_REDUCE_ALL};
    static const uint8_t want[2][3] = {{1, 1, 0}, {0, 1, 0}};
    for (int k = 0; k < 2; k++) {
        struct diag d = {0};
        struct tiny m = WITH_ROW(codes[k], TINY_S8("y", 0.5f, 1, 1, 1, 3), 1, 1);
        expect_refused(&m, "of type s8, expected bool");
        m.tensor[0] = of_type(m.tensor[0], TFL_BOOL);
        expect_refused(&m, "its output is s8 1x1x3, its inputs make bool 1x1x3");
        m.tensor[1] = of_type(m.tensor[1], TFL_BOOL);
        struct graph *g = read_ok(a, &m);
        struct interp *it = interp_new(a, g, &d);
        interp_run(it, (const void *const[]){(const uint8_t[]){1, 1, 0, 0, 1, 0}});
        CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), want[k], 3);
        m.buffer[1].data = ROW(3);
        expect_refused(&m, ": axis 3 is outside -3..2");
        m.op[0].n_in = 1;
        expect_refused(&m, ": 1 inputs, expected 2..2");
    }
    arena_free(a);
}

/* In float, each step rounded, and the quotient cut. */
TEST(square_roots_of_int16_are_cut)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_SQRT, TINY_S8("y", 0.004f, 0, 1, 2, 3));
    struct diag d = {0};
    m.tensor[0].type = m.tensor[1].type = TFL_INT16;
    expect_refused(&m, "SQRT: of int16 without a scale, or with a zero point");
    m.tensor[0].zero[0] = 0;
    CHECK_HAS(text_of(a, &m), "%1 = dequantize(%0) origin \"0:y\"\n%2 = sqrt(%1) origin \"0:y\"\n"
                              "%4 = div(%2, %3) origin \"0:y\"\n%5 = cast(%4) origin \"0:y\"");
    struct graph *g = read_ok(a, &m);
    struct interp *it = interp_new(a, g, &d);
    static const int16_t x[6] = {0, 1, 2, 1000, 32767, -5};
    interp_run(it, (const void *const[]){x});
    const int16_t *y = interp_tensor(it, g->outputs.items[0]);
    for (int i = 0; i < 6; i++)
        CHECK_EQ(y[i], x[i] < 0 ? 0 : (int16_t)(sqrtf(0.5f * (float)x[i]) / 0.004f));
    m.tensor[1].n_scales = m.tensor[1].n_zeros = 0;
    expect_refused(&m, "SQRT: of int16 without a scale, or with a zero point");
    arena_free(a);
}

enum { NMS_BOXES, NMS_SCORES, NMS_MAX, NMS_OVERLAP, NMS_THRESHOLD, NMS_SIGMA, NMS_N_IN };

static struct tiny_tensor plain(const char *name, uint8_t type, uint32_t rank, int32_t a, int32_t b,
                                uint32_t buffer)
{
    return (struct tiny_tensor){
        .name = name, .type = type, .rank = rank, .dim = {a, b}, .buffer = buffer};
}

/* Boxes [3,4], scores [3] -> places, scores, number; the last two of V5 only. */
static struct tiny nms(bool is_v5)
{
    static const int32_t max = 2;
    static const float overlap = 0.5f, sigma = 0.25f;
    static const float threshold = -INFINITY;
    const int32_t code = is_v5 ? TFL_NON_MAX_SUPPRESSION_V5 : TFL_NON_MAX_SUPPRESSION_V4;
    struct tiny m = {
        .version = TFL_VERSION,
        .n_codes = 1,
        .code = {{code, (uint8_t)code, NULL}},
        .n_tensors = 9,
        .tensor = {plain("boxes", TFL_FLOAT32, 2, 3, 4, 0),
                   plain("scores", TFL_FLOAT32, 1, 3, 0, 0), plain("max", TFL_INT32, 0, 0, 0, 1),
                   plain("overlap", TFL_FLOAT32, 0, 0, 0, 2),
                   plain("threshold", TFL_FLOAT32, 0, 0, 0, 3),
                   plain("sigma", TFL_FLOAT32, 0, 0, 0, 4), plain("places", TFL_INT32, 1, 2, 0, 0),
                   plain("count", TFL_INT32, 0, 0, 0, 0),
                   plain("quality", TFL_FLOAT32, 1, 2, 0, 0)},
        .n_ops = 1,
        .op = {{.n_in = NMS_SIGMA, .in = {0, 1, 2, 3, 4, 5}, .n_out = 2, .out = {6, 7}}},
        .n_buffers = 5,
        .buffer = {{0},
                   {&max, sizeof max, 0, 0},
                   {&overlap, sizeof overlap, 0, 0},
                   {&threshold, sizeof threshold, 0, 0},
                   {&sigma, sizeof sigma, 0, 0}},
        .in = {0, 1},
        .n_in = 2,
        .out = {6, 7},
        .n_out = 2,
    };
    if (is_v5) {
        m.op[0].n_in = NMS_N_IN;
        m.op[0].n_out = m.n_out = 3;
        m.op[0].out[1] = m.out[1] = 8;
        m.op[0].out[2] = m.out[2] = 7;
    }
    return m;
}

TEST(the_best_boxes_are_found_with_or_without_their_scores)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct tiny m = nms(false);
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "output %2, %4\n");
    CHECK_HAS(text, "%2, %3, %4 = nms(%0, %1) params [2,0,0,0,0,0,0,0] alpha 0 threshold "
                    "-3.40282347e+38 overlap 0.5 origin \"0:places\"");
    static const float boxes[12] = {0, 0, 1, 1, 0, 0, 1, 0.9f, 1, 1, 2, 2}, scores[3] = {-1, 2, 0};
    struct graph *g = read_ok(a, &m);
    struct interp *it = interp_new(a, g, &d);
    interp_run(it, (const void *const[]){boxes, scores});
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), ((const int32_t[]){1, 2}), 8);
    CHECK_BYTES(interp_tensor(it, g->outputs.items[1]), ((const int32_t[]){2}), 4);
    m = nms(true);
    m.tensor[6].rank = 0; /* left open */
    text = text_of(a, &m);
    CHECK_HAS(text, "\"places\" s32 [2]\n");
    CHECK_HAS(text, "output %2, %3, %4\n");
    CHECK_HAS(text, "= nms(%0, %1) params [2,0,0,0,0,0,0,0] alpha 0.25 threshold");
    arena_free(a);
}

TEST(boxes_that_mean_nothing_are_refused)
{
    static const int32_t none = 0;
    static const float high = 1.5f, no_number = NAN;
    struct tiny m = nms(false);
    m.buffer[1].data = &none;
    expect_refused(&m, "NON_MAX_SUPPRESSION_V4: a largest number of boxes of 0, expected 1..");
    m = nms(false);
    m.buffer[2].data = &high;
    expect_refused(&m, "overlap 1.5 and alpha 0, expected a finite one, one in 0..1");
    m.buffer[2].data = &no_number;
    expect_refused(&m, "input 3 'overlap' is no number");
    m = nms(false);
    m.buffer[3].len = 3;
    expect_refused(&m, "input 4 'threshold' is not a constant of one float32");
    m = nms(true);
    m.tensor[5].buffer = 0;
    expect_refused(&m, "which nothing before it writes");
    m = nms(true);
    m.op[0].in[5] = -1;
    expect_refused(&m, "NON_MAX_SUPPRESSION_V5: input 5 '' is not a constant of one float32");
    m = nms(true);
    m.op[0].n_out = m.n_out = 2;
    expect_refused(&m, "NON_MAX_SUPPRESSION_V5: 2 outputs, expected 3");
    m = nms(false);
    m.tensor[0].dim[1] = 5;
    expect_refused(&m, "boxes 3x5 and scores 3, expected [n,4] and [n]");
    m = nms(false);
    m.tensor[0] = TINY_S8("boxes", 0.5f, 0, 3, 4);
    expect_refused(&m, "input 0 of type s8, supported for float32");
    m = nms(false);
    m.tensor[6].dim[0] = 3;
    expect_refused(&m, "its output is s32 3, its inputs make s32 2");
}

TEST_MAIN(T(int8_sums_of_tensors_are_one_operator_and_others_a_chain),
          T(a_sum_of_three_has_the_bytes_of_the_reference),
          T(products_of_activations_drop_dimensions_like_sums), T(any_and_all_are_of_bool),
          T(square_roots_of_int16_are_cut),
          T(the_best_boxes_are_found_with_or_without_their_scores),
          T(boxes_that_mean_nothing_are_refused))
