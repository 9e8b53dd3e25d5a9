/* test_ranges.c - no value leaves its interval, and the ends are reached.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ir/text.h"
#include "ir/verify.h"
#include "pass/ranges.h"
#include "pass/same_meaning.h"

#define N_GRAPHS 300
#define N_RUNS   4

static void check_inside(const struct graph *g, const struct ranges *ranges, uint32_t t,
                         const int8_t *x)
{
    const struct range *r = &ranges->of[t];
    const struct tensor *tensor = &g->tensors.items[t];
    const uint32_t n = last_dim(tensor);
    for (size_t i = 0; i < tensor_bytes(tensor); i++)
        if (x[i] < r->lo[i % n] || x[i] > r->hi[i % n])
            test_fail(__FILE__, __LINE__, "'%s'[%d] is %d, outside %d..%d", tensor->name, (int)i,
                      x[i], r->lo[i % n], r->hi[i % n]);
}

TEST(all_values_of_random_graphs_lie_in_their_ranges)
{
    uint32_t n_narrow = 0;
    for (uint64_t i = 0; i < N_GRAPHS; i++) {
        struct arena *a = arena_new("test");
        struct rng r = rng_split(test_seed(), i);
        const struct graph *g = random_graph(a, &r, i % 2 ? RANDOM_S8 : RANDOM_ENDS, 14);
        const struct ranges ranges = ranges_find(a, g);
        struct diag d = {0};
        struct interp *it = interp_new(a, g, &d);
        for (uint32_t i_run = 0; i_run < N_RUNS; i_run++) {
            const void *in = random_input(a, g, 0, &r);
            interp_run(it, &in);
            for (uint32_t t = 0; t < g->tensors.n; t++)
                if (ranges.of[t].lo)
                    check_inside(g, &ranges, t, interp_tensor(it, t));
        }
        for (uint32_t t = 0; t < g->tensors.n; t++)
            n_narrow += ranges.of[t].lo && ranges.of[t].hi[0] - ranges.of[t].lo[0] < 255;
        arena_free(a);
    }
    CHECK(n_narrow > N_GRAPHS); /* the analysis says something */
}

static struct ranges ranges_of_text(struct arena *a, const char *tensors_and_nodes)
{
    struct diag d = {0};
    const char *text = arena_printf(a, "mote 1\ngraph \"g\"\n\n%s", tensors_and_nodes);
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "g", &d);
    check_no_error(&d);
    graph_verify(g, &d);
    check_no_error(&d);
    return ranges_find(a, g);
}

static void check_range(const struct ranges *r, uint32_t t, uint32_t c, int lo, int hi)
{
    CHECK_EQ(r->of[t].lo[c], lo);
    CHECK_EQ(r->of[t].hi[c], hi);
}

TEST(a_convolution_reaches_both_ends_by_the_signs_of_its_weights)
{
    struct arena *a = arena_new("test");
    const struct ranges r = ranges_of_text(a, "%0 \"x\" s8 [1,1,1,2] quant 1:28\n"
                                              "%1 \"w\" s8 [2,1,1,2] quant 1:0 = [1, -2, 0, 0]\n"
                                              "%2 \"b\" s32 [2] quant 1:0 = [5, 7]\n"
                                              "%3 \"y\" s8 [1,1,1,2] quant 8:1\n\n"
                                              "input %0\noutput %3\n\n"
                                              "%3 = conv2d(%0, %1, %2)\n");
    /* x - 28 is -156..99: -156 - 198 + 5 = -349 and 99 + 312 + 5 = 416, over 8, plus 1 */
    check_range(&r, 3, 0, -43, 53);
    check_range(&r, 3, 1, 2, 2); /* 7 / 8 -> 1 */
    CHECK_EQ(r.least[0][0], -349);
    CHECK_EQ(r.least[0][1], 7);
    arena_free(a);
}

TEST(windows_at_the_border_count_for_themselves)
{
    struct arena *a = arena_new("test");
    /* A constant 5, 2 above the zero point, under the kernel 1 2 4. The depthwise layer sees 2 + 4
     * at the left border, 7 in the middle, 1 + 2 at the right; the other one no right border. */
    const struct ranges r = ranges_of_text(a, "%0 \"x\" s8 [1,1,4,1] quant 1:0\n"
                                              "%1 \"w\" s8 [1,1,1,1] quant 1:0 = [0]\n"
                                              "%2 \"b\" s32 [1] quant 1:0 = [2]\n"
                                              "%3 \"five\" s8 [1,1,4,1] quant 1:3\n"
                                              "%4 \"k\" s8 [1,1,3,1] quant 1:0 = [1, 2, 4]\n"
                                              "%5 \"all\" s8 [1,1,4,1] quant 1:0\n"
                                              "%6 \"some\" s8 [1,1,2,1] quant 1:0\n\n"
                                              "input %0\noutput %5, %6\n\n"
                                              "%3 = conv2d(%0, %1, %2)\n"
                                              "%5 = depthwise_conv2d(%3, %4) pad [0,0,1,1]\n"
                                              "%6 = conv2d(%3, %4) stride [1,2] pad [0,0,1,0]\n");
    check_range(&r, 3, 0, 5, 5);
    check_range(&r, 5, 0, 6, 14);
    check_range(&r, 6, 0, 12, 14);
    arena_free(a);
}

TEST(relu_and_requantisation_bound_what_follows)
{
    struct arena *a = arena_new("test");
    const struct ranges r = ranges_of_text(a, "%0 \"x\" s8 [1,3] quant 0.5:28\n"
                                              "%1 \"relu\" s8 [1,3] quant 0.5:28\n"
                                              "%2 \"half\" s8 [1,3] quant 1:-100\n"
                                              "%3 \"sum\" s8 [1,3] quant 2:10\n\n"
                                              "input %0\noutput %3\n\n"
                                              "%1 = relu(%0)\n"
                                              "%2 = quantize(%1)\n"
                                              "%3 = add(%2, %1)\n");
    check_range(&r, 1, 2, 28, 127);
    check_range(&r, 2, 2, -100, -50); /* 99 / 2 -> 50 */
    check_range(&r, 3, 2, 10, 60);    /* (50 + 49.5) / 2 -> 50 */
    arena_free(a);
}

TEST(a_reshape_that_mixes_channels_joins_their_ranges)
{
    struct arena *a = arena_new("test");
    const struct ranges r =
        ranges_of_text(a, "%0 \"x\" s8 [1,1,1,1] quant 1:0\n"
                          "%1 \"w\" s8 [6,1,1,1] quant 1:0 = [0, 0, 0, 0, 0, 0]\n"
                          "%2 \"b\" s32 [6] quant 1:0 = [1, 2, 3, 4, 5, 6]\n"
                          "%3 \"c\" s8 [1,1,1,6] quant 1:0\n"
                          "%4 \"two\" s8 [1,3,2] quant 1:0\n"
                          "%5 \"four\" s8 [1,1,6] quant 1:0\n\n"
                          "input %0\noutput %5\n\n"
                          "%3 = conv2d(%0, %1, %2)\n"
                          "%4 = reshape(%3) shape [1,3,2]\n"
                          "%5 = reshape(%4) shape [1,1,6]\n");
    check_range(&r, 4, 0, 1, 5);
    check_range(&r, 4, 1, 2, 6);
    check_range(&r, 5, 4, 1, 5);
    arena_free(a);
}

TEST(products_and_differences_take_the_best_corners)
{
    struct arena *a = arena_new("test");
    const struct ranges r = ranges_of_text(a, "%0 \"x\" s8 [1,2] quant 1:28\n"
                                              "%1 \"relu\" s8 [1,2] quant 1:28\n"
                                              "%2 \"k\" s8 [2] quant 1:2 = [-1, 2]\n"
                                              "%3 \"mul\" s8 [1,2] quant 4:10\n"
                                              "%4 \"sub\" s8 [1,2] quant 2:0\n\n"
                                              "input %0\noutput %3, %4\n\n"
                                              "%1 = relu(%0)\n"
                                              "%3 = mul(%1, %2)\n"
                                              "%4 = sub(%2, %1)\n");
    /* x - 28 is 0..99, k - 2 is -3 and 0 */
    check_range(&r, 3, 0, -64, 10); /* -297 / 4 = -74.25 */
    check_range(&r, 3, 1, 10, 10);
    check_range(&r, 4, 0, -51, -2); /* -3 - 0..99, over 2, halves away from zero */
    check_range(&r, 4, 1, -50, 0);
    arena_free(a);
}

TEST(a_table_that_falls_and_rises_is_searched)
{
    struct arena *a = arena_new("test");
    const struct ranges r = ranges_of_text(a, "%0 \"x\" s8 [1,1] quant 1:-100\n"
                                              "%1 \"k\" s8 [1] quant 1:-100 = [-90]\n"
                                              "%2 \"least\" s8 [1,1] quant 1:-100\n"
                                              "%3 \"abs\" s8 [1,1] quant 1:0\n\n"
                                              "input %0\noutput %3\n\n"
                                              "%2 = minimum(%0, %1)\n"
                                              "%3 = abs(%2)\n");
    check_range(&r, 2, 0, -128, -90);
    check_range(&r, 3, 0, 0, 28);
    arena_free(a);
}

TEST(a_mean_over_channels_adds_their_intervals)
{
    struct arena *a = arena_new("test");
    const struct ranges r = ranges_of_text(a, "%0 \"x\" s8 [1,2,1,2] quant 1:0\n"
                                              "%1 \"k\" s8 [2] quant 1:0 = [10, 50]\n"
                                              "%2 \"least\" s8 [1,2,1,2] quant 1:0\n"
                                              "%3 \"mean\" s8 [1,1,1,1] quant 1:0\n"
                                              "%4 \"each\" s8 [1,1,1,2] quant 1:1\n"
                                              "%5 \"most\" s8 [1,2,1,1] quant 1:0\n\n"
                                              "input %0\noutput %3, %4, %5\n\n"
                                              "%2 = minimum(%0, %1)\n"
                                              "%3 = mean(%2) over [0,1,0,1]\n"
                                              "%4 = mean(%2) over [0,1,0,0]\n"
                                              "%5 = reduce_max(%2) over [0,0,0,1]\n");
    check_range(&r, 3, 0, -128, 30);
    check_range(&r, 4, 0, -127, 11);
    check_range(&r, 4, 1, -127, 51);
    check_range(&r, 5, 0, -128, 50);
    arena_free(a);
}

TEST(copies_carry_the_ranges_of_the_channels_they_copy)
{
    struct arena *a = arena_new("test");
    const struct ranges r = ranges_of_text(a, "%0 \"x\" s8 [1,1,1,4] quant 1:0\n"
                                              "%1 \"k\" s8 [4] quant 1:0 = [1, 2, 3, 4]\n"
                                              "%2 \"least\" s8 [1,1,1,4] quant 1:0\n"
                                              "%3 \"back\" s8 [1,1,1,2] quant 1:0\n"
                                              "%4 \"blocks\" s8 [1,2,2,1] quant 1:0\n"
                                              "%5 \"turned\" s8 [1,4,1,1] quant 1:0\n\n"
                                              "input %0\noutput %3, %4, %5\n\n"
                                              "%2 = minimum(%0, %1)\n"
                                              "%3 = slice(%2) begin [0,0,0,3] size [1,1,1,2] "
                                              "step [1,1,1,-2]\n"
                                              "%4 = depth_to_space(%2) block [2,2]\n"
                                              "%5 = transpose(%2) perm [0,3,1,2]\n");
    check_range(&r, 3, 0, -128, 4);
    check_range(&r, 3, 1, -128, 2);
    check_range(&r, 4, 0, -128, 4);
    check_range(&r, 5, 0, -128, 4);
    arena_free(a);
}

TEST_MAIN(T(all_values_of_random_graphs_lie_in_their_ranges),
          T(a_convolution_reaches_both_ends_by_the_signs_of_its_weights),
          T(windows_at_the_border_count_for_themselves),
          T(relu_and_requantisation_bound_what_follows),
          T(a_reshape_that_mixes_channels_joins_their_ranges),
          T(products_and_differences_take_the_best_corners),
          T(a_table_that_falls_and_rises_is_searched), T(a_mean_over_channels_adds_their_intervals),
          T(copies_carry_the_ranges_of_the_channels_they_copy))
