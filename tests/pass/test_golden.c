/* test_golden.c - tests/passes/<case>.ir: a graph, "# run: pass, pass", the graph that must come
 * out. SPDX-License-Identifier: Apache-2.0
 *
 * The text says what a pass should make of a graph; running both says that it means the same.
 * MOTE_GOLDEN=1 writes the text that came out into the file, for review as a diff. */
#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/same_meaning.h"

#define FOLDER    MOTE_SOURCE_DIR "/tests/passes"
#define RUN       "\n# run: "
#define N_RUNS    3
#define FILES_MAX 200

/* One file, in its three parts. */
struct golden {
    const char *path;
    const char *input, *passes, *expected;
};

static struct golden golden_read(struct arena *a, const char *name)
{
    struct diag d = {0};
    struct bytes file;
    const char *path = path_join(a, FOLDER, name);
    file_read(a, path, 1 << 20, &file, &d);
    check_no_error(&d);
    const char *text = arena_printf(a, "%.*s", (int)file.len, (const char *)file.data);
    const char *run = strstr(text, RUN);
    if (!run)
        test_fail(__FILE__, __LINE__, "%s has no '# run:' line", name);
    const char *end = strchr(run + strlen(RUN), '\n');
    if (!end)
        test_fail(__FILE__, __LINE__, "%s ends with its '# run:' line", name);
    const char *passes = run + strlen(RUN);
    return (struct golden){
        .path = path,
        .input = arena_printf(a, "%.*s\n", (int)(run - text), text),
        .passes = arena_printf(a, "%.*s", (int)(end - passes), passes),
        .expected = end + 1,
    };
}

static struct graph *parse(struct arena *a, const char *text, const char *name)
{
    struct diag d = {0};
    struct graph *g = graph_parse(a, (struct bytes){(const uint8_t *)text, strlen(text)}, name, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

static void run_pass(struct graph *g, const char *name, struct diag *d)
{
    static const struct {
        const char *name;
        bool (*run)(struct graph *g, struct diag *d);
    } passes[] = {
#define PASS(name) {#name, name},
#include "pass/passes.def"
#undef PASS
        {"simplify", simplify},
    };
    for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++)
        if (strcmp(passes[i].name, name) == 0) {
            passes[i].run(g, d);
            graph_verify(g, d);
            return;
        }
    test_fail(__FILE__, __LINE__, "no pass is called %s", name);
}

static void run_passes(struct arena *a, struct graph *g, const char *list)
{
    struct diag d = {0};
    char *names = arena_strdup(a, list), *rest;
    for (char *name = strtok_r(names, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest))
        run_pass(g, name, &d);
    check_no_error(&d);
}

static void check_golden(struct arena *a, const char *name)
{
    struct diag d = {0};
    const struct golden t = golden_read(a, name);
    const struct graph *source = parse(a, t.input, name);
    struct graph *g = graph_clone(a, source);
    run_passes(a, g, t.passes);
    struct text out = {.arena = a};
    graph_print(g, &out);
    if (getenv("MOTE_GOLDEN")) {
        const char *file = arena_printf(a, "%s# run: %s\n%s", t.input, t.passes, text_cstr(&out));
        file_write(t.path, file, strlen(file), &d);
        check_no_error(&d);
    } else if (strcmp(text_cstr(&out), t.expected) != 0) {
        test_fail(__FILE__, __LINE__, "%s: `make golden` would write\n%s", name, text_cstr(&out));
    }
    struct rng r = rng_seed(test_seed());
    check_same_meaning(a, source, g, N_RUNS, &r);
    check_same_meaning(a, source, parse(a, text_cstr(&out), name), N_RUNS, &r);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

TEST(golden_graphs_come_out_as_written)
{
    struct arena *a = arena_new("test");
    const char *names[FILES_MAX];
    size_t n = 0;
    DIR *folder = opendir(FOLDER);
    CHECK(folder);
    for (const struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        const size_t len = strlen(e->d_name);
        if (len > 3 && strcmp(e->d_name + len - 3, ".ir") == 0) {
            CHECK(n < FILES_MAX);
            names[n++] = arena_strdup(a, e->d_name);
        }
    }
    closedir(folder);
    CHECK(n >= 20);
    qsort(names, n, sizeof names[0], by_name);
    for (size_t i = 0; i < n; i++)
        check_golden(a, names[i]);
    arena_free(a);
}

TEST_MAIN(T(golden_graphs_come_out_as_written))
