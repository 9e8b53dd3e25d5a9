/* run.h - emit graphs as one program, run it here, and compare with the interpreter, byte for byte.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_EMIT_RUN_H
#define MOTE_TESTS_EMIT_RUN_H
#include "build.h"
#include "ir/interp.h"
#include "ir/random_graph.h"
#include "sched/cascade.h"

#define N_RUNS 3

/* The program round the models: reads in.bin, writes out.bin. The arena, but for the states, is
 * poisoned before every run and fenced by bytes that must survive. The hook must name 0, 1, ..., N_STEPS; in a cascade it
 * names each step at least once, and N_STEPS at the end. Rows that are fed must be asked for in
 * order. */
static const char driver_head[] = "#include <stdint.h>\n"
                                  "#include <stdio.h>\n"
                                  "#include <string.h>\n"
                                  "#define FENCE 64\n"
                                  "void hook(uint32_t step);\n"
                                  "static uint8_t is_hooked[1024];\n"
                                  "static uint32_t n_hooked, last_hooked, n_fed;\n"
                                  "static int is_in_order = 1;\n"
                                  "void hook(uint32_t step)\n"
                                  "{\n"
                                  "    is_in_order = is_in_order && step == n_hooked;\n"
                                  "    n_hooked += !is_hooked[step];\n"
                                  "    is_hooked[step] = 1;\n"
                                  "    last_hooked = step;\n"
                                  "}\n"
                                  "static void begin_run(void)\n"
                                  "{\n"
                                  "    memset(is_hooked, 0, sizeof is_hooked);\n"
                                  "    n_hooked = last_hooked = n_fed = 0;\n"
                                  "    is_in_order = 1;\n"
                                  "}\n"
                                  "static int is_intact(const uint8_t *fence)\n"
                                  "{\n"
                                  "    for (int i = 0; i < FENCE; i++)\n"
                                  "        if (fence[i] != 0xa5)\n"
                                  "            return 0;\n"
                                  "    return 1;\n"
                                  "}\n";

/* How a model gets its inputs: whole, or by rows. */
static const char driver_whole[] =
    "static int invoke_%s(uint8_t *arena, FILE *in)\n"
    "{\n"
    "    for (uint32_t i = 0; i < %s_N_INPUTS; i++)\n"
    "        if (fread(arena + %s_inputs[i].offset, 1, %s_inputs[i].bytes, in)\n"
    "            != %s_inputs[i].bytes)\n"
    "            return 1;\n"
    "    %s_invoke(arena);\n"
    "    return 0;\n"
    "}\n";

static const char driver_fed[] =
    "static void read_%s(void *context, uint32_t first, uint32_t n, void *to)\n"
    "{\n"
    "    if (first == n_fed)\n"
    "        n_fed += (uint32_t)fread(to, %s_IN0_ROW_BYTES, n, context);\n"
    "}\n"
    "static int invoke_%s(uint8_t *arena, FILE *in)\n"
    "{\n"
    "    const struct mote_feed feed = {read_%s, in};\n"
    "    %s_invoke(arena, &feed);\n"
    "    return n_fed != %s_IN0_ROWS;\n"
    "}\n";

static const char driver_model[] =
    "static union { uint8_t bytes[%s_ARENA_BYTES + 2 * FENCE]; double align[2]; } arena_%s;\n"
    "#if %s_STATE_BYTES > 0\n"
    "#define %s_RESET %s_reset\n"
    "#else\n"
    "#define %s_RESET (void)\n"
    "#endif\n"
    "static int run_%s(FILE *in, FILE *out, int run, int has_cascades)\n"
    "{\n"
    "    uint8_t *const arena = arena_%s.bytes + FENCE;\n"
    "    if (run == 0) {\n"
    "        memset(&arena_%s, 0xa5, sizeof arena_%s);\n"
    "        %s_RESET(arena);\n"
    "    }\n"
    "    memset(arena + %s_STATE_BYTES, 0xa5, %s_ARENA_BYTES - %s_STATE_BYTES);\n"
    "    begin_run();\n"
    "    if (invoke_%s(arena, in) != 0)\n"
    "        return 1;\n"
    "    if (!(is_in_order || has_cascades) || n_hooked != %s_N_STEPS + 1 ||\n"
    "        last_hooked != %s_N_STEPS)\n"
    "        return 2;\n"
    "    if (!is_intact(arena - FENCE) || !is_intact(arena + %s_ARENA_BYTES))\n"
    "        return 3;\n"
    "    for (uint32_t i = 0; i < %s_N_OUTPUTS; i++)\n"
    "        fwrite(arena + %s_outputs[i].offset, 1, %s_outputs[i].bytes, out);\n"
    "#if %s_N_STEPS > 0\n"
    "    return %s_step_names[0][0] == '\\0';\n" /* the random graphs have names */
    "#else\n"
    "    return 0;\n"
    "#endif\n"
    "}\n";

/* Replace each "%s" of `form` by the name: in capitals where "_" and a capital follow. */
static inline void add_form(struct text *t, const char *form, const char *name)
{
    for (const char *c = form; *c; c++) {
        if (strncmp(c, "%s", 2) != 0) {
            text_add_bytes(t, c, 1);
            continue;
        }
        const bool is_macro = c[2] == '_' && c[3] >= 'A' && c[3] <= 'Z';
        for (const char *n = name; *n; n++) {
            const char letter = is_macro && *n >= 'a' && *n <= 'z' ? (char)(*n - 'a' + 'A') : *n;
            text_add_bytes(t, &letter, 1);
        }
        c++;
    }
}

static inline const char *driver_of(struct arena *a, const struct model *models, uint32_t n,
                                    int n_runs)
{
    struct text t = {.arena = a};
    text_add(&t, driver_head);
    for (uint32_t i = 0; i < n; i++) {
        text_printf(&t, "#include \"%s.h\"\n", models[i].name);
        add_form(&t, program_fed(models[i].program) ? driver_fed : driver_whole, models[i].name);
        add_form(&t, driver_model, models[i].name);
    }
    text_printf(&t,
                "int main(void)\n{\n"
                "    FILE *in = fopen(\"in.bin\", \"rb\"), *out = fopen(\"out.bin\", \"wb\");\n"
                "    int status = !in || !out;\n"
                "    for (int run = 0; run < %d && !status; run++) {\n",
                n_runs);
    for (uint32_t i = 0; i < n; i++)
        text_printf(&t,
                    "        if (!status && (status = run_%s(in, out, run, %d)) != 0)\n"
                    "            printf(\"model %s, run %%d: \", run);\n",
                    models[i].name, models[i].program->n_cascades > 0, models[i].name);
    text_add(&t, "    }\n    if (!status && fclose(out) != 0)\n        status = 4;\n"
                 "    return status;\n}\n");
    return text_cstr(&t);
}

/* Interpret the graph on random inputs: append these to `in`, what comes out to `want`. */
static inline void interpret(struct arena *a, const struct graph *g, struct rng *r,
                             struct interp *it, struct text *in, struct text *want)
{
    const void **inputs = ARENA_ARRAY(a, const void *, g->inputs.n);
    for (uint32_t i = 0; i < g->inputs.n; i++) {
        inputs[i] = random_input(a, g, i, r);
        text_add_bytes(in, inputs[i], tensor_bytes(&g->tensors.items[g->inputs.items[i]]));
    }
    interp_run(it, inputs);
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        const uint32_t y = g->outputs.items[i];
        text_add_bytes(want, interp_tensor(it, y), tensor_bytes(&g->tensors.items[y]));
    }
}

/* Compile models into one program, run each of them n_runs times on the inputs `in`, which lie in
 * this order: those of the first run of all models, then those of the next. */
static inline void run_models(struct arena *a, const struct model *models, uint32_t n, int n_runs,
                              struct bytes in, struct bytes want)
{
    static const char *const words[] = {"-DMOTE_STEP_HOOK=hook", "-DMOTE_STEP_NAMES", "driver.c",
                                        "-o", "driver"};
    struct build b = build_begin(a);
    struct diag d = {0};
    for (uint32_t i = 0; i < n; i++)
        add_model(&b, &models[i]);
    add_file(&b, "driver.c", driver_of(a, models, n, n_runs));
    CHECK_OK(file_write(path_join(a, b.dir, "in.bin"), in.data, in.len, &d), d);
    add_words(&b, words, sizeof words / sizeof words[0]);
    must_compile(&b);
    must_run(&b, (const char *const[]){path_join(a, b.dir, "driver"), NULL});

    struct bytes got;
    CHECK_OK(file_map(path_join(a, b.dir, "out.bin"), &got, &d), d);
    CHECK_EQ((long long)got.len, (long long)want.len);
    CHECK_BYTES(got.data, want.data, want.len);
    file_unmap(got);
    build_end(&b);
}

/* ... on random inputs, against the interpreter. */
static inline void check_models(struct arena *a, struct graph *const *graphs,
                                const struct model *models, uint32_t n, struct rng *r)
{
    struct diag d = {0};
    struct interp **interps = ARENA_ARRAY(a, struct interp *, n);
    for (uint32_t i = 0; i < n; i++) {
        interps[i] = interp_new(a, graphs[i], &d);
        CHECK_OK(interps[i] != NULL, d);
    }
    struct text in = {.arena = a}, want = {.arena = a};
    for (int run = 0; run < N_RUNS; run++)
        for (uint32_t i = 0; i < n; i++)
            interpret(a, graphs[i], r, interps[i], &in, &want);
    run_models(a, models, n, N_RUNS, (struct bytes){(const uint8_t *)in.data, in.len},
               (struct bytes){(const uint8_t *)want.data, want.len});
}

static inline void check_runs(struct arena *a, struct graph *const *graphs, uint32_t n,
                              struct rng *r, const struct choice *choice)
{
    struct model *models = ARENA_ARRAY(a, struct model, n);
    for (uint32_t i = 0; i < n; i++)
        models[i] = make_model(a, graphs[i], arena_printf(a, "g%u_net", (unsigned)i), choice);
    check_models(a, graphs, models, n, r);
}
#endif
