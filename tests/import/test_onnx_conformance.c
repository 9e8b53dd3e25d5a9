/* test_onnx_conformance.c - the models that ONNX itself is tested with, one for each form of each
 * operator. SPDX-License-Identifier: Apache-2.0
 *
 * Debian's package libonnx-testdata has them; without it these tests are skipped. What is refused
 * counts as unsupported, what is accepted must give the expected outputs. MOTE_ONNX_TESTS names
 * another folder, MOTE_ONNX_VERBOSE lists what is not passed, with the reason. */
#include "import/onnx_vectors.h"

#define OPERATORS_MAX 256

struct tally {
    char op[64];
    uint32_t n[N_OUTCOMES];
};

struct tallies {
    struct tally of[OPERATORS_MAX];
    uint32_t n;
    uint32_t all[N_OUTCOMES];
};

static const char *data_folder(void)
{
    const char *folder = getenv("MOTE_ONNX_TESTS");
    folder = folder ? folder : "/usr/share/libonnx-testdata/data";
    if (!file_exists(folder))
        test_skip("without the package libonnx-testdata");
    return folder;
}

static bool is_claimed(const char *op)
{
    for (uint32_t i = 0; onnx_operator(i).name; i++)
        if (strcmp(onnx_operator(i).name, op) == 0)
            return true;
    return false;
}

static void count(struct tallies *t, const char *op, enum outcome outcome)
{
    uint32_t i = 0;
    while (i < t->n && strcmp(t->of[i].op, op) != 0)
        i++;
    if (i == t->n) {
        CHECK(t->n < OPERATORS_MAX);
        snprintf(t->of[t->n++].op, sizeof t->of[0].op, "%s", op);
    }
    t->of[i].n[outcome]++;
    t->all[outcome]++;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Every model of a part; tests of functions written out in other operators are counted apart. */
static void run_part(const char *part, struct tallies *claimed, struct tallies *others)
{
    static const char *const name[] = {"passed", "FAILED", "refused"};
    struct arena *paths = arena_new("paths");
    const char *folder = path_join(paths, data_folder(), part);
    struct dirent **entries;
    const int n = scandir(folder, &entries, NULL, by_name);
    CHECK(n > 0);
    for (int i = 0; i < n; i++) {
        struct arena *a = arena_new("vectors");
        struct vectors v;
        if (entries[i]->d_name[0] != '.' &&
            vectors_read(a, path_join(a, folder, entries[i]->d_name), &v)) {
            const enum outcome outcome = vectors_run(a, &v);
            if (outcome != PASSED && getenv("MOTE_ONNX_VERBOSE"))
                printf("  %s %s: %s\n", name[outcome], entries[i]->d_name, v.reason);
            count(v.n_nodes == 1 && is_claimed(v.op) ? claimed : others,
                  v.n_nodes == 1 ? v.op : "(several)", outcome);
        }
        free(entries[i]);
        arena_free(a);
    }
    free(entries);
    arena_free(paths);
}

static void print_tallies(const struct tallies *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        printf("  %-28s %4" PRIu32 " passed %4" PRIu32 " failed %4" PRIu32 " refused\n",
               t->of[i].op, t->of[i].n[PASSED], t->of[i].n[FAILED], t->of[i].n[REFUSED]);
}

/* docs/operators.md, rewritten by `make golden`. */
static void check_page(const struct tallies *t)
{
    struct arena *a = arena_new("page");
    struct text page = {.arena = a};
    struct bytes file;
    struct diag d = {0};
    const char *path = MOTE_SOURCE_DIR "/docs/operators.md";
    text_add(
        &page,
        "# Operators of .onnx files\n\n"
        "Which forms of the node tests of ONNX 1.12 (Debian's libonnx-testdata) give the expected\n"
        "outputs, in float32, and which are refused with a reason; none gives a wrong one. This "
        "page is\n"
        "written by tests/import/test_onnx_conformance.c (`make golden`) and checked by it.\n"
        "MOTE_ONNX_VERBOSE=1 makes it say why. Operators without a test there have no numbers.\n"
        "docs/spec/onnx.md says how the operators become those of the IR.\n\n"
        "| operator | passed | refused |\n|---|---|---|\n");
    for (uint32_t i = 0; onnx_operator(i).name; i++) {
        const struct tally *of = NULL;
        for (uint32_t k = 0; k < t->n; k++)
            of = strcmp(t->of[k].op, onnx_operator(i).name) == 0 ? &t->of[k] : of;
        text_printf(&page, "| %s |", onnx_operator(i).name);
        if (of)
            text_printf(&page, " %" PRIu32 " | %" PRIu32 " |\n", of->n[PASSED], of->n[REFUSED]);
        else
            text_add(&page, " | |\n");
    }
    text_printf(&page, "| all | %" PRIu32 " | %" PRIu32 " |\n", t->all[PASSED], t->all[REFUSED]);
    if (getenv("MOTE_GOLDEN"))
        CHECK(file_write(path, page.data, page.len, &d));
    CHECK(file_map(path, &file, &d));
    if (file.len != page.len || memcmp(file.data, page.data, page.len) != 0)
        test_fail(__FILE__, __LINE__, "docs/operators.md is not up to date: make golden");
    arena_free(a);
}

TEST(what_is_accepted_of_the_node_tests_gives_the_expected_outputs)
{
    static struct tallies claimed, others;
    run_part("node", &claimed, &others);
    print_tallies(&claimed);
    const uint32_t n = claimed.all[PASSED] + claimed.all[FAILED] + claimed.all[REFUSED];
    printf("claimed operators: %" PRIu32 " of %" PRIu32 " passed, %" PRIu32
           " failed; others: %" PRIu32 " passed, %" PRIu32 " failed, %" PRIu32 " refused\n",
           claimed.all[PASSED], n, claimed.all[FAILED], others.all[PASSED], others.all[FAILED],
           others.all[REFUSED]);
    CHECK_EQ(claimed.all[FAILED], 0);
    CHECK_EQ(others.all[FAILED], 0);
    CHECK(100 * claimed.all[PASSED] >= 85 * n);
    check_page(&claimed);
}

TEST_MAIN(T(what_is_accepted_of_the_node_tests_gives_the_expected_outputs))
