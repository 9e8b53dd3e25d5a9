/* test_lint.c - what is said to be slow, and what to do. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "ir/verify.h"
#include "sched/lint.h"

#include <string.h>

#define SIDE 8

/* A convolution of 3 x 3 between as many channels. */
static struct graph *net(struct arena *a, int32_t channels)
{
    static const int8_t w[32 * 9 * 32] = {1, 2, 100};
    static const int32_t zero = 0;
    static const float scale = 1.0f, w_scale = 0.01f;
    struct graph *g = graph_new(a, "net");
    struct diag d = {0};
    const struct tensor x = {.name = "x",
                             .dtype = DT_S8,
                             .shape = {4, {1, SIDE, SIDE, channels}},
                             .quant = {1, 0, &scale, &zero}};
    const struct tensor weights = {.name = "w",
                                   .dtype = DT_S8,
                                   .shape = {4, {channels, 3, 3, channels}},
                                   .quant = {1, 0, &w_scale, &zero},
                                   .data = w};
    const uint32_t in[] = {graph_add_tensor(g, &x), graph_add_tensor(g, &weights), NO_TENSOR};
    *VEC_PUSH(a, &g->inputs) = in[0];
    const struct attrs at = {.stride_h = 1,
                             .stride_w = 1,
                             .dilation_h = 1,
                             .dilation_w = 1,
                             .pad_top = 1,
                             .pad_bottom = 1,
                             .pad_left = 1,
                             .pad_right = 1};
    const uint32_t y = graph_add_node(g, OP_CONV2D, &at, in, 3, "y", &d);
    CHECK(y != NO_TENSOR);
    g->tensors.items[y].quant = (struct quant){1, 0, &scale, &zero};
    *VEC_PUSH(a, &g->outputs) = y;
    CHECK(graph_verify(g, &d));
    return g;
}

static const struct kernel_cost rows[] = {{"mote_conv2d_s8_ref", {[WORK_MAC] = 8}, 500},
                                          {"mote_conv2d_s8_opt", {[WORK_MAC] = 4}, 5000},
                                          {"mote_conv2d_s8_dsp", {[WORK_MAC] = 1}, 3000},
                                          {"mote_conv2d_s8_winograd", {[WORK_MAC] = 0.5}, 3500}};
static const struct cost_table costs = {rows, sizeof rows / sizeof rows[0]};

/* What is said of the only layer, "" for nothing. */
static struct lint lint_of(struct arena *a, int32_t channels, struct choice choice)
{
    struct diag d = {0};
    struct lint l = {"", ""};
    choice.costs = &costs;
    const struct program *p = schedule(a, net(a, channels), &choice, &d);
    CHECK(p != NULL);
    return step_lint(a, p, 0, &l) ? l : (struct lint){"", ""};
}

TEST(a_faster_kernel_that_costs_too_much_is_named_with_its_price)
{
    struct arena *a = arena_new("test");
    const struct lint l = lint_of(
        a, 16, (struct choice){.isas = ISA_DSP, .variant = NULL, .objective = OPTIMIZE_SIZE});
    CHECK_HAS(l.why, "conv2d_s8_winograd would take 94 % fewer cycles");
    CHECK_HAS(l.hint, "bytes more of flash and 1,024 of scratch: --optimize speed");
    CHECK_STR(lint_of(a, 16, (struct choice){.isas = ISA_DSP, .objective = OPTIMIZE_SPEED}).why,
              "");
    arena_free(a);
}

TEST(a_limit_on_flash_is_what_to_change_where_it_made_a_layer_slow)
{
    struct arena *a = arena_new("test");
    const struct choice choice = {
        .isas = ISA_DSP, .objective = OPTIMIZE_SPEED, .flash_bytes = 6500};
    const struct lint l = lint_of(a, 16, choice);
    CHECK_HAS(l.why, "conv2d_s8_winograd would take 50 % fewer cycles");
    CHECK_HAS(l.hint, "a larger --flash");
    arena_free(a);
}

TEST(channels_that_do_not_fill_a_block_are_told_how_many_would)
{
    struct arena *a = arena_new("test");
    const struct choice choice = {.isas = ISA_DSP, .objective = OPTIMIZE_SPEED};
    CHECK_STR(lint_of(a, 5, choice).why, "5 channels cost as much as 8");
    CHECK_STR(lint_of(a, 5, choice).hint, "make it 4 or 8");
    CHECK_STR(lint_of(a, 3, choice).hint, "make it 4");
    CHECK_STR(lint_of(a, 8, choice).why, "");
    CHECK_STR(lint_of(a, 31, choice).why, ""); /* one of 32: not worth a line */
    arena_free(a);
}

TEST(a_layer_with_only_a_reference_kernel_is_named)
{
    struct arena *a = arena_new("test");
    CHECK_STR(lint_of(a, 8, (struct choice){.reference = true}).why, "only a reference kernel");
    arena_free(a);
}

TEST_MAIN(T(a_faster_kernel_that_costs_too_much_is_named_with_its_price),
          T(a_limit_on_flash_is_what_to_change_where_it_made_a_layer_slow),
          T(channels_that_do_not_fill_a_block_are_told_how_many_would),
          T(a_layer_with_only_a_reference_kernel_is_named))
