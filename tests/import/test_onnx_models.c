/* test_onnx_models.c - whole networks of ONNX: the light models of its own tests, whose weights are
 * one number each. SPDX-License-Identifier: Apache-2.0
 *
 * Models and outputs are not part of the project: without them these tests are skipped, as are those
 * that take long unless MOTE_ONNX_ALL is set. */
#include "base/rng.h"
#include "import/onnx_vectors.h"

/* The input of the light models: 0, 1/n, 2/n, ... */
static const void *ramp(struct arena *a, const struct tensor *t)
{
    const int64_t n = shape_count(&t->shape);
    float *x = arena_alloc(a, tensor_bytes(t));
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)i / (float)n;
    return x;
}

static void check_light(const char *name)
{
    struct arena *a = arena_new("light");
    struct diag d = {0};
    struct vectors v = {0};
    struct bytes file, want;
    const char *path = test_data(arena_printf(a, "vectors/onnx-light/light_%s.onnx", name));
    CHECK(file_map(path, &file, &d));
    CHECK(file_map(test_data(arena_printf(a, "vectors/onnx-light/light_%s_output_0.pb", name)),
                   &want, &d));
    const struct import_options options = {.made_max = (uint64_t)4 << 30};
    const struct graph *g = onnx_read(a, file, path, &options, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    struct interp *it = interp_new(a, g, &d);
    CHECK(it);
    const void *in = ramp(a, &g->tensors.items[g->inputs.items[0]]);
    interp_run(it, &in);
    const uint32_t y = g->outputs.items[0];
    if (!same_output(a, &v, &g->tensors.items[y], interp_tensor(it, y), want))
        test_fail(__FILE__, __LINE__, "%s: %s", name, v.reason);
    arena_free(a);
}

static void check_heavy(const char *name)
{
    if (!getenv("MOTE_ONNX_ALL"))
        test_skip("it takes long: MOTE_ONNX_ALL=1");
    check_light(name);
}

#define LIGHT(name, check)                                                                         \
    TEST(light_##name##_gives_the_expected_output)                                                 \
    {                                                                                              \
        check(#name);                                                                              \
    }
LIGHT(squeezenet, check_light)
LIGHT(shufflenet, check_light)
LIGHT(resnet50, check_heavy)
LIGHT(densenet121, check_heavy)
LIGHT(inception_v1, check_heavy)
LIGHT(inception_v2, check_heavy)
LIGHT(bvlc_alexnet, check_heavy)
LIGHT(vgg19, check_heavy)
LIGHT(zfnet512, check_heavy)

/* The visual wake word net of MLPerf Tiny, exported twice, is one net. */
TEST(vww_of_onnx_is_vww_of_tflite)
{
    static const char *const files[2] = {"models/mlperf-tiny/vww_96_float.tflite",
                                         "models/mlperf-tiny-onnx/vww_96_float.onnx"};
    struct arena *a = arena_new("vww");
    struct diag d = {0};
    const struct import_options options = {.channels_last = true};
    struct rng rng = rng_seed(test_seed());
    float *x = ARENA_ARRAY(a, float, 96 * 96 * 3);
    const void *in = x, *out[2];
    for (int i = 0; i < 96 * 96 * 3; i++)
        x[i] = rng_f32(&rng);
    for (int k = 0; k < 2; k++) {
        const struct graph *g = import_read_as(a, test_data(files[k]), &options, &d);
        CHECK(g);
        struct interp *it = interp_new(a, g, &d);
        CHECK(it);
        interp_run(it, &in);
        out[k] = interp_tensor(it, g->outputs.items[0]);
    }
    CHECK_BYTES(out[0], out[1], 2 * sizeof(float));
    arena_free(a);
}

TEST_MAIN(T(vww_of_onnx_is_vww_of_tflite), T(light_squeezenet_gives_the_expected_output),
          T(light_shufflenet_gives_the_expected_output),
          T(light_resnet50_gives_the_expected_output),
          T(light_densenet121_gives_the_expected_output),
          T(light_inception_v1_gives_the_expected_output),
          T(light_inception_v2_gives_the_expected_output),
          T(light_bvlc_alexnet_gives_the_expected_output), T(light_vgg19_gives_the_expected_output),
          T(light_zfnet512_gives_the_expected_output))
