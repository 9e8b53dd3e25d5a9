/* test_keep.c - what is left to do for a state after the last step.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/rng.h"
#include "check.h"
#include "ir/random_graph.h"
#include "ir/text.h"
#include "sched/sched.h"

/* Two inputs and two states of one shape; each case adds tensors, states and nodes. */
#define HEAD                                                                                       \
    "mote 1 graph \"g\" %0 \"x\" s8 [1,4] quant 0.5:1 %1 \"s\" s8 [1,4] quant 0.5:1\n"             \
    "%2 \"t\" s8 [1,4] quant 0.5:1 %3 \"y\" s8 [1,4] quant 0.5:1 %4 \"z\" s8 [1,4] quant 0.5:1\n"  \
    "%5 \"w\" s8 [1,2,2] quant 0.5:1 %6 \"v\" s8 [1,4] quant 0.5:1\n"

static const struct keep_case {
    const char *what, *text;
    enum keep keeps[2]; /* of states s and t */
} cases[] = {
    {"read before it is written",
     "input %0 output %4 state %1, %4 state %2, %2\n"
     "%3 = add(%0, %1) %4 = add(%3, %2)",
     {KEEP_IN_PLACE, KEEP_IN_PLACE}},
    {"written by the step that reads it, in place",
     "input %0 output %3 state %1, %3 state %2, %2\n%3 = add(%1, %0) %4 = add(%3, %2)",
     {KEEP_IN_PLACE, KEEP_IN_PLACE}},
    {"written by a step that reads it as its second input",
     "input %0 output %3 state %1, %3 state %2, %2\n%3 = add(%0, %1) %4 = add(%3, %2)",
     {KEEP_COPY, KEEP_IN_PLACE}},
    {"read after its new contents are written",
     "input %0 output %4 state %1, %3 state %2, %2\n%3 = add(%0, %2) %4 = add(%3, %1)",
     {KEEP_COPY, KEEP_IN_PLACE}},
    {"written under another shape",
     "input %0 output %4 state %1, %6 state %2, %2\n"
     "%3 = add(%0, %1) %4 = add(%3, %2)\n"
     "%5 = reshape(%4) shape [1,2,2] %6 = reshape(%5) shape [1,4]",
     {KEEP_IN_PLACE, KEEP_IN_PLACE}},
    {"an input of the graph",
     "input %0 output %4 state %1, %0 state %2, %2\n"
     "%3 = add(%0, %1) %4 = add(%3, %2)",
     {KEEP_COPY, KEEP_IN_PLACE}},
    {"two states that swap",
     "input %0 output %4 state %1, %2 state %2, %1\n"
     "%3 = add(%0, %1) %4 = add(%3, %2)",
     {KEEP_ASIDE, KEEP_ASIDE}},
    {"one tensor for two states",
     "input %0 output %4 state %1, %4 state %2, %4\n"
     "%3 = add(%0, %1) %4 = add(%3, %2)",
     {KEEP_IN_PLACE, KEEP_ASIDE}},
    {"a state whose old contents another state takes over",
     "input %0 output %4 state %1, %4 state %2, %1\n%3 = add(%0, %1) %4 = add(%3, %2)",
     {KEEP_COPY, KEEP_ASIDE}},
};

TEST(new_contents_go_to_their_place_unless_the_old_ones_are_needed)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *a = arena_new("test");
        struct diag d = {0};
        const char *text = arena_printf(a, "%s%s", HEAD, cases[i].text);
        const struct bytes bytes = {(const uint8_t *)text, strlen(text)};
        const struct graph *g = graph_parse(a, bytes, cases[i].what, &d);
        CHECK_STR(d.message, "");
        const struct program *p = schedule(a, g, &choice_portable, &d);
        CHECK_STR(d.message, "");
        for (uint32_t s = 0; s < 2; s++)
            if (p->keeps[s] != cases[i].keeps[s])
                test_fail(__FILE__, __LINE__, "%s: state %u is kept by %d", cases[i].what,
                          (unsigned)s, (int)p->keeps[s]);
        for (uint32_t s = 0; s < 2; s++) {
            const struct state *state = &g->states.items[s];
            const bool is_there = program_root(p, state->out) == state->in;
            CHECK_EQ(is_there, p->keeps[s] == KEEP_IN_PLACE);
        }
        arena_free(a);
    }
}

/* The old contents as an output would be overwritten: by a step in one case, by a copy in the other.
 */
TEST(an_output_that_is_a_state_under_another_shape_has_a_place_of_its_own)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    const char *text = HEAD "input %0 output %4, %5 state %1, %4 state %2, %0\n"
                            "%3 = add(%0, %2) %4 = add(%3, %0) %5 = reshape(%1) shape [1,2,2]";
    const struct bytes bytes = {(const uint8_t *)text, strlen(text)};
    const struct graph *g = graph_parse(a, bytes, "shown", &d);
    CHECK_STR(d.message, "");
    const struct program *p = schedule(a, g, &choice_portable, &d);
    CHECK(p->shown[0] == NO_TENSOR);
    CHECK_EQ(p->shown[1], 1);
    CHECK_EQ(program_root(p, 5), 5);
    arena_free(a);
}

TEST(random_graphs_meet_every_way_of_keeping_a_state)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    uint32_t n[3] = {0};
    for (int i = 0; i < 100; i++) {
        struct diag d = {0};
        const struct graph *g = random_graph(a, &r, RANDOM_STATES, 8);
        const struct program *p = schedule(a, g, &choice_portable, &d);
        CHECK_STR(d.message, "");
        for (uint32_t s = 0; s < g->states.n; s++)
            n[p->keeps[s]]++;
        arena_reset(a);
    }
    printf("  in place %u, copied %u, aside %u\n", (unsigned)n[0], (unsigned)n[1], (unsigned)n[2]);
    CHECK(n[KEEP_IN_PLACE] > 0 && n[KEEP_COPY] > 0 && n[KEEP_ASIDE] > 0);
    arena_free(a);
}

TEST_MAIN(T(an_output_that_is_a_state_under_another_shape_has_a_place_of_its_own),
          T(new_contents_go_to_their_place_unless_the_old_ones_are_needed),
          T(random_graphs_meet_every_way_of_keeping_a_state))
