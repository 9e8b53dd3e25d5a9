/* test_models.c - what the passes make of the MLPerf Tiny models. SPDX-License-Identifier:
 * Apache-2.0
 *
 * One of them was pruned to zeros in place: half its work is on channels that say nothing. The
 * other four have no such channel, and nothing may be taken from them. */
#include "import/import.h"
#include "ir/verify.h"
#include "pass/pass.h"
#include "pass/same_meaning.h"

/* A model before and after the passes; the bytes of both on n_runs random inputs agree. */
static void simplify_model(struct arena *a, const char *name, uint32_t n_runs, struct size *before,
                           struct size *after)
{
    struct diag d = {0};
    struct rng r = rng_seed(test_seed());
    const char *path = test_data(arena_printf(a, "models/mlperf-tiny/%s", name));
    const struct graph *source = import_read(a, path, &d);
    check_no_error(&d);
    struct graph *g = graph_clone(a, source);
    simplify(g, &d);
    graph_verify(g, &d);
    check_no_error(&d);
    *before = graph_size(source);
    *after = graph_size(g);
    check_same_meaning(a, source, g, n_runs, &r);
}

TEST(visual_wake_words_loses_half_its_work_and_no_byte_of_its_outputs)
{
    struct arena *a = arena_new("test");
    struct size before, after;
    simplify_model(a, "vww_96_int8.tflite", 1000, &before, &after);
    CHECK_EQ(before.macs, 7489664);
    CHECK(after.macs <= 3800000);
    CHECK(after.weight_bytes <= 33000);
    arena_free(a);
}

TEST(the_other_models_lose_nothing)
{
    static const char *const names[] = {"ad01_int8.tflite", "kws_ref_model.tflite",
                                        "pretrainedResnet_quant.tflite", "str_ww_ref_model.tflite"};
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

TEST_MAIN(T(visual_wake_words_loses_half_its_work_and_no_byte_of_its_outputs),
          T(the_other_models_lose_nothing))
