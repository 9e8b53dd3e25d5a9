/* test_tables.c - int8 functions of one element: against tables made apart, and against the
 * function in double precision. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/str.h"
#include "check.h"
#include "ir/bind.h"
#include "ir/text.h"

static const struct graph *parse_node(struct arena *a, const char *op, const char *attrs,
                                      const char *in, const char *out, struct diag *d)
{
    const char *text = arena_printf(a,
                                    "mote 1 graph \"g\"\n%%0 \"x\" s8 [1,4] quant %s\n"
                                    "%%1 \"y\" s8 [1,4] quant %s\ninput %%0 output %%1\n"
                                    "%%1 = %s(%%0)%s",
                                    in, out, op, attrs);
    return graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", d);
}

static const int8_t *table_of(struct arena *a, const char *op, const char *attrs, const char *in,
                              const char *out)
{
    struct diag d = {0};
    const struct graph *g = parse_node(a, op, attrs, in, out, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    union kernel_args *args = ARENA_NEW(a, union kernel_args);
    CHECK(bind_node(a, g, &g->nodes.items[0], args, &d));
    CHECK_EQ(args->lut.n, 4);
    return args->lut.table;
}

/* Made by a transcription of the TFLite Micro reference kernels in another language: the CRC-32 of
 * the whole table, and every 17th output, from the smallest input byte on. */
static const struct {
    const char *op, *attrs, *in, *out;
    uint32_t crc;
    int8_t at_17[16];
} known[] = {
    {"logistic",
     "",
     "0.100000001:-3",
     "0.00390625:-128",
     0xaecff915u,
     {-128, -128, -128, -128, -127, -123, -105, -37, 64, 113, 125, 127, 127, 127, 127, 127}},
    {"logistic",
     "",
     "0.0234375:100",
     "0.00390625:-128",
     0x83eed62eu,
     {-127, -126, -125, -124, -122, -119, -115, -110, -101, -90, -76, -57, -35, -10, 15, 39}},
    {"logistic",
     "",
     "3.70000005:5",
     "0.00390625:-128",
     0xec963b14u,
     {-128, -128, -128, -128, -128, -128, -128, -128, 127, 127, 127, 127, 127, 127, 127, 127}},
    {"tanh",
     "",
     "0.0500000007:7",
     "0.0078125:0",
     0x5023ffdfu,
     {-128, -128, -128, -128, -128, -126, -119, -85, 6, 92, 120, 127, 127, 127, 127, 127}},
    {"tanh",
     "",
     "0.899999976:-128",
     "0.0078125:0",
     0xdc465949u,
     {0, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127}},
    {"hard_swish",
     "",
     "0.0500000007:-3",
     "0.0399999991:-119",
     0x508ffcaau,
     {-119, -119, -119, -119, -121, -127, -128, -122, -111, -93, -70, -42, -20, 1, 22, 43}},
    {"hard_swish",
     "",
     "0.00300000003:20",
     "0.00999999978:5",
     0xb27652bcu,
     {-14, -12, -10, -8, -6, -4, -2, 1, 3, 6, 8, 11, 14, 17, 20, 23}},
    {"hard_swish",
     "",
     "0.300000012:-90",
     "0.25:-128",
     0xc8d3e310u,
     {-128, -128, -128, -112, -92, -72, -51, -31, -10, 10, 30, 51, 71, 92, 112, 127}},
    {"leaky_relu",
     " alpha 0.1",
     "0.0700000003:-30",
     "0.0599999987:11",
     0x80b31179u,
     {0, 1, 3, 5, 7, 9, 16, 36, 55, 75, 95, 115, 127, 127, 127, 127}},
    {"leaky_relu",
     " alpha 1.5",
     "0.0199999996:60",
     "0.109999999:-7",
     0x2b715293u,
     {-59, -54, -49, -45, -40, -35, -31, -26, -21, -17, -12, -8, -4, -1, 2, 5}},
    {"abs",
     "",
     "0.100000001:-3",
     "0.0700000003:-128",
     0x7d648b78u,
     {51, 26, 2, -22, -47, -71, -95, -119, -112, -88, -64, -39, -15, 9, 33, 58}},
    {"abs",
     "",
     "0.100000001:9",
     "0.100000001:4",
     0x55854530u,
     {127, 124, 107, 90, 73, 56, 39, 22, 5, 20, 37, 54, 71, 88, 105, 122}},
    {"rsqrt",
     "",
     "0.00999999978:-128",
     "0.0500000007:-128",
     0xd51db2beu,
     {127, -79, -94, -100, -104, -106, -108, -110, -111, -112, -113, -113, -114, -115, -115, -115}},
    {"rsqrt",
     "",
     "2.5:-100",
     "0.00400000019:0",
     0x99629236u,
     {127, 127, 65, 33, 25, 21, 18, 17, 15, 14, 13, 13, 12, 11, 11, 10}},
    {"elu",
     "",
     "0.0500000007:10",
     "0.0399999991:-90",
     0x0f6a56beu,
     {-115, -115, -115, -115, -114, -113, -111, -105, -92, -71, -50, -29, -7, 14, 35, 56}},
};

TEST(tables_are_those_of_the_reference)
{
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const int8_t *t = table_of(a, known[i].op, known[i].attrs, known[i].in, known[i].out);
        for (int k = 0; k < 16; k++)
            if (t[(uint8_t)(17 * k - 128)] != known[i].at_17[k])
                test_fail(__FILE__, __LINE__, "%s %s: %d gives %d, expected %d", known[i].op,
                          known[i].in, 17 * k - 128, t[(uint8_t)(17 * k - 128)], known[i].at_17[k]);
        CHECK_EQ(crc32(0, (const uint8_t *)t, 256), known[i].crc);
    }
    arena_free(a);
}

static double real_exp(double x)
{
    return exp(x);
}
static double real_log(double x)
{
    return log(x);
}
static double real_square(double x)
{
    return x * x;
}
static double real_neg(double x)
{
    return -x;
}
static double real_elu(double x)
{
    return x < 0.0 ? expm1(x) : x;
}

static double real_gelu(double x)
{
    return 0.5 * x * (1.0 + erf(x / sqrt(2.0)));
}
static double real_gelu_tanh(double x)
{
    return 0.5 * x * (1.0 + tanh(sqrt(2.0 / 3.14159265358979324) * (x + 0.044715 * x * x * x)));
}

/* Operators whose table is the real function, rounded once. */
TEST(functions_through_float_are_rounded_to_the_nearest)
{
    static const struct {
        const char *op;
        double (*real)(double);
    } functions[] = {{"exp", real_exp}, {"log", real_log},   {"square", real_square},
                     {"neg", real_neg}, {"elu", real_elu},   {"sin", sin},
                     {"cos", cos},      {"floor", floor},    {"ceil", ceil},
                     {"round", rint},   {"gelu", real_gelu}, {"gelu_tanh", real_gelu_tanh}};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        const int8_t *t = table_of(a, functions[i].op, "", "0.03125:-20", "0.0625:-100");
        for (int q = -128; q < 128; q++) {
            double want = functions[i].real((q + 20) / 32.0) * 16.0 - 100.0;
            if (isnan(want))
                want = -128.0; /* of log: the least */
            want = fmax(-128.0, fmin(127.0, want));
            CHECK_NEAR((double)t[(uint8_t)q], want, 0.5001);
        }
    }
    arena_free(a);
}

/* Of numbers below zero, where the reference stops, real 0. */
TEST(square_roots_are_cut)
{
    struct arena *a = arena_new("test");
    const int8_t *t = table_of(a, "sqrt", "", "0.03125:-20", "0.0625:-100");
    for (int q = -128; q < 128; q++) {
        const float root = q < -20 ? 0.0f : sqrtf((float)(q + 20) / 32.0f);
        CHECK_EQ(t[(uint8_t)q], (int)(root * 16.0f) - 100);
    }
    arena_free(a);
}

TEST(scales_that_the_arithmetic_cannot_take_are_refused)
{
    static const struct {
        const char *op, *attrs, *in, *out, *message;
    } cases[] = {
        {"logistic", "", "0.1:0", "0.00390625:-127", "an s8 logistic gives scale 0.00390625"},
        {"logistic", "", "0.1:0", "0.004:-128", "an s8 logistic gives scale 0.00390625"},
        {"tanh", "", "0.1:0", "0.0078125:1", "an s8 tanh gives scale 0.0078125 (1/128)"},
        {"tanh", "", "1e-9:0", "0.0078125:0", "the input scale is too small: below 2^-28"},
        {"hard_swish", "", "1:0", "0.0078:0", "the output scale is too small: below 2^-7"},
        {"hard_swish", "", "0.001:0", "1:0", "the output scale is too large: above 2^8"},
        {"hard_swish", "", "1e-7:0", "1e-7:0", "the input scale is too small: below 2^-22"},
        {"leaky_relu", " alpha -0.1", "1:0", "1:0", "alpha is negative"},
        {"leaky_relu", " alpha 1e9", "1:0", "1:0", "the output scale is too small: below 2^-22"},
        {"abs", "", "5e6:0", "1:0", "the output scale is too small: below 2^-22"},
        {"rsqrt", "", "1:0", "5000:0", "the output scale is too large"},
        {"rsqrt", "", "1e-9:0", "1e-9:0", "the output scale is too small"},
    };
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diag d = {0};
        CHECK(!parse_node(a, cases[i].op, cases[i].attrs, cases[i].in, cases[i].out, &d));
        CHECK_HAS(d.message, cases[i].message);
    }
    arena_free(a);
}

/* What UBSan watches: every scale that is not refused makes a table. */
TEST(any_scales_make_a_table_or_a_message)
{
    static const char *const ops[] = {"logistic", "tanh", "hard_swish", "leaky_relu", "elu",
                                      "exp",      "log",  "sqrt",       "rsqrt",      "square",
                                      "abs",      "neg",  "floor",      "ceil",       "round",
                                      "sin",      "cos",  "gelu",       "gelu_tanh"};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        for (int x = -140; x <= 127; x += 3)
            for (int y = -140; y <= 127; y += 3) {
                struct diag d = {0};
                const char *in = arena_printf(a, "%.9g:%d", ldexp(1.99, x), x % 128);
                const char *out = arena_printf(a, "%.9g:%d", ldexp(1.0, y), y % 128);
                const struct graph *g = parse_node(
                    a, ops[i], strcmp(ops[i], "leaky_relu") == 0 ? " alpha 0.3" : "", in, out, &d);
                union kernel_args args;
                CHECK(g ? bind_node(a, g, &g->nodes.items[0], &args, &d) : *d.message != 0);
                arena_reset(a);
            }
    arena_free(a);
}

TEST_MAIN(T(tables_are_those_of_the_reference),
          T(functions_through_float_are_rounded_to_the_nearest), T(square_roots_are_cut),
          T(scales_that_the_arithmetic_cannot_take_are_refused),
          T(any_scales_make_a_table_or_a_message))
