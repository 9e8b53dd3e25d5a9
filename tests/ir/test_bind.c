/* test_bind.c - kernel constants against values computed apart, in exact arithmetic.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check.h"
#include "ir/bind.h"
#include "ir/text.h"

/* round(0.1f * 0.3f / 0.05f * 2^31), the product in double or rounded to float. */
#define MULT_DOUBLE 1288490240
#define MULT_FLOAT  1288490221

static const union kernel_args *bind_last(struct arena *a, const char *text)
{
    struct diag d = {0};
    const struct graph *g =
        graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    union kernel_args *args = ARENA_NEW(a, union kernel_args);
    CHECK(bind_node(a, g, &g->nodes.items[g->nodes.n - 1], args, &d));
    return args;
}

TEST(quantize_multiplier_meets_the_borders)
{
    static const struct {
        double m;
        int32_t mult, shift;
    } cases[] = {
        {0.0, 0, 0},
        {0.5, 1 << 30, 0},
        {0.75, 1610612736, 0},
        {1.0, 1 << 30, 1},
        {3.0, 1610612736, 2},
        {0x1p-32, 1 << 30, -31},
        {0x1.8p-32, 1610612736, -31},
        {0x1.fffffp-33, 0, 0}, /* below 2^-32: nothing is left */
        {0x1p-1000, 0, 0},
        {1.0 - 0x1p-53, 1 << 30, 1},      /* rounds up to 1 */
        {1.0 - 0x1p-32, 1 << 30, 1},      /* a tie goes away from zero */
        {1.0 - 0x1.8p-32, 2147483647, 0}, /* 2^31 - 0.75 */
        {0x1p31, 1 << 30, 32},
        {1e308 * 10.0, INT32_MAX, INT8_MAX}, /* infinite: the verifier refuses it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t mult, shift;
        quantize_multiplier(cases[i].m, &mult, &shift);
        CHECK_EQ(mult, cases[i].mult);
        CHECK_EQ(shift, cases[i].shift);
    }
}

TEST(conv2d_multiplies_scales_in_double_per_channel)
{
    struct arena *a = arena_new("test");
    const struct mote_conv2d_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"x\" s8 [1,5,6,1] quant 0.1:-3\n"
                      "%1 \"w\" s8 [2,3,2,1] quant axis 0 [0.3:0, 0.15:0] = "
                      "[1,2,3,4,5,6,7,8,9,10,11,12]\n"
                      "%2 \"y\" s8 [1,2,3,2] quant 0.05:7\ninput %0 output %2\n"
                      "%2 = conv2d(%0, %1) stride [2,3] dilation [1,2] pad [0,1,2,1] act relu6")
             ->conv2d;
    CHECK_EQ(op->in.h, 5);
    CHECK_EQ(op->in.w, 6);
    CHECK_EQ(op->in.c, 1);
    CHECK_EQ(op->out.h, 2);
    CHECK_EQ(op->out.w, 3);
    CHECK_EQ(op->out.c, 2);
    CHECK_EQ(op->kh, 3);
    CHECK_EQ(op->kw, 2);
    CHECK_EQ(op->sh, 2);
    CHECK_EQ(op->sw, 3);
    CHECK_EQ(op->dh, 1);
    CHECK_EQ(op->dw, 2);
    CHECK_EQ(op->pad_top, 0);
    CHECK_EQ(op->pad_left, 2);
    CHECK_EQ(op->in_zero, -3);
    CHECK_EQ(op->out_zero, 7);
    CHECK_EQ(op->out_min, 7);   /* 0 is 7 */
    CHECK_EQ(op->out_max, 127); /* 6 is 7 + 120 */
    CHECK_EQ(op->mult[0], MULT_DOUBLE);
    CHECK_EQ(op->shift[0], 0);
    CHECK_EQ(op->mult[1], MULT_DOUBLE); /* half the scale: the same mantissa */
    CHECK_EQ(op->shift[1], -1);
    arena_free(a);
}

/* The trap of docs/spec/numerics.md: 0.1f * 0.3f rounded to float, then divided in double. */
TEST(fully_connected_with_one_weight_scale_multiplies_in_float)
{
    static const char *const bias[2] = {"%1", "%1, %2"};
    for (int i = 0; i < 2; i++) {
        struct arena *a = arena_new("test");
        const char *text = arena_printf(
            a,
            "mote 1 graph \"g\"\n%%0 \"x\" s8 [1,2] quant 0.1:-3\n"
            "%%1 \"w\" s8 [2,2] quant 0.3:0 = [1, 2, 3, 4]\n"
            "%%2 \"b\" s32 [2] quant 0.03:0 = [5, 6]\n"
            "%%3 \"y\" s8 [1,2] quant 0.05:0\ninput %%0 output %%3\n%%3 = fully_connected(%%0, %s)",
            bias[i]);
        const struct mote_fully_connected_s8 *op = &bind_last(a, text)->fully_connected;
        CHECK_EQ(op->rows, 1);
        CHECK_EQ(op->in_n, 2);
        CHECK_EQ(op->out_n, 2);
        CHECK_EQ(op->mult[0], MULT_FLOAT);
        CHECK_EQ(op->mult[1], MULT_FLOAT);
        CHECK_EQ(op->shift[1], 0);
        arena_free(a);
    }
}

TEST(fully_connected_with_a_scale_per_output_multiplies_in_double)
{
    struct arena *a = arena_new("test");
    const struct mote_fully_connected_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"x\" s8 [1,2] quant 0.1:-3\n"
                      "%1 \"w\" s8 [2,2] quant axis 0 [0.3:0, 0.3:0] = [1, 2, 3, 4]\n"
                      "%2 \"y\" s8 [1,2] quant 0.05:0\ninput %0 output %2\n"
                      "%2 = fully_connected(%0, %1)")
             ->fully_connected;
    CHECK_EQ(op->mult[0], MULT_DOUBLE);
    arena_free(a);
}

TEST(add_brings_both_inputs_to_twice_the_larger_scale)
{
    struct arena *a = arena_new("test");
    const struct mote_add_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"a\" s8 [1,2] quant 0.1:-3\n"
                      "%1 \"b\" s8 [1,2] quant 0.3:4\n%2 \"y\" s8 [1,2] quant 0.25:5\n"
                      "input %0, %1 output %2\n%2 = add(%0, %1) act relu")
             ->add;
    CHECK_EQ(op->n, 2);
    CHECK_EQ(op->a_zero, -3);
    CHECK_EQ(op->b_zero, 4);
    CHECK_EQ(op->out_zero, 5);
    CHECK_EQ(op->out_min, 5);
    CHECK_EQ(op->out_max, 127);
    CHECK_EQ(op->a_mult, 1431655730); /* 0.1f / 0.6 = 0.1666...: mantissa 0.6666... */
    CHECK_EQ(op->a_shift, -2);
    CHECK_EQ(op->b_mult, 1 << 30); /* 1/2 */
    CHECK_EQ(op->b_shift, 0);
    CHECK_EQ(op->out_mult, 1288490240); /* 0.6 / 0.25 / 2^20 */
    CHECK_EQ(op->out_shift, -18);
    arena_free(a);
}

/* 0.1f / 0.6f rounded to float, where add has the quotient in double. */
TEST(sub_divides_scales_in_float)
{
    struct arena *a = arena_new("test");
    const struct mote_sum_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"a\" s8 [1,2,3] quant 0.1:-3\n"
                      "%1 \"b\" s8 [3] quant 0.3:4 = [1, 2, 3]\n"
                      "%2 \"y\" s8 [1,2,3] quant 0.25:5\n"
                      "input %0 output %2\n%2 = sub(%0, %1) act relu")
             ->sum;
    CHECK_EQ(op->walk.n[2], 2);
    CHECK_EQ(op->walk.n[3], 3);
    CHECK_EQ(op->walk.a_step[2], 3);
    CHECK_EQ(op->walk.b_step[2], 0);
    CHECK_EQ(op->walk.b_step[3], 1);
    CHECK_EQ(op->out_min, 5);
    CHECK_EQ(op->a_mult, 1431655680);
    CHECK_EQ(op->a_shift, -2);
    CHECK_EQ(op->b_mult, 1 << 30);
    CHECK_EQ(op->b_shift, 0);
    CHECK_EQ(op->out_mult, 1288490240);
    CHECK_EQ(op->out_shift, -18);
    arena_free(a);
}

TEST(mul_multiplies_scales_and_merges_dimensions)
{
    struct arena *a = arena_new("test");
    const struct mote_mul_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"a\" s8 [1,4,5,3] quant 0.1:-3\n"
                      "%1 \"b\" s8 [1,1,1,3] quant 0.3:4\n%2 \"y\" s8 [1,4,5,3] quant 0.05:5\n"
                      "input %0, %1 output %2\n%2 = mul(%0, %1)")
             ->mul;
    CHECK_EQ(op->walk.n[0] * op->walk.n[1], 1);
    CHECK_EQ(op->walk.n[2], 20);
    CHECK_EQ(op->walk.n[3], 3);
    CHECK_EQ(op->a_zero, -3);
    CHECK_EQ(op->b_zero, 4);
    CHECK_EQ(op->out_zero, 5);
    CHECK_EQ(op->mult, MULT_DOUBLE);
    CHECK_EQ(op->shift, 0);
    arena_free(a);
}

/* 1 / 20 of 2 * 2^30: 4 more bits, since 20 has 5; floor(2^30 * 2^4 / 20). */
TEST(mean_divides_in_its_multiplier)
{
    struct arena *a = arena_new("test");
    const struct mote_reduce_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"a\" s8 [1,4,5,3] quant 0.5:-3\n"
                      "%1 \"y\" s8 [1,1,1,3] quant 0.25:7\n"
                      "input %0 output %1\n%1 = mean(%0) over [0,1,1,0]")
             ->reduce;
    CHECK_EQ(op->n[2], 3);
    CHECK_EQ(op->step[2], 1);
    CHECK_EQ(op->over[2], 20);
    CHECK_EQ(op->over_step[2], 3);
    CHECK_EQ(op->n[0] * op->n[1] * op->over[0] * op->over[1], 1);
    CHECK_EQ(op->zero_sum, -60);
    CHECK_EQ(op->out_zero, 7);
    CHECK_EQ(op->mult, 858993459);
    CHECK_EQ(op->shift, 2 - 4);
    arena_free(a);
}

TEST(softmax_scales_to_q5_26)
{
    struct arena *a = arena_new("test");
    const struct mote_softmax_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"x\" s8 [1,3,2] quant 0.1:9\n"
                      "%1 \"y\" s8 [1,3,2] quant 0.00390625:-128\ninput %0 output %1\n"
                      "%1 = softmax(%0)")
             ->softmax;
    CHECK_EQ(op->rows, 3);
    CHECK_EQ(op->n, 2);
    CHECK_EQ(op->mult, 1717986944); /* 0.1f * 2^26 */
    CHECK_EQ(op->shift, 23);
    CHECK_EQ(op->diff_min, -248); /* 31 * 2^26 / 2^23 */
    arena_free(a);
}

TEST(relu6_and_quantize_requantise)
{
    struct arena *a = arena_new("test");
    const struct mote_requantize_s8 *op =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"x\" s8 [1,2] quant 0.1:-3\n"
                      "%1 \"y\" s8 [1,2] quant 0.25:-100\ninput %0 output %1\n%1 = relu6(%0)")
             ->requantize;
    CHECK_EQ(op->n, 2);
    CHECK_EQ(op->in_zero, -3);
    CHECK_EQ(op->out_zero, -100);
    CHECK_EQ(op->out_min, -100);
    CHECK_EQ(op->out_max, -76);     /* 6 / 0.25 = 24 above the zero point */
    CHECK_EQ(op->mult, 1717986944); /* 0.1f / 0.25 */
    CHECK_EQ(op->shift, -1);
    arena_free(a);
}

TEST(pad_puts_ones_in_front_and_concat_counts_bytes)
{
    struct arena *a = arena_new("test");
    const struct mote_pad_any *pad =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"x\" s8 [1,5] quant 0.1:-3\n"
                      "%1 \"y\" s8 [1,12] quant 0.1:-3\ninput %0 output %1\n"
                      "%1 = pad(%0) pads [0,0,3,4]")
             ->pad;
    CHECK_EQ(pad->in[0], 1);
    CHECK_EQ(pad->in[2], 1);
    CHECK_EQ(pad->in[3], 5);
    CHECK_EQ(pad->before[3], 3);
    CHECK_EQ(pad->after[3], 4);
    CHECK_EQ(pad->value, -3);
    const struct mote_concat_any *concat =
        &bind_last(a, "mote 1 graph \"g\"\n%0 \"a\" s8 [1,4,2,3] quant 1:0\n"
                      "%1 \"b\" s8 [1,4,5,3] quant 1:0\n%2 \"y\" s8 [1,4,7,3] quant 1:0\n"
                      "input %0, %1 output %2\n%2 = concat(%0, %1) axis 2")
             ->concat;
    CHECK_EQ(concat->outer, 4);
    CHECK_EQ(concat->n_in, 2);
    CHECK_EQ(concat->inner[0], 6);
    CHECK_EQ(concat->inner[1], 15);
    arena_free(a);
}

static struct graph *parse_text(struct arena *a, const char *text)
{
    struct diag d = {0};
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
    CHECK(g != NULL);
    return g;
}

TEST(float_nodes_bind_to_float_kernels)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    union kernel_args args;
    const struct graph *g = parse_text(
        a, "mote 1 graph \"g\"\n%0 \"x\" f32 [1,4,5,2]\n%1 \"y\" f32 [1,2,5,2]\n"
           "input %0 output %1\n%1 = max_pool2d(%0) kernel [3,2] stride [2,1] pad [1,0,1,0] "
           "act relu6");
    CHECK(bind_node(a, g, &g->nodes.items[0], &args, &d));
    const struct mote_window_f32 *op = &args.window_f32;
    CHECK(op->in.h == 4 && op->in.w == 5 && op->in.c == 2 && op->out.h == 2 && op->out.w == 5);
    CHECK(op->kh == 3 && op->kw == 2 && op->sh == 2 && op->sw == 1 && op->dh == 1 && op->dw == 1);
    CHECK(op->pad_top == 1 && op->pad_left == 1 && op->act == MOTE_ACT_RELU6 && !op->backward);
    arena_free(a);
}

TEST(an_operator_without_a_float_kernel_says_so)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    union kernel_args args;
    const struct graph *g =
        parse_text(a, "mote 1 graph \"g\"\n%0 \"x\" f32 [1,2]\n%1 \"k\" f32 [2] = [1, 2]\n"
                      "%2 \"y\" f32 [1,2]\ninput %0 output %2\n"
                      "%2 = batch_norm(%0, %1, %1, %1, %1) eps 0.001");
    CHECK(!bind_node(a, g, &g->nodes.items[0], &args, &d));
    CHECK_STR(d.message, "y (batch_norm): no kernel for type f32");
    arena_free(a);
}

TEST_MAIN(T(quantize_multiplier_meets_the_borders),
          T(conv2d_multiplies_scales_in_double_per_channel),
          T(fully_connected_with_one_weight_scale_multiplies_in_float),
          T(fully_connected_with_a_scale_per_output_multiplies_in_double),
          T(add_brings_both_inputs_to_twice_the_larger_scale), T(sub_divides_scales_in_float),
          T(mul_multiplies_scales_and_merges_dimensions), T(mean_divides_in_its_multiplier),
          T(softmax_scales_to_q5_26), T(relu6_and_quantize_requantise),
          T(pad_puts_ones_in_front_and_concat_counts_bytes), T(float_nodes_bind_to_float_kernels),
          T(an_operator_without_a_float_kernel_says_so))
