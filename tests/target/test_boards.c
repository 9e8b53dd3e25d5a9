/* test_boards.c - emitted programs on every board against the interpreter, byte for byte.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/base.h"
#include "check.h"
#include "emit/emit.h"
#include "ir/interp.h"
#include "ir/random_graph.h"
#include "target/target.h"

#define N_NODES 12
#define N_RUNS  8

struct job {
    struct arena *arena;
    const struct program *program;
    const uint8_t *inputs, *outputs; /* of all runs; outputs as the interpreter gives them */
    size_t output_bytes;
    const char *dir;
    struct diag diag;
};

static void must(bool ok, const struct diag *d)
{
    if (!ok)
        test_fail(__FILE__, __LINE__, "%s: %s (%s)", d->place, d->message, d->hint);
}

/* N_RUNS random inputs and what the interpreter makes of them. */
static void interpret(struct job *j, const struct graph *g, struct rng *r)
{
    struct text in = {.arena = j->arena}, out = {.arena = j->arena};
    struct interp *it = interp_new(j->arena, g, &j->diag);
    must(it != NULL, &j->diag);
    for (uint32_t i_run = 0; i_run < N_RUNS; i_run++) {
        const void *x = random_input(j->arena, g, 0, r);
        text_add_bytes(&in, x, tensor_bytes(&g->tensors.items[g->inputs.items[0]]));
        interp_run(it, &x);
        for (uint32_t i = 0; i < g->outputs.n; i++) {
            const uint32_t t = g->outputs.items[i];
            text_add_bytes(&out, interp_tensor(it, t), tensor_bytes(&g->tensors.items[t]));
        }
    }
    j->inputs = (const uint8_t *)in.data;
    j->outputs = (const uint8_t *)out.data;
    j->output_bytes = out.len;
}

static void write_model(struct job *j, const struct graph *g, const struct choice *choice)
{
    j->program = schedule(j->arena, g, choice, &j->diag);
    must(j->program != NULL, &j->diag);
    struct emitted code;
    emit_c(j->arena, j->program, plan_program(j->arena, j->program), "drawn", &code);
    must(file_temp_dir(j->arena, &j->dir, &j->diag), &j->diag);
    must(file_write(path_join(j->arena, j->dir, "drawn.c"), code.source.data, code.source.len,
                    &j->diag),
         &j->diag);
    must(file_write(path_join(j->arena, j->dir, "drawn.h"), code.header.data, code.header.len,
                    &j->diag),
         &j->diag);
}

/* The bound holds, and says something: paths that this input does not take, and the 64 bytes below
 * which the high-water mark is not measured, are less than as much again. */
static void check_stack(const struct target *t, const struct firmware_stack *stack, size_t mark)
{
    if (stack->unknown)
        test_fail(__FILE__, __LINE__, "%s: %s", t->name, stack->unknown);
    if (mark > 64 && mark > stack->bytes)
        test_fail(__FILE__, __LINE__, "%s: %zu bytes of stack used, %zu stated", t->name, mark,
                  stack->bytes);
    if (stack->bytes > 2 * mark)
        test_fail(__FILE__, __LINE__, "%s: %zu bytes of stack stated, %zu used", t->name,
                  stack->bytes, mark);
}

static void check_on(struct job *j, const struct target *t)
{
    struct firmware fw;
    struct firmware_run run;
    const struct firmware_model model = {.name = "drawn", .program = j->program};
    const struct firmware_parts parts = {
        .name = "drawn", .dir = j->dir, .elf_dir = j->dir, .models = &model, .n_models = 1};
    must(firmware_build(j->arena, t, &parts, &fw, &j->diag), &j->diag);
    must(firmware_run(j->arena, t, &fw, j->program, j->inputs, N_RUNS, &run, &j->diag), &j->diag);
    check_bytes(__FILE__, __LINE__, t->name, run.outputs, j->outputs, j->output_bytes);
    if (t->emulator)
        check_stack(t, &fw.stacks[0], run.stack_bytes);
}

enum kernels { KERNELS_FASTEST, KERNELS_REFERENCE };

static void check_everywhere(enum random_kind kind, enum kernels kernels)
{
    struct job j = {.arena = arena_new("job")};
    struct rng r = rng_split(test_seed(), (uint64_t)kind * 2 + kernels);
    const struct graph *g = random_graph(j.arena, &r, kind, N_NODES);
    interpret(&j, g, &r);
    uint32_t n, n_seen = 0;
    const struct target *all = target_list(&n);
    for (uint32_t i = 0; i < n; i++) {
        if (!process_found(all[i].compiler) || (all[i].emulator && !process_found(all[i].emulator)))
            continue;
        const struct choice fastest = target_choice(&all[i]);
        write_model(&j, g, kernels == KERNELS_REFERENCE ? &choice_reference : &fastest);
        check_on(&j, &all[i]);
        file_remove_dir(j.dir);
        n_seen++;
    }
    arena_free(j.arena);
    if (n_seen == 0)
        test_skip("no compiler and emulator are installed");
}

TEST(the_fastest_kernels_give_the_interpreters_bytes_on_every_board)
{
    check_everywhere(RANDOM_S8, KERNELS_FASTEST);
}

TEST(the_reference_kernels_give_the_interpreters_bytes_on_every_board)
{
    check_everywhere(RANDOM_S8, KERNELS_REFERENCE);
}

TEST(float_ends_give_the_interpreters_bytes_on_every_board)
{
    check_everywhere(RANDOM_ENDS, KERNELS_FASTEST);
}
TEST(programs_with_states_run_alike_on_every_board)
{
    check_everywhere(RANDOM_STATES, KERNELS_FASTEST);
}

TEST_MAIN(T(programs_with_states_run_alike_on_every_board),
          T(the_fastest_kernels_give_the_interpreters_bytes_on_every_board),
          T(the_reference_kernels_give_the_interpreters_bytes_on_every_board),
          T(float_ends_give_the_interpreters_bytes_on_every_board))
