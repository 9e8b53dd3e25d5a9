/* test_states.c - variables that last from call to call: rules, text, meaning, structure.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "check.h"
#include "ir/interp.h"
#include "ir/text.h"
#include "ir/verify.h"

static struct graph *parse(struct arena *a, const char *text)
{
    struct diag d = {0};
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, "t", &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

/* The sum of all inputs so far; canonical, so that it prints back as it stands. */
static const char sum_text[] = "mote 1\n"
                               "graph \"sum\"\n"
                               "\n"
                               "%0 \"x\" f32 [2]\n"
                               "%1 \"so far\" f32 [2]\n"
                               "%2 \"sum\" f32 [2]\n"
                               "%3 \"first\" f32 [2] = [100, 0.5]\n"
                               "\n"
                               "input %0\n"
                               "output %2\n"
                               "state %1, %2, %3\n"
                               "\n"
                               "%2 = add(%0, %1)\n";

TEST(states_print_and_parse_back_byte_for_byte)
{
    struct arena *a = arena_new("test");
    const struct graph *g = parse(a, sum_text);
    CHECK_EQ(g->states.n, 1);
    CHECK_EQ(g->states.items[0].in, 1);
    CHECK_EQ(g->states.items[0].out, 2);
    CHECK_EQ(g->states.items[0].init, 3);
    struct text out = {.arena = a};
    graph_print(g, &out);
    CHECK_STR(text_cstr(&out), sum_text);
    arena_free(a);
}

TEST(a_state_goes_from_call_to_call_until_it_is_reset)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct graph *g = parse(a, sum_text);
    struct interp *it = interp_new(a, g, &d);
    const float in[2] = {1, 2}, want[3][2] = {{101, 2.5f}, {102, 4.5f}, {103, 6.5f}};
    const void *x = in;
    for (int round = 0; round < 2; round++) {
        for (int call = 0; call < 3; call++) {
            interp_run(it, &x);
            CHECK_BYTES(interp_tensor(it, 2), want[call], sizeof want[call]);
        }
        interp_reset(it);
    }
    arena_free(a);
}

TEST(without_first_contents_a_state_begins_at_real_0)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct graph *g = parse(a, "mote 1 graph \"g\" %0 \"x\" s8 [2] quant 0.5:-7\n"
                                     "%1 \"s\" s8 [2] quant 0.5:-7 %2 \"y\" s8 [2] quant 0.5:-7\n"
                                     "input %0 output %2 state %1, %0 %2 = reshape(%1) shape [2]");
    struct interp *it = interp_new(a, g, &d);
    const int8_t in[2] = {1, 2}, zeros[2] = {-7, -7};
    const void *x = in;
    interp_run(it, &x);
    CHECK_BYTES(interp_tensor(it, 2), zeros, 2);
    interp_run(it, &x);
    CHECK_BYTES(interp_tensor(it, 2), in, 2);
    arena_free(a);
}

/* All `out` are read before any `in` changes. */
TEST(two_states_swap_and_a_third_follows)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const struct graph *g = parse(a, "mote 1 graph \"g\" %0 \"x\" f32 [1] %1 \"a\" f32 [1]\n"
                                     "%2 \"b\" f32 [1] %3 \"c\" f32 [1] %4 \"y\" f32 [3]\n"
                                     "%5 \"one\" f32 [1] = [1] %6 \"two\" f32 [1] = [2]\n"
                                     "input %0 output %4\n"
                                     "state %1, %2, %5 state %2, %1, %6 state %3, %2\n"
                                     "%4 = concat(%1, %2, %3) axis 0");
    struct interp *it = interp_new(a, g, &d);
    const float zero = 0, want[3][3] = {{1, 2, 0}, {2, 1, 2}, {1, 2, 1}};
    const void *x = &zero;
    for (int call = 0; call < 3; call++) {
        interp_run(it, &x);
        CHECK_BYTES(interp_tensor(it, 4), want[call], sizeof want[call]);
    }
    arena_free(a);
}

#define TENSORS                                                                                    \
    "mote 1 graph \"g\" %0 \"x\" s8 [2] quant 0.5:0 %1 \"s\" s8 [2] quant 0.5:0\n"                 \
    "%2 \"y\" s8 [2] quant 0.5:0 %3 \"k\" s8 [2] quant 0.5:0 = [1, 2]\n"                           \
    "%4 \"wide\" s8 [3] quant 0.5:0 %5 \"finer\" s8 [2] quant 0.25:0 = [0, 0]\n"                   \
    "%6 \"real\" f32 [2] %7 \"apart\" s8 [2] quant 0.5:0 input %0 output %2\n"
#define ADD "%2 = add(%0, %1)"

static const struct {
    const char *text, *message;
} faults[] = {
    {TENSORS "state %1, %4 %4 = pad(%0) pads [0,1] " ADD,
     "state 's' and 'wide' differ in type, shape or quantisation"},
    {TENSORS "state %1, %6 %6 = dequantize(%0) " ADD,
     "state 's' and 'real' differ in type, shape or quantisation"},
    {TENSORS "state %1, %2, %5 " ADD,
     "state 's' and 'finer' differ in type, shape or quantisation"},
    {TENSORS "state %1, %2, %0 " ADD, "the first contents of a state are not a constant"},
    {TENSORS "state %3, %2 " ADD, "a state is a constant, a graph input or a state twice"},
    {TENSORS "state %0, %2 " ADD, "a state is a constant, a graph input or a state twice"},
    {TENSORS "state %1, %2 state %1, %0 " ADD,
     "a state is a constant, a graph input or a state twice"},
    {TENSORS "state %1, %7 " ADD, "never written"},
    {TENSORS "state %1, %3 " ADD, "'k'"},
    {TENSORS "state %2, %0 %2 = relu(%0)", "writes a tensor that is a graph input, a state"},
    {TENSORS "state %1, %9 " ADD, "%9"},
    {TENSORS ADD, "reads 's' before it is written"},
};

TEST(states_that_break_a_rule_are_refused)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct arena *a = arena_new("test");
        struct diag d = {0};
        const struct bytes text = {(const uint8_t *)faults[i].text, strlen(faults[i].text)};
        if (graph_parse(a, text, "t", &d))
            test_fail(__FILE__, __LINE__, "accepted: %s", faults[i].text);
        CHECK_HAS(d.message, faults[i].message);
        arena_free(a);
    }
}

/* `s` is read by what makes `t` only, and `t` by what makes `s` only; `u` by the output. */
static const char chain_text[] =
    "mote 1 graph \"g\" %0 \"x\" f32 [2] %1 \"s\" f32 [2] %2 \"t\" f32 [2] %3 \"u\" f32 [2]\n"
    "%4 \"s new\" f32 [2] %5 \"t new\" f32 [2] %6 \"u new\" f32 [2] %7 \"y\" f32 [2]\n"
    "%8 \"first\" f32 [2] = [1, 2] %9 \"first u\" f32 [2] = [3, 4]\n"
    "input %0 output %7 state %1, %4, %8 state %2, %5 state %3, %6, %9\n"
    "%4 = add(%0, %2) %5 = relu(%1) %6 = add(%3, %0) %7 = relu(%3)";

TEST(states_that_no_output_depends_on_go_with_what_computes_them)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = parse(a, chain_text);
    graph_drop_dead(g);
    CHECK(graph_verify(g, &d));
    CHECK_EQ(g->states.n, 1);
    CHECK_EQ(g->nodes.n, 2);
    CHECK_EQ(g->tensors.n, 5); /* x, u, u new, y, first u */
    const struct state *u = &g->states.items[0];
    CHECK_STR(g->tensors.items[u->in].name, "u");
    CHECK_STR(g->tensors.items[u->out].name, "u new");
    CHECK_STR(g->tensors.items[u->init].name, "first u");
    arena_free(a);
}

TEST(a_state_that_only_another_live_state_reads_stays)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct graph *g = parse(a, "mote 1 graph \"g\" %0 \"x\" f32 [2] %1 \"s\" f32 [2]\n"
                               "%2 \"t\" f32 [2] %3 \"y\" f32 [2]\n"
                               "input %0 output %3 state %1, %0 state %2, %1 %3 = relu(%2)");
    graph_drop_dead(g);
    CHECK(graph_verify(g, &d));
    CHECK_EQ(g->states.n, 2);
    arena_free(a);
}

TEST(a_clone_has_states_of_its_own)
{
    struct arena *a = arena_new("test"), *other = arena_new("clone");
    struct graph *g = parse(a, sum_text);
    struct graph *c = graph_clone(other, g);
    c->states.items[0].init = NO_TENSOR;
    CHECK_EQ(g->states.items[0].init, 3);
    CHECK_EQ(c->states.items[0].out, 2);
    arena_free(other);
    CHECK_EQ(g->states.items[0].out, 2);
    arena_free(a);
}

TEST(what_a_state_becomes_is_a_use_that_can_be_replaced)
{
    struct arena *a = arena_new("test");
    struct graph *g = parse(a, sum_text);
    const uint32_t *uses = graph_count_uses(g, a);
    CHECK_EQ(uses[1], 1);
    CHECK_EQ(uses[2], 2); /* the output and the state */
    CHECK_EQ(uses[3], 1);
    graph_replace_uses(g, 2, 0);
    CHECK_EQ(g->states.items[0].out, 0);
    CHECK_EQ(g->states.items[0].in, 1);
    arena_free(a);
}

TEST_MAIN(T(states_print_and_parse_back_byte_for_byte),
          T(a_state_goes_from_call_to_call_until_it_is_reset),
          T(without_first_contents_a_state_begins_at_real_0),
          T(two_states_swap_and_a_third_follows), T(states_that_break_a_rule_are_refused),
          T(states_that_no_output_depends_on_go_with_what_computes_them),
          T(a_state_that_only_another_live_state_reads_stays), T(a_clone_has_states_of_its_own),
          T(what_a_state_becomes_is_a_use_that_can_be_replaced))
