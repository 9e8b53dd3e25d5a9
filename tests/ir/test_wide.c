/* test_wide.c - int16 activations: every operator near its float meaning, and the borders of what
 * the verifier lets through. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "check.h"
#include "ir/interp.h"
#include "ir/text.h"
#include "ir/verify.h"

static struct graph *parse(struct arena *a, const char *text)
{
    struct diag d = {0};
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s in %s", d.place, d.message, text);
    return g;
}

static const char *refusal(struct arena *a, const char *text)
{
    struct diag d = {0};
    CHECK(!graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d));
    return arena_strdup(a, d.message);
}

/* One node on s16 and on f32: how far apart may they be? Two roundings in a row err by at most 3/4,
 * multipliers of 16 bits by another unit at the ends of the range. */
struct near_case {
    const char *node, *x, *y, *more_s16, *more_f32;
    float x_scale, y_scale, bound; /* bound: in units of the output */
};

static const struct near_case cases[] = {
    {"logistic(%0)", "[4,50]", "[4,50]", "", "", 0x1p-12f, 0x1p-15f, 2.0f},
    {"logistic(%0)", "[4,50]", "[4,50]", "", "", 0.0003f, 0x1p-15f, 3.0f},
    {"tanh(%0)", "[4,50]", "[4,50]", "", "", 0x1p-12f, 0x1p-15f, 3.0f},
    {"tanh(%0)", "[4,50]", "[4,50]", "", "", 0.0001f, 0x1p-15f, 4.0f},
    {"leaky_relu(%0) alpha 0.25", "[4,50]", "[4,50]", "", "", 0.001f, 0.0007f, 0.76f},
    {"relu(%0)", "[4,50]", "[4,50]", "", "", 0.001f, 0.0007f, 0.76f},
    {"relu6(%0)", "[4,50]", "[4,50]", "", "", 0.001f, 0.001f, 0.76f},
    {"softmax(%0)", "[4,50]", "[4,50]", "", "", 0.0002f, 0x1p-15f, 16.0f},
    {"abs(%0)", "[4,50]", "[4,50]", "", "", 0.001f, 0.0007f, 0.76f},
    {"squared_difference(%0, %2)", "[4,50]", "[4,50]",
     "%2 \"c\" s16 [1] quant 0.0015 :0 = [-700]\n", "%2 \"c\" f32 [1] = [-1.05]\n", 0.001f, 0.5f,
     0.76f},
    {"batch_matmul(%0, %2) adjoint [0,1]", "[2,5,20]", "[2,5,3]",
     "%2 \"c\" s16 [1,3,20] quant 0.01 :0 = [1,2,3,4,5,6,7,8,9,10,-1,-2,-3,-4,-5,-6,-7,-8,-9,-10,"
     "1,2,3,4,5,6,7,8,9,10,-1,-2,-3,-4,-5,-6,-7,-8,-9,-10,"
     "10000,2,3,4,5,6,7,8,9,10,-1,-2,-3,-4,-5,-6,-7,-8,-9,-10]\n",
     "%2 \"c\" f32 [1,3,20] = [0.01,0.02,0.03,0.04,0.05,0.06,0.07,0.08,0.09,0.1,-0.01,-0.02,-0.03,"
     "-0.04,-0.05,-0.06,-0.07,-0.08,-0.09,-0.1,"
     "0.01,0.02,0.03,0.04,0.05,0.06,0.07,0.08,0.09,0.1,-0.01,-0.02,-0.03,"
     "-0.04,-0.05,-0.06,-0.07,-0.08,-0.09,-0.1,"
     "100,0.02,0.03,0.04,0.05,0.06,0.07,0.08,0.09,0.1,-0.01,-0.02,-0.03,"
     "-0.04,-0.05,-0.06,-0.07,-0.08,-0.09,-0.1]\n",
     0.001f, 0.1f, 1.6f},
    /* positions are in 1/1024 of a pixel: of noise of 16 bits that is 64 units a direction */
    {"resize_bilinear(%0) to [9,4] half_pixel 1", "[1,5,10,4]", "[1,9,4,4]", "", "", 0.001f, 0.001f,
     150.0f},
    {"resize_bilinear(%0) to [9,20]", "[1,5,10,4]", "[1,9,20,4]", "", "", 0.001f, 0.001f, 150.0f},
    {"mul(%0, %0)", "[4,50]", "[4,50]", "", "", 0.001f, 0.04f, 0.76f},
    {"add(%0, %0) act relu", "[4,50]", "[4,50]", "", "", 0.001f, 0.002f, 0.76f},
    {"sub(%0, %2)", "[4,50]", "[4,50]", "%2 \"c\" s16 [1] quant 0.01 :0 = [77]\n",
     "%2 \"c\" f32 [1] = [0.77]\n", 0.001f, 0.003f, 0.76f},
    {"minimum(%0, %2)", "[4,50]", "[4,50]", "%2 \"c\" s16 [1] quant 0.001 :0 = [77]\n",
     "%2 \"c\" f32 [1] = [0.077]\n", 0.001f, 0.001f, 0.01f},
    {"maximum(%0, %2)", "[4,50]", "[4,50]", "%2 \"c\" s16 [1] quant 0.001 :0 = [77]\n",
     "%2 \"c\" f32 [1] = [0.077]\n", 0.001f, 0.001f, 0.01f},
    {"mean(%0) over [1,0]", "[50,4]", "[1,4]", "", "", 0.001f, 0.0002f, 0.76f},
    {"reduce_sum(%0) over [1,0]", "[50,4]", "[1,4]", "", "", 0.001f, 0.05f, 0.76f},
    {"reduce_max(%0) over [1,0]", "[50,4]", "[1,4]", "", "", 0.001f, 0.001f, 0.01f},
    {"reduce_min(%0) over [1,0]", "[50,4]", "[1,4]", "", "", 0.001f, 0.001f, 0.01f},
    {"reduce_prod(%0) over [0,1]", "[60,3]", "[60,1]", "", "", 0.001f, 0.3f, 3.0f},
    {"average_pool2d(%0) kernel [3,3] stride [2,2] pad [1,1,1,1]", "[1,5,5,2]", "[1,3,3,2]", "", "",
     0.001f, 0.001f, 0.76f},
    {"max_pool2d(%0) kernel [3,3] stride [2,2] pad [1,1,1,1]", "[1,5,5,2]", "[1,3,3,2]", "", "",
     0.001f, 0.001f, 0.01f},
    {"transpose(%0) perm [1,0]", "[4,50]", "[50,4]", "", "", 0.001f, 0.001f, 0.01f},
    {"concat(%0, %0) axis 0", "[4,50]", "[8,50]", "", "", 0.001f, 0.001f, 0.01f},
    {"pad(%0) pads [1,2,0,3]", "[4,50]", "[7,53]", "", "", 0.001f, 0.001f, 0.01f},
    {"fully_connected(%0, %2, %3)", "[50,4]", "[50,2]",
     "%2 \"w\" s8 [2,4] quant axis 0 [0.5:0, 0.25:0] = [1,-2,3,-4,127,6,-127,8]\n"
     "%3 \"b\" s64 [2] quant axis 0 [0.0005:0, 0.00025:0] = [1000,-2000]\n",
     "%2 \"w\" f32 [2,4] = [0.5,-1,1.5,-2,31.75,1.5,-31.75,2]\n"
     "%3 \"b\" f32 [2] = [0.5,-0.5]\n",
     0.001f, 0.05f, 1.6f},
    {"fully_connected(%0, %2)", "[50,4]", "[50,2]",
     "%2 \"w\" s8 [2,4] quant 0.5 :0 = [1,-2,3,-4,5,6,-7,8]\n",
     "%2 \"w\" f32 [2,4] = [0.5,-1,1.5,-2,2.5,3,-3.5,4]\n", 0.001f, 0.01f, 0.76f},
    {"depthwise_conv2d(%0, %2) pad [1,0,1,0]", "[1,5,5,2]", "[1,5,5,2]",
     "%2 \"w\" s8 [1,2,2,2] quant 0.5 :0 = [1,-2,3,-4,5,6,-7,8]\n",
     "%2 \"w\" f32 [1,2,2,2] = [0.5,-1,1.5,-2,2.5,3,-3.5,4]\n", 0.001f, 0.01f, 1.6f},
    {"conv2d(%0, %2, %3) stride [2,1] act relu", "[1,5,5,2]", "[1,2,4,1]",
     "%2 \"w\" s8 [1,2,2,2] quant 0.5 :0 = [1,-2,3,-4,5,6,-7,8]\n"
     "%3 \"b\" s32 [1] quant 0.0005 :0 = [100]\n",
     "%2 \"w\" f32 [1,2,2,2] = [0.5,-1,1.5,-2,2.5,3,-3.5,4]\n%3 \"b\" f32 [1] = [0.05]\n", 0.001f,
     0.01f, 0.76f},
};

static struct graph *graph_of(struct arena *a, const struct near_case *c, const char *type,
                              const char *x_quant, const char *y_quant, const char *more)
{
    return parse(a, arena_printf(a,
                                 "mote 1 graph \"g\"\n%%0 \"x\" %s %s %s\n%%1 \"y\" %s %s %s\n%s"
                                 "input %%0 output %%1\n%%1 = %s\n",
                                 type, c->x, x_quant, type, c->y, y_quant, more, c->node));
}

static void check_case(struct arena *a, const struct near_case *c)
{
    const char *x_quant = arena_printf(a, "quant %.9g :0", (double)c->x_scale);
    const char *y_quant = arena_printf(a, "quant %.9g :0", (double)c->y_scale);
    struct graph *g = graph_of(a, c, "s16", x_quant, y_quant, c->more_s16);
    struct graph *f = graph_of(a, c, "f32", "", "", c->more_f32);
    struct diag d = {0};
    struct interp *ig = interp_new(a, g, &d), *jf = interp_new(a, f, &d);
    CHECK(ig && jf);
    struct rng r = rng_split(test_seed(), (uint32_t)(c - cases));
    int16_t x[256];
    float real[256];
    for (int i = 0; i < 256; i++) {
        const uint32_t range = i % 3 ? 65536 : 4096;
        x[i] = (int16_t)((int32_t)rng_below(&r, range) - (int32_t)range / 2);
        real[i] = c->x_scale * (float)x[i];
    }
    interp_run(ig, (const void *const[]){x});
    interp_run(jf, (const void *const[]){real});
    const int16_t *y = interp_tensor(ig, 1);
    const float *want = interp_tensor(jf, 1);
    for (int64_t i = 0; i < shape_count(&g->tensors.items[1].shape); i++) {
        const double units = fmax(-32768.0, fmin(32767.0, (double)want[i] / (double)c->y_scale));
        if (!(fabs(units - (double)y[i]) <= (double)c->bound))
            test_fail(__FILE__, __LINE__, "%s: [%d] is %d, expected %g", c->node, (int)i, y[i],
                      units);
    }
}

TEST(every_operator_of_int16_is_near_its_float_meaning)
{
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(a, &cases[i]);
    arena_free(a);
}

/* Tables of 512 straight lines: a rounding at their borders, and half of what a line errs in its middle. */
static void check_table(struct arena *a, const char *op, double (*f)(double), float x_scale,
                        float y_scale)
{
    struct graph *g = parse(
        a, arena_printf(a,
                        "mote 1 graph \"g\"\n%%0 \"x\" s16 [400] quant %.9g :0\n"
                        "%%1 \"y\" s16 [400] quant %.9g :0\ninput %%0 output %%1\n%%1 = %s(%%0)\n",
                        (double)x_scale, (double)y_scale, op));
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    CHECK(it);
    int16_t x[400];
    for (int i = 0; i < 400; i++)
        x[i] = (int16_t)(24000 - 40 * i); /* 8040..24000: far from where they bend */
    interp_run(it, (const void *const[]){x});
    const int16_t *y = interp_tensor(it, 1);
    for (int i = 0; i < 400; i++)
        CHECK_NEAR(y[i], f((double)x_scale * x[i]) / (double)y_scale, 2.5);
}

static double rsqrt_of(double x)
{
    return 1.0 / sqrt(x);
}

TEST(tables_of_int16_are_near_the_function)
{
    struct arena *a = arena_new("test");
    check_table(a, "exp", exp, 0.0001f, 0.0005f);
    check_table(a, "log", log, 0.001f, 0.0002f);
    check_table(a, "rsqrt", rsqrt_of, 0.001f, 0.00002f);
    arena_free(a);
}

/* Where there is no value the reference gives an end of the range. For log, a table: of 513 borders the
 * first 256 are below 0, the 257th is 0. */
TEST(tables_have_an_end_of_the_range_where_there_is_no_value)
{
    struct arena *a = arena_new("test");
    static const char *const ops[2] = {"log", "rsqrt"};
    static const int16_t x[2] = {-32768, -128}, want[2] = {-32768, 32767};
    for (int k = 0; k < 2; k++) {
        struct graph *g = parse(
            a,
            arena_printf(a,
                         "mote 1 graph \"g\"\n%%0 \"x\" s16 [2] quant 0.001 :0\n%%1 \"y\" s16 [2] "
                         "quant 0.0002 :0\ninput %%0 output %%1\n%%1 = %s(%%0)\n",
                         ops[k]));
        struct diag d = {0};
        struct interp *it = interp_new(a, g, &d);
        CHECK(it);
        interp_run(it, (const void *const[]){x});
        const int16_t *y = interp_tensor(it, 1);
        CHECK_EQ(y[0], want[k]);
        CHECK_EQ(y[1], want[k]);
    }
    arena_free(a);
}

/* An LSTM of 2 batches, 25 steps, 2 inputs and 3 elements of state; weights of 1/128. */
static struct graph *lstm_graph(struct arena *a, const char *x, const char *w, const char *b,
                                const char *h, const char *c, const char *const scale[5],
                                const char *zeros)
{
    static const char *const values =
        "[64,-32,16,8,-100,50,25,-12,6,-3,100,127,64,-32,16,8,-100,50,25,-12,6,-3,100,127]";
    static const char *const recurrent =
        "[6,-3,1,8,-10,5,25,-12,6,-3,10,12,6,-3,1,8,-10,5,2,-12,6,-3,10,12,"
        "6,-3,16,8,-10,5,2,-12,6,-3,10,12]";
    return parse(
        a,
        arena_printf(a,
                     "mote 1 graph \"g\"\n%%0 \"x\" %s [2,25,2] %s\n%%1 \"y\" %s [2,25,3] %s\n"
                     "%%2 \"w\" %s [4,3,2] %s = %s\n%%3 \"r\" %s [4,3,3] %s = %s\n"
                     "%%4 \"b\" %s [4,3] %s = [%s]\n%%5 \"h\" %s [2,3] %s\n%%6 \"c\" %s [2,3] %s\n"
                     "%%7 \"h2\" %s [2,3] %s\n%%8 \"c2\" %s [2,3] %s\n"
                     "input %%0 output %%1 state %%5, %%7 state %%6, %%8\n"
                     "%%1, %%7, %%8 = lstm(%%0, %%2, %%3, %%4, %%5, %%6) clip 1.5\n",
                     x, scale[0], h, scale[1], w, scale[2], values, w, scale[2], recurrent, b,
                     scale[3], zeros, h, scale[1], c, scale[4], h, scale[1], c, scale[4]));
}

TEST(lstm_of_int16_is_near_its_float_meaning)
{
    struct arena *a = arena_new("test");
    static const char *const wide[5] = {
        "quant 6.103515625e-05 :0", "quant 3.0517578125e-05 :0",
        "quant axis 0 [0.0078125:0, 0.0078125:0, 0.0078125:0, 0.0078125:0]",
        "quant axis 0 [4.76837158e-07:0, 4.76837158e-07:0, 4.76837158e-07:0, 4.76837158e-07:0]",
        "quant 6.103515625e-05 :0"};
    static const char *const none[5] = {"", "", "", "", ""};
    static const char *const zeros = "0,0,0,0,0,0,0,0,0,0,0,0";
    struct graph *g = lstm_graph(a, "s16", "s8", "s64", "s16", "s16", wide, zeros);
    struct graph *f = lstm_graph(a, "f32", "f32", "f32", "f32", "f32", none, zeros);
    struct tensor *fw = f->tensors.items;
    for (uint32_t k = 2; k <= 3; k++) { /* the same weights */
        float *real = arena_copy(a, fw[k].data, tensor_bytes(&fw[k]));
        for (int64_t i = 0; i < shape_count(&fw[k].shape); i++)
            real[i] /= 128.0f;
        fw[k].data = real;
    }
    struct diag d = {0};
    struct interp *ig = interp_new(a, g, &d), *jf = interp_new(a, f, &d);
    CHECK(ig && jf);
    struct rng r = rng_split(test_seed(), 77);
    int16_t x[100];
    float real[100];
    for (int i = 0; i < 100; i++) {
        x[i] = (int16_t)((int32_t)rng_below(&r, 65536) - 32768);
        real[i] = (float)x[i] * 0x1p-14f;
    }
    for (int call = 0; call < 2; call++) {
        interp_run(ig, (const void *const[]){x});
        interp_run(jf, (const void *const[]){real});
        const int16_t *y = interp_tensor(ig, 1);
        const float *want = interp_tensor(jf, 1);
        for (int i = 0; i < 150; i++) /* gates have 12 fraction bits, sums over time add up */
            CHECK_NEAR((double)y[i] * 0x1p-15, (double)want[i], 0.002);
    }
    arena_free(a);
}

/* From s8 to s16: the sum over a row is 1, and each value near the real one. */
TEST(softmax_of_int8_has_16_bits_when_asked)
{
    struct arena *a = arena_new("test");
    struct graph *g = parse(a, "mote 1 graph \"g\"\n%0 \"x\" s8 [1,4] quant 0.05 :3\n"
                               "%1 \"y\" s16 [1,4] quant 1.52587890625e-05 :-32768\n"
                               "input %0 output %1\n%1 = softmax(%0)\n");
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    CHECK(it);
    static const int8_t x[4] = {-100, 20, 60, 127};
    interp_run(it, (const void *const[]){x});
    const int16_t *y = interp_tensor(it, 1);
    double sum = 0.0;
    for (int i = 0; i < 4; i++)
        sum += exp(0.05 * x[i]);
    for (int i = 0; i < 4; i++)
        CHECK(fabs(65536.0 * exp(0.05 * x[i]) / sum - 32768.0 - y[i]) < 4.0);
    arena_free(a);
}

TEST(quantize_goes_between_all_sizes)
{
    struct arena *a = arena_new("test");
    struct graph *g =
        parse(a, "mote 1 graph \"g\"\n%0 \"x\" f32 [4]\n%1 \"a\" s16 [4] quant 0.5 :10\n"
                 "%2 \"b\" s32 [4] quant 0.125 :0\n%3 \"c\" s8 [4] quant 1 :-1\n"
                 "%4 \"d\" s16 [4] quant 0.25 :0\n%5 \"e\" f32 [4]\n"
                 "input %0 output %2, %3, %5\n%1 = quantize(%0)\n%2 = quantize(%1)\n"
                 "%3 = quantize(%2)\n%4 = quantize(%3)\n%5 = dequantize(%4)\n");
    struct diag d = {0};
    struct interp *it = interp_new(a, g, &d);
    CHECK(it);
    static const float x[4] = {0.0f, 3.0f, -1000.0f, 100000.0f};
    static const int16_t wide[4] = {10, 16, -1990, 32767};
    static const int32_t widest[4] = {0, 24, -8000, 131028};
    static const int8_t narrow[4] = {-1, 2, -128, 127};
    static const float back[4] = {0.0f, 3.0f, -127.0f, 128.0f};
    interp_run(it, (const void *const[]){x});
    CHECK_BYTES(interp_tensor(it, 1), wide, sizeof wide);
    CHECK_BYTES(interp_tensor(it, 2), widest, sizeof widest);
    CHECK_BYTES(interp_tensor(it, 3), narrow, sizeof narrow);
    CHECK_BYTES(interp_tensor(it, 5), back, sizeof back);
    arena_free(a);
}

static const char *dense(struct arena *a, const char *bias, const char *y_scale)
{
    return arena_printf(a,
                        "mote 1 graph \"g\"\n%%0 \"x\" s16 [1,1] quant 1 :0\n"
                        "%%1 \"y\" s16 [1,1] quant %s :0\n%%2 \"w\" s8 [1,1] quant 1 :0 = [1]\n"
                        "%%3 \"b\" s64 [1] quant 1 :0 = [%s]\ninput %%0 output %%1\n"
                        "%%1 = fully_connected(%%0, %%2, %%3)\n",
                        y_scale, bias);
}

/* 2^47 = 140737488355328; the products add at most 2^15. */
TEST(wide_biases_are_bounded_at_both_ends)
{
    struct arena *a = arena_new("test");
    parse(a, dense(a, "140737488322559", "1e+06"));
    parse(a, dense(a, "-140737488322559", "1e+06"));
    CHECK_HAS(refusal(a, dense(a, "140737488322560", "1e+06")), "above 47 bits");
    CHECK_HAS(refusal(a, dense(a, "-140737488322560", "1e+06")), "above 47 bits");
    CHECK_HAS(refusal(a, dense(a, "9223372036854775807", "1e+06")), "may leave 47 bits");
    CHECK_HAS(refusal(a, dense(a, "-9223372036854775808", "1e+06")), "may leave 47 bits");
    CHECK_HAS(refusal(a, dense(a, "140737488322559", "1")), "the output scale is too small");
    CHECK_HAS(refusal(a, dense(a, "1", "0.001")), "the output scale is too small");
    arena_free(a);
}

TEST(what_int16_cannot_do_is_said)
{
    struct arena *a = arena_new("test");
    static const char *const refused[][2] = {
        {"%0 \"x\" s16 [4] quant 1 :7\n%1 \"y\" s16 [4] quant 1 :0\ninput %0 output %1\n"
         "%1 = add(%0, %0)\n",
         "'x' has zero point 7, expected 0 in s16"},
        {"%0 \"x\" s16 [4] quant 1 :0\n%1 \"y\" s16 [4] quant 0.5 :0\ninput %0 output %1\n"
         "%1 = mul(%0, %0)\n",
         "below the inputs' product"},
        {"%0 \"x\" s16 [4] quant 1 :0\n%1 \"y\" s16 [4] quant 0.5 :0\ninput %0 output %1\n"
         "%1 = squared_difference(%0, %0)\n",
         "below four squares of the larger input's"},
        {"%0 \"x\" s16 [4] quant 1 :0\n%1 \"y\" s16 [4] quant 1e-06 :0\ninput %0 output %1\n"
         "%1 = abs(%0)\n",
         "below 2^-14 of the input's"},
        {"%0 \"x\" s16 [4] quant 1 :0\n%1 \"y\" s16 [4] quant 1 :0\ninput %0 output %1\n"
         "%1 = exp(%0)\n",
         "results of its table are not finite"},
        {"%0 \"a\" s16 [2,131072] quant 1 :0\n%1 \"b\" s16 [131072,1] quant 1 :0\n"
         "%2 \"y\" s16 [2,1] quant 1e+06 :0\ninput %0, %1 output %2\n%2 = batch_matmul(%0, %1)\n",
         "above 47 bits"},
        {"%0 \"x\" s32 [1,2,2,1]\n%1 \"y\" s32 [1,4,4,1]\ninput %0 output %1\n"
         "%1 = resize_bilinear(%0) to [4,4]\n",
         "input type s32, expected f32, s8 or s16"},
        {"%0 \"x\" s16 [4] quant 3 :0\n%1 \"y\" s16 [4] quant 3.0517578125e-05 :0\n"
         "input %0 output %1\n%1 = tanh(%0)\n",
         "the input scale is too large"},
        {"%0 \"x\" s16 [4] quant 1 :0\n%1 \"y\" s16 [4] quant 1 :0\ninput %0 output %1\n"
         "%1 = logistic(%0)\n",
         "gives scale 2^-15"},
        {"%0 \"x\" s16 [4] quant 1 :0\n%1 \"y\" s16 [4] quant 1 :0\ninput %0 output %1\n"
         "%1 = hard_swish(%0)\n",
         "input type s16, expected f32 or s8"},
        {"%0 \"x\" s16 [4] quant 1 :0\n%1 \"y\" s8 [4] quant 1e-05 :0\ninput %0 output %1\n"
         "%1 = quantize(%0)\n",
         "below 2^-14 of the input's"},
        {"%0 \"x\" s32 [4] quant 1 :0\n%1 \"y\" s8 [4] quant 0.5 :0\ninput %0 output %1\n"
         "%1 = quantize(%0)\n",
         "below 2^-0 of the input's"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        CHECK_HAS(refusal(a, arena_printf(a, "mote 1 graph \"g\"\n%s", refused[i][0])),
                  refused[i][1]);
    arena_free(a);
}

TEST_MAIN(T(every_operator_of_int16_is_near_its_float_meaning),
          T(tables_of_int16_are_near_the_function),
          T(tables_have_an_end_of_the_range_where_there_is_no_value),
          T(lstm_of_int16_is_near_its_float_meaning), T(softmax_of_int8_has_16_bits_when_asked),
          T(quantize_goes_between_all_sizes), T(wide_biases_are_bounded_at_both_ends),
          T(what_int16_cannot_do_is_said))
