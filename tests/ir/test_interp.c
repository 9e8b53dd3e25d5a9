/* test_interp.c - the meaning of every operator: float against values computed by hand, int8
 * against float within the quantisation error. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "check.h"
#include "ir/interp.h"
#include "ir/random_graph.h"
#include "ir/text.h"

#define VALUES_MAX 32

struct float_case {
    const char *text; /* a graph with one f32 input and one f32 output */
    float in[VALUES_MAX];
    float out[VALUES_MAX];
};

#define IMAGE_3X3 "mote 1 graph \"g\"\n%0 \"x\" f32 [1,3,3,1]\n"
#define NINE                                                                                       \
    {                                                                                              \
        1, 2, 3, 4, 5, 6, 7, 8, 9                                                                  \
    }

/* A function of four elements. */
#define UNARY_CASE(op, attrs, a, b, c, d, fa, fb, fc, fd)                                          \
    {                                                                                              \
        "mote 1 graph \"g\" %0 \"x\" f32 [1,4] %1 \"y\" f32 [1,4] input %0 output %1 %1 = " op     \
        "(%0)" attrs,                                                                              \
            {a, b, c, d},                                                                          \
        {                                                                                          \
            fa, fb, fc, fd                                                                         \
        }                                                                                          \
    }

static const struct float_case float_cases[] = {
    {IMAGE_3X3 "%1 \"w\" f32 [1,2,2,1] = [1, 2, 3, 4] %2 \"b\" f32 [1] = [0.5]\n"
               "%3 \"y\" f32 [1,2,2,1] input %0 output %3 %3 = conv2d(%0, %1, %2)",
     NINE,
     {37.5f, 47.5f, 67.5f, 77.5f}},
    {IMAGE_3X3 "%1 \"w\" f32 [1,2,2,1] = [1, 2, 3, 4]\n" /* taps outside the image are left out */
               "%2 \"y\" f32 [1,2,2,1] input %0 output %2\n"
               "%2 = conv2d(%0, %1) stride [2,2] pad [1,0,1,0]",
     NINE,
     {4, 18, 36, 77}},
    {IMAGE_3X3 "%1 \"w\" f32 [1,2,2,1] = [1, -1, 1, -2]\n"
               "%2 \"y\" f32 [1,1,1,1] input %0 output %2\n"
               "%2 = conv2d(%0, %1) dilation [2,2] act relu",
     NINE,
     {0}}, /* 1 - 3 + 7 - 18 = -13 */
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,2,2] %1 \"w\" f32 [2,1,1,2] = [1, 10, -1, 3]\n"
     "%2 \"y\" f32 [1,1,2,2] input %0 output %2 %2 = conv2d(%0, %1) act relu6",
     {0.25f, 0.5f, -1, 2},
     {5.25f, 1.25f, 6, 6}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2,2]\n" /* two outputs for each input channel */
     "%1 \"w\" f32 [1,2,1,4] = [1, 2, 3, 4, 5, 6, 7, 8] %2 \"b\" f32 [4] = [0, 0, 0, 1]\n"
     "%3 \"y\" f32 [1,1,2,4] input %0 output %3 %3 = depthwise_conv2d(%0, %1, %2)",
     {1, 2, 3, 4, 5, 6, 7, 8},
     {26, 32, 48, 57, 38, 48, 68, 81}},
    {IMAGE_3X3 "%1 \"w\" f32 [1,2,2,1] = [1, 2, 3, 4] %2 \"y\" f32 [1,2,2,1]\n"
               "input %0 output %2 %2 = depthwise_conv2d(%0, %1) stride [2,2] pad [0,1,0,1]",
     NINE,
     {37, 21, 23, 9}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,3] %1 \"w\" f32 [2,3] = [1, 2, 3, 4, 5, 6]\n"
     "%2 \"b\" f32 [2] = [0.5, -40] %3 \"y\" f32 [1,2] input %0 output %3\n"
     "%3 = fully_connected(%0, %1, %2) act relu",
     {1, -1, 2},
     {5.5f, 0}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"k\" f32 [1,3] = [1, -5, 4]\n"
     "%2 \"y\" f32 [1,3] input %0 output %2 %2 = add(%0, %1) act relu6",
     {1, 2, 3},
     {2, 0, 6}},
    {IMAGE_3X3 "%1 \"y\" f32 [1,2,2,1] input %0 output %1\n" /* divisors 4, 2, 2, 1 */
               "%1 = average_pool2d(%0) kernel [2,2] stride [2,2] pad [0,1,0,1]",
     NINE,
     {3, 4.5f, 7.5f, 9}},
    {IMAGE_3X3 "%1 \"y\" f32 [1,2,2,1] input %0 output %1\n" /* padding is not 0 for a maximum */
               "%1 = max_pool2d(%0) kernel [2,2] stride [2,2] pad [1,0,1,0]",
     {-1, -2, -3, -4, -5, -6, -7, -8, -9},
     {-1, -2, -4, -5}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2] %1 \"g\" f32 [2] = [2, 1] %2 \"b\" f32 [2] = [0, 1]\n"
     "%3 \"m\" f32 [2] = [1, -1] %4 \"v\" f32 [2] = [4, 0.1875] %5 \"y\" f32 [1,2,2]\n"
     "input %0 output %5 %5 = batch_norm(%0, %1, %2, %3, %4) eps 0.0625",
     {1, 2, 3, 4},
     {0, 7, 1.98456597f, 11}}, /* 2 * 2 / sqrt(4.0625), (4 + 1) / 0.5 + 1 */
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"y\" f32 [1,3] input %0 output %1 %1 = relu(%0)",
     {-1, 0, 7},
     {0, 0, 7}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"y\" f32 [1,3] input %0 output %1 %1 = relu6(%0)",
     {-1, 5, 7},
     {0, 5, 6}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2] %1 \"y\" f32 [1,2,2] input %0 output %1\n"
     "%1 = softmax(%0) beta 2",
     {0, 0, 1000, 1000.549306f}, /* a difference of ln(3) / 2 */
     {0.5f, 0.5f, 0.25f, 0.75f}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2] %1 \"k\" f32 [2] = [10, 20] %2 \"y\" f32 [1,2,2]\n"
     "input %0 output %2 %2 = sub(%0, %1) act relu",
     {11, 22, 33, 4},
     {1, 2, 23, 0}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,1] %1 \"k\" f32 [1,1,3] = [1, 2, 3]\n"
     "%2 \"y\" f32 [1,2,3] input %0 output %2 %2 = mul(%1, %0)",
     {2, -1},
     {2, 4, 6, -1, -2, -3}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,1] %1 \"k\" f32 [1,2,2] = [1, 2, 3, 4]\n"
     "%2 \"y\" f32 [1,2,2] input %0 output %2 %2 = add_broadcast(%0, %1) act relu6",
     {2, -4},
     {3, 4, 0, 0}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"k\" f32 [1] = [2] %2 \"y\" f32 [1,3]\n"
     "input %0 output %2 %2 = minimum(%0, %1)",
     {1, 2, 3},
     {1, 2, 2}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"k\" f32 [1] = [2] %2 \"y\" f32 [1,3]\n"
     "input %0 output %2 %2 = maximum(%0, %1)",
     {1, 2, 3},
     {2, 2, 3}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"y\" f32 [1,1,3] input %0 output %1\n"
     "%1 = mean(%0) over [0,1,0]",
     {1, 2, 3, 4, 6, 8},
     {2.5f, 4, 5.5f}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"y\" f32 [1,2,1] input %0 output %1\n"
     "%1 = reduce_sum(%0) over [1,0,1]",
     {1, 2, 3, 4, 6, 8},
     {6, 18}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"y\" f32 [1,1,1] input %0 output %1\n"
     "%1 = reduce_max(%0) over [0,1,1]",
     {-1, -2, -3, -4, -6, -8},
     {-1}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"y\" f32 [1,2,1] input %0 output %1\n"
     "%1 = reduce_prod(%0) over [0,0,1]",
     {1, 2, -3, 4, 0.5f, 8},
     {-6, 16}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"y\" f32 [1,2,3] input %0 output %1\n"
     "%1 = reduce_min(%0) over [0,0,0]",
     {1, 2, 3, 4, 6, 8},
     {1, 2, 3, 4, 6, 8}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"y\" f32 [1,3,2] input %0 output %1\n"
     "%1 = transpose(%0) perm [0,2,1]",
     {1, 2, 3, 4, 5, 6},
     {1, 4, 2, 5, 3, 6}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"y\" f32 [1,1,2] input %0 output %1\n"
     "%1 = slice(%0) begin [0,1,2] size [1,1,2] step [1,1,-2]",
     {1, 2, 3, 4, 5, 6},
     {6, 4}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,3,1] %1 \"y\" f32 [1,2,5,1] input %0 output %1\n"
     "%1 = resize_nearest(%0) to [2,5]", /* floor(i * 0.6) */
     {1, 2, 3},
     {1, 1, 2, 2, 3, 1, 1, 2, 2, 3}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,3,1] %1 \"y\" f32 [1,1,4,1] input %0 output %1\n"
     "%1 = resize_nearest(%0) to [1,4] align_corners 1", /* round(i * 2 / 3) */
     {1, 2, 3},
     {1, 2, 2, 3}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,4,1] %1 \"y\" f32 [1,1,2,1] input %0 output %1\n"
     "%1 = resize_nearest(%0) to [1,2] half_pixel 1", /* floor((i + 0.5) * 2) */
     {1, 2, 3, 4},
     {2, 4}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,2,1] %1 \"y\" f32 [1,2,4,1] input %0 output %1\n"
     "%1 = resize_bilinear(%0) to [2,4]",
     {1, 3},
     {1, 2, 3, 3, 1, 2, 3, 3}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2,1] %1 \"y\" f32 [1,3,3,1] input %0 output %1\n"
     "%1 = resize_bilinear(%0) to [3,3] align_corners 1",
     {1, 3, 5, 11},
     {1, 2, 3, 3, 5, 7, 5, 8, 11}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,2,1] %1 \"y\" f32 [1,1,4,1] input %0 output %1\n"
     "%1 = resize_bilinear(%0) to [1,4] half_pixel 1", /* at -0.25, 0.25, 0.75, 1.25 */
     {1, 3},
     {1, 1.5f, 2.5f, 3}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,3] %1 \"i\" s32 [2,2] = [2, 0, 1, 1]\n"
     "%2 \"y\" f32 [1,2,2,2] input %0 output %2 %2 = gather(%0, %1) axis 2",
     {1, 2, 3, 4, 5, 6},
     {3, 1, 2, 2, 6, 4, 5, 5}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [2,2] %1 \"b\" f32 [2,3] = [1, 2, 3, 4, 5, 6]\n"
     "%2 \"y\" f32 [2,3] input %0 output %2 %2 = batch_matmul(%0, %1)",
     {1, 2, 3, 4},
     {9, 12, 15, 19, 26, 33}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [2,2] %1 \"b\" f32 [3,2] = [1, 4, 2, 5, 3, 6]\n"
     "%2 \"y\" f32 [2,3] input %0 output %2 %2 = batch_matmul(%0, %1) adjoint [1,1]",
     {1, 3, 2, 4},
     {9, 12, 15, 19, 26, 33}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [2,1,2] %1 \"b\" f32 [2,1] = [1, 10]\n"
     "%2 \"y\" f32 [2,1,1] input %0 output %2 %2 = batch_matmul(%0, %1)",
     {1, 2, 3, 4},
     {21, 43}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"k\" f32 [1] = [4] %2 \"y\" f32 [1,3]\n"
     "input %0 output %2 %2 = div(%0, %1) act relu",
     {1, -2, 3},
     {0.25f, 0, 0.75f}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"k\" f32 [3] = [4, 0.5, 7] %2 \"y\" f32 [1,3]\n"
     "input %0 output %2 %2 = prelu(%0, %1)",
     {1, -2, 0},
     {1, -1, 0}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"k\" f32 [1] = [4] %2 \"y\" f32 [1,3]\n"
     "input %0 output %2 %2 = squared_difference(%0, %1)",
     {1, -2, 4},
     {9, 36, 0}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,3] %1 \"k\" f32 [3] = [2, 0.5, -1] %2 \"y\" f32 [1,3]\n"
     "input %0 output %2 %2 = pow(%0, %1)",
     {3, 16, 4},
     {9, 4, 0.25f}},
    /* each pixel 1, 2 adds 1, 10, 100 at twice its place; one column is cut off in front */
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,2,1] %1 \"w\" f32 [1,1,3,1] = [1, 10, 100]\n"
     "%2 \"b\" f32 [1] = [0.5] %3 \"y\" f32 [1,1,4,1] input %0 output %3\n"
     "%3 = transpose_conv2d(%0, %1, %2) stride [1,2] pad [0,0,1,0]",
     {1, 2},
     {10.5f, 102.5f, 20.5f, 200.5f}},
    /* more output than the pixels reach */
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,2,1] %1 \"w\" f32 [1,1,1,1] = [3]\n"
     "%2 \"y\" f32 [1,1,4,1] input %0 output %2\n"
     "%2 = transpose_conv2d(%0, %1) stride [1,2] pad [0,0,0,-1] act relu",
     {1, -2},
     {3, 0, 0, 0}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,1,2,4] %1 \"y\" f32 [1,2,4,1] input %0 output %1\n"
     "%1 = depth_to_space(%0) block [2,2]",
     {1, 2, 3, 4, 5, 6, 7, 8},
     {1, 2, 5, 6, 3, 4, 7, 8}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,4,1] %1 \"y\" f32 [1,1,2,4] input %0 output %1\n"
     "%1 = space_to_depth(%0) block [2,2]",
     {1, 2, 5, 6, 3, 4, 7, 8},
     {1, 2, 3, 4, 5, 6, 7, 8}},
    UNARY_CASE("logistic", "", 0, 1.38629436f, -1.38629436f, 200, 0.5f, 0.8f, 0.2f, 1),
    UNARY_CASE("tanh", "", 0, 0.693147181f, -0.693147181f, 90, 0, 0.6f, -0.6f, 1),
    UNARY_CASE("hard_swish", "", -4, -1, 1, 5, 0, -0.333333343f, 0.666666687f, 5),
    UNARY_CASE("leaky_relu", " alpha 0.25", -4, -1, 0, 5, -1, -0.25f, 0, 5),
    UNARY_CASE("elu", "", -0.693147181f, 0, 2, -100, -0.5f, 0, 2, -1),
    UNARY_CASE("exp", "", 0, 1, -1, 0.693147181f, 1, 2.71828175f, 0.36787945f, 2),
    UNARY_CASE("log", "", 1, 2, 0.5f, 8, 0, 0.693147182f, -0.693147182f, 2.07944155f),
    UNARY_CASE("sqrt", "", 0, 2, 4, 6.25f, 0, 1.41421354f, 2, 2.5f),
    UNARY_CASE("rsqrt", "", 1, 4, 0.25f, 2, 1, 0.5f, 2, 0.707106769f),
    UNARY_CASE("square", "", -3, 0, 0.5f, 4, 9, 0, 0.25f, 16),
    UNARY_CASE("abs", "", -3, 0, 0.5f, -4, 3, 0, 0.5f, 4),
    UNARY_CASE("neg", "", -3, 0, 0.5f, -4, 3, 0, -0.5f, 4),
    UNARY_CASE("floor", "", -2.5f, -0.25f, 2, 2.75f, -3, -1, 2, 2),
    UNARY_CASE("ceil", "", -2.5f, -0.25f, 2, 2.25f, -2, 0, 2, 3),
    UNARY_CASE("round", "", -2.5f, 3.5f, 2.5f, -0.75f, -2, 4, 2, -1),
    UNARY_CASE("sin", "", 0, 1.57079633f, 0.523598776f, -1, 0, 1, 0.5f, -0.841470985f),
    UNARY_CASE("cos", "", 0, 1, 1.04719755f, -1, 1, 0.540302306f, 0.5f, 0.540302306f),
    UNARY_CASE("gelu", "", 0, 1, -1, 3, 0, 0.841344746f, -0.158655254f, 2.9959502f),
    UNARY_CASE("gelu_tanh", "", 0, 1, -1, 3, 0, 0.841191991f, -0.158808009f, 2.99636261f),
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2] %1 \"y\" f32 [1,4] input %0 output %1\n"
     "%1 = reshape(%0) shape [1,4]",
     {1, 2, 3, 4},
     {1, 2, 3, 4}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2] %1 \"y\" f32 [1,3,4] input %0 output %1\n"
     "%1 = pad(%0) pads [0,0,1,0,1,1]",
     {1, 2, 3, 4},
     {0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2] %1 \"y\" f32 [1,3] input %0 output %1\n"
     "%1 = pad(%0) pads [0,0,0,1] value -2.5",
     {1, 2},
     {1, 2, -2.5f}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [2,2] %1 \"y\" f32 [4,6] input %0 output %1\n"
     "%1 = tile(%0) repeat [2,3]",
     {1, 2, 3, 4},
     {1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,2,2] %1 \"k\" f32 [1,2,1] = [8, 9]\n"
     "%2 \"y\" f32 [1,2,5] input %0 output %2 %2 = concat(%0, %1, %0) axis 2",
     {1, 2, 3, 4},
     {1, 2, 8, 1, 2, 3, 4, 9, 3, 4}},
    {"mote 1 graph \"g\" %0 \"x\" f32 [1,6] %1 \"q\" s8 [1,6] quant 0.5:-10 %2 \"y\" f32 [1,6]\n"
     "input %0 output %2 %1 = quantize(%0) %2 = dequantize(%1)",
     {0.25f, -0.25f, 0.24f, 1000, -1000, 3}, /* halves go away from zero */
     {0.5f, -0.5f, 0, 68.5f, -59, 3}},
};

static const struct graph *parse(struct arena *a, const char *text)
{
    struct diag d = {0};
    const struct graph *g =
        graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "text", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s in %s", d.place, d.message, text);
    return g;
}

TEST(float_operators_give_the_values_computed_by_hand)
{
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof float_cases / sizeof float_cases[0]; i++) {
        const struct float_case *c = &float_cases[i];
        struct diag d = {0};
        const struct graph *g = parse(a, c->text);
        struct interp *it = interp_new(a, g, &d);
        CHECK(it);
        const void *in = c->in;
        interp_run(it, &in);
        uint32_t y = g->outputs.items[0];
        const float *out = interp_tensor(it, y);
        for (int64_t k = 0; k < shape_count(&g->tensors.items[y].shape); k++)
            if (!(fabsf(out[k] - c->out[k]) <= 1e-4f * fabsf(c->out[k])))
                test_fail(__FILE__, __LINE__, "%s: value %d is %.9g, expected %.9g", c->text,
                          (int)k, (double)out[k], (double)c->out[k]);
    }
    arena_free(a);
}

TEST(a_second_run_does_not_remember_the_first)
{
    struct arena *a = arena_new("test");
    for (uint32_t i = 0; i < 50; i++) {
        struct rng r = rng_split(test_seed(), i);
        struct diag d = {0};
        const struct graph *g = random_graph(a, &r, (enum random_kind)(i % N_RANDOM_KINDS), 10);
        struct interp *it = interp_new(a, g, &d), *fresh = interp_new(a, g, &d);
        const void *first = random_input(a, g, 0, &r), *second = random_input(a, g, 0, &r);
        interp_run(it, &first);
        if (g->states.n > 0) /* which are made to be remembered */
            interp_reset(it);
        interp_run(it, &second);
        interp_run(fresh, &second);
        for (uint32_t k = 0; k < g->outputs.n; k++) {
            uint32_t t = g->outputs.items[k];
            CHECK_BYTES(interp_tensor(it, t), interp_tensor(fresh, t),
                        tensor_bytes(&g->tensors.items[t]));
        }
        arena_reset(a);
    }
    arena_free(a);
}

/* A convolution written once more, in double and in another loop order: every output position for
 * every tap. */
static double conv_again(const struct graph *g, const struct node *n, const float *in,
                         const int32_t at[3])
{
    const struct tensor *w = &g->tensors.items[n->in[1]];
    const struct shape *x = &g->tensors.items[n->in[0]].shape, *k = &w->shape;
    const float *v = w->data;
    bool depthwise = n->op == OP_DEPTHWISE_CONV2D;
    int32_t multiplier = depthwise ? k->dim[3] / x->dim[3] : 1;
    double sum = n->n_in > 2 && n->in[2] != NO_TENSOR
                     ? (double)((const float *)g->tensors.items[n->in[2]].data)[at[2]]
                     : 0.0;
    for (int32_t ic = 0; ic < x->dim[3]; ic++)
        for (int32_t ky = 0; ky < k->dim[1]; ky++)
            for (int32_t kx = 0; kx < k->dim[2]; kx++) {
                int32_t iy =
                    at[0] * n->attrs.stride_h + ky * n->attrs.dilation_h - n->attrs.pad_top;
                int32_t ix =
                    at[1] * n->attrs.stride_w + kx * n->attrs.dilation_w - n->attrs.pad_left;
                if (iy < 0 || iy >= x->dim[1] || ix < 0 || ix >= x->dim[2])
                    continue;
                if (depthwise && ic != at[2] / multiplier)
                    continue;
                int32_t tap = depthwise
                                  ? (ky * k->dim[2] + kx) * k->dim[3] + at[2]
                                  : ((at[2] * k->dim[1] + ky) * k->dim[2] + kx) * x->dim[3] + ic;
                sum += (double)in[(iy * x->dim[2] + ix) * x->dim[3] + ic] * (double)v[tap];
            }
    double low = n->attrs.act == ACT_NONE ? -1e300 : 0.0;
    double high = n->attrs.act == ACT_RELU6 ? 6.0 : 1e300;
    return sum < low ? low : sum > high ? high : sum;
}

TEST(float_convolutions_equal_a_second_implementation)
{
    struct arena *a = arena_new("test");
    uint32_t n_checked = 0;
    for (uint32_t i = 0; i < 200; i++) {
        struct rng r = rng_split(test_seed(), i);
        struct diag d = {0};
        const struct graph *g = random_graph(a, &r, RANDOM_F32, 6);
        struct interp *it = interp_new(a, g, &d);
        const void *x = random_input(a, g, 0, &r);
        interp_run(it, &x);
        for (uint32_t k = 0; k < g->nodes.n; k++) {
            const struct node *n = &g->nodes.items[k];
            if (n->op != OP_CONV2D && n->op != OP_DEPTHWISE_CONV2D)
                continue;
            const struct shape *y = &g->tensors.items[n->out[0]].shape;
            const float *in = interp_tensor(it, n->in[0]), *out = interp_tensor(it, n->out[0]);
            for (int32_t e = 0; e < (int32_t)shape_count(y); e++) {
                const int32_t at[3] = {e / y->dim[3] / y->dim[2], e / y->dim[3] % y->dim[2],
                                       e % y->dim[3]};
                double want = conv_again(g, n, in, at);
                CHECK_NEAR((double)out[e], want, 1e-4 * (fabs(want) + 1.0));
            }
            n_checked++;
        }
        arena_reset(a);
    }
    CHECK(n_checked > 50);
    arena_free(a);
}

/* The values that a quantised constant or activation stands for. */
static float *dequantised(struct arena *a, const struct tensor *t, const void *data)
{
    int64_t n = shape_count(&t->shape);
    float *x = ARENA_ARRAY(a, float, (size_t)n);
    int64_t inner = 1;
    for (int32_t i = t->quant.axis + 1; i < t->shape.rank; i++)
        inner *= t->shape.dim[i];
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = t->quant.n == 1 ? 0 : (uint32_t)(i / inner % t->quant.n);
        int32_t q = t->dtype == DT_S8 ? ((const int8_t *)data)[i] : ((const int32_t *)data)[i];
        x[i] = t->quant.scale[c] * (float)(q - t->quant.zero[c]);
    }
    return x;
}

/* The same node on dequantised inputs, in float; quantize becomes a reshape to the same shape. */
static const float *float_meaning(struct arena *a, const struct graph *g, const struct node *n,
                                  const struct interp *ran)
{
    struct graph *f = graph_new(a, "float");
    struct diag d = {0};
    uint32_t *in = ARENA_ARRAY(a, uint32_t, n->n_in);
    const void **values = ARENA_ARRAY(a, const void *, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++) {
        in[i] = NO_TENSOR;
        if (n->in[i] == NO_TENSOR)
            continue;
        const struct tensor *t = &g->tensors.items[n->in[i]];
        struct tensor copy = {.name = t->name, .shape = t->shape};
        if (t->quant.n == 0) { /* indices, conditions */
            in[i] = graph_add_tensor(f, t);
            if (t->data)
                continue;
            values[f->inputs.n] = interp_tensor(ran, n->in[i]);
            *VEC_PUSH(a, &f->inputs) = in[i];
            continue;
        }
        float *x = dequantised(a, t, interp_tensor(ran, n->in[i]));
        copy.data = t->data ? x : NULL;
        in[i] = graph_add_tensor(f, &copy);
        if (t->data)
            continue;
        values[f->inputs.n] = x;
        *VEC_PUSH(a, &f->inputs) = in[i];
    }
    struct attrs at = n->attrs;
    if (n->op == OP_QUANTIZE) {
        at.new_rank = f->tensors.items[in[0]].shape.rank;
        memcpy(at.new_shape, f->tensors.items[in[0]].shape.dim, sizeof at.new_shape);
    }
    uint32_t y =
        graph_add_node(f, n->op == OP_QUANTIZE ? OP_RESHAPE : n->op, &at, in, n->n_in, "y", &d);
    CHECK(y != NO_TENSOR);
    *VEC_PUSH(a, &f->outputs) = y;
    CHECK(graph_verify(f, &d));
    struct interp *it = interp_new(a, f, &d);
    interp_run(it, values);
    return interp_tensor(it, y);
}

/* Of steps so coarse that the next value is near the function's end, the int8 logistic and tanh
 * give that end, from 8 on even for 0: docs/spec/numerics.md, section 17. */
static bool is_step_function(const struct graph *g, const struct node *n)
{
    return (n->op == OP_LOGISTIC || n->op == OP_TANH) &&
           g->tensors.items[n->in[0]].quant.scale[0] >= 4.0f;
}

/* Operators whose reference is not near the real function: it begins sums at minus the zero point, or
 * rounds a product with every factor. tests/device has their arithmetic. */
static bool is_no_function(enum op op)
{
    return op == OP_CAST || op == OP_CUMSUM || op == OP_ADD_N || op == OP_REDUCE_PROD;
}

/* Positions of resize_bilinear are rounded to 1/1024, and so are the steps between them: after the
 * 15 outputs of a random graph they are off by 7/1024 in each dimension, between neighbours that
 * differ by up to 255. */
static double allowed(enum op op)
{
    return op == OP_RESIZE_BILINEAR ? 1.02 + 2.0 * 255.0 * 7.5 / 1024.0 : 1.02;
}

/* The integer result is the float one, rounded, within one step: half a step of rounding to the
 * nearest, and less than half for double rounding, fixed-point functions and rounded clamps. Where
 * the function has no value (the logarithm of -1), the integer one is free. */
static void check_int8_node(struct arena *a, const struct graph *g, const struct node *n,
                            const struct interp *ran)
{
    const struct tensor *y = &g->tensors.items[n->out[0]];
    const float *want = float_meaning(a, g, n, ran);
    const int8_t *got = interp_tensor(ran, n->out[0]);
    for (int64_t i = 0; i < shape_count(&y->shape); i++) {
        double q = (double)want[i] / (double)y->quant.scale[0] + (double)y->quant.zero[0];
        q = q < -128.0 ? -128.0 : q > 127.0 ? 127.0 : q;
        if (isnan(q))
            continue; /* 0 / 0, the logarithm of -1 */
        if (!(fabs(q - (double)got[i]) <= allowed(n->op)))
            test_fail(__FILE__, __LINE__, "%s: value %d is %d, float says %.3f", op_name(n->op),
                      (int)i, got[i], q);
    }
}

TEST(int8_operators_are_float_within_one_step)
{
    struct arena *a = arena_new("test"), *tmp = arena_new("node");
    uint32_t seen[N_OPS] = {0};
    for (uint32_t i = 0; i < 1500; i++) {
        struct rng r = rng_split(test_seed(), i);
        struct diag d = {0};
        const struct graph *g = random_graph(a, &r, RANDOM_S8, 8);
        struct interp *it = interp_new(a, g, &d);
        const void *x = random_input(a, g, 0, &r);
        interp_run(it, &x);
        for (uint32_t k = 0; k < g->nodes.n; k++) {
            const struct node *n = &g->nodes.items[k];
            if (!is_step_function(g, n) && !is_no_function(n->op) &&
                g->tensors.items[n->out[0]].dtype == DT_S8)
                check_int8_node(tmp, g, &g->nodes.items[k], it);
            seen[g->nodes.items[k].op]++;
            arena_reset(tmp);
        }
        arena_reset(a);
    }
    for (uint32_t op = 0; op < N_OPS; op++)
        CHECK(seen[op] > 20 || op == OP_BATCH_NORM || op == OP_DEQUANTIZE ||
              !random_makes((enum op)op));
    arena_free(tmp);
    arena_free(a);
}

TEST(reshape_has_a_meaning_for_every_type)
{
    struct arena *a = arena_new("test");
    const struct graph *g =
        parse(a, "mote 1 graph \"g\" %0 \"x\" s16 [1,2] %1 \"y\" s16 [1,2] input %0 output %1\n"
                 "%1 = reshape(%0) shape [1,2]");
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    const int16_t in[2] = {-300, 7};
    const void *inputs = in;
    CHECK(it);
    interp_run(it, &inputs);
    CHECK_BYTES(interp_tensor(it, 1), in, sizeof in);
    arena_free(a);
}

TEST(plain_integers_are_computed_as_they_are)
{
    struct arena *a = arena_new("test");
    const struct graph *g = parse(
        a, "mote 1 graph \"g\" %0 \"x\" s16 [1,3] %1 \"k\" s32 [1] = [-3] %2 \"w\" s32 [1,3]\n"
           "%3 \"q\" s32 [1,3] %4 \"s\" s32 [1,3] %5 \"m\" s32 [1,3] %6 \"y\" s8 [1,3]\n"
           "input %0 output %6 %2 = cast(%0) %3 = div(%2, %1) %4 = add(%3, %2)\n"
           "%5 = maximum(%4, %1) %6 = cast(%5)");
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    const int16_t in[3] = {-300, 7, 32767};
    const int8_t out[3] = {-3, 5, 85}; /* 32767 - 10922 = 21845 = 85 * 256 + 85 */
    CHECK(it);
    interp_run(it, (const void *const[]){in});
    CHECK_BYTES(interp_tensor(it, 6), out, sizeof out);
    arena_free(a);
}

TEST_MAIN(T(plain_integers_are_computed_as_they_are),
          T(float_operators_give_the_values_computed_by_hand),
          T(a_second_run_does_not_remember_the_first),
          T(float_convolutions_equal_a_second_implementation),
          T(int8_operators_are_float_within_one_step), T(reshape_has_a_meaning_for_every_type))
