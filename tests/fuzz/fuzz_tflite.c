/* fuzz_tflite.c - the TensorFlow Lite reader under libFuzzer: any bytes are refused with a message
 * or make a valid graph, which then runs. SPDX-License-Identifier: Apache-2.0
 * fuzz.h says how to build it.
 *
 * Good seeds are small models, and large ones of which only the constants were cut to zeros. */
#include "fuzz_graph.h"
#include "import/tflite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct diag d = {0};
    const struct graph *g = tflite_read(a, (struct bytes){data, size}, "input.tflite", &d);
    require_sound(a, g, &d);
    arena_free(a);
    return 0;
}
