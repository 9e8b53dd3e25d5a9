/* test_firmware.c - build for and run on every board, with a model written by hand.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The model follows host/emit/emit.h. It takes 16 bytes and gives 16. Its steps: add one to every
 * byte; a loop of 10 rounds; the same loop of 15,000,010 rounds, far longer than 24 bits of
 * SysTick last; ten instructions that do nothing; 2048 bytes of stack. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "check.h"
#include "target/target.h"

#define IO_BYTES      16
#define N_RUNS        3
#define N_TARGETS_MAX 16

enum step_id { STEP_ADD, STEP_SHORT, STEP_LONG, STEP_TEN, STEP_STACK, N_STEPS };

static const char header_text[] =
    "#include \"mote/types.h\"\n"
    "#define TOY_ARENA_BYTES 64u\n"
    "#define TOY_ARENA_ALIGN 16\n"
    "#define TOY_STATE_BYTES 0u\n"
    "#define TOY_N_STEPS 5u\n"
    "#define TOY_N_INPUTS 1u\n"
    "#define TOY_N_OUTPUTS 1u\n"
    "extern const struct mote_slot toy_inputs[TOY_N_INPUTS], toy_outputs[TOY_N_OUTPUTS];\n"
    "void toy_invoke(void *arena);\n";

static const char head_text[] =
    "#include \"toy.h\"\n"
    "void MOTE_STEP_HOOK(uint32_t step);\n"
    "#define MOTE_STEP(i) MOTE_STEP_HOOK(i)\n"
    "const struct mote_slot toy_inputs[] = {{0, 16}}, toy_outputs[] = {{32, 16}};\n";

/* Two instructions a round on every board; on this machine nobody counts. */
static const char good_text[] =
    "#if defined(__arm__)\n"
    "#define ROUND(n) __asm__ volatile(\"1: subs %0, %0, #1\\n bne 1b\" : \"+r\"(n)::\"cc\")\n"
    "#elif defined(__riscv)\n"
    "#define ROUND(n) __asm__ volatile(\"1: addi %0, %0, -1\\n bnez %0, 1b\" : \"+r\"(n))\n"
    "#else\n"
    "#define ROUND(n) ((void)n)\n"
    "#endif\n"
    "#define TEN __asm__ volatile(\".rept 10\\n nop\\n .endr\")\n"
    "static const volatile uint32_t rounds[] = {10, 15000010};\n"
    "static __attribute__((noinline)) void spin(uint32_t i) { uint32_t n = rounds[i]; ROUND(n); }\n"
    "static __attribute__((noinline)) void use_stack(int8_t *a)\n"
    "{\n"
    "    volatile int8_t deep[2048];\n"
    "    for (int i = 0; i < 2048; i++) deep[i] = a[0];\n"
    "    a[0] = deep[2047];\n"
    "}\n"
    "void toy_invoke(void *arena)\n"
    "{\n"
    "    int8_t *a = arena;\n"
    "    MOTE_STEP(0u);\n"
    "    for (int i = 0; i < 16; i++) a[32 + i] = (int8_t)(a[i] + 1);\n"
    "    MOTE_STEP(1u);\n"
    "    spin(0);\n"
    "    MOTE_STEP(2u);\n"
    "    spin(1);\n"
    "    MOTE_STEP(3u);\n"
    "    TEN;\n"
    "    MOTE_STEP(4u);\n"
    "    use_stack(a);\n"
    "    MOTE_STEP(5u);\n"
    "}\n";

/* Step 2 jumps to where no board has memory; 0x5ffffff1 is a Thumb address on Arm. */
static const char fault_text[] = "void toy_invoke(void *arena)\n"
                                 "{\n"
                                 "    (void)arena;\n"
                                 "    MOTE_STEP(0u);\n"
                                 "    MOTE_STEP(1u);\n"
                                 "    MOTE_STEP(2u);\n"
                                 "    ((void (*)(void))(uintptr_t)0x5ffffff1u)();\n"
                                 "}\n";

static const char endless_text[] = "void toy_invoke(void *arena)\n"
                                   "{\n"
                                   "    for (;;) *(volatile char *)arena = 1;\n"
                                   "}\n";

/* 20 KB of stack, the board scripts reserve 16. */
static const char deep_text[] = "void toy_invoke(void *arena)\n"
                                "{\n"
                                "    volatile char deep[20480];\n"
                                "    for (int i = 0; i < 20480; i++) deep[i] = *(char *)arena;\n"
                                "    *(char *)arena = deep[0];\n"
                                "}\n";

/* A program with one kernel and the toy's tensors, made without the scheduler. */
struct toy {
    struct arena *arena;
    struct graph graph;
    struct tensor tensors[2];
    struct node node;
    uint32_t in, out;
    struct kernel kernel;
    struct step steps[N_STEPS];
    struct program program;
    const char *dir;
    struct diag diag;
};

static void toy_open(struct toy *t, const char *body, size_t output_bytes)
{
    *t = (struct toy){.arena = arena_new("toy"), .in = 0, .out = 1};
    const struct shape in = {1, {IO_BYTES}}, out = {1, {(int32_t)output_bytes}};
    t->tensors[0] = (struct tensor){.name = "x", .dtype = DT_S8, .shape = in};
    t->tensors[1] = (struct tensor){.name = "y", .dtype = DT_S8, .shape = out};
    t->node = (struct node){.op = OP_ADD, .origin = "increment"};
    t->graph.tensors.items = t->tensors, t->graph.tensors.n = 2;
    t->graph.nodes.items = &t->node, t->graph.nodes.n = 1;
    t->graph.inputs.items = &t->in, t->graph.inputs.n = 1;
    t->graph.outputs.items = &t->out, t->graph.outputs.n = 1;
    t->kernel =
        (struct kernel){.name = "mote_add_s8_ref", .variant = "ref", .source = "add/add_s8_ref.c"};
    for (int i = 0; i < N_STEPS; i++)
        t->steps[i].kernel = &t->kernel;
    t->program = (struct program){.graph = &t->graph, .steps = t->steps, .n_steps = N_STEPS};

    struct text source = {.arena = t->arena};
    text_add(&source, head_text);
    text_add(&source, body);
    CHECK(file_temp_dir(t->arena, &t->dir, &t->diag));
    CHECK(file_write(path_join(t->arena, t->dir, "toy.h"), header_text, sizeof header_text - 1,
                     &t->diag));
    CHECK(file_write(path_join(t->arena, t->dir, "toy.c"), source.data, source.len, &t->diag));
}

static void toy_close(struct toy *t)
{
    file_remove_dir(t->dir);
    arena_free(t->arena);
}

static bool toy_build(struct toy *t, const struct target *target, struct firmware *fw)
{
    const struct firmware_model model = {.name = "toy", .program = &t->program};
    const struct firmware_parts parts = {
        .name = "toy", .dir = t->dir, .elf_dir = t->dir, .models = &model, .n_models = 1};
    return firmware_build(t->arena, target, &parts, fw, &t->diag);
}

static bool toy_run(struct toy *t, const struct target *target, const struct firmware *fw,
                    struct firmware_run *run)
{
    int8_t inputs[N_RUNS * IO_BYTES];
    for (int i = 0; i < N_RUNS * IO_BYTES; i++)
        inputs[i] = (int8_t)(5 * i - 120);
    return firmware_run(t->arena, target, fw, &t->program, inputs, N_RUNS, run, &t->diag);
}

static bool toy_build_and_run(struct toy *t, const struct target *target, struct firmware *fw,
                              struct firmware_run *run)
{
    return toy_build(t, target, fw) && toy_run(t, target, fw, run);
}

static unsigned n_entries(const char *dir)
{
    unsigned n = 0;
    DIR *d = opendir(dir);
    CHECK(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2; /* "." and ".." */
}

static bool available(const struct target *t)
{
    return process_found(t->compiler) && (!t->emulator || process_found(t->emulator));
}

static const struct target *need(const char *name)
{
    const struct target *t = target_find(name);
    CHECK(t);
    if (!available(t))
        test_skip(t->package);
    return t;
}

/* The good model, built and run once per board for all tests that only look at the figures. */
struct measured {
    struct toy toy;
    struct firmware fw;
    struct firmware_run run;
};

static const struct measured *measure(const struct target *t)
{
    static struct measured all[N_TARGETS_MAX];
    uint32_t n;
    struct measured *m = &all[t - target_list(&n)];
    CHECK(n <= N_TARGETS_MAX);
    if (m->fw.elf_path)
        return m;
    toy_open(&m->toy, good_text, IO_BYTES);
    const bool ok = toy_build_and_run(&m->toy, t, &m->fw, &m->run);
    if (!ok)
        test_fail(__FILE__, __LINE__, "%s: %s", t->name, m->toy.diag.message);
    file_remove_dir(m->toy.dir);
    return m;
}

/* The next board at or after *i on which the tests can run; NULL after the last. */
static const struct target *next_board(uint32_t *i)
{
    uint32_t n;
    const struct target *all = target_list(&n);
    while (*i < n && (!all[*i].emulator || !available(&all[*i])))
        *i += 1;
    if (*i < n)
        return &all[(*i)++];
    return NULL;
}

static void skip_without_boards(void)
{
    uint32_t i = 0;
    if (!next_board(&i))
        test_skip("no board's compiler and emulator are installed");
}

TEST(targets_are_found_by_name_and_only_so)
{
    uint32_t n;
    const struct target *all = target_list(&n);
    CHECK_EQ(n, 7);
    for (uint32_t i = 0; i < n; i++)
        CHECK(target_find(all[i].name) == &all[i]);
    CHECK(target_find("cortex-m") == NULL);
    CHECK(target_find("") == NULL);
}

static void check_outputs(const struct measured *m)
{
    CHECK_EQ(m->run.n_runs, N_RUNS);
    for (int i = 0; i < N_RUNS * IO_BYTES; i++)
        CHECK_EQ(m->run.outputs[i], (int8_t)(5 * i - 119));
}

TEST(every_board_returns_the_right_bytes)
{
    skip_without_boards();
    const struct target *t;
    for (uint32_t i = 0; (t = next_board(&i)) != NULL;) {
        const struct measured *m = measure(t);
        check_outputs(m);
        printf("  %-10s flash %4zu data %zu stack %zu total %" PRIu64 "\n", t->name,
               m->fw.flash_bytes, m->fw.data_bytes, m->run.stack_bytes, m->run.instructions);
        /* The harness is a cost to everybody: model and harness stay below 2.5 KB. */
        CHECK(m->fw.flash_bytes > 500 && m->fw.flash_bytes < 2560);
        CHECK(m->fw.data_bytes >= 64 && m->fw.data_bytes < 256);
        CHECK_EQ((long long)m->fw.stack_bytes, 16384);
    }
}

TEST(this_machine_returns_the_right_bytes_and_counts_nothing)
{
    const struct measured *m = measure(need("native"));
    check_outputs(m);
    CHECK(m->run.step_instructions == NULL);
    CHECK_EQ((long long)m->run.instructions, 0);
    CHECK_EQ((long long)m->run.stack_bytes, 0);
}

TEST(a_step_longer_than_the_counter_is_counted_exactly)
{
    skip_without_boards();
    const struct target *t;
    for (uint32_t i = 0; (t = next_board(&i)) != NULL;) {
        const uint64_t *n = measure(t)->run.step_instructions;
        CHECK_EQ((long long)(n[STEP_LONG] - n[STEP_SHORT]), 30000000);
        CHECK(n[STEP_SHORT] >= 20 && n[STEP_SHORT] < 40);
    }
}

TEST(ten_instructions_count_ten_and_the_total_is_the_sum_and_the_call)
{
    skip_without_boards();
    const struct target *t;
    for (uint32_t i = 0; (t = next_board(&i)) != NULL;) {
        const struct firmware_run *r = &measure(t)->run;
        uint64_t sum = 0;
        for (int s = 0; s < N_STEPS; s++)
            sum += r->step_instructions[s];
        CHECK_EQ((long long)r->step_instructions[STEP_TEN], 10);
        CHECK(r->instructions >= sum && r->instructions < sum + 30);
    }
}

TEST(a_second_run_counts_the_same)
{
    skip_without_boards();
    const struct target *t;
    for (uint32_t i = 0; (t = next_board(&i)) != NULL;) {
        const struct measured *first = measure(t);
        struct toy toy;
        struct firmware fw;
        struct firmware_run again;
        toy_open(&toy, good_text, IO_BYTES);
        CHECK(toy_build_and_run(&toy, t, &fw, &again));
        for (int s = 0; s < N_STEPS; s++)
            CHECK_EQ((long long)again.step_instructions[s],
                     (long long)first->run.step_instructions[s]);
        CHECK_EQ((long long)again.instructions, (long long)first->run.instructions);
        CHECK_EQ((long long)again.stack_bytes, (long long)first->run.stack_bytes);
        CHECK_EQ((long long)fw.flash_bytes, (long long)first->fw.flash_bytes);
        toy_close(&toy);
    }
}

TEST(two_kilobytes_on_the_stack_are_seen)
{
    skip_without_boards();
    const struct target *t;
    for (uint32_t i = 0; (t = next_board(&i)) != NULL;) {
        const size_t stack = measure(t)->run.stack_bytes;
        CHECK(stack >= 2048 && stack < 2048 + 192);
        CHECK(measure(t)->fw.stacks[0].unknown == NULL);
        CHECK(measure(t)->fw.stacks[0].bytes >= stack);
        CHECK(measure(t)->fw.stacks[0].bytes < stack + 64);
    }
}

TEST(a_fault_on_the_board_is_reported_with_its_place)
{
    skip_without_boards();
    const struct target *t;
    for (uint32_t i = 0; (t = next_board(&i)) != NULL;) {
        struct toy toy;
        struct firmware fw;
        struct firmware_run run;
        toy_open(&toy, fault_text, IO_BYTES);
        CHECK(!toy_build_and_run(&toy, t, &fw, &run));
        CHECK_STR(toy.diag.place, t->name);
        CHECK_HAS(toy.diag.message, "the firmware failed at \"increment\": fault in step 2: pc 0x");
        toy_close(&toy);
    }
}

TEST(a_stack_that_overflows_is_an_error)
{
    skip_without_boards();
    const struct target *t;
    for (uint32_t i = 0; (t = next_board(&i)) != NULL;) {
        struct toy toy;
        struct firmware fw;
        struct firmware_run run;
        toy_open(&toy, deep_text, IO_BYTES);
        CHECK(!toy_build_and_run(&toy, t, &fw, &run));
        CHECK_STR(toy.diag.message, "the firmware stopped with status 1");
        CHECK_STR(toy.diag.hint, "it said: stack overflow\n");
        toy_close(&toy);
    }
}

TEST(a_model_that_never_returns_is_stopped)
{
    const struct target *t = need("cortex-m4");
    struct toy toy;
    struct firmware fw;
    struct firmware_run run;
    toy_open(&toy, endless_text, IO_BYTES);
    CHECK(toy_build(&toy, t, &fw));
    setenv("MOTE_RUN_TIMEOUT_S", "1", 1);
    const bool ok = toy_run(&toy, t, &fw, &run);
    unsetenv("MOTE_RUN_TIMEOUT_S");
    CHECK(!ok);
    CHECK_STR(toy.diag.message, "the firmware ran for more than 1 s and was stopped");
    toy_close(&toy);
}

TEST(output_of_another_size_than_the_programs_is_refused)
{
    const struct target *t = need("native");
    struct toy toy;
    struct firmware fw;
    struct firmware_run run;
    toy_open(&toy, good_text, IO_BYTES + 1);
    CHECK(!toy_build_and_run(&toy, t, &fw, &run));
    CHECK_HAS(toy.diag.message, "48 bytes of output, expected 51");
    toy_close(&toy);
}

TEST(a_firmware_that_ends_by_itself_is_an_error)
{
    const struct target *t = need("native");
    struct toy toy;
    struct firmware fw;
    struct firmware_run run;
    toy_open(&toy,
             "void port_exit(int status);\n"
             "void toy_invoke(void *arena) { (void)arena; port_exit(0); }\n",
             IO_BYTES);
    CHECK(!toy_build_and_run(&toy, t, &fw, &run));
    CHECK_STR(toy.diag.message, "the firmware ended without a report");
    toy_close(&toy);
}

/* Steps that the program does not have: the emitted C and the program are not of one piece. */
TEST(a_report_with_other_steps_than_the_programs_is_refused)
{
    const struct target *t = need("cortex-m4");
    struct toy toy;
    struct firmware fw;
    struct firmware_run run;
    toy_open(&toy, good_text, IO_BYTES);
    toy.program.n_steps = N_STEPS - 1;
    CHECK(!toy_build_and_run(&toy, t, &fw, &run));
    CHECK_HAS(toy.diag.message, "unexpected line \"step 4 ");
    toy_close(&toy);
}

TEST(compiler_errors_are_quoted_and_leave_no_file)
{
    const struct target *t = need("native");
    struct toy toy;
    struct firmware fw;
    toy_open(&toy, "void toy_invoke(void *arena) { missing_name(arena) }\n", IO_BYTES);
    CHECK(!toy_build(&toy, t, &fw));
    CHECK_HAS(toy.diag.message, "cc stopped with status 1:\n");
    CHECK_HAS(toy.diag.message, "toy.c:5");
    CHECK_EQ(n_entries(toy.dir), 2);
    toy_close(&toy);
}

/* Build a model with `bytes` in flash or in RAM. */
static void check_too_large(const char *board, const char *declaration, const char *resource,
                            const char *hint)
{
    const struct target *t = need(board);
    struct toy toy;
    struct firmware fw;
    toy_open(&toy, "", IO_BYTES);
    struct text source = {.arena = toy.arena};
    text_printf(&source,
                "%s%s\nvoid toy_invoke(void *arena)\n"
                "{\n    *(char *)arena = big[*(unsigned char *)arena];\n}\n",
                head_text, declaration);
    CHECK(file_write(path_join(toy.arena, toy.dir, "toy.c"), source.data, source.len, &toy.diag));
    CHECK(!toy_build(&toy, t, &fw));
    unsigned long needs = 0, has = 0, excess = 0;
    char rest[128] = "";
    CHECK_HAS(toy.diag.message, resource);
    const char *figures = strstr(toy.diag.message, resource) + strlen(resource);
    CHECK_EQ(sscanf(figures, ": needs %lu bytes,%127[^0-9]%lu: %lu too many", &needs, rest, &has,
                    &excess),
             4);
    CHECK_EQ((long long)excess, (long long)(needs - has));
    CHECK(excess > 0 && excess < 4096);
    CHECK_STR(toy.diag.hint, hint);
    CHECK_EQ(n_entries(toy.dir), 2);
    toy_close(&toy);
}

TEST(firmware_too_large_for_the_flash_says_by_how_much)
{
    check_too_large("cortex-m4", "static const volatile char big[4u << 20] = {1};", "flash",
                    "it would fit: rv32imc");
    check_too_large("cortex-m55", "static const volatile char big[2u << 20] = {1};", "flash",
                    "it would fit: cortex-m3, cortex-m4, cortex-m7, cortex-m33, rv32imc");
}

TEST(firmware_too_large_for_every_board_says_so)
{
    check_too_large("rv32imc", "static const volatile char big[32u << 20] = {1};", "flash",
                    "it fits no board: use a smaller network");
}

TEST(firmware_too_large_for_the_ram_says_by_how_much)
{
    const struct target *t = need("cortex-m3");
    struct toy toy;
    struct firmware fw;
    toy_open(&toy,
             "static volatile char big[4u << 20];\n"
             "void toy_invoke(void *arena) { big[*(unsigned char *)arena] = 1; }\n",
             IO_BYTES);
    CHECK(!toy_build(&toy, t, &fw));
    CHECK_HAS(toy.diag.message, "RAM: needs 42");
    CHECK_HAS(toy.diag.message, "16384 of them for the stack, the board has 4194304: ");
    CHECK_STR(toy.diag.hint, "it would fit: rv32imc");
    toy_close(&toy);
}

TEST(a_missing_compiler_is_named_with_its_package)
{
    struct toy toy;
    struct firmware fw;
    toy_open(&toy, good_text, IO_BYTES);
    char *path = arena_strdup(toy.arena, getenv("PATH"));
    setenv("PATH", "", 1);
    const bool ok = toy_build(&toy, target_find("cortex-m4"), &fw);
    setenv("PATH", path, 1);
    CHECK(!ok);
    CHECK_STR(toy.diag.message, "the compiler arm-none-eabi-gcc is not installed");
    CHECK_HAS(toy.diag.hint, "apt-get install gcc-arm-none-eabi ");
    CHECK_EQ(n_entries(toy.dir), 2);
    toy_close(&toy);
}

TEST(a_missing_emulator_is_named_with_its_package)
{
    struct toy toy;
    const struct firmware fw = {.elf_path = "/nonexistent.elf"};
    struct firmware_run run;
    toy_open(&toy, good_text, IO_BYTES);
    char *path = arena_strdup(toy.arena, getenv("PATH"));
    setenv("PATH", "", 1);
    const bool ok = toy_run(&toy, target_find("rv32imc"), &fw, &run);
    setenv("PATH", path, 1);
    CHECK(!ok);
    CHECK_STR(toy.diag.message, "the emulator qemu-system-riscv32 is not installed");
    CHECK_HAS(toy.diag.hint, "qemu-system-misc");
    toy_close(&toy);
}

TEST(a_wrong_device_folder_is_an_error)
{
    const struct target *t = need("native");
    struct toy toy;
    struct firmware fw;
    toy_open(&toy, good_text, IO_BYTES);
    setenv("MOTE_DEVICE_DIR", toy.dir, 1);
    const bool ok = toy_build(&toy, t, &fw);
    unsetenv("MOTE_DEVICE_DIR");
    CHECK(!ok);
    CHECK_HAS(toy.diag.message, "no port/port.h");
    CHECK_HAS(toy.diag.hint, "MOTE_DEVICE_DIR");
    toy_close(&toy);
}

struct side_by_side {
    struct toy toy[2];
    const struct target *target;
    bool ok[2];
    struct firmware_run run[2];
};

static void one_side(void *ctx, uint32_t i_task, uint32_t i_thread)
{
    (void)i_thread;
    struct side_by_side *s = ctx;
    struct firmware fw;
    s->ok[i_task] = toy_build_and_run(&s->toy[i_task], s->target, &fw, &s->run[i_task]);
}

/* Both write the same ELF file: each must see a whole one. */
TEST(two_builds_and_runs_side_by_side_do_not_disturb_each_other)
{
    struct side_by_side s = {.target = need("cortex-m4")};
    toy_open(&s.toy[0], good_text, IO_BYTES);
    toy_open(&s.toy[1], good_text, IO_BYTES);
    const char *dir_of_1 = s.toy[1].dir;
    s.toy[1].dir = s.toy[0].dir;
    struct pool *pool = pool_new(2);
    pool_run(pool, 2, one_side, &s);
    pool_free(pool);
    CHECK(s.ok[0] && s.ok[1]);
    CHECK_EQ((long long)s.run[0].instructions, (long long)s.run[1].instructions);
    CHECK_BYTES(s.run[0].outputs, s.run[1].outputs, N_RUNS * IO_BYTES);
    CHECK_EQ(n_entries(s.toy[0].dir), 3); /* header, source, firmware */
    file_remove_dir(dir_of_1);
    toy_close(&s.toy[0]);
    arena_free(s.toy[1].arena);
}

TEST_MAIN(T(targets_are_found_by_name_and_only_so), T(every_board_returns_the_right_bytes),
          T(this_machine_returns_the_right_bytes_and_counts_nothing),
          T(a_step_longer_than_the_counter_is_counted_exactly),
          T(ten_instructions_count_ten_and_the_total_is_the_sum_and_the_call),
          T(a_second_run_counts_the_same), T(two_kilobytes_on_the_stack_are_seen),
          T(a_fault_on_the_board_is_reported_with_its_place), T(a_stack_that_overflows_is_an_error),
          T(a_model_that_never_returns_is_stopped),
          T(output_of_another_size_than_the_programs_is_refused),
          T(a_firmware_that_ends_by_itself_is_an_error),
          T(a_report_with_other_steps_than_the_programs_is_refused),
          T(compiler_errors_are_quoted_and_leave_no_file),
          T(firmware_too_large_for_the_flash_says_by_how_much),
          T(firmware_too_large_for_every_board_says_so),
          T(firmware_too_large_for_the_ram_says_by_how_much),
          T(a_missing_compiler_is_named_with_its_package),
          T(a_missing_emulator_is_named_with_its_package), T(a_wrong_device_folder_is_an_error),
          T(two_builds_and_runs_side_by_side_do_not_disturb_each_other))
