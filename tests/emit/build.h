/* build.h - put emitted models into a folder and run the host's compilers on them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_EMIT_BUILD_H
#define MOTE_TESTS_EMIT_BUILD_H
#include "base/file.h"
#include "base/process.h"
#include "check.h"
#include "emit/emit.h"

#define COMPILE_TIMEOUT_S 240

/* A model on its way from a graph to C. */
struct model {
    const char *name;
    struct program *program;
    struct memory_plan *memory;
    struct emitted code;
};

/* A temporary folder with what the compiler is to be given; remove it with build_end. */
struct build {
    struct arena *a;
    const char *dir;
    VEC(const char *) argv;
};

#define CHECK_OK(ok, d)                                                                            \
    do {                                                                                           \
        if (!(ok))                                                                                 \
            test_fail(__FILE__, __LINE__, "%s: %s", #ok, (d).message);                             \
    } while (0)

static inline struct model model_of(struct arena *a, struct program *p, const char *name)
{
    struct model m = {.name = name, .program = p, .memory = plan_program(a, p)};
    emit_c(a, p, m.memory, name, &m.code);
    return m;
}

static inline struct model make_model(struct arena *a, const struct graph *g, const char *name,
                                      const struct choice *choice)
{
    struct diag d = {0};
    struct program *p = schedule(a, g, choice, &d);
    CHECK_OK(p != NULL, d);
    return model_of(a, p, name);
}

static inline void add_word(struct build *b, const char *word)
{
    *VEC_PUSH(b->a, &b->argv) = word;
}

static inline void add_words(struct build *b, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_word(b, words[i]);
}

/* A command of the compiler that made the device library, with everything that emitted code
 * promises to withstand; where this program has sanitizers, so will that one. */
static inline struct build build_begin(struct arena *a)
{
    static const char *const words[] = {
        MOTE_COMPILER_WORDS,
        "-std=c99",
        "-O1",
        "-pedantic",
        "-Wall",
        "-Wextra",
        "-Wshadow",
        "-Werror",
        "-Wconversion",
        "-Wsign-conversion",
        "-Wcast-qual",
        "-Wcast-align",
        "-Wundef",
        "-Wmissing-prototypes",
        "-Wstrict-prototypes",
        "-I",
        MOTE_SOURCE_DIR "/device/include",
        "-I",
        MOTE_SOURCE_DIR "/device",
    };
    struct build b = {.a = a};
    struct diag d = {0};
    CHECK_OK(file_temp_dir(a, &b.dir, &d), d);
    add_words(&b, words, sizeof words / sizeof words[0]);
    return b;
}

static inline void add_file(struct build *b, const char *name, const char *text)
{
    struct diag d = {0};
    CHECK_OK(file_write(path_join(b->a, b->dir, name), text, strlen(text), &d), d);
}

/* Write the model's two files, and compile its source. */
static inline void add_model(struct build *b, const struct model *m)
{
    const char *source = arena_printf(b->a, "%s.c", m->name);
    add_file(b, source, text_cstr(&m->code.source));
    add_file(b, arena_printf(b->a, "%s.h", m->name), text_cstr(&m->code.header));
    add_word(b, source);
}

/* Run a command in the folder; the test fails, with its output, unless it ends well. */
static inline void must_run(const struct build *b, const char *const *argv)
{
    struct process_result result = {0};
    struct diag d = {0};
    CHECK_OK(process_run(b->a, argv, b->dir, COMPILE_TIMEOUT_S, &result, &d), d);
    if (result.status != 0)
        test_fail(__FILE__, __LINE__, "%s failed with %d: %s", argv[0], result.status,
                  result.output);
}

/* Compile what was added, and link it with the kernels. */
static inline void must_compile(struct build *b)
{
    add_word(b, MOTE_DEVICE_LIBRARY);
    add_word(b, NULL);
    must_run(b, b->argv.items);
}

static inline void build_end(struct build *b)
{
    file_remove_dir(b->dir);
}
#endif
