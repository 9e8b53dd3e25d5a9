/* test_golden.c - real models against the outputs of the TFLite Micro reference kernels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * int8 byte for byte, layer by layer and end to end; float32 within 1e-4 relative or 1e-5
 * absolute, since the order of additions differs. Models and outputs are not part of the project:
 * without them these tests are skipped. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "check.h"
#include "import/import.h"
#include "ir/interp.h"

#define N_CALLS 4

static struct graph *import(struct arena *a, const char *model)
{
    struct diag d = {0};
    const char *path = test_data(arena_printf(a, "models/%s.tflite", model));
    struct graph *g = import_read(a, path, &d);
    if (!g)
        test_fail(__FILE__, __LINE__, "%s: %s", d.place, d.message);
    return g;
}

static struct bytes golden(struct arena *a, const char *name, size_t len)
{
    struct bytes file;
    struct diag d = {0};
    CHECK(file_map(test_data(arena_printf(a, "golden/%s", name)), &file, &d));
    CHECK_EQ((long long)file.len, (long long)len);
    return file;
}

static void check_tensor(const struct tensor *t, const void *got, struct bytes want)
{
    if (t->dtype != DT_F32) {
        CHECK_BYTES(got, want.data, want.len);
        return;
    }
    const float *x = got;
    for (size_t i = 0; i < want.len / sizeof(float); i++) {
        float y;
        memcpy(&y, want.data + i * sizeof y, sizeof y);
        double bound = fmax(1e-5, 1e-4 * fabs((double)y));
        if (!(fabs((double)x[i] - (double)y) <= bound))
            test_fail(__FILE__, __LINE__, "%s[%zu]: %.9g, expected %.9g", t->name, i, (double)x[i],
                      (double)y);
    }
}

static void check_outputs(const char *model)
{
    struct arena *a = arena_new("golden");
    struct diag d = {0};
    struct graph *g = import(a, model);
    struct interp *it = interp_new(a, g, &d);
    CHECK(it);
    const void **in = ARENA_ARRAY(a, const void *, g->inputs.n);
    for (int call = 0; call < N_CALLS; call++) {
        for (uint32_t i = 0; i < g->inputs.n; i++) {
            const char *name = arena_printf(a, "outputs/%s/%d.in%" PRIu32 ".bin", model, call, i);
            in[i] = golden(a, name, tensor_bytes(&g->tensors.items[g->inputs.items[i]])).data;
        }
        interp_run(it, in);
        for (uint32_t i = 0; i < g->outputs.n; i++) {
            uint32_t t = g->outputs.items[i];
            const char *name = arena_printf(a, "outputs/%s/%d.out%" PRIu32 ".bin", model, call, i);
            check_tensor(&g->tensors.items[t], interp_tensor(it, t),
                         golden(a, name, tensor_bytes(&g->tensors.items[t])));
        }
    }
    arena_free(a);
}

/* The node that makes the output of operator i: the last one whose origin begins with "i:". */
static const struct node *node_of_operator(const struct graph *g, uint32_t i)
{
    const struct node *found = NULL;
    for (uint32_t k = 0; k < g->nodes.n; k++)
        if (strtoul(g->nodes.items[k].origin, NULL, 10) == i)
            found = &g->nodes.items[k];
    return found;
}

static void check_layers(const char *model, const char *layers)
{
    struct arena *a = arena_new("golden");
    struct diag d = {0};
    struct graph *g = import(a, model);
    struct interp *it = interp_new(a, g, &d);
    CHECK(it && g->inputs.n == 1);
    size_t n_in = tensor_bytes(&g->tensors.items[g->inputs.items[0]]);
    int8_t *x = arena_alloc(a, n_in);
    for (size_t i = 0; i < n_in; i++)
        x[i] = (int8_t)(uint8_t)((7 * i + 3) & 255);
    interp_run(it, (const void *const[]){x});
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = node_of_operator(g, i);
        if (!n)
            break;
        struct bytes want = golden(a, arena_printf(a, "layers/%s/%02" PRIu32 ".bin", layers, i),
                                   tensor_bytes(&g->tensors.items[n->out[0]]));
        CHECK_BYTES(interp_tensor(it, n->out[0]), want.data, want.len);
    }
    CHECK(node_of_operator(g, g->nodes.n - 1));
    arena_free(a);
}

#define OUTPUTS(test, model)                                                                       \
    TEST(test)                                                                                     \
    {                                                                                              \
        check_outputs(model);                                                                      \
    }
OUTPUTS(outputs_of_anomaly_detection, "mlperf-tiny/ad01_int8")
OUTPUTS(outputs_of_anomaly_detection_float, "mlperf-tiny/ad01_fp32")
OUTPUTS(outputs_of_keyword_spotting, "mlperf-tiny/kws_ref_model")
OUTPUTS(outputs_of_image_classification, "mlperf-tiny/pretrainedResnet_quant")
OUTPUTS(outputs_of_image_classification_float, "mlperf-tiny/pretrainedResnet")
OUTPUTS(outputs_of_streaming_wake_word, "mlperf-tiny/str_ww_ref_model")
OUTPUTS(outputs_of_visual_wake_words, "mlperf-tiny/vww_96_int8")
OUTPUTS(outputs_of_visual_wake_words_float, "mlperf-tiny/vww_96_float")
OUTPUTS(outputs_of_hello_world, "tflm/hello_world_int8")
OUTPUTS(outputs_of_hello_world_float, "tflm/hello_world_float")
OUTPUTS(outputs_of_micro_speech, "tflm/micro_speech_quantized")
OUTPUTS(outputs_of_person_detect, "tflm/person_detect")
OUTPUTS(outputs_of_simple_add, "tflm/simple_add_model")
OUTPUTS(outputs_of_keywords_by_svdf, "tflm/keyword_scrambled")
OUTPUTS(outputs_of_keywords_by_svdf_with_memory_of_8_bits, "tflm/keyword_scrambled_8bit")
OUTPUTS(outputs_of_noise_suppression, "tflm/dtln_noise_suppression")
OUTPUTS(outputs_of_digits_by_lstm, "tflm/trained_lstm_int8")
OUTPUTS(outputs_of_digits_by_lstm_float, "tflm/trained_lstm")
OUTPUTS(outputs_of_mcunet_visual_wake_words, "mcunet/vww")
OUTPUTS(outputs_of_mcunet_detection, "mcunet/detection")
OUTPUTS(outputs_of_alexa, "micro-wake-word/alexa")
OUTPUTS(outputs_of_hey_jarvis, "micro-wake-word/hey_jarvis")
OUTPUTS(outputs_of_hey_mycroft, "micro-wake-word/hey_mycroft")
OUTPUTS(outputs_of_okay_nabu, "micro-wake-word/okay_nabu")
OUTPUTS(outputs_of_voice_activity, "micro-wake-word/vad")

#define LAYERS(test, model, layers)                                                                \
    TEST(test)                                                                                     \
    {                                                                                              \
        check_layers(model, layers);                                                               \
    }
LAYERS(layers_of_anomaly_detection, "mlperf-tiny/ad01_int8", "ad")
LAYERS(layers_of_keyword_spotting, "mlperf-tiny/kws_ref_model", "kws")
LAYERS(layers_of_image_classification, "mlperf-tiny/pretrainedResnet_quant", "resnet")
LAYERS(layers_of_streaming_wake_word, "mlperf-tiny/str_ww_ref_model", "sww")
LAYERS(layers_of_visual_wake_words, "mlperf-tiny/vww_96_int8", "vww")
LAYERS(layers_of_micro_speech, "tflm/micro_speech_quantized", "speech")
LAYERS(layers_of_person_detect, "tflm/person_detect", "person")

TEST_MAIN(T(outputs_of_anomaly_detection), T(outputs_of_anomaly_detection_float),
          T(outputs_of_keyword_spotting), T(outputs_of_image_classification),
          T(outputs_of_image_classification_float), T(outputs_of_streaming_wake_word),
          T(outputs_of_visual_wake_words), T(outputs_of_visual_wake_words_float),
          T(outputs_of_hello_world), T(outputs_of_hello_world_float), T(outputs_of_micro_speech),
          T(outputs_of_person_detect), T(outputs_of_simple_add), T(outputs_of_keywords_by_svdf),
          T(outputs_of_keywords_by_svdf_with_memory_of_8_bits), T(outputs_of_noise_suppression),
          T(outputs_of_digits_by_lstm), T(outputs_of_digits_by_lstm_float),
          T(outputs_of_mcunet_visual_wake_words), T(outputs_of_mcunet_detection),
          T(outputs_of_alexa), T(outputs_of_hey_jarvis), T(outputs_of_hey_mycroft),
          T(outputs_of_okay_nabu), T(outputs_of_voice_activity), T(layers_of_anomaly_detection),
          T(layers_of_keyword_spotting), T(layers_of_image_classification),
          T(layers_of_streaming_wake_word), T(layers_of_visual_wake_words),
          T(layers_of_micro_speech), T(layers_of_person_detect))
