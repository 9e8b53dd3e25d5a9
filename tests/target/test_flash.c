/* test_flash.c - flash of whole firmwares on a Cortex-M4, for the models of MLPerf Tiny.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The limits are what TensorFlow Lite Micro with CMSIS-NN takes at the smallest, divided by the
 * factor that we want to be better by. */
#include <stdio.h>

#include "base/base.h"
#include "check.h"
#include "compile.h"
#include "import/import.h"

static void check_flash(const char *model, size_t others_bytes, double factor)
{
    const struct target *t = target_find("cortex-m4");
    if (!process_found(t->compiler))
        test_skip(t->package);
    struct arena *a = arena_new("flash");
    struct diag d = {0};
    struct compiled c;
    struct firmware fw;
    struct graph *g = import_read(a, test_data(model), &d);
    const struct choice choice = target_choice(t);
    if (!g || !compile(a, g, "model", &choice, &c, &d) ||
        !compile_firmware(a, &c, t, NULL, &fw, &d))
        test_fail(__FILE__, __LINE__, "%s: %s", model, d.message);
    const double better = (double)others_bytes / (double)fw.flash_bytes;
    printf("  %-44s %7zu bytes, %.2f times less\n", model, fw.flash_bytes, better);
    if (better < factor)
        test_fail(__FILE__, __LINE__, "%s: %zu bytes of flash, at most %zu wanted", model,
                  fw.flash_bytes, (size_t)((double)others_bytes / factor));
    arena_free(a);
}

TEST(kws_takes_half_the_flash)
{
    check_flash("models/mlperf-tiny/kws_ref_model.tflite", 99384, 2.0);
}

TEST(vww_takes_a_sixth_of_the_flash)
{
    check_flash("models/mlperf-tiny/vww_96_int8.tflite", 378736, 6.0);
}

TEST(image_classification_takes_two_thirds_of_the_flash)
{
    check_flash("models/mlperf-tiny/pretrainedResnet_quant.tflite", 141076, 1.5);
}

TEST(anomaly_detection_takes_little_more_than_its_weights)
{
    check_flash("models/mlperf-tiny/ad01_int8.tflite", 299104, 1.06);
}

TEST(the_streaming_wake_word_takes_three_fifths_of_the_flash)
{
    check_flash("models/mlperf-tiny/str_ww_ref_model.tflite", 117880, 1.7);
}

TEST_MAIN(T(kws_takes_half_the_flash), T(vww_takes_a_sixth_of_the_flash),
          T(image_classification_takes_two_thirds_of_the_flash),
          T(anomaly_detection_takes_little_more_than_its_weights),
          T(the_streaming_wake_word_takes_three_fifths_of_the_flash))
