/* test_operators.c - what each operator of a TensorFlow Lite model becomes: the text of the graph.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/tiny_read.h"

TEST(a_convolution_keeps_names_quantisation_and_origin)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_conv();
    m.tensor[0].name = NULL;
    CHECK_STR(text_of(a, &m),
              "mote 1\n"
              "graph \"tiny\"\n"
              "\n"
              "%0 \"tensor 0\" s8 [1,4,4,2] quant 0.5:1\n"
              "%1 \"w\" s8 [2,3,3,2] quant 0.25:0 = [1, 2, 3, -4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, "
              "7,\n    8, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n    0, 0, 0, 0]\n"
              "%2 \"b\" s32 [2] quant 0.125:0 = [100, -200]\n"
              "%3 \"y\" s8 [1,4,4,2] quant 4:-3\n"
              "\n"
              "input %0\n"
              "output %3\n"
              "\n"
              "%3 = conv2d(%0, %1, %2) pad [1,1,1,1] act relu origin \"0:y\"\n");
    arena_free(a);
}

TEST(same_padding_puts_the_odd_one_at_the_end_and_valid_has_none)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_conv();
    set_option(&m.op[0], CONV_STRIDE_H, 4, 2);
    set_option(&m.op[0], CONV_STRIDE_W, 4, 3);
    m.tensor[3].dim[1] = m.tensor[3].dim[2] = 2;
    CHECK_HAS(text_of(a, &m), "stride [2,3] pad [0,1,1,1] act relu");
    set_option(&m.op[0], CONV_PADDING, 1, TFL_VALID);
    set_option(&m.op[0], CONV_STRIDE_H, 4, 1);
    set_option(&m.op[0], CONV_STRIDE_W, 4, 1);
    set_option(&m.op[0], CONV_ACT, 1, TFL_ACT_RELU6);
    CHECK_HAS(text_of(a, &m), "%3 = conv2d(%0, %1, %2) act relu6 origin");
    arena_free(a);
}

TEST(a_bias_may_be_absent_in_two_ways)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_conv();
    m.op[0].in[2] = -1;
    CHECK_HAS(text_of(a, &m), "conv2d(%0, %1)");
    m.op[0].n_in = 2;
    CHECK_HAS(text_of(a, &m), "conv2d(%0, %1)");
    arena_free(a);
}

TEST(scales_along_an_axis_and_a_bias_with_the_axis_of_its_weights)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_conv();
    m.tensor[1].n_scales = m.tensor[1].n_zeros = 2;
    m.tensor[1].scale[1] = 0.75f;
    m.tensor[2].n_scales = m.tensor[2].n_zeros = 2;
    m.tensor[2].scale[1] = 0.375f;
    m.tensor[2].axis = 3; /* as old converters write it */
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "\"w\" s8 [2,3,3,2] quant axis 0 [0.25:0, 0.75:0]");
    CHECK_HAS(text, "\"b\" s32 [2] quant axis 0 [0.125:0, 0.375:0]");
    arena_free(a);
}

TEST(depthwise_weights_have_scales_along_the_last_axis)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_conv();
    m.code[0] = (struct tiny_code){TFL_DEPTHWISE_CONV_2D, TFL_DEPTHWISE_CONV_2D, NULL};
    m.tensor[1] = TINY_S8("w", 0.25f, 0, 1, 3, 3, 2);
    m.tensor[1].buffer = 1;
    m.tensor[1].axis = 3;
    m.tensor[1].n_scales = m.tensor[1].n_zeros = 2;
    m.tensor[1].scale[1] = 0.75f;
    m.buffer[1].len = 18;
    m.op[0].n_in = 2;
    m.op[0].options_type = OPTIONS_DEPTHWISE;
    m.op[0].option[3] = (struct tiny_option){DEPTHWISE_ACT, 1, TFL_ACT_RELU6};
    m.op[0].option[4] = (struct tiny_option){DEPTHWISE_MULTIPLIER, 4, 77}; /* means nothing */
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "quant axis 3 [0.25:0, 0.75:0]");
    CHECK_HAS(text, "%2 = depthwise_conv2d(%0, %1) pad [1,1,1,1] act relu6 origin \"0:y\"");
    arena_free(a);
}

static struct tiny dense(void)
{
    static const int8_t w[4 * 6] = {1, -1, 2};
    struct tiny m = tiny_unary(TFL_FULLY_CONNECTED, TINY_S8("y", 2.0f, 4, 1, 4));
    m.n_tensors = 3;
    m.tensor[2] = TINY_S8("w", 0.25f, 0, 4, 6);
    m.tensor[2].buffer = 1;
    m.n_buffers = 2;
    m.buffer[1] = (struct tiny_buffer){w, sizeof w, 0, 0};
    m.op[0].n_in = 2;
    m.op[0].in[1] = 2;
    m.op[0].options_type = OPTIONS_FC;
    return m;
}

TEST(a_dense_layer_flattens_its_input_and_may_keep_dimensions)
{
    struct arena *a = arena_new("test");
    struct tiny m = dense();
    CHECK_HAS(text_of(a, &m), "%2 = fully_connected(%0, %1) origin \"0:y\"");
    m.tensor[1].rank = 3;
    m.tensor[1].dim[1] = 1;
    m.tensor[1].dim[2] = 4;
    set_option(&m.op[0], FC_KEEP_NUM_DIMS, 1, 1);
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "%2 \"y\" s8 [1,4] quant 2:4\n%3 \"y\" s8 [1,1,4] quant 2:4\n");
    CHECK_HAS(text, "%2 = fully_connected(%0, %1) origin \"0:y\"\n"
                    "%3 = reshape(%2) shape [1,1,4] origin \"0:y\"\n");
    arena_free(a);
}

/* An odd number of elements ends in half a byte. */
TEST(weights_of_int4_become_int8)
{
    struct arena *a = arena_new("test");
    static const uint8_t w[8] = {0x10, 0x7f, 0x98, 0x32, 0x54, 0x76, 0xba, 0x0c};
    struct tiny m = dense();
    m.tensor[2].type = TFL_INT4;
    m.tensor[2].dim[0] = 3;
    m.tensor[2].dim[1] = 5;
    m.tensor[0].dim[m.tensor[0].rank - 1] = 5;
    for (uint32_t i = 1; i + 1 < m.tensor[0].rank; i++)
        m.tensor[0].dim[i] = 1;
    m.tensor[1].dim[m.tensor[1].rank - 1] = 3;
    m.buffer[1] = (struct tiny_buffer){w, sizeof w, 0, 0};
    CHECK_HAS(text_of(a, &m), "s8 [3,5] quant 0.25:0 = "
                              "[0, 1, -1, 7, -8, -7, 2, 3, 4, 5, 6, 7, -6, -5, -4]");
    m.buffer[1].len = 7;
    expect_refused(&m, "takes 8 bytes, its buffer 1 has 7");
    arena_free(a);
}

TEST(a_dense_layer_runs_over_all_vectors_of_its_input)
{
    struct arena *a = arena_new("test");
    struct tiny m = dense();
    m.tensor[2].dim[0] = 8;
    m.tensor[2].dim[1] = 3;
    m.tensor[1] = TINY_S8("y", 2.0f, 4, 1, 2, 8);
    CHECK_HAS(text_of(a, &m), "%2 = reshape(%0) shape [2,3] origin \"0:y\"\n"
                              "%3 = fully_connected(%2, %1) origin \"0:y\"\n"
                              "%4 = reshape(%3) shape [1,2,8] origin \"0:y\"\n");
    m.tensor[1].dim[1] = 1;
    expect_refused(&m, "FULLY_CONNECTED: its output has 8 elements, its inputs make 16");
    m = dense();
    set_option(&m.op[0], FC_WEIGHTS_FORMAT, 1, 1);
    expect_refused(&m, "weights in the shuffled format 1, expected 0");
    arena_free(a);
}

TEST(int8_weights_under_float_activations_are_widened)
{
    struct arena *a = arena_new("test");
    struct tiny m = dense();
    m.tensor[0].type = m.tensor[1].type = TFL_FLOAT32;
    const struct graph *g = read_ok(a, &m);
    CHECK_HAS(text_of(a, &m), "\"w\" f32 [4,6] = [0.25, -0.25, 0.5, 0,");
    CHECK_EQ(g->notes.n, 1);
    CHECK_HAS(g->notes.items[0], "1 operators have int8 weights and float activations");
    CHECK_HAS(g->notes.items[0], "24 bytes to 96");
    m.tensor[2].n_scales = m.tensor[2].n_zeros = 4; /* a scale for each output */
    m.tensor[2].scale[1] = m.tensor[2].scale[2] = m.tensor[2].scale[3] = 0.5f;
    CHECK_HAS(text_of(a, &m), "[0.25, -0.25, 0.5, 0,");
    m.tensor[2].n_scales = m.tensor[2].n_zeros = 0;
    expect_refused(&m, "FULLY_CONNECTED: int8 weights that are no constant, or without a scale");
    arena_free(a);
}

/* x [1,4,4,4] -> CONV_2D with weights [n,3,3,c] -> y [1,4,4,n]. */
static struct tiny grouped(int32_t n, int32_t c)
{
    static const int8_t w[8 * 9 * 2] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const int32_t b[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct tiny m = tiny_conv();
    m.tensor[0].dim[3] = 4;
    m.tensor[1].dim[0] = m.tensor[2].dim[0] = m.tensor[3].dim[3] = n;
    m.tensor[1].dim[3] = c;
    m.buffer[1] = (struct tiny_buffer){w, (uint32_t)(n * 9 * c), 0, 0};
    m.buffer[2] = (struct tiny_buffer){b, (uint32_t)n * 4, 0, 0};
    return m;
}

TEST(a_grouped_convolution_is_one_for_each_group_or_depthwise)
{
    struct arena *a = arena_new("test");
    struct tiny m = grouped(4, 2);
    const char *text = text_of(a, &m);
    CHECK_HAS(text, "%5 = slice(%0) begin [0,0,0,0] size [1,4,4,2] step [1,1,1,1] origin");
    CHECK_HAS(text, "\"b\" s32 [2] quant 0.125:0 = [3, 4]");
    CHECK_HAS(text, "act relu origin \"0:y\"\n%11 = concat(%6, %10) axis 3 origin \"0:y\"\n");
    m.tensor[3].dim[3] = 2;
    expect_refused(&m, "CONV_2D: its output is s8 1x4x4x2, its inputs make s8 1x4x4x4");
    m = grouped(8, 1); /* two outputs of each channel */
    text = text_of(a, &m);
    CHECK_HAS(text, "s8 [1,3,3,8] quant 0.25:0 = [1, 10, 0,");
    CHECK_HAS(text, "%4 = depthwise_conv2d(%0, %3, %2) pad [1,1,1,1] act relu origin \"0:y\"\n");
    m.tensor[1].n_scales = m.tensor[1].n_zeros =
        3; /* along the height, whatever there are groups of */
    m.tensor[1].scale[1] = m.tensor[1].scale[2] = 0.25f;
    m.tensor[1].axis = 1;
    expect_refused(&m, "CONV_2D: ");
    m = grouped(4, 2);
    m.tensor[1].n_scales = m.tensor[1].n_zeros = 2; /* along the channels of a group */
    m.tensor[1].scale[1] = 0.25f;
    m.tensor[1].axis = 3;
    expect_refused(&m, "CONV_2D: ");
    m = grouped(6, 1);
    expect_refused(&m, "CONV_2D: weights 6x3x3x1 are for 1 input channels, the input has 4");
    arena_free(a);
}

TEST(pools_resolve_their_padding)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_AVERAGE_POOL_2D, TINY_S8("y", 0.5f, 1, 1, 2, 2, 2));
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 4, 3, 2);
    m.op[0].options_type = OPTIONS_POOL;
    m.op[0].option[0] = (struct tiny_option){POOL_STRIDE_W, 4, 2};
    m.op[0].option[1] = (struct tiny_option){POOL_STRIDE_H, 4, 2};
    m.op[0].option[2] = (struct tiny_option){POOL_FILTER_W, 4, 2};
    m.op[0].option[3] = (struct tiny_option){POOL_FILTER_H, 4, 3};
    CHECK_HAS(text_of(a, &m), "average_pool2d(%0) kernel [3,2] stride [2,2] pad [0,1,0,1] origin");
    m.code[0] = (struct tiny_code){TFL_MAX_POOL_2D, TFL_MAX_POOL_2D, NULL};
    m.op[0].option[4] = (struct tiny_option){POOL_ACT, 1, TFL_ACT_RELU};
    CHECK_HAS(text_of(a, &m), "max_pool2d(%0) kernel [3,2] stride [2,2] pad [0,1,0,1] act relu");
    arena_free(a);
}

TEST(elementwise_operators)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_RELU, TINY_S8("y", 0.25f, -7, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = relu(%0) origin \"0:y\"");
    m = tiny_unary(TFL_RELU6, TINY_S8("y", 0.5f, 1, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = relu6(%0) origin \"0:y\"");
    m = tiny_unary(TFL_QUANTIZE, TINY_S8("y", 0.25f, -7, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = quantize(%0) origin \"0:y\"");
    m.tensor[0].type = TFL_FLOAT32; /* its scale is left over and means nothing */
    CHECK_HAS(text_of(a, &m), "%0 \"x\" f32 [1,2,3]\n");
    m = tiny_unary(TFL_DEQUANTIZE, TINY_S8("y", 0.25f, -7, 1, 2, 3));
    m.tensor[1].type = TFL_FLOAT32;
    CHECK_HAS(text_of(a, &m), "%1 = dequantize(%0) origin \"0:y\"");
    m = tiny_unary(TFL_SOFTMAX, TINY_S8("y", 1.0f / 256, -128, 1, 2, 3));
    m.op[0].options_type = OPTIONS_SOFTMAX;
    m.op[0].option[0] = (struct tiny_option){SOFTMAX_BETA, 4, 0x40000000}; /* 2.0f */
    CHECK_HAS(text_of(a, &m), "%1 = softmax(%0) beta 2 origin \"0:y\"");
    arena_free(a);
}

TEST(add_of_two_inputs)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_ADD, TINY_S8("y", 0.25f, -7, 1, 2, 3));
    m.n_tensors = 3;
    m.tensor[2] = TINY_S8("x2", 0.75f, 3, 1, 2, 3);
    m.n_in = 2;
    m.in[1] = 2;
    m.op[0].n_in = 2;
    m.op[0].in[1] = 2;
    m.op[0].options_type = OPTIONS_ADD;
    m.op[0].option[0] = (struct tiny_option){ADD_ACT, 1, TFL_ACT_RELU};
    CHECK_HAS(text_of(a, &m), "input %0, %1\noutput %2\n\n%2 = add(%0, %1) act relu origin");
    m.tensor[2].dim[2] = 1;
    CHECK_HAS(text_of(a, &m), "%2 = add_broadcast(%0, %1) act relu origin \"0:y\"");
    m.tensor[2].dim[2] = 2;
    expect_refused(&m, "operator 0 'y': ADD: shapes 1x2x3 and 1x2x2 do not broadcast");
    arena_free(a);
}

TEST(functions_of_one_element)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_LOGISTIC, TINY_S8("y", 1.0f / 256, -128, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = logistic(%0) origin \"0:y\"");
    m = tiny_unary(TFL_TANH, TINY_S8("y", 1.0f / 128, 0, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = tanh(%0) origin \"0:y\"");
    m.tensor[1].scale[0] = 0.5f;
    expect_refused(&m, "TANH: an s8 tanh gives scale 0.0078125 (1/128) and zero point 0");
    m = tiny_unary(TFL_HARD_SWISH, TINY_S8("y", 0.5f, 2, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = hard_swish(%0) origin \"0:y\"");
    m = tiny_unary(TFL_LEAKY_RELU, TINY_S8("y", 0.5f, 2, 1, 2, 3));
    m.op[0].options_type = OPTIONS_LEAKY_RELU;
    set_option(&m.op[0], LEAKY_RELU_ALPHA, 4, 0x3e000000); /* 0.125f */
    CHECK_HAS(text_of(a, &m), "%1 = leaky_relu(%0) alpha 0.125 origin \"0:y\"");
    m = tiny_unary(TFL_GELU, TINY_S8("y", 0.5f, 2, 1, 2, 3));
    m.op[0].options_type = OPTIONS_GELU;
    CHECK_HAS(text_of(a, &m), "%1 = gelu(%0) origin \"0:y\"");
    set_option(&m.op[0], GELU_APPROXIMATE, 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = gelu_tanh(%0) origin \"0:y\"");
    arena_free(a);
}

TEST(functions_without_options_of_their_own)
{
    static const struct {
        int32_t builtin;
        const char *name;
    } functions[] = {{TFL_ABS, "abs"},      {TFL_CEIL, "ceil"}, {TFL_COS, "cos"},
                     {TFL_ELU, "elu"},      {TFL_EXP, "exp"},   {TFL_FLOOR, "floor"},
                     {TFL_LOG, "log"},      {TFL_NEG, "neg"},   {TFL_ROUND, "round"},
                     {TFL_RSQRT, "rsqrt"},  {TFL_SIN, "sin"},   {TFL_SQRT, "sqrt"},
                     {TFL_SQUARE, "square"}};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        struct tiny m = tiny_unary(functions[i].builtin, TINY_S8("y", 0.5f, 2, 1, 2, 3));
        CHECK_HAS(text_of(a, &m), arena_printf(a, "%%1 = %s(%%0) origin", functions[i].name));
        m.tensor[0].type = m.tensor[1].type = TFL_FLOAT32;
        CHECK_HAS(text_of(a, &m), arena_printf(a, "%%1 = %s(%%0) origin", functions[i].name));
    }
    arena_free(a);
}

TEST(operators_of_two_inputs_broadcast)
{
    struct arena *a = arena_new("test");
    struct tiny m = with_constant(TFL_MUL, OPTIONS_MUL);
    set_option(&m.op[0], MUL_ACT, 1, TFL_ACT_RELU6);
    CHECK_HAS(text_of(a, &m), "%2 = mul(%0, %1) act relu6 origin \"0:y\"");
    m = with_constant(TFL_SUB, OPTIONS_SUB);
    m.op[0].in[0] = 2;
    m.op[0].in[1] = 0;
    set_option(&m.op[0], SUB_ACT, 1, TFL_ACT_RELU);
    CHECK_HAS(text_of(a, &m), "%2 = sub(%1, %0) act relu origin \"0:y\"");
    m = with_constant(TFL_MINIMUM, OPTIONS_NONE);
    CHECK_HAS(text_of(a, &m), "%2 = minimum(%0, %1) origin \"0:y\"");
    m = with_constant(TFL_MAXIMUM, OPTIONS_NONE);
    CHECK_HAS(text_of(a, &m), "%2 = maximum(%0, %1) origin \"0:y\"");
    m.tensor[2].zero[0] = 2;
    expect_refused(&m, "operator 0 'y': MAXIMUM: ");
    m = with_constant(TFL_MUL, OPTIONS_SUB);
    expect_refused(&m, "MUL: options of type 28, expected 21");
    arena_free(a);
}

TEST(reductions_keep_the_dimensions_or_drop_them)
{
    struct arena *a = arena_new("test");
    const struct tiny_tensor kept = TINY_S8("y", 0.5f, 1, 1, 2, 1);
    struct tiny m = WITH_ROW(TFL_MEAN, kept, 1, -1);
    CHECK_HAS(text_of(a, &m), "%1 = mean(%0) over [0,0,1] origin \"0:y\"");
    m = WITH_ROW(TFL_MEAN, TINY_S8("y", 0.5f, 1, 1, 3), 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = mean(%0) over [0,1,0] origin \"0:y\"\n"
                              "%2 = reshape(%1) shape [1,3] origin \"0:y\"\n");
    m = WITH_ROW(TFL_SUM, TINY_S8("y", 0.5f, 1, 1, 1, 1), 2, 1, 2);
    CHECK_HAS(text_of(a, &m), "%1 = reduce_sum(%0) over [0,1,1] origin \"0:y\"");
    m = WITH_ROW(TFL_REDUCE_MAX, kept, 1, 2);
    CHECK_HAS(text_of(a, &m), "%1 = reduce_max(%0) over [0,0,1] origin \"0:y\"");
    m = WITH_ROW(TFL_REDUCE_MIN, kept, 1, 2);
    CHECK_HAS(text_of(a, &m), "%1 = reduce_min(%0) over [0,0,1] origin \"0:y\"");
    m = WITH_ROW(TFL_MEAN, kept, 1, 3);
    expect_refused(&m, "operator 0 'y': MEAN: axis 3 is outside -3..2");
    m = WITH_ROW(TFL_MEAN, kept, 1, 1);
    expect_refused(&m, "MEAN: its output has 2 elements, its inputs make 3");
    arena_free(a);
}

TEST(a_transpose_has_a_constant_permutation)
{
    struct arena *a = arena_new("test");
    const struct tiny_tensor y = TINY_S8("y", 0.5f, 1, 1, 3, 2);
    struct tiny m = WITH_ROW(TFL_TRANSPOSE, y, 3, 0, -1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = transpose(%0) perm [0,2,1] origin \"0:y\"");
    m = WITH_ROW(TFL_TRANSPOSE, y, 2, 0, 1);
    expect_refused(&m, "TRANSPOSE: a permutation of 2 for 3 dimensions");
    m = WITH_ROW(TFL_TRANSPOSE, y, 3, 0, 1, 1);
    expect_refused(&m, "TRANSPOSE: perm is no permutation of 0..2");
    arena_free(a);
}

TEST(images_are_resized_and_cut_into_blocks)
{
    struct arena *a = arena_new("test");
    struct tiny m =
        WITH_ROW(TFL_RESIZE_NEAREST_NEIGHBOR, TINY_S8("y", 0.5f, 1, 1, 2, 6, 4), 2, 2, 6);
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 1, 3, 4);
    m.op[0].options_type = OPTIONS_RESIZE_NEAREST;
    CHECK_HAS(text_of(a, &m), "%1 = resize_nearest(%0) to [2,6] origin \"0:y\"");
    set_option(&m.op[0], RESIZE_HALF_PIXEL, 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = resize_nearest(%0) to [2,6] half_pixel 1 origin \"0:y\"");
    m.buffer[1].data = ROW(0, 6);
    expect_refused(&m, "RESIZE_NEAREST_NEIGHBOR: a new size of 0, expected 1..");
    m = tiny_unary(TFL_DEPTH_TO_SPACE, TINY_S8("y", 0.5f, 1, 1, 2, 6, 1));
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 1, 3, 4);
    m.op[0].options_type = OPTIONS_DEPTH_TO_SPACE;
    set_option(&m.op[0], BLOCK_SIZE, 4, 2);
    CHECK_HAS(text_of(a, &m), "%1 = depth_to_space(%0) block [2,2] origin \"0:y\"");
    m.code[0] = (struct tiny_code){TFL_SPACE_TO_DEPTH, TFL_SPACE_TO_DEPTH, NULL};
    m.op[0].options_type = OPTIONS_SPACE_TO_DEPTH;
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 2, 6, 1);
    m.tensor[1] = TINY_S8("y", 0.5f, 1, 1, 1, 3, 4);
    CHECK_HAS(text_of(a, &m), "%1 = space_to_depth(%0) block [2,2] origin \"0:y\"");
    arena_free(a);
}

TEST(dimensions_of_1_come_and_go)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_SQUEEZE, TINY_S8("y", 0.5f, 1, 1, 6));
    CHECK_HAS(text_of(a, &m), "%1 = reshape(%0) shape [1,6] origin \"0:y\"");
    m = WITH_ROW(TFL_EXPAND_DIMS, TINY_S8("y", 0.5f, 1, 1, 1, 2, 3), 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = reshape(%0) shape [1,1,2,3] origin \"0:y\"");
    m.tensor[1].dim[1] = 2;
    expect_refused(&m, "EXPAND_DIMS: input 1x2x3 has 6 elements, new shape 1x2x2x3 has 12");
    arena_free(a);
}

TEST(a_slice_has_a_begin_and_a_size_or_the_rest)
{
    struct arena *a = arena_new("test");
    const struct tiny_tensor y = TINY_S8("y", 0.5f, 1, 1, 1, 2);
    const int32_t *row[2] = {ROW(0, 1, 1), ROW(1, 1, -1)};
    struct tiny m = with_rows(TFL_SLICE, y, row, 2, 3);
    CHECK_HAS(text_of(a, &m), "%1 = slice(%0) begin [0,1,1] size [1,1,2] step [1,1,1] origin");
    m.buffer[2].data = ROW(1, 1, 3);
    expect_refused(&m, "SLICE: begin 1 and size 3 of dimension 2, which is 3");
    m.buffer[1].data = ROW(0, 1, -1);
    expect_refused(&m, "SLICE: begin -1 and size 3 of dimension 2, which is 3");
    arena_free(a);
}

TEST(a_strided_slice_of_activations_goes_both_ways_and_shrinks)
{
    struct arena *a = arena_new("test");
    const int32_t *row[3] = {ROW(0, 0, -1), ROW(1, 2, -4), ROW(1, 1, -2)};
    struct tiny m = with_rows(TFL_STRIDED_SLICE, TINY_S8("y", 0.5f, 1, 1, 2, 2), row, 3, 3);
    m.op[0].options_type = OPTIONS_STRIDED_SLICE;
    CHECK_HAS(text_of(a, &m), "%1 = slice(%0) begin [0,0,2] size [1,2,2] step [1,1,-2] origin");
    m.buffer[2].data = ROW(0, 0, 0); /* up to element 0, not with it */
    set_option(&m.op[0], SLICE_END_MASK, 4, 3);
    m.tensor[1].dim[2] = 1;
    CHECK_HAS(text_of(a, &m), "%1 = slice(%0) begin [0,0,2] size [1,2,1] step [1,1,-2] origin");
    set_option(&m.op[0], SLICE_SHRINK_AXIS_MASK, 4, 2);
    m.tensor[1] = TINY_S8("y", 0.5f, 1, 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = slice(%0) begin [0,0,2] size [1,1,1] step [1,1,-2] origin "
                              "\"0:y\"\n%2 = reshape(%1) shape [1,1] origin");
    m.buffer[1].data = ROW(0, 2, -1);
    expect_refused(&m, "STRIDED_SLICE: nothing between 2 and 0 of dimension 1, which is 2");
    m.buffer[3].data = ROW(1, 0, 1);
    expect_refused(&m, "STRIDED_SLICE: stride 0 of dimension 1");
    set_option(&m.op[0], SLICE_OFFSET, 1, 1);
    expect_refused(&m, "STRIDED_SLICE: ends as offsets");
    arena_free(a);
}

TEST(a_strided_slice_may_skip_dimensions_and_make_new_ones)
{
    struct arena *a = arena_new("test");
    /* [newaxis, ..., 1:3] */
    const int32_t *row[3] = {ROW(0, 0, 1), ROW(0, 0, 3), ROW(1, 1, 1)};
    struct tiny m = with_rows(TFL_STRIDED_SLICE, TINY_S8("y", 0.5f, 1, 1, 1, 2, 2), row, 3, 3);
    m.op[0].options_type = OPTIONS_STRIDED_SLICE;
    set_option(&m.op[0], SLICE_NEW_AXIS_MASK, 4, 1);
    set_option(&m.op[0], SLICE_ELLIPSIS_MASK, 4, 2);
    CHECK_HAS(text_of(a, &m), "%1 = slice(%0) begin [0,0,1] size [1,2,2] step [1,1,1] origin "
                              "\"0:y\"\n%2 = reshape(%1) shape [1,1,2,2] origin");
    set_option(&m.op[0], SLICE_ELLIPSIS_MASK, 4, 6);
    expect_refused(&m, "STRIDED_SLICE: 0 positions for 3 dimensions, ellipsis mask 6");
    const int32_t *many[3] = {ROW(0, 0, 0, 0), ROW(1, 1, 1, 1), ROW(1, 1, 1, 1)};
    m = with_rows(TFL_STRIDED_SLICE, TINY_S8("y", 0.5f, 1, 1, 1, 1), many, 3, 4);
    expect_refused(&m, "STRIDED_SLICE: 4 positions for 3 dimensions");
    arena_free(a);
}

TEST(dimensions_are_repeated)
{
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_TILE, TINY_S8("y", 0.5f, 1, 1, 4, 9), 3, 1, 2, 3);
    CHECK_HAS(text_of(a, &m), "%1 = tile(%0) repeat [1,2,3] origin \"0:y\"");
    m.buffer[1].data = ROW(1, 0, 3);
    expect_refused(&m, "TILE: dimension 1 0 times");
    m.buffer[1].data = ROW(1, 1 << 24, 1 << 24);
    expect_refused(&m, "TILE: dimension 1 of 2, 16777216 times");
    m = WITH_ROW(TFL_BROADCAST_TO, TINY_S8("y", 0.5f, 1, 5, 4, 2, 3), 4, 5, 4, 2, 3);
    CHECK_HAS(text_of(a, &m), "%1 = reshape(%0) shape [1,1,2,3] origin \"0:y\"\n"
                              "%2 = tile(%1) repeat [5,4,1,1] origin \"0:y\"\n");
    m.buffer[1].data = ROW(5, 4, 4, 3);
    expect_refused(&m, "BROADCAST_TO: from 2 to 4 elements in dimension 2");
    m.tensor[2].dim[0] = 2;
    m.buffer[1].len = 8;
    expect_refused(&m, "BROADCAST_TO: from 3 dimensions to 2");
    arena_free(a);
}

TEST(padding_may_have_a_value)
{
    static const int8_t least = -128;
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_PADV2, TINY_S8("y", 0.5f, 1, 1, 2, 6), 6, 0, 0, 0, 0, 1, 2);
    m.n_tensors = 4;
    m.tensor[3] = TINY_S8("least", 0.5f, 1, 1);
    m.tensor[3].rank = 0;
    m.tensor[3].buffer = 2;
    m.n_buffers = 3;
    m.buffer[2] = (struct tiny_buffer){&least, 1, 0, 0};
    m.op[0].n_in = 3;
    m.op[0].in[2] = 3;
    CHECK_HAS(text_of(a, &m), "pad(%0) pads [0,0,0,0,1,2] value -64.5 origin \"0:y\"");
    struct diag d = {0};
    struct graph *g = read_ok(a, &m);
    struct interp *it = interp_new(a, g, &d);
    interp_run(it, (const void *const[]){(const int8_t[]){1, 2, 3, 4, 5, 6}});
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]),
                ((const int8_t[]){-128, 1, 2, 3, -128, -128, -128, 4, 5, 6, -128, -128}), 12);
    m.tensor[3].n_scales = m.tensor[3].n_zeros = 0;
    expect_refused(&m, "PADV2: its value 'least' is no constant of one number");
    arena_free(a);
}

TEST(inputs_of_a_concat_are_brought_to_one_scale)
{
    struct arena *a = arena_new("test");
    struct tiny m = with_constant(TFL_CONCATENATION, OPTIONS_CONCAT);
    m.tensor[1] = TINY_S8("y", 0.25f, 1, 1, 3, 3);
    m.tensor[2].scale[0] = 0.25f;
    set_option(&m.op[0], CONCAT_AXIS, 4, 1);
    CHECK_HAS(text_of(a, &m), "= quantize(%0) origin \"0:y\"\n");
    CHECK_HAS(text_of(a, &m), ") axis 1 origin \"0:y\"\n");
    arena_free(a);
}

TEST(a_split_is_a_slice_for_each_output)
{
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_SPLIT, TINY_S8("y", 0.5f, 1, 1, 1, 3), 1, -2);
    m.op[0].in[0] = 2;
    m.op[0].in[1] = 0;
    m.n_tensors = 4;
    m.tensor[3] = TINY_S8("z", 0.5f, 1, 1, 1, 3);
    m.op[0].n_out = m.n_out = 2;
    m.op[0].out[1] = m.out[1] = 3;
    CHECK_HAS(text_of(a, &m),
              "%1 = slice(%0) begin [0,0,0] size [1,1,3] step [1,1,1] origin \"0:y\"\n"
              "%2 = slice(%0) begin [0,1,0] size [1,1,3] step [1,1,1] origin \"0:z\"\n");
    m.buffer[1].data = ROW(2);
    expect_refused(&m, "operator 0 'y': SPLIT: a dimension of 3 in 2 parts");
    arena_free(a);
}

TEST(transposed_convolutions_crop_what_the_way_back_would_pad)
{
    static const int32_t shape[4] = {1, 4, 4, 2};
    struct arena *a = arena_new("test");
    struct tiny m = tiny_conv(); /* weights [2,3,3,2], same, a clamp */
    m.code[0] = (struct tiny_code){TFL_TRANSPOSE_CONV, TFL_TRANSPOSE_CONV, NULL};
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 2, 2, 2);
    m.n_tensors = 5;
    m.tensor[4] = tiny_ints("shape", 4, 3);
    m.n_buffers = 4;
    m.buffer[3] = (struct tiny_buffer){shape, sizeof shape, 0, 0};
    m.op[0] = (struct tiny_op){
        .n_in = 4,
        .in = {4, 1, 0, 2},
        .n_out = 1,
        .out = {3},
        .options_type = OPTIONS_TRANSPOSE_CONV,
        .option = {{TRANSPOSE_CONV_PADDING, 1, TFL_SAME},
                   {TRANSPOSE_CONV_STRIDE_W, 4, 2},
                   {TRANSPOSE_CONV_STRIDE_H, 4, 2}},
    };
    CHECK_HAS(text_of(a, &m),
              "%3 = transpose_conv2d(%0, %1, %2) stride [2,2] pad [0,1,0,1] origin \"0:y\"");
    set_option(&m.op[0], TRANSPOSE_CONV_ACT, 1, TFL_ACT_RELU);
    set_option(&m.op[0], TRANSPOSE_CONV_PADDING, 1, TFL_VALID);
    m.tensor[3].dim[1] = m.tensor[3].dim[2] = 6; /* one more than the pixels reach */
    m.op[0].n_in = 3;
    CHECK_HAS(text_of(a, &m),
              "%2 = transpose_conv2d(%0, %1) stride [2,2] pad [0,-1,0,-1] act relu origin");
    m.tensor[3].dim[1] = 2;
    expect_refused(&m, "TRANSPOSE_CONV: padding 0+3 is outside 0..2");
    m.tensor[3].dim[1] = 1 << 24;
    expect_refused(&m, "TRANSPOSE_CONV: padding 0+-16777211 is outside");
    m.tensor[3].rank = 3;
    expect_refused(&m, "TRANSPOSE_CONV: from rank 4 to rank 3, expected 4 (NHWC)");
    arena_free(a);
}

TEST(bilinear_resizes_have_their_own_options)
{
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_RESIZE_BILINEAR, TINY_S8("y", 0.5f, 1, 1, 2, 6, 4), 2, 2, 6);
    m.tensor[0] = TINY_S8("x", 0.5f, 1, 1, 1, 3, 4);
    m.op[0].options_type = OPTIONS_RESIZE_BILINEAR;
    CHECK_HAS(text_of(a, &m), "%1 = resize_bilinear(%0) to [2,6] origin \"0:y\"");
    set_option(&m.op[0], BILINEAR_HALF_PIXEL, 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = resize_bilinear(%0) to [2,6] half_pixel 1 origin \"0:y\"");
    set_option(&m.op[0], BILINEAR_ALIGN_CORNERS, 1, 1);
    expect_refused(&m, "RESIZE_BILINEAR: align_corners and half_pixel exclude each other");
    arena_free(a);
}

TEST(gathers_take_constant_or_computed_indices)
{
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_GATHER, TINY_S8("y", 0.5f, 1, 1, 2, 4), 4, 2, 0, 0, 1);
    m.op[0].options_type = OPTIONS_GATHER;
    set_option(&m.op[0], GATHER_AXIS, 4, -1);
    CHECK_HAS(text_of(a, &m), "\"row\" s32 [4] = [2, 0, 0, 1]");
    CHECK_HAS(text_of(a, &m), "%2 = gather(%0, %1) axis 2 origin \"0:y\"");
    m.buffer[1].data = ROW(2, 0, 3, 1);
    expect_refused(&m, "operator 0 'y': GATHER: index 3 of a dimension of 3");
    m.buffer[1].data = ROW(2, 0, -1, 1);
    expect_refused(&m, "GATHER: index -1 of a dimension of 3");
    set_option(&m.op[0], GATHER_BATCH_DIMS, 4, 1);
    expect_refused(&m, "GATHER: indices with dimensions of a batch");
    m = WITH_ROW(TFL_GATHER, TINY_S8("y", 0.5f, 1, 1, 2), 1, 2); /* a scalar */
    set_option(&m.op[0], GATHER_AXIS, 4, 2);
    m.op[0].options_type = OPTIONS_GATHER;
    m.tensor[2].rank = 0;
    CHECK_HAS(text_of(a, &m), "%2 = gather(%0, %1) axis 2 origin \"0:y\"\n"
                              "%3 = reshape(%2) shape [1,2] origin");
    m.tensor[2] = tiny_ints("index", 1, 0); /* an input of the graph */
    m.tensor[1] = TINY_S8("y", 0.5f, 1, 1, 2, 1);
    m.n_in = 2;
    m.in[1] = 2;
    CHECK_HAS(text_of(a, &m), "input %0, %1\noutput %2\n\n%2 = gather(%0, %1) axis 2");
    arena_free(a);
}

TEST(matrices_are_multiplied_as_they_are_stored)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_BATCH_MATMUL, TINY_S8("y", 0.5f, 1, 1, 2, 2));
    m.op[0].options_type = OPTIONS_BATCH_MATMUL;
    m.op[0].n_in = 2;
    set_option(&m.op[0], MATMUL_ADJ_Y, 1, 1);
    CHECK_HAS(text_of(a, &m), "%1 = batch_matmul(%0, %0) adjoint [0,1] origin \"0:y\"");
    set_option(&m.op[0], MATMUL_ADJ_X, 1, 1);
    expect_refused(&m, "BATCH_MATMUL: matrices 1x2x3 and 1x2x3 do not fit");
    arena_free(a);
}

TEST(quotients_slopes_squares_and_powers)
{
    struct arena *a = arena_new("test");
    struct tiny m = with_constant(TFL_DIV, OPTIONS_DIV);
    set_option(&m.op[0], DIV_ACT, 1, TFL_ACT_RELU);
    CHECK_HAS(text_of(a, &m), "%2 = div(%0, %1) act relu origin \"0:y\"");
    m = with_constant(TFL_PRELU, OPTIONS_NONE);
    CHECK_HAS(text_of(a, &m), "%2 = prelu(%0, %1) origin \"0:y\"");
    m = with_constant(TFL_SQUARED_DIFFERENCE, OPTIONS_NONE);
    CHECK_HAS(text_of(a, &m), "%2 = squared_difference(%0, %1) origin \"0:y\"");
    m.tensor[1].scale[0] = 1e-5f;
    expect_refused(&m, "SQUARED_DIFFERENCE: the output scale is too small: below 2^-12");
    m = with_constant(TFL_POW, OPTIONS_NONE);
    expect_refused(&m, "POW: input type s8, expected f32");
    arena_free(a);
}

TEST(a_constant_may_be_a_scalar)
{
    struct arena *a = arena_new("test");
    struct tiny m = with_constant(TFL_MUL, OPTIONS_MUL);
    m.tensor[2].rank = 0;
    m.buffer[1].len = 1;
    CHECK_HAS(text_of(a, &m), "\"c\" s8 [1] quant 0.5:1 = [1]");
    m.buffer[1].len = 0;
    m.buffer[1].data = NULL;
    m.n_in = 2; /* an input of the graph */
    m.in[1] = 2;
    expect_refused(&m, "'c' is a scalar, or its shape is unknown");
    arena_free(a);
}

TEST(tensors_are_packed_and_unpacked)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_PACK, TINY_S8("y", 0.5f, 1, 1, 2, 2, 3));
    m.op[0].n_in = 2;
    m.op[0].options_type = OPTIONS_PACK;
    set_option(&m.op[0], PACK_AXIS, 4, 2);
    CHECK_HAS(text_of(a, &m), "%1 = reshape(%0) shape [1,2,1,3] origin \"0:y\"\n"
                              "%2 = reshape(%0) shape [1,2,1,3] origin \"0:y\"\n"
                              "%3 = concat(%1, %2) axis 2 origin \"0:y\"\n");
    set_option(&m.op[0], PACK_AXIS, 4, 4);
    expect_refused(&m, "PACK: axis 4 is outside -4..3");
    set_option(&m.op[0], PACK_AXIS, 4, 2);
    m.tensor[1].dim[1] = 3;
    expect_refused(&m, "PACK: input 0 does not fit its output");
    m = tiny_unary(TFL_UNPACK, TINY_S8("y", 0.5f, 1, 1, 3));
    m.op[0].options_type = OPTIONS_UNPACK;
    set_option(&m.op[0], UNPACK_AXIS, 4, 1);
    m.n_tensors = 3;
    m.tensor[2] = TINY_S8("z", 0.5f, 1, 1, 3);
    m.op[0].n_out = m.n_out = 2;
    m.op[0].out[1] = m.out[1] = 2;
    CHECK_HAS(text_of(a, &m),
              "%1 = slice(%0) begin [0,0,0] size [1,1,3] step [1,1,1] origin \"0:y\"\n"
              "%2 = reshape(%1) shape [1,3] origin \"0:y\"\n"
              "%3 = slice(%0) begin [0,1,0] size [1,1,3] step [1,1,1] origin \"0:z\"\n"
              "%4 = reshape(%3) shape [1,3] origin \"0:z\"\n");
    set_option(&m.op[0], UNPACK_AXIS, 4, 2);
    expect_refused(&m, "UNPACK: a dimension of 3 and 2 outputs");
    arena_free(a);
}

TEST(reversed_and_mirrored_dimensions_are_slices_that_go_backward)
{
    struct arena *a = arena_new("test");
    struct tiny m = WITH_ROW(TFL_REVERSE_V2, TINY_S8("y", 0.5f, 1, 1, 2, 3), 2, 1, -1);
    CHECK_HAS(text_of(a, &m), "%1 = slice(%0) begin [0,1,2] size [1,2,3] step [1,-1,-1] origin");
    m.buffer[1].data = ROW(1, 3);
    expect_refused(&m, "REVERSE_V2: axis 3 is outside -3..2");
    m = WITH_ROW(TFL_MIRROR_PAD, TINY_S8("y", 0.5f, 1, 1, 2, 6), 6, 0, 0, 0, 0, 2, 1);
    m.op[0].options_type = OPTIONS_MIRROR_PAD;
    CHECK_HAS(text_of(a, &m), /* 2 1 | 0 1 2 | 1 */
              "%1 = slice(%0) begin [0,0,2] size [1,2,2] step [1,1,-1] origin \"0:y\"\n"
              "%2 = slice(%0) begin [0,0,1] size [1,2,1] step [1,1,-1] origin \"0:y\"\n"
              "%3 = concat(%1, %0, %2) axis 2 origin \"0:y\"\n");
    set_option(&m.op[0], MIRROR_PAD_MODE, 1, 1);
    CHECK_HAS(text_of(a, &m), /* 1 0 | 0 1 2 | 2 */
              "%1 = slice(%0) begin [0,0,1] size [1,2,2] step [1,1,-1] origin \"0:y\"\n"
              "%2 = slice(%0) begin [0,0,2] size [1,2,1] step [1,1,-1] origin \"0:y\"\n");
    m.buffer[1].data = ROW(0, 0, 0, 0, 4, 1);
    expect_refused(&m, "MIRROR_PAD: padding 4 of dimension 2, which is 3");
    m.buffer[1].data = ROW(0, 0, 0, 0, 2, INT32_MIN);
    expect_refused(&m, "MIRROR_PAD: padding -2147483648 of dimension 2, which is 3");
    arena_free(a);
}

TEST(relu6_that_would_rescale_is_refused)
{
    struct tiny m = tiny_unary(TFL_RELU6, TINY_S8("y", 0.25f, 1, 1, 2, 3));
    expect_refused(&m, "RELU6: its output is quantised otherwise than its input");
}

TEST(concat_counts_a_negative_axis_from_the_end)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_CONCATENATION, TINY_S8("y", 0.5f, 1, 1, 2, 6));
    m.op[0].n_in = 2;
    m.op[0].options_type = OPTIONS_CONCAT;
    set_option(&m.op[0], CONCAT_AXIS, 4, -1);
    CHECK_HAS(text_of(a, &m), "%1 = concat(%0, %0) axis 2 origin");
    set_option(&m.op[0], CONCAT_AXIS, 4, -4);
    expect_refused(&m, "CONCATENATION: axis -4 is outside -3..2");
    set_option(&m.op[0], CONCAT_AXIS, 4, 3);
    expect_refused(&m, "CONCATENATION: axis 3 is outside -3..2");
    set_option(&m.op[0], CONCAT_AXIS, 4, 2);
    set_option(&m.op[0], CONCAT_ACT, 1, TFL_ACT_RELU);
    expect_refused(&m, "CONCATENATION: a fused activation");
    arena_free(a);
}

TEST(pads_come_from_a_constant_of_32_or_64_bits)
{
    static const int32_t narrow[6] = {0, 0, 1, 2, 0, 3};
    static const int64_t wide[6] = {0, 0, 1, 2, 0, 3};
    static const int32_t negative[6] = {0, 0, -1, 2, 0, 3};
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_PAD, TINY_S8("y", 0.5f, 1, 1, 5, 6));
    m.n_tensors = 3;
    m.tensor[2] = (struct tiny_tensor){
        .name = "pads", .type = TFL_INT32, .rank = 2, .dim = {3, 2}, .buffer = 1};
    m.n_buffers = 2;
    m.buffer[1] = (struct tiny_buffer){narrow, sizeof narrow, 0, 0};
    m.op[0].n_in = 2;
    m.op[0].in[1] = 2;
    CHECK_HAS(text_of(a, &m), "%1 = pad(%0) pads [0,0,1,2,0,3] origin \"0:y\"");
    m.tensor[2].type = TFL_INT64;
    m.buffer[1] = (struct tiny_buffer){wide, sizeof wide, 0, 0};
    CHECK_HAS(text_of(a, &m), "%1 = pad(%0) pads [0,0,1,2,0,3] origin \"0:y\"");
    m.tensor[2].type = TFL_INT32;
    m.buffer[1] = (struct tiny_buffer){negative, sizeof negative, 0, 0};
    expect_refused(&m, "PAD: padding -1 of dimension 1 is outside 0..16777216");
    m.tensor[2].dim[0] = 2;
    m.buffer[1].len = 16;
    expect_refused(&m, "PAD: 4 paddings for 3 dimensions");
    arena_free(a);
}

/* x [1,2,3] -> RESHAPE with the given ints as attribute -> y of `rank` dimensions. */
static struct tiny reshape(const int32_t *ints, uint32_t n, struct tiny_tensor y)
{
    struct tiny m = tiny_unary(TFL_RESHAPE, y);
    m.op[0].options_type = OPTIONS_RESHAPE;
    m.op[0].n_ints = n;
    memcpy(m.op[0].ints, ints, n * sizeof *ints);
    return m;
}

TEST(reshape_takes_its_shape_from_the_attribute_or_a_constant)
{
    struct arena *a = arena_new("test");
    static const int32_t shape[2] = {1, -1};
    struct tiny m = reshape((int32_t[]){-1, 6}, 2, TINY_S8("y", 0.5f, 1, 1, 6));
    CHECK_HAS(text_of(a, &m), "%1 = reshape(%0) shape [1,6] origin \"0:y\"");
    m.op[0].ints[1] = 77; /* the constant goes before the attribute */
    m.n_tensors = 3;
    m.tensor[2] = tiny_ints("shape", 2, 1);
    m.n_buffers = 2;
    m.buffer[1] = (struct tiny_buffer){shape, sizeof shape, 0, 0};
    m.op[0].n_in = 2;
    m.op[0].in[1] = 2;
    CHECK_HAS(text_of(a, &m), "%1 = reshape(%0) shape [1,6] origin \"0:y\"");
    arena_free(a);
}

TEST(shapes_that_do_not_fit_are_refused)
{
    struct tiny_tensor y = TINY_S8("y", 0.5f, 1, 1, 6);
    struct tiny m = reshape((int32_t[]){-1, -1}, 2, y);
    expect_refused(&m, "RESHAPE: its new shape has more than one -1");
    m = reshape((int32_t[]){-1, 4}, 2, y);
    expect_refused(&m, "RESHAPE: 6 elements are no multiple of the 4 that its new shape fixes");
    m = reshape((int32_t[]){1, 0}, 2, y);
    expect_refused(&m, "RESHAPE: dimension 1 of its new shape is 0");
    m = reshape((int32_t[]){1, 7}, 2, y);
    expect_refused(&m, "RESHAPE: input 1x2x3 has 6 elements, new shape 1x7 has 7");
    m = reshape((int32_t[]){1, 3, 2}, 3, y);
    expect_refused(&m, "RESHAPE: its output is s8 1x6, its inputs make s8 1x3x2");
    m = reshape((int32_t[]){1, 16777216, 16777216, 16777216}, 4, y);
    expect_refused(&m, "RESHAPE: its new shape has more than 268435456 elements");
    m = reshape((int32_t[]){1, 1, 1, 1, 1, 1, 6}, 7, y);
    expect_refused(&m, "RESHAPE: its new shape has 7 dimensions, expected 1..6");
    m = reshape((int32_t[]){1, 6}, 2, y);
    m.op[0].n_in = 2; /* x itself as the shape */
    expect_refused(&m, "RESHAPE: input 1 'x' is not a constant");
}

/* SHAPE(x), its first element by STRIDED_SLICE, PACK(that, -1), RESHAPE. */
static struct tiny shape_chain(void)
{
    static const int32_t zero[1] = {0}, one[1] = {1}, open[1] = {-1};
    struct tiny m = tiny_unary(TFL_SHAPE, tiny_ints("shape", 3, 0));
    m.n_codes = 4;
    m.code[1] = (struct tiny_code){TFL_STRIDED_SLICE, TFL_STRIDED_SLICE, NULL};
    m.code[2] = (struct tiny_code){TFL_PACK, TFL_PACK, NULL};
    m.code[3] = (struct tiny_code){TFL_RESHAPE, TFL_RESHAPE, NULL};
    m.n_tensors = 8;
    m.tensor[2] = tiny_ints("begin", 1, 1);
    m.tensor[3] = tiny_ints("end", 1, 2);
    m.tensor[4] = (struct tiny_tensor){.name = "batch", .type = TFL_INT32};
    m.tensor[5] = (struct tiny_tensor){.name = "rest", .type = TFL_INT32, .buffer = 3};
    m.tensor[6] = tiny_ints("new shape", 2, 0);
    m.tensor[7] = TINY_S8("y", 0.5f, 1, 1, 6);
    m.n_buffers = 4;
    m.buffer[1] = (struct tiny_buffer){zero, sizeof zero, 0, 0};
    m.buffer[2] = (struct tiny_buffer){one, sizeof one, 0, 0};
    m.buffer[3] = (struct tiny_buffer){open, sizeof open, 0, 0};
    m.n_ops = 4;
    m.op[1] = (struct tiny_op){.code = 1,
                               .n_in = 4,
                               .in = {1, 2, 3, 3},
                               .n_out = 1,
                               .out = {4},
                               .options_type = OPTIONS_STRIDED_SLICE,
                               .option = {{SLICE_SHRINK_AXIS_MASK, 4, 1}}};
    m.op[2] = (struct tiny_op){
        .code = 2, .n_in = 2, .in = {4, 5}, .n_out = 1, .out = {6}, .options_type = OPTIONS_PACK};
    m.op[3] = (struct tiny_op){.code = 3, .n_in = 2, .in = {0, 6}, .n_out = 1, .out = {7}};
    m.out[0] = 7;
    return m;
}

TEST(a_chain_of_shapes_leaves_one_reshape)
{
    struct arena *a = arena_new("test");
    struct tiny m = shape_chain();
    CHECK_HAS(text_of(a, &m),
              "input %0\noutput %1\n\n%1 = reshape(%0) shape [1,6] origin \"3:y\"\n");
    arena_free(a);
}

TEST(broken_chains_of_shapes_are_refused)
{
    static const int32_t far[1] = {3}, back[1] = {-1};
    struct tiny m = shape_chain();
    m.buffer[1] = (struct tiny_buffer){far, sizeof far, 0, 0};
    expect_refused(&m, "operator 1 'batch': STRIDED_SLICE: element 3 of a shape of 3");
    m = shape_chain();
    m.op[1].in[3] = 5; /* a stride of -1 */
    m.buffer[3] = (struct tiny_buffer){back, sizeof back, 0, 0};
    m.tensor[5].rank = 1;
    m.tensor[5].dim[0] = 1;
    expect_refused(&m, "STRIDED_SLICE: on a shape, with other than one begin, end and stride >= 1");
    m = shape_chain();
    m.op[1].in[0] = 0;
    expect_refused(&m, "STRIDED_SLICE: its output is s32");
    m = shape_chain();
    m.op[2].in[0] = 1;
    expect_refused(&m, "PACK: of a shape, whose part 0 is no scalar");
    m = shape_chain();
    m.op[3].in[0] = 1; /* the shape itself, as numbers: three of them, and y has six */
    expect_refused(&m, "RESHAPE");
    m = shape_chain();
    m.out[0] = 6;
    expect_refused(&m, "graph output 0 'new shape' is a shape, known beforehand");
}

/* SHAPE(x) -> an operator with a constant -> RESHAPE. */
static struct tiny shape_arithmetic(int32_t builtin, const int32_t *row, int32_t n,
                                    struct tiny_tensor made)
{
    struct tiny m = tiny_unary(TFL_SHAPE, tiny_ints("shape", 3, 0));
    m.n_codes = 3;
    m.code[1] = (struct tiny_code){builtin, (uint8_t)builtin, NULL};
    m.code[2] = (struct tiny_code){TFL_RESHAPE, TFL_RESHAPE, NULL};
    m.n_tensors = 5;
    m.tensor[2] = tiny_ints("row", n, 1);
    m.tensor[3] = made;
    m.tensor[4] = TINY_S8("y", 0.5f, 1, 6);
    m.n_buffers = 2;
    m.buffer[1] = (struct tiny_buffer){row, (uint32_t)n * 4, 0, 0};
    m.n_ops = 3;
    m.op[1] = (struct tiny_op){.code = 1, .n_in = 2, .in = {1, 2}, .n_out = 1, .out = {3}};
    m.op[2] = (struct tiny_op){.code = 2, .n_in = 2, .in = {0, 3}, .n_out = 1, .out = {4}};
    m.out[0] = 4;
    return m;
}

TEST(arithmetic_on_shapes_leaves_no_node)
{
    struct arena *a = arena_new("test");
    const struct tiny_tensor three = tiny_ints("new", 3, 0), one = tiny_ints("new", 1, 0);
    struct tiny m = shape_arithmetic(TFL_REDUCE_PROD, ROW(0), 1, one); /* 1 * 2 * 3 */
    CHECK_HAS(text_of(a, &m), "output %1\n\n%1 = reshape(%0) shape [6] origin \"2:y\"\n");
    m = shape_arithmetic(TFL_GATHER, ROW(0, 2, 1), 3, three);
    m.tensor[4] = TINY_S8("y", 0.5f, 1, 1, 3, 2);
    CHECK_HAS(text_of(a, &m), "reshape(%0) shape [1,3,2] origin");
    m.buffer[1].data = ROW(0, 3, 1);
    expect_refused(&m, "operator 1 'new': GATHER: element 3 of a shape of 3");
    m = shape_arithmetic(TFL_MUL, ROW(2, 1, 1), 3, three); /* [2,2,3] */
    m.tensor[4] = TINY_S8("y", 0.5f, 1, 2, 2, 3);
    expect_refused(&m, "RESHAPE: input 1x2x3 has 6 elements, new shape 2x2x3 has 12");
    m = shape_arithmetic(TFL_FLOOR_DIV, ROW(0), 1, three);
    expect_refused(&m, "operator 1 'new': FLOOR_DIV: a division by 0");
    m = shape_arithmetic(TFL_SUB, ROW(1, 1), 2, three);
    expect_refused(&m, "SUB: of 3 and 2 integers of a shape");
    m = shape_arithmetic(TFL_CONCATENATION, ROW(1, 1), 2, tiny_ints("new", 5, 0));
    m.tensor[4] = TINY_S8("y", 0.5f, 1, 1, 2, 3, 1, 1);
    CHECK_HAS(text_of(a, &m), "reshape(%0) shape [1,2,3,1,1] origin");
    m = tiny_unary(TFL_CAST, TINY_S8("y", 0.5f, 1, 1, 2, 3));
    CHECK_HAS(text_of(a, &m), "%1 = cast(%0) origin");
    m = tiny_unary(TFL_FILL, TINY_S8("y", 0.5f, 1, 1, 2, 3));
    expect_refused(&m, "FILL: 1 inputs, expected 2..2");
    arena_free(a);
}

TEST(old_files_have_the_operator_in_a_byte)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_RELU, TINY_S8("y", 0.5f, 1, 1, 2, 3));
    m.code[0].builtin = 0;
    CHECK_HAS(text_of(a, &m), "relu(%0)");
    m = tiny_unary(TFL_RELU, TINY_S8("y", 0.5f, 1, 1, 2, 3));
    m.code[0].deprecated = 0;
    CHECK_HAS(text_of(a, &m), "relu(%0)");
    arena_free(a);
}

TEST(misaligned_constants_and_buffers_behind_the_flatbuffer_are_read)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_conv();
    struct diag d = {0};
    const char *want = text_of(a, &m);
    for (size_t shift = 1; shift < 8; shift++) { /* the file at an odd address */
        struct bytes file = tiny_write(a, &m);
        uint8_t *moved = arena_alloc(a, file.len + shift);
        memcpy(moved + shift, file.data, file.len);
        struct graph *g =
            tflite_read(a, (struct bytes){moved + shift, file.len}, "tiny.tflite", &d);
        struct text t = {.arena = a};
        CHECK(g);
        graph_print(g, &t);
        CHECK_STR(text_cstr(&t), want);
    }
    static const int32_t b[2] = {100, -200};
    size_t at = tiny_write(a, &m).len + 16; /* two 8-byte fields more, then the bias behind */
    m.buffer[2] = (struct tiny_buffer){NULL, 0, at, sizeof b};
    struct text file = {.arena = a};
    struct bytes head = tiny_write(a, &m);
    text_add_bytes(&file, head.data, head.len);
    CHECK(head.len <= at);
    while (file.len < at)
        text_add_bytes(&file, "", 1);
    text_add_bytes(&file, b, sizeof b);
    struct graph *g = tflite_read(a, (struct bytes){(uint8_t *)file.data, file.len}, "tiny", &d);
    struct text t = {.arena = a};
    CHECK(g);
    graph_print(g, &t);
    CHECK_STR(text_cstr(&t), want);
    arena_free(a);
}

/* The builder of these tests takes the numbers from the same header as the reader: here they are
 * counted again in the schema, where no real model of test_golden.c would show a wrong one. */
TEST(fields_are_numbered_as_in_the_schema)
{
    CHECK(CONV_STRIDE_W == 1 && CONV_STRIDE_H == 2 && CONV_DIL_W == 4 && CONV_DIL_H == 5);
    CHECK(DEPTHWISE_STRIDE_W == 1 && DEPTHWISE_STRIDE_H == 2);
    CHECK(DEPTHWISE_DIL_W == 5 && DEPTHWISE_DIL_H == 6);
    CHECK(POOL_STRIDE_W == 1 && POOL_STRIDE_H == 2 && POOL_FILTER_W == 3 && POOL_FILTER_H == 4);
    CHECK(FC_WEIGHTS_FORMAT == 1 && FC_KEEP_NUM_DIMS == 2 && RESHAPE_NEW_SHAPE == 0);
    CHECK(CONCAT_AXIS == 0 && CONCAT_ACT == 1 && PACK_COUNT == 0 && PACK_AXIS == 1);
    CHECK(SLICE_BEGIN_MASK == 0 && SLICE_END_MASK == 1 && SLICE_ELLIPSIS_MASK == 2);
    CHECK(SLICE_NEW_AXIS_MASK == 3 && SLICE_SHRINK_AXIS_MASK == 4);
    CHECK(TENSOR_IS_VARIABLE == 5 && TENSOR_SPARSITY == 6 && BUFFER_OFFSET == 1);
    CHECK(BUFFER_SIZE == 2 && QUANT_DETAILS_TYPE == 4 && QUANT_DIMENSION == 6);
    CHECK(OPTIONS_CONCAT == 10 && OPTIONS_STRIDED_SLICE == 32 && OPTIONS_PACK == 59);
    CHECK(TFL_MAX_POOL_2D == 17 && TFL_RELU == 19 && TFL_RELU6 == 21 && TFL_PAD == 34);
    CHECK(SLICE_OFFSET == 5 && RESIZE_ALIGN_CORNERS == 0 && RESIZE_HALF_PIXEL == 1);
    CHECK(OPTIONS_MUL == 21 && OPTIONS_SUB == 28 && OPTIONS_SPACE_TO_DEPTH == 19);
    CHECK(OPTIONS_RESIZE_BILINEAR == 15 && OPTIONS_GATHER == 23 && OPTIONS_DIV == 29);
    CHECK(OPTIONS_TRANSPOSE_CONV == 49 && OPTIONS_UNPACK == 64 && OPTIONS_MIRROR_PAD == 77);
    CHECK(OPTIONS_BATCH_MATMUL == 101 && BILINEAR_ALIGN_CORNERS == 2 && BILINEAR_HALF_PIXEL == 3);
    CHECK(TRANSPOSE_CONV_STRIDE_W == 1 && TRANSPOSE_CONV_STRIDE_H == 2 && TRANSPOSE_CONV_ACT == 3);
    CHECK(OPTIONS_RESIZE_NEAREST == 74 && OPTIONS_LEAKY_RELU == 75);
    CHECK(OPTIONS_DEPTH_TO_SPACE == 94 && OPTIONS_GELU == 116 && GELU_APPROXIMATE == 0);
    CHECK(TFL_STRIDED_SLICE == 45 && TFL_SHAPE == 77 && TFL_PACK == 83 && TFL_DEQUANTIZE == 6);
}

TEST(an_imported_graph_runs)
{
    struct arena *a = arena_new("test");
    struct tiny m = tiny_unary(TFL_RELU, TINY_S8("y", 0.25f, -7, 1, 2, 3));
    struct graph *g = read_ok(a, &m);
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    CHECK(it);
    interp_run(it, (const void *const[]){(const int8_t[]){-128, 0, 1, 2, 10, 127}});
    /* real = 0.5 (q - 1); then 4 real - 7, at least -7, at most 127 */
    CHECK_BYTES(interp_tensor(it, g->outputs.items[0]), ((const int8_t[]){-7, -7, -7, -5, 11, 127}),
                6);
    arena_free(a);
}

TEST_MAIN(T(a_convolution_keeps_names_quantisation_and_origin),
          T(same_padding_puts_the_odd_one_at_the_end_and_valid_has_none),
          T(a_bias_may_be_absent_in_two_ways),
          T(scales_along_an_axis_and_a_bias_with_the_axis_of_its_weights),
          T(depthwise_weights_have_scales_along_the_last_axis),
          T(a_dense_layer_flattens_its_input_and_may_keep_dimensions),
          T(weights_of_int4_become_int8), T(a_dense_layer_runs_over_all_vectors_of_its_input),
          T(int8_weights_under_float_activations_are_widened),
          T(a_grouped_convolution_is_one_for_each_group_or_depthwise),
          T(pools_resolve_their_padding), T(elementwise_operators), T(add_of_two_inputs),
          T(functions_of_one_element), T(functions_without_options_of_their_own),
          T(operators_of_two_inputs_broadcast), T(reductions_keep_the_dimensions_or_drop_them),
          T(a_transpose_has_a_constant_permutation), T(images_are_resized_and_cut_into_blocks),
          T(dimensions_of_1_come_and_go), T(a_slice_has_a_begin_and_a_size_or_the_rest),
          T(a_strided_slice_of_activations_goes_both_ways_and_shrinks),
          T(a_strided_slice_may_skip_dimensions_and_make_new_ones), T(dimensions_are_repeated),
          T(padding_may_have_a_value), T(inputs_of_a_concat_are_brought_to_one_scale),
          T(a_split_is_a_slice_for_each_output),
          T(transposed_convolutions_crop_what_the_way_back_would_pad),
          T(bilinear_resizes_have_their_own_options), T(gathers_take_constant_or_computed_indices),
          T(matrices_are_multiplied_as_they_are_stored), T(quotients_slopes_squares_and_powers),
          T(a_constant_may_be_a_scalar), T(tensors_are_packed_and_unpacked),
          T(reversed_and_mirrored_dimensions_are_slices_that_go_backward),
          T(relu6_that_would_rescale_is_refused), T(concat_counts_a_negative_axis_from_the_end),
          T(pads_come_from_a_constant_of_32_or_64_bits),
          T(reshape_takes_its_shape_from_the_attribute_or_a_constant),
          T(shapes_that_do_not_fit_are_refused), T(a_chain_of_shapes_leaves_one_reshape),
          T(broken_chains_of_shapes_are_refused), T(arithmetic_on_shapes_leaves_no_node),
          T(old_files_have_the_operator_in_a_byte),
          T(misaligned_constants_and_buffers_behind_the_flatbuffer_are_read),
          T(fields_are_numbered_as_in_the_schema), T(an_imported_graph_runs))
