/* test_ops.c - shape rules, costs and refusals of every operator, and what rewrites rely on.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/str.h"
#include "check.h"
#include "ir/text.h"

/* One node on tensors "f32 1x5x5x3, ...": inputs, attributes as text; then the output's type and
 * shape, or the message. */
struct rule {
    const char *inputs; /* declarations of %0.. behind the number, separated by ';' */
    const char *node;   /* "conv2d(%0, %1) stride [1,1]"                            */
    const char *expect; /* "f32 [1,3,3,4]", or part of the message                  */
};

/* Ask the operator's rule by stating an output that no rule makes: the message says what it
 * would be. */
static const char *ask(struct arena *a, const struct rule *r)
{
    struct text t = {.arena = a};
    struct diag d = {0};
    uint32_t n = 0;
    text_add(&t, "mote 1 graph \"g\"\n%0 \"in\" f32 [1,1]\n");
    for (const char *s = r->inputs; *s; n++) {
        size_t len = strcspn(s, ";");
        text_printf(&t, "%%%u \"t%u\" ", (unsigned)n + 1, (unsigned)n + 1);
        text_add_bytes(&t, s, len);
        text_add(&t, "\n");
        s += len + (s[len] == ';');
    }
    text_printf(&t, "%%%u \"y\" s16 [1,1,1,1,1,1]\ninput %%0", (unsigned)n + 1);
    for (uint32_t i = 0; i < n; i++)
        text_printf(&t, ", %%%u", (unsigned)i + 1);
    text_printf(&t, " output %%%u\n%%%u = %s", (unsigned)n + 1, (unsigned)n + 1, r->node);
    CHECK(!graph_parse(a, (struct bytes){(const uint8_t *)t.data, t.len}, "t", &d));
    return arena_strdup(a, d.message);
}

static void check_rules(const struct rule *rules, size_t n)
{
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < n; i++) {
        const char *found = ask(a, &rules[i]);
        if (!strstr(found, rules[i].expect))
            test_fail(__FILE__, __LINE__, "%s on %s: \"%s\", expected \"%s\"", rules[i].node,
                      rules[i].inputs, found, rules[i].expect);
    }
    arena_free(a);
}

/* Weights as graph inputs are refused only after the rule. */
TEST(conv2d_rule)
{
    static const struct rule rules[] = {
        {"f32 [1,5,6,3];f32 [1,3,3,3]", "conv2d(%1, %2)", "make f32 1x3x4x1"},
        {"f32 [1,5,6,3];f32 [1,3,3,3]", "conv2d(%1, %2) stride [2,3]", "make f32 1x2x2x1"},
        {"f32 [1,5,6,3];f32 [1,3,3,3]", "conv2d(%1, %2) pad [2,2,1,0]", "make f32 1x7x5x1"},
        {"f32 [1,5,6,3];f32 [1,2,2,3]", "conv2d(%1, %2) dilation [4,5]", "make f32 1x1x1x1"},
        {"s8 [1,5,6,3];s8 [1,1,1,3];s32 [1]", "conv2d(%1, %2, %3)", "make s8 1x5x6x1"},
        {"f32 [1,5,6,3];f32 [1,3,3,3]", "conv2d(%1, %2, _)", "make f32 1x3x4x1"},
        {"f32 [1,5,3];f32 [1,3,3,3]", "conv2d(%1, %2)", "input 1x5x3 has rank 3, expected 4"},
        {"f32 [1,5,5,3];f32 [1,3,3]", "conv2d(%1, %2)", "weights 1x3x3 have rank 3, expected 4"},
        {"f32 [1,5,5,3];f32 [1,3,3,4]", "conv2d(%1, %2)", "4 input channels, the input has 3"},
        {"f32 [1,5,5,3];f32 [1,6,3,3]", "conv2d(%1, %2)",
         "a window of 6 does not fit input height 5"},
        {"f32 [1,5,5,3];f32 [1,3,6,3]", "conv2d(%1, %2)", "does not fit input width 5"},
        {"f32 [1,5,5,3];f32 [1,3,3,3]", "conv2d(%1, %2) stride [0,1]",
         "stride 0 (height) is outside 1..255"},
        {"f32 [1,5,5,3];f32 [1,3,3,3]", "conv2d(%1, %2) stride [1,256]",
         "stride 256 (width) is outside"},
        {"f32 [1,5,5,3];f32 [1,3,3,3]", "conv2d(%1, %2) dilation [0,1]",
         "dilation 0 (height) is outside"},
        {"f32 [1,5,5,3];f32 [1,3,3,3]", "conv2d(%1, %2) pad [3,0,0,0]",
         "padding 3+0 (height) is outside 0..2"},
        {"f32 [1,5,5,3];f32 [1,3,3,3]", "conv2d(%1, %2) pad [0,0,0,-1]", "padding 0+-1 (width)"},
        {"f32 [1,300,5,3];f32 [1,256,1,3]", "conv2d(%1, %2)",
         "kernel height 256 is outside 1..255"},
        {"f32 [1,65536,5,1];f32 [1,1,1,1]", "conv2d(%1, %2)", "dimension 65536 is above 65535"},
        {"f32 [1,65535,1,1];f32 [1,2,1,1]", "conv2d(%1, %2) pad [1,1,0,0]",
         "output height 65536 is above"},
        {"f32 [1,5,5,3];s8 [1,3,3,3]", "conv2d(%1, %2)", "input f32, weights s8, bias none"},
        {"s8 [1,5,5,3];s8 [1,3,3,3];f32 [1]", "conv2d(%1, %2, %3)",
         "input s8, weights s8, bias f32"},
        {"f32 [1,5,5,3];f32 [1,3,3,3];f32 [1,1]", "conv2d(%1, %2, %3)",
         "bias has shape 1x1, expected 1"},
        {"f32 [1,5,5,3];f32 [1,3,3,3]", "conv2d(%1)", "1 inputs, expected 2..3"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

TEST(depthwise_conv2d_rule)
{
    static const struct rule rules[] = {
        {"f32 [1,5,6,3];f32 [1,3,3,3]", "depthwise_conv2d(%1, %2)", "make f32 1x3x4x3"},
        {"s8 [1,5,6,3];s8 [1,3,3,6]", "depthwise_conv2d(%1, %2) stride [2,2]", "make s8 1x2x2x6"},
        {"f32 [1,5,6,3];f32 [1,3,3,4]", "depthwise_conv2d(%1, %2)",
         "4 output channels are no multiple of 3"},
        {"f32 [1,5,6,3];f32 [1,3,3,2]", "depthwise_conv2d(%1, %2)",
         "2 output channels are no multiple of 3"},
        {"f32 [1,5,6,3];f32 [1,3,3]", "depthwise_conv2d(%1, %2)",
         "weights have shape 1x3x3, expected 1xHxWxC"},
        {"f32 [1,5,6,1];f32 [1,1,1,65536]", "depthwise_conv2d(%1, %2)",
         "65536 output channels, at most 65535"},
        {"f32 [1,5,6,3];f32 [1,3,3,6];f32 [1]", "depthwise_conv2d(%1, %2, %3)",
         "bias has shape 1, expected 6"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

TEST(fully_connected_rule)
{
    static const struct rule rules[] = {
        {"f32 [1,2,3];f32 [1,6]", "fully_connected(%1, %2)", "make f32 1x1"},
        {"s8 [1,6];s8 [1,6];s32 [1]", "fully_connected(%1, %2, %3) act relu", "make s8 1x1"},
        {"f32 [1,2,3];f32 [1,5]", "fully_connected(%1, %2)",
         "weights 1x5 are for 5 inputs, the input has 6"},
        {"f32 [1,6];f32 [1,6,1]", "fully_connected(%1, %2)",
         "weights have shape 1x6x1, expected [out, in]"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

TEST(pool_rules)
{
    static const struct rule rules[] = {
        {"f32 [1,5,6,3]", "average_pool2d(%1) kernel [2,3]", "make f32 1x4x4x3"},
        {"s8 [1,5,6,3]", "max_pool2d(%1) kernel [2,3] stride [2,3]", "make s8 1x2x2x3"},
        {"s8 [1,5,6,3]", "max_pool2d(%1) kernel [2,2] stride [2,2] pad [0,1,0,0]",
         "make s8 1x3x3x3"},
        {"f32 [1,5,6,3]", "average_pool2d(%1) kernel [6,1]",
         "a window of 6 does not fit input height 5"},
        {"f32 [1,5,6,3]", "average_pool2d(%1) kernel [0,1]", "kernel height 0 is outside 1..255"},
        {"f32 [1,5,6,3]", "max_pool2d(%1) kernel [2,2] pad [2,0,0,0]",
         "padding 2+0 (height) is outside 0..1"},
        {"s32 [1,5,6,3]", "max_pool2d(%1) kernel [2,2]", "input type s32, expected f32, s8 or s16"},
        {"f32 [1,5]", "max_pool2d(%1) kernel [2,2]", "input 1x5 has rank 2, expected 4"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

TEST(elementwise_rules)
{
    static const struct rule rules[] = {
        {"f32 [1,5];f32 [1,5]", "add(%1, %2) act relu6", "make f32 1x5"},
        {"f32 [1,5];f32 [1,4]", "add(%1, %2)", "shapes 1x5 and 1x4 differ"},
        {"f32 [1,5];f32 [1,5,1]", "add(%1, %2)", "shapes 1x5 and 1x5x1 differ"},
        {"f32 [1,5];s8 [1,5]", "add(%1, %2)", "types f32 and s8 differ"},
        {"u32 [1,5];u32 [1,5]", "add(%1, %2)", "input type u32, expected f32, s8 or s16"},
        {"s8 [1,5]", "relu(%1)", "make s8 1x5"},
        {"f32 [1,5,2]", "relu6(%1)", "make f32 1x5x2"},
        {"s16 [1,5]", "relu(%1)", "make s16 1x5"},
        {"s32 [1,5]", "relu(%1)", "input type s32, expected f32, s8 or s16"},
        {"f32 [1,5]", "softmax(%1)", "make f32 1x5"},
        {"f32 [1,5]", "softmax(%1) beta 0", "beta 0 is not finite and > 0"},
        {"f32 [1,5]", "quantize(%1)", "make s16 1x5"},
        {"f32 [1,5];s64 [2]", "quantize(%2)", "s64 to s16; there are f32 and s32 to s8 and s16"},
        {"s8 [1,5]", "quantize(%1)", "make s16 1x5"},
        {"s32 [1,5]", "quantize(%1)", "make s16 1x5"},
        {"s8 [1,5]", "dequantize(%1)", "make f32 1x5"},
        {"f32 [1,5]", "dequantize(%1)", "input type f32, expected s8"},
        {"s8 [1,5,2]", "logistic(%1)", "make s8 1x5x2"},
        {"s8 [1,5];s8 [1,5]", "sub(%1, %2) act relu", "make s8 1x5"},
        {"f32 [1,5];f32 [1,5,1]", "mul(%1, %2)", "make f32 1x5x5"},
        {"f32 [1,3,1,4];f32 [1,2,1]", "add_broadcast(%1, %2)", "make f32 1x3x2x4"},
        {"f32 [1,5];f32 [1,4]", "maximum(%1, %2)", "shapes 1x5 and 1x4 do not broadcast"},
        {"f32 [1,5];s8 [1,5]", "minimum(%1, %2)", "types f32 and s8 differ"},
        {"f32 [1,2,1,2,1,2];f32 [1,1,2,1,2,1]", "mul(%1, %2)", "more than 4 groups of dimensions"},
        {"f32 [1,5];f32 [1,5]", "minimum(%1, %2) act relu", "minimum has no attribute 'act'"},
        {"s32 [1,5]", "tanh(%1)", "input type s32, expected f32, s8 or s16"},
        {"f32 [1,5]", "leaky_relu(%1) alpha 0.1", "make f32 1x5"},
        {"f32 [1,5]", "leaky_relu(%1)", "leaky_relu needs the attribute 'alpha'"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

TEST(batch_norm_rule)
{
    static const struct rule rules[] = {
        {"f32 [1,4,1];f32 [1];f32 [1];f32 [1];f32 [1]", "batch_norm(%1, %2, %3, %4, %5) eps 0.001",
         "make f32 1x4x1"},
        {"f32 [1,4,2];f32 [1];f32 [1];f32 [1];f32 [1]", "batch_norm(%1, %2, %3, %4, %5) eps 0",
         "parameter 't2' has shape 1, expected 2"},
        {"s8 [1,4,1];f32 [1];f32 [1];f32 [1];f32 [1]", "batch_norm(%1, %2, %3, %4, %5) eps 0",
         "input 0 ('t1') is s8, expected f32"},
        {"f32 [1,4,1];f32 [1];f32 [1];f32 [1];f32 [1]", "batch_norm(%1, %2, %3, %4, %5) eps -1",
         "eps -1 is not finite and >= 0"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

TEST(layout_rules)
{
    static const struct rule rules[] = {
        {"s16 [1,6,2]", "reshape(%1) shape [1,3,4]",
         "its output is s16 1x1x1x1x1x1, its inputs make s16 1x3x4"},
        {"f32 [1,6]", "reshape(%1) shape [1,7]", "input 1x6 has 6 elements, new shape 1x7 has 7"},
        {"f32 [1,6]", "reshape(%1) shape [2,3]", "its inputs make f32 2x3"},
        {"f32 [1,6]", "reshape(%1) shape []", "new shape: the rank is outside 1..6"},
        {"f32 [1,6]", "reshape(%1) shape [1,-6]", "new shape: a dimension is outside"},
        {"s8 [1,5,6]", "pad(%1) pads [0,0,1,2,3,4]", "make s8 1x8x13"},
        {"f32 [1,5]", "pad(%1) pads [0,0,0,0,1,0]", "padding of dimension 2, the input has 2"},
        {"f32 [1,5]", "pad(%1) pads [1,0,0,0]", "make f32 2x5"},
        {"f32 [1,5]", "pad(%1) pads [0,0,-1,0]", "padding -1+0 of dimension 1 is outside 0..65535"},
        {"f32 [1,65535]", "pad(%1) pads [0,0,1,0]", "padded dimension 1 is 65536, above 65535"},
        {"f32 [1,1,1,1,2]", "pad(%1) pads [0,0]", "input has rank 5, at most 4 is supported"},
        {"s8 [1,5,6,3]", "resize_nearest(%1) to [10,2]", "make s8 1x10x2x3"},
        {"f32 [1,5,6,3]", "resize_nearest(%1) to [0,2]", "an image of 0x2 is outside 1..65535"},
        {"f32 [1,5,6,3]", "resize_nearest(%1) to [5,2] half_pixel 2",
         "half_pixel 2, expected 0 or 1"},
        {"f32 [1,5,6]", "resize_nearest(%1) to [5,2]", "has rank 3, expected 4"},
        {"s8 [1,5,6,3]", "resize_bilinear(%1) to [10,2]", "make s8 1x10x2x3"},
        {"s8 [1,5,6,3]", "resize_bilinear(%1) to [2,2] align_corners 1 half_pixel 1",
         "align_corners and half_pixel exclude each other"},
        {"s16 [1,5,6]", "tile(%1) repeat [1,2,3]", "make s16 1x10x18"},
        {"s8 [1,5]", "tile(%1) repeat [1,0]", "dimension 1 of 5, 0 times"},
        {"s8 [1,5]", "tile(%1) repeat [1,1,1]", "repeat is longer than the rank 2"},
        {"s8 [1,5]", "tile(%1) repeat [1,3355444]", "dimension 1 of 5, 3355444 times"},
        {"s8 [2,3]", "batch_matmul(%1, %1) adjoint [0,1]", "make s8 2x2"},
        {"s8 [2,3]", "batch_matmul(%1, %1)", "matrices 2x3 and 2x3 do not fit"},
        {"s8 [2,3]", "batch_matmul(%1, %1) adjoint [2,1]", "adjoint has 2, expected 0 or 1"},
        {"s8 [3]", "batch_matmul(%1, %1)", "ranks 1 and 1, expected 2 at least"},
        {"s8 [1,3]", "gather(%1, %1) axis 1", "indices of type s8, expected s32"},
        {"s32 [2,3]", "gather(%1, %1) axis 1", "make s32 2x2x3"},
        {"s32 [2,3]", "gather(%1, %1) axis 2", "axis 2 is outside 0..1"},
        {"s32 [1,1,1,1]", "gather(%1, %1) axis 0", "would have 7 dimensions, at most 6"},
        {"u32 [1,5]", "cast(%1)", "make s16 1x5"},
        {"s64 [1,5]", "cast(%1)", "s64 to s16, expected at most 32 bits"},
        {"s32 [1,5];s32 [3,1]", "div(%1, %2)", "make s32 3x5"},
        {"s32 [1,5];s32 [1,5]", "add(%1, %2)", "make s32 1x5"},
        {"s32 [1,5];s32 [1,5]", "add(%1, %2) act relu", "of s32 with an activation"},
        {"s32 [1,5];s32 [1,5]", "mul(%1, %2) act relu6", "of s32 with an activation"},
        {"s32 [1,5];s32 [1,5]", "prelu(%1, %2)", "input type s32, expected f32 or s8"},
        {"s32 [1,5];s32 [1,5]", "pow(%1, %2)", "input type s32, expected f32"},
        {"u32 [1,5];u32 [1,5]", "add_broadcast(%1, %2)", "input type u32, expected"},
        {"f32 [1,5]", "pad(%1) pads [0,0,1,0] value 2", "make f32 1x6"},
        {"s16 [1,5]", "pad(%1) pads [0,0,1,0] value 2", "a value for type s16, expected f32 or s8"},
        {"s8 [1,5,6,3]", "mean(%1) over [0,1,1,0]", "make s8 1x1x1x3"},
        {"f32 [1,5,6]", "reduce_max(%1) over [1,0,1]", "make f32 1x5x1"},
        {"f32 [1,5,6]", "reduce_min(%1) over [0,2,0]", "over has 2, expected 0 or 1"},
        {"f32 [1,5,6]", "reduce_sum(%1) over [0,1,0,1]", "over is longer than the rank 3"},
        {"f32 [1,5,6]", "mean(%1)", "mean needs the attribute 'over'"},
        {"s8 [1,5,6,3]", "transpose(%1) perm [0,3,1,2]", "make s8 1x3x5x6"},
        {"s8 [1,5,6]", "transpose(%1) perm [1,0,2]", "make s8 5x1x6"},
        {"s8 [1,5,704]", "slice(%1) begin [0,4,0] size [1,1,704] step [1,2000000000,1]",
         "make s8 1x1x704"},
        {"s8 [1,5,6]", "transpose(%1) perm [0,1,1]", "perm is no permutation of 0..2"},
        {"s8 [1,5,6]", "transpose(%1) perm [0,1,3]", "perm is no permutation of 0..2"},
        {"s8 [1,5,6]", "transpose(%1) perm [0,1,2,3]", "perm is longer than the rank 3"},
        {"f32 [1,2,3,4,5,6]", "transpose(%1) perm [0,5,4,3,2,1]",
         "more than 4 groups of dimensions"},
        {"s8 [1,5,6]", "slice(%1) begin [0,1,5] size [1,2,6] step [1,2,-1]", "make s8 1x2x6"},
        {"s8 [1,5,6]", "slice(%1) begin [0,4,0] size [1,2,6] step [1,1,1]",
         "elements 4..5 of dimension 1, which is 5"},
        {"s8 [1,5,6]", "slice(%1) begin [0,0,0] size [1,2,6] step [1,-1,1]",
         "elements 0..-1 of dimension 1"},
        {"s8 [1,5,6]", "slice(%1) begin [0,5,0] size [1,1,6] step [1,1,1]",
         "elements 5..5 of dimension 1"},
        {"s8 [1,5,6]", "slice(%1) begin [0,0,0] size [1,0,6] step [1,1,1]",
         "size 0 with step 1 of dimension 1"},
        {"s8 [1,5,6]", "slice(%1) begin [0,0] size [1,5] step [1,1]",
         "size 0 with step 0 of dimension 2"},
        {"s8 [1,5,6]", "slice(%1) begin [0,0,0,1] size [1,1,1] step [1,1,1]",
         "longer than the rank 3"},
        {"s8 [1,5,6,12]", "depth_to_space(%1) block [2,2]", "make s8 1x10x12x3"},
        {"s8 [1,5,6,12]", "depth_to_space(%1) block [1,4]", "make s8 1x5x24x3"},
        {"s8 [1,5,6,3]", "space_to_depth(%1) block [5,2]", "make s8 1x1x3x30"},
        {"s8 [1,5,6,12]", "depth_to_space(%1) block [3,3]", "12 channels are no multiple of 9"},
        {"s8 [1,5,6,12]", "depth_to_space(%1) block [0,0]", "block 0x0 is outside 1..255"},
        {"s8 [1,4,6,3]", "space_to_depth(%1) block [2,2]", "make s8 1x2x3x12"},
        {"s8 [1,5,6,3]", "space_to_depth(%1) block [2,2]", "an image of 5x6 has no blocks of 2x2"},
        {"s8 [1,6,3]", "space_to_depth(%1) block [2,2]", "has rank 3, expected 4"},
        {"f32 [1,2,3];f32 [1,2,4]", "concat(%1, %2, %1) axis 2", "make f32 1x2x10"},
        {"s8 [1,2,3];s8 [1,5,3]", "concat(%1, %2) axis 1", "make s8 1x7x3"},
        {"f32 [1,2,3];f32 [1,2,4]", "concat(%1, %2) axis 1",
         "input 1 is f32 1x2x4, does not fit f32 1x2x3 along axis 1"},
        {"f32 [1,2,3];s8 [1,2,3]", "concat(%1, %2) axis 1",
         "input 1 is s8 1x2x3, does not fit f32"},
        {"f32 [1,2];f32 [1,2]", "concat(%1, %2) axis 0", "make f32 2x2"},
        {"f32 [1,2]", "concat(%1) axis 2", "axis 2 is outside 0..1"},
        {"f32 [1,2]", "concat(%1) axis -1", "axis -1 is outside 0..1"},
        {"f32 [1,2];f32 [1,2]", "concat(%1, _, %2) axis 1", "input 1 is absent"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

static uint32_t add_const(struct graph *g, struct shape s)
{
    struct tensor t = {.name = "const", .shape = s};
    t.data = ARENA_ARRAY(g->arena, float, (size_t)shape_count(&s));
    return graph_add_tensor(g, &t);
}

TEST(macs_and_constant_bytes_count_what_a_node_does)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = graph_new(a, "g");
    struct tensor x = {.name = "x", .shape = {4, {1, 8, 6, 3}}};
    struct attrs one = {.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
    uint32_t in[3] = {graph_add_tensor(g, &x), add_const(g, (struct shape){4, {5, 3, 3, 3}}),
                      add_const(g, (struct shape){1, {5}})};
    uint32_t y = graph_add_node(g, OP_CONV2D, &one, in, 3, "conv", &d);
    uint32_t dw[2] = {y, add_const(g, (struct shape){4, {1, 3, 2, 10}})};
    y = graph_add_node(g, OP_DEPTHWISE_CONV2D, &one, dw, 2, "dw", &d);
    uint32_t fc[2] = {y, add_const(g, (struct shape){2, {7, 4 * 3 * 10}})};
    y = graph_add_node(g, OP_FULLY_CONNECTED, NULL, fc, 2, "fc", &d);
    CHECK(!d.failed);
    CHECK_EQ(node_macs(g, &g->nodes.items[0]), 6 * 4 * 5 * 27);
    CHECK_EQ(node_macs(g, &g->nodes.items[1]), 4 * 3 * 10 * 6);
    CHECK_EQ(node_macs(g, &g->nodes.items[2]), 7 * 120);
    CHECK_EQ((long long)node_const_bytes(g, &g->nodes.items[0]), 4 * (5 * 27 + 5));
    CHECK_EQ((long long)node_const_bytes(g, &g->nodes.items[1]), 4 * 60);
    uint32_t relu = graph_add_node(g, OP_RELU, NULL, &y, 1, "relu", &d);
    CHECK_EQ(node_macs(g, &g->nodes.items[3]), 0);
    CHECK_STR(g->tensors.items[relu].name, "relu");
    arena_free(a);
}

TEST(same_pad_puts_the_odd_one_at_the_end)
{
    static const struct {
        int32_t in, kernel, stride, dilation, before, after;
    } cases[] = {
        {28, 3, 1, 1, 1, 1}, {28, 3, 2, 1, 0, 1}, {49, 10, 2, 1, 4, 5}, {5, 2, 1, 1, 0, 1},
        {5, 3, 1, 2, 2, 2},  {4, 1, 2, 1, 0, 0},  {1, 3, 1, 1, 1, 1},   {7, 2, 4, 1, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t before, after;
        same_pad(cases[i].in, cases[i].kernel, cases[i].stride, cases[i].dilation, &before, &after);
        CHECK_EQ(before, cases[i].before);
        CHECK_EQ(after, cases[i].after);
    }
}

TEST(dead_nodes_and_tensors_are_dropped_and_inputs_stay)
{
    static const char text[] =
        "mote 1 graph \"g\"\n"
        "%0 \"unread\" f32 [1,2]\n%1 \"x\" f32 [1,2]\n%2 \"k\" f32 [1,2] = [1, 2]\n"
        "%3 \"dead\" f32 [1,2]\n%4 \"deader\" f32 [1,2]\n%5 \"y\" f32 [1,2]\n"
        "input %0, %1 output %5\n"
        "%3 = add(%1, %2)\n%4 = relu(%3)\n%5 = relu6(%1)\n";
    static const char expected[] =
        "mote 1\ngraph \"g\"\n\n"
        "%0 \"unread\" f32 [1,2]\n%1 \"x\" f32 [1,2]\n%2 \"y\" f32 [1,2]\n"
        "\ninput %0, %1\noutput %2\n\n%2 = relu6(%1)\n";
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
    CHECK(g);
    graph_drop_dead(g);
    struct text out = {.arena = a};
    graph_print(g, &out);
    CHECK_STR(text_cstr(&out), expected);
    arena_free(a);
}

TEST(uses_producers_and_replacement_agree)
{
    static const char text[] = "mote 1 graph \"g\"\n"
                               "%0 \"x\" f32 [1,2]\n%1 \"a\" f32 [1,2]\n%2 \"b\" f32 [1,2]\n"
                               "input %0 output %1, %2\n%1 = relu(%0)\n%2 = add(%1, %1)\n";
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
    CHECK(g);
    const uint32_t *uses = graph_count_uses(g, a), *producer = graph_find_producers(g, a);
    CHECK_EQ(uses[0], 1);
    CHECK_EQ(uses[1], 3);
    CHECK_EQ(uses[2], 1);
    CHECK_EQ(producer[0], UINT32_MAX);
    CHECK_EQ(producer[2], 1);
    graph_replace_uses(g, 1, 0);
    uses = graph_count_uses(g, a);
    CHECK_EQ(uses[0], 4);
    CHECK_EQ(uses[1], 0);
    arena_free(a);
}

TEST(every_operator_name_leads_back_to_the_operator)
{
    enum op op = N_OPS;
    for (uint32_t i = 0; i < N_OPS; i++) {
        CHECK(op_from_name(op_name((enum op)i), &op));
        CHECK_EQ(op, i);
    }
    CHECK(!op_from_name("conv3d", &op));
}

TEST(comparison_and_choice_rules)
{
    static const struct rule rules[] = {
        {"f32 [2,3];f32 [3]", "less(%1, %2)", "make bool 2x3"},
        {"s8 [2,3];s16 [3]", "less(%1, %2)", "types s8 and s16 differ"},
        {"u8 [2,3];u8 [3]", "equal(%1, %2)",
         "input type u8, expected f32, s8, s16 or s32, or bool"},
        {"bool [2,3];bool [3]", "equal(%1, %2)", "make bool 2x3"},
        {"bool [2,3];bool [3]", "greater(%1, %2)", "input type bool, expected"},
        {"s32 [2] quant 1:0;s32 [2]", "equal(%1, %2)", "of s32 with a scale"},
        {"bool [2,3];bool [3]", "logical_or(%1, %2)", "make bool 2x3"},
        {"s8 [2,3];s8 [3]", "logical_and(%1, %2)", "input type s8, expected bool"},
        {"s8 [2,3]", "logical_not(%1)", "input type s8, expected bool"},
        {"bool [2,1];s8 [1,3];s8 [1]", "select(%1, %2, %3)", "make s8 2x3"},
        {"s8 [2,1];s8 [1,3];s8 [1]", "select(%1, %2, %3)", "a condition of type s8"},
        {"bool [2,1];s8 [1,3];f32 [1]", "select(%1, %2, %3)", "types s8 and f32 differ"},
        {"bool [2];s8 [1,3];s8 [1]", "select(%1, %2, %3)", "2, 1x3 and 1 do not broadcast"},
        {"bool [2,1,2,1,2];s8 [1,2,1,2,1];s8 [1]", "select(%1, %2, %3)",
         "in more than 4 groups of dimensions"},
        {"s8 [2,3,4]", "arg_max(%1) axis 1", "make s32 2x4"},
        {"f32 [7]", "arg_min(%1) axis 0", "make s32 1"},
        {"f32 [7]", "arg_min(%1) axis 1", "axis 1 is outside 0..0"},
        {"bool [7]", "arg_min(%1) axis 0", "input type bool, expected"},
        {"bool [7]", "cast(%1)", "make s16 7"},
    };
    check_rules(rules, sizeof rules / sizeof rules[0]);
}

TEST_MAIN(T(comparison_and_choice_rules), T(conv2d_rule), T(depthwise_conv2d_rule),
          T(fully_connected_rule), T(pool_rules), T(elementwise_rules), T(batch_norm_rule),
          T(layout_rules), T(macs_and_constant_bytes_count_what_a_node_does),
          T(same_pad_puts_the_odd_one_at_the_end),
          T(dead_nodes_and_tensors_are_dropped_and_inputs_stay),
          T(uses_producers_and_replacement_agree),
          T(every_operator_name_leads_back_to_the_operator))
