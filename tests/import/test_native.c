/* test_native.c - real int8 models through the whole line: imported, compiled to C, built for this
 * machine or a board and run, against the outputs of the TFLite Micro reference kernels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Passes, fast kernels, packed weights and the memory plan are all in it: not one byte may differ.
 * Models and outputs are not part of the project: without them these tests are skipped. */
#include <inttypes.h>

#include "base/file.h"
#include "base/process.h"
#include "base/rng.h"
#include "check.h"
#include "compile.h"
#include "emit/run.h"
#include "import/import.h"
#include "ir/interp.h"

#define N_CALLS 4

/* Files DIR/K.inI.bin (or out) of all calls, one after the other. */
static struct bytes golden(struct arena *a, const struct graph *g, const char *model,
                           const char *what, const uint32_t *ids, uint32_t n)
{
    struct text all = {.arena = a};
    struct diag d = {0};
    for (int call = 0; call < N_CALLS; call++)
        for (uint32_t i = 0; i < n; i++) {
            struct bytes file;
            CHECK(file_map(test_data(arena_printf(a, "golden/outputs/%s/%d.%s%" PRIu32 ".bin",
                                                  model, call, what, i)),
                           &file, &d));
            CHECK_EQ((long long)file.len, (long long)tensor_bytes(&g->tensors.items[ids[i]]));
            text_add_bytes(&all, file.data, file.len);
        }
    return (struct bytes){(const uint8_t *)all.data, all.len};
}

static void check_no_error(const struct diag *d)
{
    if (d->failed)
        test_fail(__FILE__, __LINE__, "%s: %s", d->place, d->message);
}

/* Build the compiled model, run it on the inputs of n_calls calls, and compare the outputs. */
static void check_run(struct arena *a, struct compiled *c, const char *target, struct bytes in,
                      int n_calls, struct bytes want)
{
    const struct model m = {c->name, c->program, c->memory, c->code};
    struct firmware fw;
    struct firmware_run run;
    struct diag d = {0};
    if (strcmp(target, "native") == 0) {
        run_models(a, &m, 1, n_calls, in, want);
        return;
    }
    compile_and_run(a, c, target_find(target), in.data, (uint32_t)n_calls, &fw, &run, &d);
    check_no_error(&d);
    CHECK_BYTES(run.outputs, want.data, want.len);
}

static void skip_without(const char *target)
{
    const struct target *t = target_find(target);
    if (!process_found(t->compiler) || (t->emulator && !process_found(t->emulator)))
        test_skip(t->package);
}

static void check_on(const char *model, const char *target, const struct memory_wish *wish)
{
    skip_without(target);
    struct arena *a = arena_new("native");
    struct diag d = {0};
    const char *path = test_data(arena_printf(a, "models/%s.tflite", model));
    const struct graph *g = import_read(a, path, &d);
    check_no_error(&d);
    struct bytes in = golden(a, g, model, "in", g->inputs.items, g->inputs.n);
    struct bytes want = golden(a, g, model, "out", g->outputs.items, g->outputs.n);
    struct compiled c;
    const struct choice choice = target_choice(target_find(target));
    compile_within(a, g, "m", &choice, wish, &c, &d);
    check_no_error(&d);
    CHECK(c.memory->plan.arena_bytes <= wish->ram_bytes);
    check_run(a, &c, target, in, N_CALLS, want);
    arena_free(a);
}

static void check_native(const char *model)
{
    check_on(model, "native", &(struct memory_wish){.ram_bytes = RAM_ANY, .feed = FEED_WHOLE});
}

#define NATIVE(test, model)                                                                        \
    TEST(test)                                                                                     \
    {                                                                                              \
        check_native(model);                                                                       \
    }
NATIVE(anomaly_detection, "mlperf-tiny/ad01_int8")
NATIVE(keyword_spotting, "mlperf-tiny/kws_ref_model")
NATIVE(image_classification, "mlperf-tiny/pretrainedResnet_quant")
NATIVE(streaming_wake_word, "mlperf-tiny/str_ww_ref_model")
NATIVE(visual_wake_words, "mlperf-tiny/vww_96_int8")
NATIVE(hello_world, "tflm/hello_world_int8")
NATIVE(micro_speech, "tflm/micro_speech_quantized")
NATIVE(person_detect, "tflm/person_detect")
NATIVE(simple_add, "tflm/simple_add_model")
NATIVE(keywords_by_svdf, "tflm/keyword_scrambled")
NATIVE(keywords_by_svdf_with_memory_of_8_bits, "tflm/keyword_scrambled_8bit")
NATIVE(noise_suppression, "tflm/dtln_noise_suppression")
NATIVE(digits_by_lstm, "tflm/trained_lstm_int8")
NATIVE(mcunet_visual_wake_words, "mcunet/vww")
NATIVE(mcunet_detection, "mcunet/detection")
NATIVE(alexa, "micro-wake-word/alexa")
NATIVE(hey_jarvis, "micro-wake-word/hey_jarvis")
NATIVE(hey_mycroft, "micro-wake-word/hey_mycroft")
NATIVE(okay_nabu, "micro-wake-word/okay_nabu")
NATIVE(voice_activity, "micro-wake-word/vad")

/* In cascades, a few rows at a time. */
#define CASCADES(test, model, target, bytes, how)                                                  \
    TEST(test)                                                                                     \
    {                                                                                              \
        check_on(model, target, &(struct memory_wish){.ram_bytes = (bytes), .feed = (how)});       \
    }
CASCADES(visual_wake_words_fed_by_rows_in_16_kb, "mlperf-tiny/vww_96_int8", "native", 16384,
         FEED_ROWS)
CASCADES(visual_wake_words_fed_by_rows_in_16_kb_on_a_cortex_m4, "mlperf-tiny/vww_96_int8",
         "cortex-m4", 16384, FEED_ROWS)
CASCADES(visual_wake_words_in_28_kb, "mlperf-tiny/vww_96_int8", "native", 28672, FEED_WHOLE)
CASCADES(image_classification_in_half_the_memory, "mlperf-tiny/pretrainedResnet_quant", "native",
         17408, FEED_WHOLE)
CASCADES(person_detect_fed_by_rows_in_15_kb, "tflm/person_detect", "native", 15360, FEED_ROWS)
CASCADES(mcunet_visual_wake_words_fed_by_rows_in_17_kb, "mcunet/vww", "native", 17408, FEED_ROWS)
CASCADES(mcunet_detection_fed_by_rows_in_34_kb, "mcunet/detection", "native", 34816, FEED_ROWS)

/* In tiles, with the kernels that a board has. */
CASCADES(image_classification_in_tiles_in_13_kb, "mlperf-tiny/pretrainedResnet_quant", "native",
         13312, FEED_WHOLE)
CASCADES(person_detect_in_tiles_in_11_kb, "tflm/person_detect", "native", 11264, FEED_WHOLE)
CASCADES(person_detect_in_tiles_in_12_kb_on_a_cortex_m4, "tflm/person_detect", "cortex-m4", 12288,
         FEED_WHOLE)

/* A float model gives the interpreter's bytes: test_golden.c holds those to the reference. */
static void check_float(const char *model, const char *target)
{
    skip_without(target);
    struct arena *a = arena_new("float");
    struct diag d = {0};
    struct compiled c;
    const char *path = test_data(arena_printf(a, "models/%s.tflite", model));
    const struct graph *g = import_read(a, path, &d);
    check_no_error(&d);
    struct bytes in = golden(a, g, model, "in", g->inputs.items, g->inputs.n);
    struct interp *it = interp_new(a, g, &d);
    check_no_error(&d);
    compile(a, g, "m", &choice_portable, &c, &d);
    check_no_error(&d);
    interp_run(it, (const void *const[]){in.data});
    const uint32_t x = g->inputs.items[0], y = g->outputs.items[0];
    check_run(a, &c, target, (struct bytes){in.data, tensor_bytes(&g->tensors.items[x])}, 1,
              (struct bytes){interp_tensor(it, y), tensor_bytes(&g->tensors.items[y])});
    arena_free(a);
}

#define FLOATS(test, model, target)                                                                \
    TEST(test)                                                                                     \
    {                                                                                              \
        check_float(model, target);                                                                \
    }
FLOATS(hello_world_float, "tflm/hello_world_float", "native")
FLOATS(anomaly_detection_float, "mlperf-tiny/ad01_fp32", "native")
FLOATS(image_classification_float, "mlperf-tiny/pretrainedResnet", "native")
FLOATS(visual_wake_words_float, "mlperf-tiny/vww_96_float", "native")
FLOATS(digits_by_lstm_float, "tflm/trained_lstm", "native")
FLOATS(digits_by_lstm_float_on_a_cortex_m4, "tflm/trained_lstm", "cortex-m4")
FLOATS(hello_world_float_on_a_cortex_m4, "tflm/hello_world_float", "cortex-m4")
FLOATS(hello_world_float_on_a_chip_without_floats, "tflm/hello_world_float", "rv32imc")
FLOATS(anomaly_detection_float_on_a_cortex_m4, "mlperf-tiny/ad01_fp32", "cortex-m4")
FLOATS(anomaly_detection_float_on_a_chip_without_floats, "mlperf-tiny/ad01_fp32", "rv32imc")

/* The audio front end gives the interpreter's bytes, call after call: noise goes from one to the
 * next. There are no outputs of the reference for these models; tests/device/test_signal.c holds
 * the kernels to plain arithmetic. */
static void check_audio(const char *model, const char *target)
{
    enum { N = 12, N_SAMPLES = 480 };
    skip_without(target);
    struct arena *a = arena_new("audio");
    struct diag d = {0};
    struct compiled c;
    struct rng r = rng_seed(test_seed());
    int16_t samples[N][N_SAMPLES];
    for (uint32_t i = 0; i < N; i++) /* from loud to silent */
        for (uint32_t k = 0; k < N_SAMPLES; k++)
            samples[i][k] = (int16_t)(((int32_t)rng_below(&r, 65536) - 32768) / (1 << 16 * i / N));
    const char *path = test_data(arena_printf(a, "models/tflm/%s.tflite", model));
    const struct graph *g = import_read(a, path, &d);
    check_no_error(&d);
    CHECK_EQ(g->states.n, 1);
    CHECK_EQ((long long)tensor_bytes(&g->tensors.items[g->inputs.items[0]]), sizeof samples[0]);
    struct interp *it = interp_new(a, g, &d);
    check_no_error(&d);
    compile(a, g, "m", &choice_portable, &c, &d);
    check_no_error(&d);
    const uint32_t y = g->outputs.items[0];
    const size_t bytes = tensor_bytes(&g->tensors.items[y]);
    struct text want = {.arena = a};
    for (uint32_t i = 0; i < N; i++) {
        interp_run(it, (const void *const[]){samples[i]});
        text_add_bytes(&want, interp_tensor(it, y), bytes);
    }
    CHECK(memcmp(want.data, want.data + (N - 1) * bytes, bytes) != 0);
    check_run(a, &c, target, (struct bytes){(const uint8_t *)samples, sizeof samples}, N,
              (struct bytes){(const uint8_t *)want.data, want.len});
    arena_free(a);
}

#define AUDIO(test, model, target)                                                                 \
    TEST(test)                                                                                     \
    {                                                                                              \
        check_audio(model, target);                                                                \
    }
AUDIO(audio_front_end, "audio_preprocessor_int8", "native")
AUDIO(audio_front_end_float, "audio_preprocessor_float", "native")
AUDIO(audio_front_end_on_a_cortex_m4, "audio_preprocessor_int8", "cortex-m4")

TEST_MAIN(T(audio_front_end), T(audio_front_end_float), T(audio_front_end_on_a_cortex_m4),
          T(hello_world_float), T(anomaly_detection_float), T(image_classification_float),
          T(visual_wake_words_float), T(hello_world_float_on_a_cortex_m4),
          T(hello_world_float_on_a_chip_without_floats), T(anomaly_detection_float_on_a_cortex_m4),
          T(anomaly_detection_float_on_a_chip_without_floats), T(anomaly_detection),
          T(keyword_spotting), T(image_classification), T(streaming_wake_word),
          T(visual_wake_words), T(hello_world), T(micro_speech), T(person_detect), T(simple_add),
          T(keywords_by_svdf), T(keywords_by_svdf_with_memory_of_8_bits), T(noise_suppression),
          T(digits_by_lstm), T(digits_by_lstm_float), T(digits_by_lstm_float_on_a_cortex_m4),
          T(mcunet_visual_wake_words), T(mcunet_detection), T(alexa), T(hey_jarvis), T(hey_mycroft),
          T(okay_nabu), T(voice_activity), T(visual_wake_words_fed_by_rows_in_16_kb),
          T(visual_wake_words_fed_by_rows_in_16_kb_on_a_cortex_m4), T(visual_wake_words_in_28_kb),
          T(image_classification_in_half_the_memory), T(person_detect_fed_by_rows_in_15_kb),
          T(mcunet_visual_wake_words_fed_by_rows_in_17_kb),
          T(mcunet_detection_fed_by_rows_in_34_kb), T(image_classification_in_tiles_in_13_kb),
          T(person_detect_in_tiles_in_11_kb), T(person_detect_in_tiles_in_12_kb_on_a_cortex_m4))
