/* test_program.c - plan_program: lifetimes, aliases, in-place steps.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "handmade.h"

#define CHECK_LIFE(m, tensor, first_, last_)                                                       \
    do {                                                                                           \
        CHECK_EQ(buffer_of((m), (tensor))->first, (first_));                                       \
        CHECK_EQ(buffer_of((m), (tensor))->last, (last_));                                         \
    } while (0)

TEST(a_chain_holds_two_tensors_at_a_time)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "chain");
    const uint32_t x = add_input(g, "x", 100);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "u", 200);
    const uint32_t v = add_node(g, OP_CONV2D, u, NO_TENSOR, "v", 50);
    const uint32_t y = add_node(g, OP_CONV2D, v, NO_TENSOR, "y", 10);
    add_output(g, y);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_EQ(m->n_buffers, 4);
    CHECK_LIFE(m, x, 0, 0);
    CHECK_LIFE(m, u, 0, 1);
    CHECK_LIFE(m, v, 1, 2);
    CHECK_LIFE(m, y, 2, 2);
    CHECK_EQ((long long)m->plan.arena_bytes, 112 + 208);
    CHECK(m->plan.optimal);
    CHECK_STR(buffer_of(m, u)->name, "u");
    arena_free(a);
}

TEST(inputs_live_from_the_start_and_outputs_to_the_end)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "ends");
    const uint32_t early = add_input(g, "early", 16), late = add_input(g, "late", 16);
    const uint32_t unread = add_input(g, "unread", 16);
    const uint32_t first = add_node(g, OP_CONV2D, early, NO_TENSOR, "first", 16);
    const uint32_t mid = add_node(g, OP_CONV2D, early, NO_TENSOR, "mid", 16);
    const uint32_t last = add_node(g, OP_CONCAT, mid, late, "last", 32);
    add_output(g, first);
    add_output(g, last);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_LIFE(m, early, 0, 1);
    CHECK_LIFE(m, late, 0, 2);
    CHECK_LIFE(m, unread, 0, 0);
    CHECK_LIFE(m, first, 0, 2);
    CHECK_LIFE(m, last, 2, 2);
    arena_free(a);
}

TEST(an_input_that_is_an_output_lives_throughout)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "through");
    const uint32_t x = add_input(g, "x", 16);
    const uint32_t flat = add_node(g, OP_RESHAPE, x, NO_TENSOR, "flat", 16);
    const uint32_t y = add_node(g, OP_RELU, x, NO_TENSOR, "y", 16);
    const uint32_t z = add_node(g, OP_RELU, y, NO_TENSOR, "z", 16);
    add_output(g, flat);
    add_output(g, z);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_LIFE(m, flat, 0, 1);
    CHECK_EQ(m->buffer_of_tensor[flat], m->buffer_of_tensor[x]);
    CHECK(m->buffer_of_tensor[y] != m->buffer_of_tensor[x]); /* in place would destroy flat */
    CHECK_EQ(m->buffer_of_tensor[z], m->buffer_of_tensor[y]);
    arena_free(a);
}

TEST(a_program_without_steps_keeps_its_inputs_and_outputs)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "empty");
    const uint32_t x = add_input(g, "x", 16), unread = add_input(g, "unread", 16);
    const uint32_t y = add_node(g, OP_RESHAPE, x, NO_TENSOR, "y", 16);
    add_output(g, y);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_EQ((long long)m->plan.arena_bytes, 32);
    CHECK(offset_of(m, y) != offset_of(m, unread));
    arena_free(a);
}

TEST(aliases_of_aliases_share_a_buffer_until_the_last_is_read)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "alias");
    const uint32_t x = add_input(g, "x", 16);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "u", 64);
    const uint32_t v = add_node(g, OP_RESHAPE, u, NO_TENSOR, "v", 64);
    const uint32_t w = add_node(g, OP_RESHAPE, v, NO_TENSOR, "w", 64);
    const uint32_t s = add_node(g, OP_CONV2D, x, NO_TENSOR, "s", 16);
    const uint32_t y = add_node(g, OP_CONV2D, w, s, "y", 16);
    add_output(g, y);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_EQ(m->buffer_of_tensor[v], m->buffer_of_tensor[u]);
    CHECK_EQ(m->buffer_of_tensor[w], m->buffer_of_tensor[u]);
    CHECK_LIFE(m, u, 0, 2);
    arena_free(a);
}

TEST(an_in_place_step_reuses_an_input_that_dies_there)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "in place");
    const uint32_t x = add_input(g, "x", 64);
    const uint32_t u = add_node(g, OP_RELU, x, NO_TENSOR, "u", 64); /* an input may be destroyed */
    const uint32_t v = add_node(g, OP_CONV2D, u, NO_TENSOR, "v", 64);
    const uint32_t w = add_node(g, OP_ADD, v, u, "w", 64);
    const uint32_t y = add_node(g, OP_ADD, w, w, "y", 64); /* both operands are one tensor */
    add_output(g, y);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_EQ(m->buffer_of_tensor[u], m->buffer_of_tensor[x]);
    CHECK_LIFE(m, u, 0, 2);
    CHECK_EQ(m->buffer_of_tensor[w], m->buffer_of_tensor[v]);
    CHECK_EQ(m->buffer_of_tensor[y], m->buffer_of_tensor[v]);
    CHECK_LIFE(m, y, 1, 3);
    CHECK_STR(buffer_of(m, y)->name, "v, w, y");
    CHECK_EQ((long long)m->plan.arena_bytes, 128);
    arena_free(a);
}

TEST(an_in_place_step_reuses_its_second_input_where_the_first_lives_on)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "second");
    const uint32_t x = add_input(g, "x", 64);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "u", 64);
    const uint32_t v = add_node(g, OP_CONV2D, u, NO_TENSOR, "v", 64);
    const uint32_t w = add_node(g, OP_ADD, u, v, "w", 64);
    const uint32_t y = add_node(g, OP_ADD, u, w, "y", 64); /* u dies here */
    add_output(g, y);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_EQ(m->buffer_of_tensor[w], m->buffer_of_tensor[v]);
    CHECK_EQ(m->buffer_of_tensor[y], m->buffer_of_tensor[u]);
    CHECK_EQ((long long)m->plan.arena_bytes, 128);
    arena_free(a);
}

TEST(an_in_place_step_leaves_what_is_still_needed_or_does_not_fit)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "apart");
    const uint32_t x = add_input(g, "x", 64);
    const uint32_t u = add_node(g, OP_RELU, x, NO_TENSOR, "u", 64); /* x is read again */
    const uint32_t v = add_node(g, OP_ADD, x, u, "v", 64);          /* x dies here     */
    const uint32_t w = add_node(g, OP_RELU, v, NO_TENSOR, "w", 48); /* another size    */
    const uint32_t y = add_node(g, OP_RELU, w, NO_TENSOR, "y", 48); /* w is an output  */
    add_output(g, w);
    add_output(g, y);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK(m->buffer_of_tensor[u] != m->buffer_of_tensor[x]);
    CHECK_EQ(m->buffer_of_tensor[v], m->buffer_of_tensor[x]);
    CHECK(m->buffer_of_tensor[w] != m->buffer_of_tensor[v]);
    CHECK(m->buffer_of_tensor[y] != m->buffer_of_tensor[w]);
    arena_free(a);
}

TEST(a_step_with_a_lead_overwrites_an_input_that_dies_there)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "overlap");
    const uint32_t x = add_input(g, "x", 64);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "u", 64);
    const uint32_t v = add_node(g, OP_CONV2D, u, NO_TENSOR, "v", 64);
    add_output(g, v);
    struct program *p = program_of(g);
    p->steps[0].lead = 16; /* forward ...                         */
    p->steps[1].trail = 9; /* ... and backward: 80 bytes suffice */
    const struct memory_plan *m = plan_program(a, p);
    CHECK_EQ((long long)m->plan.arena_bytes, 80);
    CHECK_EQ((long long)offset_of(m, x), 16);
    CHECK_EQ((long long)offset_of(m, u), 0);
    CHECK_EQ((long long)offset_of(m, v), 16);
    CHECK(!m->is_backward[0]);
    CHECK(m->is_backward[1]);
    arena_free(a);
}

TEST(a_step_with_a_lead_leaves_what_is_still_needed)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "apart");
    const uint32_t x = add_input(g, "x", 64);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "u", 64); /* x is read again */
    const uint32_t v = add_node(g, OP_ADD, x, u, "v", 64);            /* in place of x   */
    const uint32_t w = add_node(g, OP_CONV2D, v, NO_TENSOR, "w", 64); /* v is an output  */
    add_output(g, v);
    add_output(g, w);
    struct program *p = program_of(g);
    for (uint32_t s = 0; s < p->n_steps; s++)
        p->steps[s].lead = p->steps[s].trail = 16;
    const struct memory_plan *m = plan_program(a, p);
    CHECK_EQ((long long)m->plan.arena_bytes, 128);
    CHECK_EQ(m->buffer_of_tensor[v], m->buffer_of_tensor[x]);
    for (uint32_t s = 0; s < p->n_steps; s++)
        CHECK(!m->is_backward[s]);
    arena_free(a);
}

TEST(scratch_lives_for_one_step)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "scratch");
    const uint32_t x = add_input(g, "x", 16);
    const uint32_t u = add_node(g, OP_CONV2D, x, NO_TENSOR, "u", 16);
    const uint32_t y = add_node(g, OP_CONV2D, u, NO_TENSOR, "y", 16);
    add_output(g, y);
    struct program *p = program_of(g);
    p->steps[1].scratch_bytes = 100;
    const struct memory_plan *m = plan_program(a, p);
    CHECK_EQ(m->buffer_of_scratch[0], UINT32_MAX);
    const uint32_t i = m->buffer_of_scratch[1];
    CHECK(i < m->n_buffers);
    CHECK_EQ(m->buffers[i].first, 1);
    CHECK_EQ(m->buffers[i].last, 1);
    CHECK_EQ((long long)m->buffers[i].bytes, 100);
    CHECK_STR(m->buffers[i].name, "scratch of y");
    CHECK_EQ((long long)m->plan.arena_bytes, 16 + 16 + 112);
    arena_free(a);
}

TEST(constants_have_no_buffer_unless_they_are_outputs)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "constants");
    static const int8_t data[16] = {1};
    const uint32_t x = add_input(g, "x", 16);
    const uint32_t c = add_tensor(g, "c", 16), k = add_tensor(g, "k", 16);
    g->tensors.items[c].data = data;
    g->tensors.items[k].data = data;
    const uint32_t flat = add_node(g, OP_RESHAPE, k, NO_TENSOR, "flat", 16);
    const uint32_t sum = add_node(g, OP_ADD, c, x, "sum", 16);
    const uint32_t y = add_node(g, OP_ADD, sum, flat, "y", 16);
    add_output(g, y);
    add_output(g, flat);
    const struct memory_plan *m = plan_program(a, program_of(g));
    CHECK_EQ(m->buffer_of_tensor[c], UINT32_MAX);
    CHECK(m->buffer_of_tensor[sum] != UINT32_MAX); /* not in place of a constant */
    CHECK_LIFE(m, flat, 0, 1);
    CHECK(m->buffer_of_tensor[flat] != m->buffer_of_tensor[y]);
    arena_free(a);
}

/* The definition of L1 to L4, step by step: at no step may two tensors that are both needed and
 * are no aliases overlap in the arena. */
static void check_needed_apart(const struct program *p, const struct memory_plan *m)
{
    const struct graph *g = p->graph;
    const uint32_t n = g->tensors.n;
    int owner[4096];
    for (uint32_t s = 0; s < p->n_steps; s++) {
        for (size_t k = 0; k < sizeof owner / sizeof owner[0]; k++)
            owner[k] = -1;
        for (uint32_t t = 0; t < n; t++) {
            bool is_written = false, is_needed = false;
            for (uint32_t i = 0; i < g->inputs.n; i++)
                is_written |= g->inputs.items[i] == t;
            for (uint32_t i = 0; i < g->outputs.n; i++)
                is_needed |= g->outputs.items[i] == t;
            for (uint32_t k = 0; k < p->n_steps; k++) {
                const struct node *node = &g->nodes.items[p->steps[k].i_node];
                is_written |= node->out[0] == t && k < s;
                for (uint32_t i = 0; i < node->n_in; i++)
                    is_needed |= node->in[i] == t && k >= s;
            }
            if (!is_written || !is_needed)
                continue;
            const size_t at = offset_of(m, t), bytes = tensor_bytes(&g->tensors.items[t]);
            CHECK(at + bytes <= m->plan.arena_bytes);
            CHECK(at + bytes <= sizeof owner / sizeof owner[0]);
            for (size_t k = at; k < at + bytes; k++) {
                CHECK_EQ(owner[k], -1);
                owner[k] = (int)t;
            }
        }
    }
}

TEST(what_a_later_step_reads_is_never_overwritten)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    uint32_t n_shared = 0;
    for (int round = 0; round < 300; round++) {
        arena_reset(a);
        struct graph *g = graph_new(a, "random");
        uint32_t tensors[20], n = 0;
        tensors[n++] = add_input(g, "x", 16);
        tensors[n++] = add_input(g, "y", 48);
        while (n < 20) {
            static const enum op ops[] = {OP_CONV2D, OP_RELU, OP_ADD, OP_CONCAT};
            const enum op op = ops[rng_below(&r, 4)];
            const uint32_t x = tensors[n - 1 - rng_below(&r, n < 4 ? n : 4)];
            const uint32_t y =
                op == OP_ADD || op == OP_CONCAT ? tensors[rng_below(&r, n)] : NO_TENSOR;
            const int32_t bytes = op == OP_RELU || op == OP_ADD ? g->tensors.items[x].shape.dim[1]
                                                                : 1 + (int32_t)rng_below(&r, 80);
            tensors[n++] = add_node(g, op, x, y, "t", bytes);
        }
        add_output(g, tensors[19]);
        add_output(g, tensors[rng_below(&r, 20)]);
        struct program *p = program_of(g);
        for (uint32_t s = 0; s < p->n_steps; s++)
            if (g->nodes.items[p->steps[s].i_node].op == OP_CONV2D && round % 2) {
                p->steps[s].lead = rng_below(&r, 40);
                p->steps[s].trail = rng_below(&r, 40);
            }
        const struct memory_plan *m = plan_program(a, p);
        check_needed_apart(p, m);
        n_shared += m->n_buffers < g->tensors.n;
    }
    CHECK(n_shared > 100);
    arena_free(a);
}

/* Two plans of 64 and 96 bytes, the first 32 and 16 of them states. */
TEST(plans_that_share_an_arena_keep_their_states_apart)
{
    struct plan_buffer buffers[] = {{.bytes = 16, .is_state = true}, {.bytes = 32}};
    size_t offsets[] = {0, 32};
    struct memory_plan one = {.buffers = buffers,
                              .n_buffers = 2,
                              .plan = {.offset = offsets, .arena_bytes = 64, .state_bytes = 32}};
    struct memory_plan two = one;
    two.plan.arena_bytes = 96;
    two.plan.state_bytes = 16;
    struct memory_plan *const plans[] = {&one, &two};
    CHECK_EQ(plan_arena_bytes(&one), 64);
    CHECK_EQ(plan_address(&one, 1), 32);
    CHECK_EQ(plan_share(plans, 2, SHARE_APART), 32 + 16 + 32 + 80);
    CHECK_EQ(plan_arena_bytes(&one), 160);
    CHECK_EQ(plan_address(&one, 0), 0);
    CHECK_EQ(plan_address(&two, 0), 32);
    CHECK_EQ(plan_address(&one, 1), 48);
    CHECK_EQ(plan_address(&two, 1), 80 + 32 - 16);
    CHECK_EQ(plan_share(plans, 2, SHARE_TAKE_TURNS), 32 + 16 + 80);
    CHECK_EQ(plan_address(&two, 0), 32);
    CHECK_EQ(plan_address(&one, 1), 48);
    CHECK_EQ(plan_address(&two, 1), 48 + 32 - 16);
}

/* s is written in place by y, t is copied from z, u from the old s by way of a buffer aside. */
TEST(states_lie_at_the_beginning_and_are_alive_all_the_time)
{
    struct arena *a = arena_new("test");
    struct graph *g = graph_new(a, "states");
    const uint32_t x = add_input(g, "x", 100), s = add_tensor(g, "s", 40);
    const uint32_t t = add_tensor(g, "t", 20), u = add_tensor(g, "u", 40);
    const uint32_t v = add_node(g, OP_CONCAT, x, s, "v", 140);
    const uint32_t z = add_node(g, OP_CONV2D, v, t, "z", 20);
    const uint32_t r = add_node(g, OP_RELU, z, NO_TENSOR, "r", 20);
    const uint32_t y = add_node(g, OP_CONCAT, r, u, "y", 40);
    add_output(g, r);
    *VEC_PUSH(a, &g->states) = (struct state){s, y, NO_TENSOR};
    *VEC_PUSH(a, &g->states) = (struct state){t, z, NO_TENSOR};
    *VEC_PUSH(a, &g->states) = (struct state){u, s, NO_TENSOR};
    struct program *p = program_of(g);
    p->alias[y] = s;
    p->keeps[0] = KEEP_IN_PLACE;
    p->keeps[1] = KEEP_COPY;
    p->keeps[2] = KEEP_ASIDE;
    const struct memory_plan *m = plan_program(a, p);
    CHECK_EQ((long long)m->plan.state_bytes, 48 + 32 + 48);
    const uint32_t states[3] = {s, t, u};
    for (int i = 0; i < 3; i++) {
        CHECK_LIFE(m, states[i], 0, 3);
        CHECK(buffer_of(m, states[i])->is_state);
        CHECK(offset_of(m, states[i]) < m->plan.state_bytes);
    }
    CHECK_EQ(m->buffer_of_tensor[y], m->buffer_of_tensor[s]);
    CHECK_LIFE(m, z, 1, 3);                                  /* until it is copied */
    CHECK(m->buffer_of_tensor[r] != m->buffer_of_tensor[z]); /* so nothing takes its place */
    CHECK_EQ(m->buffer_of_aside[0], UINT32_MAX);
    CHECK_EQ(m->buffer_of_aside[1], UINT32_MAX);
    const struct plan_buffer *aside = &m->buffers[m->buffer_of_aside[2]];
    CHECK_EQ(aside->first, 3);
    CHECK_EQ(aside->last, 3);
    CHECK(m->plan.offset[m->buffer_of_aside[2]] >= m->plan.state_bytes);
    CHECK(offset_of(m, x) >= m->plan.state_bytes);
    CHECK_EQ((long long)m->plan.arena_bytes, 128 + 112 + 144);
    arena_free(a);
}

/* The checker sees a state outside of its part, and anything else inside of it. */
TEST(a_plan_that_mixes_states_with_others_is_refused)
{
    const struct plan_buffer b[2] = {{.name = "s", .bytes = 16, .last = 3, .is_state = true},
                                     {.name = "x", .bytes = 16, .last = 1}};
    size_t offset[2] = {0, 16};
    struct plan p = {.offset = offset, .arena_bytes = 32, .state_bytes = 16};
    CHECK(plan_check(b, 2, &p));
    p.state_bytes = 32;
    CHECK(!plan_check(b, 2, &p));
    p.state_bytes = 16;
    offset[0] = 16, offset[1] = 0;
    CHECK(!plan_check(b, 2, &p));
}

TEST_MAIN(T(plans_that_share_an_arena_keep_their_states_apart),
          T(states_lie_at_the_beginning_and_are_alive_all_the_time),
          T(a_plan_that_mixes_states_with_others_is_refused),
          T(a_chain_holds_two_tensors_at_a_time),
          T(inputs_live_from_the_start_and_outputs_to_the_end),
          T(an_input_that_is_an_output_lives_throughout),
          T(a_program_without_steps_keeps_its_inputs_and_outputs),
          T(aliases_of_aliases_share_a_buffer_until_the_last_is_read),
          T(an_in_place_step_reuses_an_input_that_dies_there),
          T(an_in_place_step_reuses_its_second_input_where_the_first_lives_on),
          T(an_in_place_step_leaves_what_is_still_needed_or_does_not_fit),
          T(a_step_with_a_lead_overwrites_an_input_that_dies_there),
          T(a_step_with_a_lead_leaves_what_is_still_needed), T(scratch_lives_for_one_step),
          T(constants_have_no_buffer_unless_they_are_outputs),
          T(what_a_later_step_reads_is_never_overwritten))
