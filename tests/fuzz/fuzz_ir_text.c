/* fuzz_ir_text.c - the IR parser under libFuzzer: any bytes are refused or make a valid graph
 * whose text reads back to the same text. SPDX-License-Identifier: Apache-2.0
 * fuzz.h says how to build it.
 *
 * Each input is read twice: as a text alone, and as one with a binary part of 256 zeros. */
#include "fuzz.h"
#include "ir/text.h"
#include "ir/text_parts.h"
#include "ir/verify.h"
#include <string.h>

static void read_and_print(struct bytes text, struct bytes binary)
{
    struct arena *a = arena_new("fuzz");
    struct diag d = {0};
    const struct graph *g = graph_parse_with(a, text, binary, "input", &d);
    require(d.failed == !g, "a refusal without a message, or a message without a refusal");
    if (g) {
        struct text first = {.arena = a}, second = {.arena = a};
        graph_print(g, &first);
        struct bytes printed = {(const uint8_t *)first.data, first.len};
        const struct graph *back = graph_parse(a, printed, "printed", &d);
        require(back != NULL, "the printed graph does not parse");
        graph_print(back, &second);
        require(strcmp(first.data, second.data) == 0, "the text changed on its way");
    }
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const _Alignas(64) uint8_t zeros[256];
    if (size == 0)
        return 0;
    read_and_print((struct bytes){data, size}, (struct bytes){0});
    read_and_print((struct bytes){data, size}, (struct bytes){zeros, sizeof zeros});
    return 0;
}
