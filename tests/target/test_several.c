/* test_several.c - two models in one firmware give the bytes of each alone.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/base.h"
#include "check.h"
#include "import/import.h"
#include "ir/interp.h"
#include "ir/random_graph.h"
#include "several.h"

#define N_MODELS 2
#define N_RUNS   5

struct job {
    struct arena *arena;
    struct several several;
    struct firmware_model models[N_MODELS];
    struct text inputs, outputs; /* of all runs, as the interpreter gives them */
    struct diag diag;
};

static void must(bool ok, const struct diag *d)
{
    if (!ok)
        test_fail(__FILE__, __LINE__, "%s: %s (%s)", d->place, d->message, d->hint);
}

static struct job job_new(void)
{
    struct job j = {.arena = arena_new("several")};
    j.inputs.arena = j.outputs.arena = j.arena;
    return j;
}

/* Compile graphs with one input, each by itself, and see what the interpreter makes of them. */
static void job_open(struct job *j, const struct graph *const graphs[N_MODELS], struct rng *r)
{
    struct compiled *c = ARENA_ARRAY(j->arena, struct compiled, N_MODELS);
    struct interp *interps[N_MODELS];
    static const char *const names[] = {"first", "second"};
    for (uint32_t m = 0; m < N_MODELS; m++) {
        must(compile(j->arena, graphs[m], names[m], &choice_portable, &c[m], &j->diag), &j->diag);
        must((interps[m] = interp_new(j->arena, graphs[m], &j->diag)) != NULL, &j->diag);
        j->models[m] = (struct firmware_model){names[m], c[m].program};
    }
    for (uint32_t k = 0; k < N_RUNS * N_MODELS; k++) {
        const struct graph *g = graphs[k % N_MODELS];
        struct interp *it = interps[k % N_MODELS];
        const void *x = random_input(j->arena, g, 0, r);
        text_add_bytes(&j->inputs, x, tensor_bytes(&g->tensors.items[g->inputs.items[0]]));
        interp_run(it, &x);
        for (uint32_t i = 0; i < g->outputs.n; i++) {
            const uint32_t t = g->outputs.items[i];
            text_add_bytes(&j->outputs, interp_tensor(it, t), tensor_bytes(&g->tensors.items[t]));
        }
    }
    j->several = (struct several){.models = c, .n = N_MODELS};
}

static struct job random_job(uint64_t stream)
{
    struct job j = job_new();
    struct rng r = rng_split(test_seed(), stream);
    const struct graph *graphs[N_MODELS];
    for (uint32_t m = 0; m < N_MODELS; m++)
        graphs[m] = random_graph(j.arena, &r, RANDOM_S8, 10);
    job_open(&j, graphs, &r);
    return j;
}

static void check_on(struct job *j, const char *board, enum plan_sharing sharing)
{
    const struct target *t = target_find(board);
    if (!process_found(t->compiler) || !process_found(t->emulator))
        test_skip(t->package);
    j->several.sharing = sharing;
    several_share(j->arena, &j->several);
    const char *dir;
    struct firmware fw;
    const int8_t *got;
    must(file_temp_dir(j->arena, &dir, &j->diag), &j->diag);
    must(several_firmware(j->arena, &j->several, t, dir, &fw, &j->diag) &&
             firmware_run_several(j->arena, t, &fw, j->models, N_MODELS, j->inputs.data, N_RUNS,
                                  &got, &j->diag),
         &j->diag);
    check_bytes(__FILE__, __LINE__, board, got, j->outputs.data, j->outputs.len);
    for (uint32_t m = 0; m < N_MODELS; m++)
        CHECK(fw.stacks[m].unknown == NULL && fw.stacks[m].bytes > 0);
    file_remove_dir(dir);
}

TEST(models_apart_neither_lose_inputs_nor_outputs)
{
    static const char *const boards[] = {"cortex-m4", "cortex-m55", "rv32imc"};
    for (uint32_t i = 0; i < 3; i++) {
        struct job j = random_job(i);
        check_on(&j, boards[i], SHARE_APART);
        const struct compiled *c = j.several.models;
        CHECK_EQ(j.several.arena_bytes,
                 c[0].memory->plan.arena_bytes + c[1].memory->plan.arena_bytes);
        arena_free(j.arena);
    }
}

TEST(models_that_take_turns_need_the_larger_arena)
{
    static const char *const boards[] = {"cortex-m4", "cortex-m55", "rv32imc"};
    for (uint32_t i = 0; i < 3; i++) {
        struct job j = random_job(10 + i);
        check_on(&j, boards[i], SHARE_TAKE_TURNS);
        const size_t a = j.several.models[0].memory->plan.arena_bytes;
        const size_t b = j.several.models[1].memory->plan.arena_bytes;
        CHECK_EQ(j.several.arena_bytes, a > b ? a : b);
        arena_free(j.arena);
    }
}

TEST(states_outlast_the_calls_of_the_other_model)
{
    static const enum plan_sharing ways[] = {SHARE_APART, SHARE_TAKE_TURNS};
    for (uint32_t i = 0; i < 2; i++) {
        struct job j = job_new();
        struct rng r = rng_split(test_seed(), 30);
        const char *const paths[] = {test_data("models/micro-wake-word/vad.tflite"),
                                     test_data("models/micro-wake-word/okay_nabu.tflite")};
        const struct graph *graphs[N_MODELS];
        for (uint32_t m = 0; m < N_MODELS; m++)
            must((graphs[m] = import_read(j.arena, paths[m], &j.diag)) != NULL, &j.diag);
        job_open(&j, graphs, &r);
        CHECK(j.several.models[0].memory->plan.state_bytes > 0);
        CHECK(j.several.models[1].memory->plan.state_bytes > 0);
        check_on(&j, "cortex-m4", ways[i]);
        arena_free(j.arena);
    }
}

TEST(kernels_of_both_models_are_in_the_flash_once)
{
    const struct target *t = target_find("cortex-m4");
    if (!process_found(t->compiler))
        test_skip(t->package);
    struct job j = random_job(20);
    struct compiled *c = j.several.models;
    must(compile(j.arena, c[0].graph, "second", &choice_portable, &c[1], &j.diag), &j.diag);
    struct firmware one, both;
    must(compile_firmware(j.arena, &c[0], t, NULL, &one, &j.diag), &j.diag);
    several_share(j.arena, &j.several);
    must(several_firmware(j.arena, &j.several, t, NULL, &both, &j.diag), &j.diag);
    const size_t weights = c[0].code.weight_bytes, code = one.flash_bytes - weights;
    printf("  code of one %zu bytes, of both %zu\n", code, both.flash_bytes - 2 * weights);
    CHECK(both.flash_bytes - 2 * weights < code + code / 4);
    arena_free(j.arena);
}

TEST_MAIN(T(models_apart_neither_lose_inputs_nor_outputs),
          T(models_that_take_turns_need_the_larger_arena),
          T(states_outlast_the_calls_of_the_other_model),
          T(kernels_of_both_models_are_in_the_flash_once))
