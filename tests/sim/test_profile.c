/* test_profile.c - random graphs profiled on boards. SPDX-License-Identifier: Apache-2.0
 *
 * A profile compares itself, step by step, with the board's own counter; here the firmware without
 * marks is run beside it. tests/cli/cases/profile.sh has two boards more. */
#include "check.h"
#include "ir/random_graph.h"
#include "profile.h"

#define N_NODES 10

static void check_on(const char *board)
{
    struct diag d = {0};
    struct compiled c;
    struct firmware fw;
    struct firmware_run run;
    struct profiled p;
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    const struct graph *g = random_graph(a, &r, RANDOM_S8, N_NODES);
    const struct target *t = target_find(board);
    const struct choice choice = target_choice(t);
    const void *x = random_input(a, g, 0, &r);
    if (!compile(a, g, "drawn", &choice, &c, &d) ||
        !compile_and_run(a, &c, t, x, 1, &fw, &run, &d) ||
        !compile_and_profile(a, &c, t, x, 0, &p, &d))
        test_fail(__FILE__, __LINE__, "%s: %s: %s", board, d.place, d.message);
    CHECK_EQ(p.profile.n_steps, c.program->n_steps);
    CHECK_EQ(p.profile.total.instructions, run.instructions);
    CHECK_EQ(p.firmware.flash_bytes, fw.flash_bytes);
    for (uint32_t i = 0; i < p.profile.n_steps; i++) {
        const struct cost *s = &p.profile.steps[i];
        CHECK_EQ(s->instructions, run.step_instructions[i]);
        uint64_t sum = 0;
        for (uint32_t k = 0; k < N_CLASSES; k++)
            sum += s->by_class[k];
        CHECK_EQ(sum, s->instructions);
        CHECK(s->weighted >= s->instructions);
        CHECK(s->cycles > s->instructions / 3); /* no core issues more than two a cycle */
        CHECK(s->loaded > 0 && s->flash <= s->loaded);
    }
    arena_free(a);
}

TEST(a_profile_counts_what_the_firmware_without_marks_executes)
{
    static const char *const boards[] = {"cortex-m3", "cortex-m33", "cortex-m55"};
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++)
        check_on(boards[i]);
}

TEST_MAIN(T(a_profile_counts_what_the_firmware_without_marks_executes))
