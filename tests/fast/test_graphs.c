/* test_graphs.c - the fast engine against the interpreter, every variant, byte for byte.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Real models come from the shared data; without them those tests are skipped. */
#include <dirent.h>
#include <stdio.h>

#include "base/file.h"
#include "fast/engines.h"
#include "import/import.h"
#include "pass/pass.h"

static void check_random(enum random_kind kind, uint32_t n_graphs, bool images)
{
    struct rng r = rng_seed(test_seed());
    for (uint32_t i = 0; i < n_graphs; i++) {
        struct arena *a = arena_new("test");
        const uint32_t n_nodes = 1 + rng_below(&r, 10);
        struct graph *g =
            images ? random_images(a, &r, kind, n_nodes) : random_graph(a, &r, kind, n_nodes);
        check_variants(g, 2, &r);
        arena_free(a);
    }
}

TEST(random_graphs_of_int8)
{
    check_random(RANDOM_S8, 200, false);
}

TEST(random_images_of_int8)
{
    check_random(RANDOM_S8, 100, true);
}

TEST(random_graphs_with_float_ends)
{
    check_random(RANDOM_ENDS, 30, false);
}

TEST(random_graphs_with_states)
{
    check_random(RANDOM_STATES, 50, false);
}

TEST(random_graphs_of_float)
{
    check_random(RANDOM_F32, 10, false);
}

#ifdef __SANITIZE_ADDRESS__ /* ten times slower */
#define N_CALLS 1
#else
#define N_CALLS 2
#endif

/* One model file as it is and simplified, if it can be imported. */
static bool check_model(const char *path)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct rng r = rng_seed(test_seed());
    struct graph *g = import_read(a, path, &d);
    if (g) {
        check_variants(g, N_CALLS, &r);
        CHECK(simplify(g, &d));
        check_variants(g, N_CALLS, &r);
    }
    arena_free(a);
    return g != NULL;
}

static uint32_t check_folder(struct arena *a, const char *folder)
{
    uint32_t n = 0;
    DIR *models = opendir(folder);
    for (const struct dirent *m = models ? readdir(models) : NULL; m; m = readdir(models))
        if (strstr(m->d_name, ".tflite"))
            n += check_model(path_join(a, folder, m->d_name));
    if (models)
        closedir(models);
    return n;
}

TEST(every_model_that_can_be_imported)
{
    struct arena *a = arena_new("test");
    const char *const folders[] = {"mlperf-tiny", "tflm", "micro-wake-word"};
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        n += check_folder(a, test_data(arena_printf(a, "models/%s", folders[i])));
    CHECK(n >= 20);
    arena_free(a);
}

TEST(all_variants_run_here)
{
    static char missing[200] = "this processor lacks:";
    bool all = true;
    for (uint32_t i = 0; fast_variant(i); i++)
        if (!fast_runs_here(fast_variant(i))) {
            strncat(missing, " ", sizeof missing - strlen(missing) - 1);
            strncat(missing, fast_variant(i)->name, sizeof missing - strlen(missing) - 1);
            all = false;
        }
    if (!all)
        test_skip(missing);
}

TEST_MAIN(T(all_variants_run_here), T(random_graphs_of_int8), T(random_images_of_int8),
          T(random_graphs_with_float_ends), T(random_graphs_with_states), T(random_graphs_of_float),
          T(every_model_that_can_be_imported))
