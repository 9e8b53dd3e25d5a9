/* test_compare.c - what two graphs have in common, and how far apart they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include "check.h"
#include "eval/compare.h"
#include "ir/text.h"
#include <math.h>

/* x -> relu "r" -> dense "y", all with scale 0.5; the text of the constants is given. */
#define DENSE(weights, bias)                                                                       \
    "mote 1\ngraph \"dense\"\n"                                                                    \
    "%0 \"x\" s8 [1,2] quant 0.5:0\n"                                                              \
    "%1 \"r\" s8 [1,2] quant 0.5:0\n"                                                              \
    "%2 \"w\" s8 [1,2] quant 1:0 = [" weights "]\n"                                                \
    "%3 \"b\" s32 [1] quant 0.5:0 = [" bias "]\n"                                                  \
    "%4 \"y\" s8 [1,1] quant 0.5:0\n"                                                              \
    "input %0\noutput %4\n"                                                                        \
    "%1 = relu(%0) origin \"first\"\n"                                                             \
    "%4 = fully_connected(%1, %2, %3) origin \"second\"\n"

static struct graph *parse(struct arena *a, const char *text)
{
    struct diag d = {0};
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
    CHECK_STR(d.message, "");
    return g;
}

TEST(a_graph_does_not_differ_from_itself)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct comparison c;
    const struct graph *g = parse(a, DENSE("1, 2", "3"));
    const void *in = compare_random_inputs(a, g, g, test_seed(), 10, &d);
    CHECK(compare_graphs(a, g, g, in, 10, 0, &c, &d));
    CHECK_EQ(c.n_compared, 2);
    CHECK_EQ(c.n_differ, 0);
    CHECK(!comparison_first(&c));
    CHECK_EQ(c.layers[0].dev.n_values, 20);
    arena_free(a);
}

TEST(the_first_layer_that_differs_is_named_with_its_largest_difference)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct comparison c;
    const int8_t in[] = {4, 0, 4, 10};
    /* r = x, y = r0 + 2 r1 + 3 against r0 + r1 + 3: apart by r1, in call 1 by 10 steps of 0.5. */
    CHECK(compare_graphs(a, parse(a, DENSE("1, 2", "3")), parse(a, DENSE("1, 1", "3")), in, 2, 0,
                         &c, &d));
    CHECK_EQ(c.n_differ, 1);
    const struct layer *l = comparison_first(&c);
    CHECK(l == &c.layers[1]);
    CHECK_EQ(l->dev.n_values, 2);
    CHECK_EQ(l->dev.n_differ, 1);
    CHECK_EQ(l->dev.steps, 10);
    CHECK_EQ(l->dev.i_call, 1);
    CHECK(l->dev.largest == 5.0);
    CHECK(l->dev.a == 13.5 && l->dev.b == 8.5);
    arena_free(a);
}

TEST(what_is_apart_by_the_tolerance_is_equal)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct comparison at, below;
    const struct graph *p = parse(a, DENSE("1, 2", "3")), *q = parse(a, DENSE("1, 2", "4"));
    const int8_t in[] = {1, 1};
    CHECK(compare_graphs(a, p, q, in, 1, 0.5, &at, &d));
    CHECK(compare_graphs(a, p, q, in, 1, 0.49, &below, &d));
    CHECK_EQ(at.n_differ, 0);
    CHECK_EQ(below.n_differ, 1);
    arena_free(a);
}

#define FLOAT_RELU                                                                                 \
    "mote 1\ngraph \"float\"\n"                                                                    \
    "%0 \"x\" f32 [1,2]\n%1 \"z\" f32 [1,2]\ninput %0\noutput %1\n%1 = relu(%0)\n"
#define INT8_RELU                                                                                  \
    "mote 1\ngraph \"int8\"\n"                                                                     \
    "%0 \"x\" s8 [1,2] quant 0.25:3\n%1 \"y\" s8 [1,2] quant 0.25:3\n"                             \
    "input %0\noutput %1\n%1 = relu(%0)\n"

TEST(a_float_graph_is_compared_with_its_int8_one_on_values_that_both_have)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct comparison c;
    const struct graph *f = parse(a, FLOAT_RELU), *q = parse(a, INT8_RELU);
    const void *in = compare_random_inputs(a, f, q, test_seed(), 100, &d);
    CHECK(in && compare_graphs(a, f, q, in, 100, 0, &c, &d));
    CHECK_EQ(c.n_compared, 1); /* outputs match whatever their names */
    CHECK_EQ(c.n_differ, 0);
    const float between[] = {1.1f, -1};
    CHECK(compare_graphs(a, f, q, between, 1, 0, &c, &d));
    CHECK_EQ(c.layers[0].dev.n_differ, 1);
    CHECK_EQ(c.layers[0].dev.steps, 0); /* no common step */
    CHECK_NEAR(c.layers[0].dev.largest, 0.1, 1e-6);
    arena_free(a);
}

/* x of 4 -> max_pool "name" of `n` -> max_pool "y" of 1: kernels of `k` and `n`. */
#define POOLS(name, origin, n, k)                                                                  \
    "mote 1\ngraph \"pools\"\n"                                                                    \
    "%0 \"x\" s8 [1,1,4,1] quant 0.5:0\n"                                                          \
    "%1 \"" name "\" s8 [1,1," n ",1] quant 0.5:0\n"                                               \
    "%2 \"y\" s8 [1,1,1,1] quant 0.5:0\n"                                                          \
    "input %0\noutput %2\n"                                                                        \
    "%1 = max_pool2d(%0) kernel [1," k "] stride [1,1] origin \"" origin "\"\n"                    \
    "%2 = max_pool2d(%1) kernel [1," n "] stride [1,1] origin \"last\"\n"

TEST(layers_match_by_name_or_origin_and_by_the_number_of_values)
{
    const struct {
        const char *text;
        enum layer_match match;
    } rows[] = {
        {POOLS("p", "o", "2", "3"), LAYER_COMPARED},
        {POOLS("p", "other", "2", "3"), LAYER_COMPARED},
        {POOLS("q", "o", "2", "3"), LAYER_COMPARED},
        {POOLS("q", "other", "2", "3"), LAYER_ALONE},
        {POOLS("p", "o", "3", "2"), LAYER_OTHER_SHAPE},
        {POOLS("q", "last", "2", "3"), LAYER_ALONE}, /* an origin of two nodes says nothing */
    };
    const int8_t in[4] = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new("test");
        struct diag d = {0};
        struct comparison c;
        const struct graph *g = parse(a, POOLS("p", "o", "2", "3"));
        CHECK(compare_graphs(a, g, parse(a, rows[i].text), in, 1, 0, &c, &d));
        CHECK_EQ(c.layers[0].match, rows[i].match);
        CHECK_EQ(c.layers[1].match, LAYER_COMPARED);
        arena_free(a);
    }
}

TEST(graphs_with_other_inputs_or_outputs_are_refused)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct comparison c;
    const int8_t in[4] = {0};
    CHECK(!compare_graphs(a, parse(a, INT8_RELU), parse(a, POOLS("p", "o", "2", "3")), in, 1, 0, &c,
                          &d));
    CHECK_STR(d.message, "input \"x\" has 4 values, that of the other model has 2");
    d = (struct diag){0};
    CHECK(!compare_graphs(a, parse(a, INT8_RELU), parse(a, DENSE("1, 2", "3")), in, 1, 0, &c, &d));
    CHECK_STR(d.message, "output \"y\" has 1 values, that of the other model has 2");
    arena_free(a);
}

TEST(outputs_of_something_else_are_compared_call_by_call)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct comparison c;
    const int8_t in[] = {5, 6, 7, 8}, right[] = {5, 6, 7, 8}, wrong[] = {5, 6, 7, 4};
    const struct graph *g = parse(a, INT8_RELU);
    CHECK(compare_outputs(a, g, in, right, 2, 0, &c, &d));
    CHECK_EQ(c.n_differ, 0);
    CHECK(compare_outputs(a, g, in, wrong, 2, 0, &c, &d));
    const struct layer *l = comparison_first(&c);
    CHECK(l != NULL);
    CHECK_EQ(l->dev.n_differ, 1);
    CHECK_EQ(l->dev.i_call, 1);
    CHECK_EQ(l->dev.i_value, 1);
    CHECK_EQ(l->dev.steps, 4);
    arena_free(a);
}

TEST(not_a_number_differs_from_every_number_and_from_nothing_else)
{
    struct arena *a = arena_new("test");
    const struct graph *g = parse(a, FLOAT_RELU);
    const struct tensor *t = &g->tensors.items[0];
    const float nan[2] = {NAN, 1}, inf[2] = {INFINITY, 1};
    struct deviation apart = {0}, same = {0}, other_zero = {0};
    deviation_add(&apart, t, nan, t, inf, 0, 1e30);
    CHECK_EQ(apart.n_differ, 1);
    CHECK(isinf(apart.largest));
    deviation_add(&same, t, nan, t, (const float[2]){-NAN, 1}, 0, 0);
    CHECK_EQ(same.n_differ, 0);
    deviation_add(&other_zero, t, (const float[2]){0, 1}, t, (const float[2]){-0.0f, 1}, 0, 0);
    CHECK_EQ(other_zero.n_differ, 0);
    arena_free(a);
}

TEST_MAIN(T(a_graph_does_not_differ_from_itself),
          T(the_first_layer_that_differs_is_named_with_its_largest_difference),
          T(what_is_apart_by_the_tolerance_is_equal),
          T(a_float_graph_is_compared_with_its_int8_one_on_values_that_both_have),
          T(layers_match_by_name_or_origin_and_by_the_number_of_values),
          T(graphs_with_other_inputs_or_outputs_are_refused),
          T(outputs_of_something_else_are_compared_call_by_call),
          T(not_a_number_differs_from_every_number_and_from_nothing_else))
