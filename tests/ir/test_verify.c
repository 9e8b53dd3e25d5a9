/* test_verify.c - one graph that is right, and one change for every violation.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "base/str.h"
#include "check.h"
#include "ir/text.h"
#include "ir/verify.h"

/* Tensors of the int8 graph below. */
enum { X, W, B, CONV, POOL, SUM, REQUANT, SOFT, N_S8 };
/* ... its nodes. */
enum { N_CONV, N_POOL, N_ADD, N_QUANTIZE, N_SOFTMAX };

static const char s8_text[] = "mote 1 graph \"s8\"\n"
                              "%0 \"x\" s8 [1,2,2,1] quant 0.5:-3\n"
                              "%1 \"w\" s8 [2,1,1,1] quant axis 0 [0.25:0, 0.125:0] = [100, -100]\n"
                              "%2 \"b\" s32 [2] quant axis 0 [0.125:0, 0.0625:0] = [1000, -1000]\n"
                              "%3 \"conv\" s8 [1,2,2,2] quant 2:5\n"
                              "%4 \"pool\" s8 [1,2,2,2] quant 2:5\n"
                              "%5 \"sum\" s8 [1,2,2,2] quant 3:0\n"
                              "%6 \"requant\" s8 [1,2,2,2] quant 4:0\n"
                              "%7 \"soft\" s8 [1,2,2,2] quant 0.00390625:-128\n"
                              "input %0 output %7\n"
                              "%3 = conv2d(%0, %1, %2)\n"
                              "%4 = max_pool2d(%3) kernel [1,1]\n"
                              "%5 = add(%4, %3)\n"
                              "%6 = quantize(%5)\n"
                              "%7 = softmax(%6)\n";

static const char f32_text[] = "mote 1 graph \"f32\"\n"
                               "%0 \"x\" f32 [1,2]\n"
                               "%1 \"gamma\" f32 [2] = [1, 1]\n"
                               "%2 \"beta\" f32 [2] = [0, 0]\n"
                               "%3 \"mean\" f32 [2] = [0, 0]\n"
                               "%4 \"variance\" f32 [2] = [1, 1]\n"
                               "%5 \"y\" f32 [1,2]\n"
                               "input %0 output %5\n"
                               "%5 = batch_norm(%0, %1, %2, %3, %4) eps 0\n";

static struct graph *parse(struct arena *a, const char *text)
{
    struct diag d = {0};
    struct graph *g =
        graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "text", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

/* What one case changes. */
typedef void change(struct graph *g);

static struct tensor *tensor(struct graph *g, uint32_t i)
{
    return &g->tensors.items[i];
}

static void set_scale(struct graph *g, uint32_t t, float scale)
{
    float *copy =
        arena_copy(g->arena, tensor(g, t)->quant.scale, tensor(g, t)->quant.n * sizeof(float));
    copy[0] = scale;
    tensor(g, t)->quant.scale = copy;
}

static void set_zero(struct graph *g, uint32_t t, int32_t zero)
{
    int32_t *copy =
        arena_copy(g->arena, tensor(g, t)->quant.zero, tensor(g, t)->quant.n * sizeof(int32_t));
    copy[0] = zero;
    tensor(g, t)->quant.zero = copy;
}

static void no_name(struct graph *g)
{
    tensor(g, X)->name = NULL;
}
static void bad_type(struct graph *g)
{
    tensor(g, X)->dtype = N_DTYPES;
}
static void rank_zero(struct graph *g)
{
    tensor(g, X)->shape.rank = 0;
}
static void rank_seven(struct graph *g)
{
    tensor(g, X)->shape.rank = 7;
}
static void dim_zero(struct graph *g)
{
    tensor(g, X)->shape.dim[3] = 0;
}
static void dim_huge(struct graph *g)
{
    tensor(g, X)->shape.dim[3] = DIM_MAX + 1;
}
static void count_huge(struct graph *g)
{
    tensor(g, X)->shape = (struct shape){6, {DIM_MAX, DIM_MAX, DIM_MAX, DIM_MAX, DIM_MAX, 1}};
}
static void scale_zero(struct graph *g)
{
    set_scale(g, X, 0.0f);
}
static void scale_nan(struct graph *g)
{
    set_scale(g, W, NAN);
}
static void scale_infinite(struct graph *g)
{
    set_scale(g, CONV, INFINITY);
}
static void zero_above(struct graph *g)
{
    set_zero(g, X, 128);
}
static void zero_below(struct graph *g)
{
    set_zero(g, X, -129);
}
static void bias_zero_point(struct graph *g)
{
    set_zero(g, B, 1);
}
static void weight_zero_point(struct graph *g)
{
    set_zero(g, W, 1);
}
static void scales_missing(struct graph *g)
{
    tensor(g, X)->quant.scale = NULL;
}
static void axis_outside(struct graph *g)
{
    tensor(g, W)->quant.axis = 4;
}
static void scales_too_many(struct graph *g)
{
    tensor(g, W)->quant.axis = 3;
}
static void activation_per_channel(struct graph *g)
{
    tensor(g, CONV)->quant = tensor(g, W)->quant;
    tensor(g, CONV)->quant.axis = 3;
}
static void activation_unquantised(struct graph *g)
{
    tensor(g, X)->quant.n = 0;
}
static void weights_unquantised(struct graph *g)
{
    tensor(g, W)->quant.n = 0;
}
static void bias_unquantised(struct graph *g)
{
    tensor(g, B)->quant.n = 0;
}
static void bias_scale_off(struct graph *g)
{
    set_scale(g, B, 0.1251f);
}
static void bias_huge(struct graph *g)
{
    static const int32_t bias[2] = {INT32_MIN, 0};
    tensor(g, B)->data = bias;
}
static void bias_near_the_limit(struct graph *g)
{
    static const int32_t bias[2] = {0, INT32_MAX - 255 - 256 * 100 + 1};
    tensor(g, B)->data = bias;
}
static void output_scale_tiny(struct graph *g)
{
    set_scale(g, CONV, 1e-6f);
    set_scale(g, POOL, 1e-6f);
}
static void output_scale_absurd(struct graph *g)
{
    set_scale(g, X, 1e38f);
    set_scale(g, B, 2.5e37f);
    tensor(g, B)->quant.n = 1;
    tensor(g, W)->quant.n = 1;
    set_scale(g, CONV, 1e-38f);
    set_scale(g, POOL, 1e-38f);
}
static void add_scale_tiny(struct graph *g)
{
    set_scale(g, SUM, 2.0f * 2.0f / (1 << 20));
}
static void requantize_scale_tiny(struct graph *g)
{
    set_scale(g, REQUANT, 3.0f / (1 << 22));
}
static void pool_scale_differs(struct graph *g)
{
    set_scale(g, POOL, 2.5f);
}
static void pool_zero_differs(struct graph *g)
{
    set_zero(g, POOL, 6);
}
static void softmax_scale_off(struct graph *g)
{
    set_scale(g, SOFT, 0.004f);
}
static void softmax_zero_off(struct graph *g)
{
    set_zero(g, SOFT, -127);
}
static void softmax_input_tiny(struct graph *g)
{
    g->nodes.items[N_SOFTMAX].attrs.beta = 1e-9f;
}
static void no_inputs(struct graph *g)
{
    g->inputs.n = 0;
}
static void no_outputs(struct graph *g)
{
    g->outputs.n = 0;
}
static void input_unknown(struct graph *g)
{
    g->inputs.items[0] = N_S8;
}
static void input_constant(struct graph *g)
{
    g->inputs.items[0] = W;
}
static void input_twice(struct graph *g)
{
    *VEC_PUSH(g->arena, &g->inputs) = X;
}
static void output_unknown(struct graph *g)
{
    g->outputs.items[0] = NO_TENSOR;
}
static void output_constant(struct graph *g)
{
    g->outputs.items[0] = B;
}
static void output_unwritten(struct graph *g)
{
    g->nodes.n = N_SOFTMAX;
}
static void nodes_swapped(struct graph *g)
{
    struct node n = g->nodes.items[N_POOL];
    g->nodes.items[N_POOL] = g->nodes.items[N_ADD];
    g->nodes.items[N_ADD] = n;
}
static void written_twice(struct graph *g)
{
    const struct node again = g->nodes.items[N_SOFTMAX];
    *VEC_PUSH(g->arena, &g->nodes) = again;
}
static void writes_input(struct graph *g)
{
    g->nodes.items[N_POOL].out[0] = X;
}
static void writes_constant(struct graph *g)
{
    g->nodes.items[N_POOL].out[0] = W;
}
static void writes_unknown(struct graph *g)
{
    g->nodes.items[N_POOL].out[0] = 99;
}
static void two_outputs(struct graph *g)
{
    g->nodes.items[N_POOL].n_out = 2;
}
static void no_output_of_node(struct graph *g)
{
    g->nodes.items[N_POOL].n_out = 0;
}
static void op_unknown(struct graph *g)
{
    g->nodes.items[N_POOL].op = N_OPS;
}
static void reads_unknown(struct graph *g)
{
    g->nodes.items[N_POOL].in[0] = 99;
}
static void input_absent(struct graph *g)
{
    g->nodes.items[N_POOL].in[0] = NO_TENSOR;
}
static void too_many_inputs(struct graph *g)
{
    static uint32_t in[3] = {POOL, CONV, CONV};
    g->nodes.items[N_ADD].in = in;
    g->nodes.items[N_ADD].n_in = 3;
}
static void too_few_inputs(struct graph *g)
{
    g->nodes.items[N_ADD].n_in = 1;
}
static void foreign_attribute(struct graph *g)
{
    g->nodes.items[N_ADD].attrs.axis = 1;
}
static void act_unknown(struct graph *g)
{
    g->nodes.items[N_ADD].attrs.act = N_ACTS;
}
static void output_shape_wrong(struct graph *g)
{
    tensor(g, SOFT)->shape.dim[3] = 3;
}
static void output_type_wrong(struct graph *g)
{
    tensor(g, SOFT)->dtype = DT_S32;
    tensor(g, SOFT)->quant.n = 0;
}
static void weights_not_constant(struct graph *g)
{
    static float scale = 0.25f;
    static int32_t zero;
    tensor(g, W)->data = NULL;
    tensor(g, W)->shape = (struct shape){4, {1, 1, 1, 1}};
    tensor(g, W)->quant = (struct quant){.n = 1, .scale = &scale, .zero = &zero};
    *VEC_PUSH(g->arena, &g->inputs) = W;
    g->nodes.items[N_CONV].n_in = 2;
    for (uint32_t t = CONV; t < N_S8; t++)
        tensor(g, t)->shape.dim[3] = 1;
}
static void f32_quantised(struct graph *g)
{
    static const float scale = 1.0f;
    static const int32_t zero;
    tensor(g, 0)->quant = (struct quant){.n = 1, .scale = &scale, .zero = &zero};
}
static void constant_infinite(struct graph *g)
{
    static const float gamma[2] = {1.0f, -INFINITY};
    tensor(g, 1)->data = gamma;
}
static void variance_negative(struct graph *g)
{
    static const float variance[2] = {1.0f, -0.5f};
    tensor(g, 4)->data = variance;
    g->nodes.items[0].attrs.eps = 1.0f;
}
static void variance_zero(struct graph *g)
{
    static const float variance[2] = {0.0f, 1.0f};
    tensor(g, 4)->data = variance;
}
static void nothing(struct graph *g)
{
    (void)g;
}
static void variance_zero_with_eps(struct graph *g)
{
    variance_zero(g);
    g->nodes.items[0].attrs.eps = 0.001f;
}
static void bias_at_the_limit(struct graph *g)
{
    static const int32_t bias[2] = {0, INT32_MAX - 255 - 256 * 100};
    tensor(g, B)->data = bias;
}
static void bias_left_out(struct graph *g)
{
    g->nodes.items[N_CONV].in[2] = NO_TENSOR;
}

struct violation {
    change *change;
    const char *message;
};

static void expect_all(const char *text, const struct violation *v, size_t n)
{
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < n; i++) {
        struct graph *g = parse(a, text);
        struct diag d = {0};
        v[i].change(g);
        bool ok = graph_verify(g, &d);
        CHECK(ok == !d.failed);
        if (!v[i].message && !ok)
            test_fail(__FILE__, __LINE__, "case %zu: refused: %s", i, d.message);
        if (v[i].message && (ok || !strstr(d.message, v[i].message)))
            test_fail(__FILE__, __LINE__, "case %zu: \"%s\", expected \"%s\"", i,
                      ok ? "accepted" : d.message, v[i].message);
    }
    arena_free(a);
}

TEST(violations_of_structure_are_found)
{
    static const struct violation v[] = {
        {no_name, "a tensor has no name"},
        {bad_type, "tensor 'x': unknown type"},
        {rank_zero, "tensor 'x': the rank is outside 1..6"},
        {rank_seven, "tensor 'x': the rank is outside 1..6"},
        {dim_zero, "tensor 'x': a dimension is outside 1..16777216"},
        {dim_huge, "tensor 'x': a dimension is outside 1..16777216"},
        {count_huge, "tensor 'x': more than 268435456 elements"},
        {no_inputs, "the graph has no input"},
        {no_outputs, "the graph has no output"},
        {input_unknown, "graph input 0 is tensor 8 of 8"},
        {input_constant, "tensor 'w': a graph input is a constant"},
        {input_twice, "tensor 'x': is a graph input twice"},
        {output_unknown, "graph output 0 is tensor 4294967295 of 8"},
        {output_constant, "tensor 'b': a graph output is a constant"},
        {output_unwritten, "tensor 'soft': a graph output is never written"},
        {nodes_swapped, "sum (add): reads 'pool' before it is written"},
        {written_twice,
         "soft (softmax): writes a tensor that is a graph input, a state or written"},
        {writes_input, "x (max_pool2d): writes a tensor that is a graph input"},
        {writes_constant, "w (max_pool2d): writes a constant"},
        {writes_unknown, "its output is tensor 99 of 8"},
        {two_outputs, "pool (max_pool2d): 2 outputs, expected 1"},
        {no_output_of_node, "(max_pool2d): 0 outputs, expected 1"},
        {op_unknown, "a node has the unknown operator"},
        {reads_unknown, "pool (max_pool2d): input 0 is tensor 99 of 8"},
        {input_absent, "pool (max_pool2d): input 0 is absent"},
        {too_many_inputs, "sum (add): 3 inputs, expected 2..2"},
        {too_few_inputs, "sum (add): 1 inputs, expected 2..2"},
        {foreign_attribute, "sum (add): an attribute is set that the operator does not have"},
        {act_unknown, "sum (add): unknown activation 3"},
        {output_shape_wrong,
         "soft (softmax): its output is s8 1x2x2x3, its inputs make s8 1x2x2x2"},
        {output_type_wrong, "soft (softmax): its output is s32 1x2x2x2, its inputs make s8"},
        {weights_not_constant, "conv (conv2d): parameter 'w' is not a constant"},
    };
    expect_all(s8_text, v, sizeof v / sizeof v[0]);
}

TEST(violations_of_quantisation_are_found)
{
    static const struct violation v[] = {
        {nothing, NULL},
        {scale_zero, "tensor 'x': scale 0 is not finite and > 0"},
        {scale_nan, "tensor 'w': scale nan is not finite and > 0"},
        {scale_infinite, "tensor 'conv': scale inf is not finite and > 0"},
        {zero_above, "tensor 'x': zero point 128 is outside -128..127 for s8"},
        {zero_below, "tensor 'x': zero point -129 is outside -128..127 for s8"},
        {bias_zero_point, "tensor 'b': zero point 1 is outside 0..0 for s32"},
        {weight_zero_point, "conv (conv2d): weights have zero point 1, expected 0"},
        {scales_missing, "tensor 'x': quantised without scales or zero points"},
        {axis_outside, "tensor 'w': quantisation axis 4 of rank 4"},
        {scales_too_many, "tensor 'w': 2 scales for 1 channels along axis 3"},
        {activation_per_channel, "tensor 'conv': an activation with more than one scale"},
        {activation_unquantised, "conv (conv2d): 'x' has 0 scales, an s8 activation needs one"},
        {weights_unquantised,
         "conv (conv2d): weights have 0 scales along axis 0, expected 1, or 2"},
        {bias_unquantised, "conv (conv2d): bias has 0 scales, expected 1 or 2"},
        {bias_scale_off, "bias scale 0.125100002 of channel 0 is not input scale * weight scale"},
        {bias_huge, "the accumulator of channel 0 may reach 2147509248, above int32"},
        {bias_near_the_limit, "the accumulator of channel 1 may reach"},
        {bias_at_the_limit, NULL},
        {bias_left_out, NULL},
        {output_scale_tiny, "the output scale is too small for channel 0"},
        {output_scale_absurd, "the output scale is too small for channel 0"},
        {add_scale_tiny, "sum (add): the output scale is too small"},
        {requantize_scale_tiny, "requant (quantize): the output scale is too small"},
        {pool_scale_differs, "pool (max_pool2d): scale 2 and zero point 5 of 'conv' differ"},
        {pool_zero_differs, "pool (max_pool2d): scale 2 and zero point 5 of 'conv' differ"},
        {softmax_scale_off, "soft (softmax): output scale 0.00400000019 and zero point -128"},
        {softmax_zero_off, "soft (softmax): output scale 0.00390625 and zero point -127"},
        {softmax_input_tiny, "soft (softmax): the input scale times beta is too small"},
    };
    expect_all(s8_text, v, sizeof v / sizeof v[0]);
}

TEST(violations_in_float_graphs_are_found)
{
    static const struct violation v[] = {
        {nothing, NULL},
        {f32_quantised, "tensor 'x': f32 with a quantisation"},
        {constant_infinite, "tensor 'gamma': a constant is infinite or not a number"},
        {variance_negative, "y (batch_norm): variance[1] is -0.5 with eps 1"},
        {variance_zero, "y (batch_norm): variance[0] is 0 with eps 0"},
        {variance_zero_with_eps, NULL},
    };
    expect_all(f32_text, v, sizeof v / sizeof v[0]);
}

TEST(an_s8_softmax_of_more_than_4095_is_refused)
{
    struct arena *a = arena_new("test");
    for (int32_t n = 4095; n <= 4096; n++) {
        const char *text = arena_printf(a,
                                        "mote 1 graph \"g\" %%0 \"x\" s8 [1,%d] quant 1:0 "
                                        "%%1 \"y\" s8 [1,%d] quant 0.00390625:-128 "
                                        "input %%0 output %%1 %%1 = softmax(%%0)",
                                        (int)n, (int)n);
        struct diag d = {0};
        struct bytes b = {(const uint8_t *)text, strlen(text)};
        CHECK(!graph_parse(a, b, "t", &d) == (n == 4096));
        if (n == 4096)
            CHECK_HAS(d.message, "4096 elements, at most 4095 in s8");
    }
    arena_free(a);
}

/* The kernels for s32 know no scales: with one on either side there is nothing they could compute. */
TEST(arithmetic_on_s32_is_for_numbers_without_a_scale)
{
    static const struct {
        const char *x, *k, *y, *message; /* NULL: accepted */
    } cases[] = {
        {"", "", "", NULL},
        {"quant 0.5:0", "", "", "input 0 is s32 with a scale, expected none"},
        {"", "quant 0.5:0", "", "input 1 is s32 with a scale, expected none"},
        {"", "", "quant 0.5:0", "its output is s32 with a scale, expected none"},
    };
    static const char *const ops[] = {"add", "add_broadcast", "sub",    "mul",
                                      "div", "minimum",       "maximum"};
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t k = 0; k < sizeof ops / sizeof ops[0]; k++) {
            const char *text = arena_printf(
                a,
                "mote 1 graph \"g\" %%0 \"x\" s32 [1] %s %%1 \"k\" s32 [1] %s = [3] %%2 \"y\" s32 "
                "[1] %s input %%0 output %%2 %%2 = %s(%%0, %%1)",
                cases[i].x, cases[i].k, cases[i].y, ops[k]);
            struct diag d = {0};
            const struct graph *g =
                graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
            CHECK_EQ(g != NULL, cases[i].message == NULL);
            if (!g)
                CHECK_HAS(d.message, cases[i].message);
        }
    arena_free(a);
}

/* One node on inputs x (and k), as text: what the ranges of its kernel allow, and what not. */
TEST(ranges_of_single_nodes_are_met)
{
    static const struct {
        const char *x, *y, *node;
        const char *message; /* NULL: accepted */
    } cases[] = {
        {"[1,4] quant 1:0", "[1,4] quant 1:0", "mul(%0, %1)", NULL},
        {"[1,4] quant 1:0", "[1,4] quant 0.00004:0", "mul(%0, %1)", NULL}, /* 2^14.6 */
        {"[1,4] quant 1:0", "[1,4] quant 0.00003:0", "mul(%0, %1)",
         "y (mul): the output scale is too small: below 2^-15"},
        {"[1,4] quant 1:0", "[1,4] quant 1.2e-7:0", "div(%0, %1)", NULL}, /* 2^22.99 */
        {"[1,4] quant 1:0", "[1,4] quant 1.1e-7:0", "div(%0, %1)",
         "y (div): the output scale is too small: below 2^-23 of the inputs' quotient"},
        {"[1,4] quant 1:0", "[1,4] quant 0.00004:0", "prelu(%0, %1)", NULL},
        {"[1,4] quant 1:0", "[1,4] quant 0.00003:0", "prelu(%0, %1)",
         "y (prelu): the output scale is too small: below 2^-15 of the inputs' product"},
        {"[1,4] quant 1:0", "[1,4] quant 0.00025:0", "squared_difference(%0, %1)",
         NULL}, /* 2^-12 */
        {"[1,4] quant 1:0", "[1,4] quant 0.00024:0", "squared_difference(%0, %1)",
         "y (squared_difference): the output scale is too small: below 2^-12"},
        {"[1,4] quant 1:0", "[1,4] quant 0.0000018:0", "sub(%0, %1)",
         "y (sub): the output scale is too small: below 2^-20"},
        {"[1,4] quant 1:0", "[1,4] quant 0.0000018:0", "add_broadcast(%0, %1)",
         "y (add_broadcast): the output scale is too small"},
        {"[1,4] quant 1:0", "[1,4] quant 1:1", "minimum(%0, %1)",
         "y (minimum): scale 1 and zero point 0 of 'x' differ from 1 and 1 of 'y'"},
        {"[1,4] quant 2:0", "[1,4] quant 2:0", "maximum(%0, %1)",
         "y (maximum): scale 1 and zero point 0 of 'k' differ"},
        {"[1,4] quant 2:0", "[1,4] quant 2:1", "transpose(%0) perm [0,1]",
         "y (transpose): scale 2 and zero point 0 of 'x' differ"},
        {"[1,4] quant 2:0", "[1,1] quant 3:0", "reduce_max(%0) over [0,1]",
         "y (reduce_max): scale 2 and zero point 0 of 'x' differ"},
        {"[1,4] quant 2:0", "[1,1] quant 3:0", "reduce_sum(%0) over [0,1]", NULL},
        {"[1,4] quant 1:0", "[1,1] quant 0.000001:0", "reduce_sum(%0) over [0,1]", NULL}, /* 2^20 */
        {"[1,4] quant 1:0", "[1,1] quant 0.0000002:0", "reduce_sum(%0) over [0,1]",
         "y (reduce_sum): the output scale is too small: a sum times 2^23 leaves int32"},
        {"[1,8421503] quant 1:0", "[1,1] quant 1:0", "mean(%0) over [0,1]", NULL},
        {"[1,8421504] quant 1:0", "[1,1] quant 1:0", "mean(%0) over [0,1]",
         "y (mean): a sum of 8421504 elements may leave int32"},
    };
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = arena_printf(a,
                                        "mote 1 graph \"g\" %%0 \"x\" s8 %s %%1 \"k\" s8 [1] quant "
                                        "1:0 = [3] %%2 \"y\" s8 %s input %%0 output %%2 %%2 = %s",
                                        cases[i].x, cases[i].y, cases[i].node);
        struct diag d = {0};
        const struct graph *g =
            graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
        if ((g != NULL) != (cases[i].message == NULL))
            test_fail(__FILE__, __LINE__, "%s: %s", cases[i].node, d.message);
        if (!g)
            CHECK_HAS(d.message, cases[i].message);
    }
    arena_free(a);
}

TEST_MAIN(T(violations_of_structure_are_found), T(violations_of_quantisation_are_found),
          T(violations_in_float_graphs_are_found), T(an_s8_softmax_of_more_than_4095_is_refused),
          T(arithmetic_on_s32_is_for_numbers_without_a_scale), T(ranges_of_single_nodes_are_met))
