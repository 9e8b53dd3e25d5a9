/* test_models.c - what the passes make of real models.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One of MLPerf Tiny was pruned to zeros in place: half its work is on channels that say nothing.
 * The other four have no such channel, and nothing may be taken from them. */
#include <dirent.h>

#include "base/file.h"
#include "import/import.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/same_channels.h"

#define N_CALLS 4 /* golden inputs of each model */

#ifdef __SANITIZE_ADDRESS__ /* ten times slower */
#define N_RANDOM 100
#else
#define N_RANDOM 1000
#endif

static struct bytes golden(struct arena *a, const char *model, int call, const char *what)
{
    struct bytes file;
    struct diag d = {0};
    const char *path = arena_printf(a, "golden/outputs/%s/%d.%s0.bin", model, call, what);
    file_map(test_data(path), &file, &d);
    check_no_error(&d);
    return file;
}

/* The outputs of the TFLite Micro reference kernels for the model as it was, and all channels that
 * are left as they were. */
static void check_golden_outputs(struct arena *a, const char *model, const struct graph *source,
                                 const struct graph *g)
{
    struct diag d = {0};
    struct interp *x = interp_new(a, source, &d), *y = interp_new(a, g, &d);
    check_no_error(&d);
    const uint32_t out = g->outputs.items[0];
    for (int call = 0; call < N_CALLS; call++) {
        const struct bytes want = golden(a, model, call, "out");
        const void *in = golden(a, model, call, "in").data;
        interp_run(x, &in);
        interp_run(y, &in);
        CHECK_EQ(tensor_bytes(&g->tensors.items[out]), want.len);
        CHECK_BYTES(interp_tensor(y, out), want.data, want.len);
        check_same_channels(source, x, g, y);
    }
}

/* A model before and after the passes; the bytes of both on n_runs random inputs agree. */
static void simplify_model(struct arena *a, const char *name, uint32_t n_runs, struct size *before,
                           struct size *after)
{
    struct diag d = {0};
    struct rng r = rng_seed(test_seed());
    const char *path = test_data(arena_printf(a, "models/%s.tflite", name));
    const struct graph *source = import_read(a, path, &d);
    check_no_error(&d);
    struct graph *g = graph_clone(a, source);
    simplify(g, &d);
    graph_verify(g, &d);
    check_no_error(&d);
    *before = graph_size(source);
    *after = graph_size(g);
    check_golden_outputs(a, name, source, g);
    check_same_meaning(a, source, g, n_runs, &r);
}

TEST(visual_wake_words_loses_half_its_work_and_no_byte_of_its_outputs)
{
    struct arena *a = arena_new("test");
    struct size before, after;
    simplify_model(a, "mlperf-tiny/vww_96_int8", N_RANDOM, &before, &after);
    CHECK_EQ(before.macs, 7489664);
    CHECK(after.macs <= 3800000);
    CHECK(after.weight_bytes <= 33000);
    arena_free(a);
}

TEST(channels_that_no_input_lifts_above_the_relu_go)
{
    static const char *const names[] = {"tflm/hello_world_int8", "tflm/person_detect"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct arena *a = arena_new("test");
        struct size before, after;
        simplify_model(a, names[i], 10, &before, &after);
        CHECK(after.macs < before.macs);
        CHECK(after.weight_bytes < before.weight_bytes);
        arena_free(a);
    }
}

TEST(the_other_models_lose_nothing)
{
    static const char *const names[] = {"mlperf-tiny/ad01_int8", "mlperf-tiny/kws_ref_model",
                                        "mlperf-tiny/pretrainedResnet_quant",
                                        "mlperf-tiny/str_ww_ref_model"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct arena *a = arena_new("test");
        struct size before, after;
        simplify_model(a, names[i], 10, &before, &after);
        CHECK_EQ(after.macs, before.macs);
        CHECK_EQ(after.weight_bytes, before.weight_bytes);
        CHECK_EQ(after.bias_bytes, before.bias_bytes);
        arena_free(a);
    }
}

TEST(states_go_through_the_passes_call_after_call)
{
    struct arena *a = arena_new("test");
    struct size before, after;
    simplify_model(a, "micro-wake-word/okay_nabu", 20, &before, &after);
    CHECK_EQ(after.macs, before.macs);
    arena_free(a);
}

/* One model file, if it can be imported: same bytes before and after. */
static bool check_model(const char *path)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct rng r = rng_seed(test_seed());
    const struct graph *source = import_read(a, path, &d);
    if (source) {
        struct graph *g = graph_clone(a, source);
        simplify(g, &d);
        check_no_error(&d);
        check_same_meaning(a, source, g, 2, &r);
    }
    arena_free(a);
    return source != NULL;
}

TEST(every_model_that_can_be_imported_keeps_its_bytes)
{
    struct arena *a = arena_new("test");
    uint32_t n_checked = 0;
    const char *root = test_data("models");
    DIR *folders = opendir(root);
    CHECK(folders);
    for (const struct dirent *f = readdir(folders); f; f = readdir(folders)) {
        const char *folder = path_join(a, root, f->d_name);
        DIR *models = f->d_name[0] == '.' ? NULL : opendir(folder);
        for (const struct dirent *m = models ? readdir(models) : NULL; m; m = readdir(models))
            if (strstr(m->d_name, ".tflite"))
                n_checked += check_model(path_join(a, folder, m->d_name));
        if (models)
            closedir(models);
    }
    closedir(folders);
    CHECK(n_checked >= 11);
    arena_free(a);
}

TEST_MAIN(T(visual_wake_words_loses_half_its_work_and_no_byte_of_its_outputs),
          T(channels_that_no_input_lifts_above_the_relu_go), T(the_other_models_lose_nothing),
          T(states_go_through_the_passes_call_after_call),
          T(every_model_that_can_be_imported_keeps_its_bytes))
