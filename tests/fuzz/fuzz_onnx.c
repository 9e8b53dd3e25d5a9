/* fuzz_onnx.c - the ONNX reader under libFuzzer: any bytes are refused with a message or make a valid
 * graph, which then runs. SPDX-License-Identifier: Apache-2.0
 * fuzz.h says how to build it.
 *
 * Good seeds are the models that the tests build, and those of libonnx-testdata. */
#include "fuzz_graph.h"
#include "import/onnx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct diag d = {0};
    const struct bytes file = {data, size};
    const struct import_options options = {.made_max = 1 << 20}; /* else it is slow */
    (void)onnx_is_model(file);
    require_sound(a, onnx_read(a, file, "input.onnx", &options, &d), &d);
    arena_free(a);
    return 0;
}
