/* test_choose_scratch.c - kernels by what their scratch adds to the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "ir/verify.h"
#include "plan/plan_choose.h"

#include <string.h>

#define SIDE     16
#define CHANNELS 4
#define FLAT     (SIDE * SIDE * CHANNELS)
#define WIDE     512

static uint32_t add(struct graph *g, const char *name, struct shape shape, float scale,
                    const void *data)
{
    static const int32_t zero = 0;
    float *s = ARENA_NEW(g->arena, float);
    *s = scale;
    const struct tensor t = {
        .name = name, .dtype = DT_S8, .shape = shape, .quant = {1, 0, s, &zero}, .data = data};
    return graph_add_tensor(g, &t);
}

static uint32_t add_op(struct graph *g, enum op op, const struct attrs *at, const uint32_t *in,
                       uint32_t n_in, const char *name)
{
    static const int32_t zero = 0;
    static const float scale = 1.0f;
    struct diag d = {0};
    const uint32_t y = graph_add_node(g, op, at, in, n_in, name, &d);
    CHECK(y != NO_TENSOR);
    g->tensors.items[y].quant = (struct quant){1, 0, &scale, &zero};
    return y;
}

/* A convolution of 3 x 3 on 16 x 16 pixels of four channels, and a dense layer whose weights are
 * most of the flash. With `n_outputs` WIDE more is alive at the dense layer. */
static struct graph *net(struct arena *a, int32_t n_outputs)
{
    static const int8_t conv_w[CHANNELS * 9 * CHANNELS] = {1, 2, 100},
                                              fc_w[WIDE * FLAT] = {1, 2, 3};
    struct graph *g = graph_new(a, "net");
    const uint32_t x = add(g, "x", (struct shape){4, {1, SIDE, SIDE, CHANNELS}}, 1.0f, NULL);
    *VEC_PUSH(a, &g->inputs) = x;
    const struct attrs conv = {.stride_h = 1,
                               .stride_w = 1,
                               .dilation_h = 1,
                               .dilation_w = 1,
                               .pad_top = 1,
                               .pad_bottom = 1,
                               .pad_left = 1,
                               .pad_right = 1};
    const uint32_t in_conv[] = {
        x, add(g, "w", (struct shape){4, {CHANNELS, 3, 3, CHANNELS}}, 0.01f, conv_w), NO_TENSOR};
    const uint32_t u = add_op(g, OP_CONV2D, &conv, in_conv, 3, "u");
    const struct attrs flat = {.new_rank = 2, .new_shape = {1, FLAT}};
    const uint32_t v = add_op(g, OP_RESHAPE, &flat, &u, 1, "v");
    const uint32_t in_fc[] = {v, add(g, "fc", (struct shape){2, {n_outputs, FLAT}}, 0.01f, fc_w)};
    *VEC_PUSH(a, &g->outputs) = add_op(g, OP_FULLY_CONNECTED, &(struct attrs){0}, in_fc, 2, "y");
    struct diag d = {0};
    CHECK(graph_verify(g, &d));
    return g;
}

/* Cycles a product of the variants of conv2d; winograd takes 1 and has scratch. */
static struct planned chosen(struct arena *a, const struct graph *g, enum objective objective,
                             double others)
{
    const struct kernel_cost rows[] = {
        {"mote_conv2d_s8_ref", {[WORK_MAC] = 20 * others}, 0},
        {"mote_conv2d_s8_opt", {[WORK_MAC] = 10 * others}, 0},
        {"mote_conv2d_s8_dsp", {[WORK_MAC] = others}, 0},
        {"mote_conv2d_s8_winograd", {[WORK_MAC] = 1}, 0},
        {"mote_fully_connected_s8_ref", {[WORK_MAC] = 0.1}, 0},
        {"mote_fully_connected_s8_opt", {[WORK_MAC] = 0.1}, 0},
        {"mote_fully_connected_s8_dsp", {[WORK_MAC] = 0.1}, 0},
    };
    const struct cost_table costs = {rows, sizeof rows / sizeof rows[0]};
    const struct choice choice = {.isas = ISA_DSP, .costs = &costs, .objective = objective};
    struct planned m;
    struct diag d = {0};
    CHECK(plan_choose(a, g, &choice, &m, &d));
    return m;
}

static const char *conv_variant(const struct planned *m)
{
    return m->program->steps[0].kernel->variant;
}

TEST(balanced_does_not_pay_with_ram_for_little_speed_and_speed_does)
{
    struct arena *a = arena_new("test");
    const struct graph *g = net(a, 10);
    const struct planned balanced = chosen(a, g, OPTIMIZE_BALANCED, 1.5);
    const struct planned fast = chosen(a, g, OPTIMIZE_SPEED, 1.5);
    CHECK_STR(conv_variant(&balanced), "dsp");
    CHECK_STR(conv_variant(&fast), "winograd");
    CHECK(balanced.memory->plan.arena_bytes < fast.memory->plan.arena_bytes);
    arena_free(a);
}

TEST(scratch_costs_nothing_where_more_is_alive_elsewhere)
{
    struct arena *a = arena_new("test");
    const struct graph *g = net(a, WIDE);
    const struct planned balanced = chosen(a, g, OPTIMIZE_BALANCED, 4);
    CHECK_STR(conv_variant(&balanced), "winograd");
    CHECK(balanced.program->steps[0].scratch_bytes > 0);
    CHECK_EQ((long long)balanced.memory->plan.arena_bytes, FLAT + WIDE);
    arena_free(a);
}

TEST(much_speed_is_worth_some_ram)
{
    struct arena *a = arena_new("test");
    const struct graph *g = net(a, 10);
    const struct planned balanced = chosen(a, g, OPTIMIZE_BALANCED, 10);
    CHECK_STR(conv_variant(&balanced), "winograd");
    arena_free(a);
}

TEST(where_memory_is_short_kernels_without_scratch_are_taken)
{
    const struct choice choice = {.isas = ISA_DSP, .objective = OPTIMIZE_SPEED};
    struct arena *a = arena_new("test");
    const struct graph *g = net(a, 10);
    struct planned fast, lean;
    struct diag d = {0};
    CHECK(plan_choose(a, g, &choice, &fast, &d));
    CHECK(fast.program->steps[0].scratch_bytes > 0);
    const size_t bytes = fast.memory->plan.arena_bytes;
    CHECK(plan_choose_within(a, g, &choice, bytes, FEED_WHOLE, &lean, &d));
    CHECK_EQ(lean.memory->plan.arena_bytes, bytes);
    CHECK(plan_choose_within(a, g, &choice, bytes - 1, FEED_WHOLE, &lean, &d));
    CHECK(lean.memory->plan.arena_bytes < bytes);
    CHECK(!plan_choose_within(a, g, &choice, 100, FEED_WHOLE, &lean, &d));
    CHECK(strstr(d.message, "no schedule fits 100 bytes: the least is") != NULL);
    arena_free(a);
}

TEST_MAIN(T(balanced_does_not_pay_with_ram_for_little_speed_and_speed_does),
          T(scratch_costs_nothing_where_more_is_alive_elsewhere), T(much_speed_is_worth_some_ram),
          T(where_memory_is_short_kernels_without_scratch_are_taken))
