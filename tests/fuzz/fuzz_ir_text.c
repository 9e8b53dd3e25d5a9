/* fuzz_ir_text.c - the IR parser under libFuzzer: any bytes are refused or make a valid graph
 * whose text reads back to the same text. SPDX-License-Identifier: Apache-2.0
 *
 *     clang -fsanitize=fuzzer,address,undefined ...            fuzz
 *     cc -DMOTE_FUZZ_REPLAY ...; ./fuzz_ir_text FILE...        replay what it found, in any build
 *
 * The first byte chooses whether the rest has a binary part of 256 zeros behind it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ir/text.h"
#include "ir/text_parts.h"
#include "ir/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const _Alignas(64) uint8_t zeros[256];
    if (size == 0)
        return 0;
    struct arena *a = arena_new("fuzz");
    struct diag d = {0};
    struct bytes text = {data + 1, size - 1};
    struct bytes binary = {data[0] % 2 ? zeros : NULL, data[0] % 2 ? sizeof zeros : 0};
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
    return 0;
}

#ifdef MOTE_FUZZ_REPLAY
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct arena *a = arena_new("replay");
        struct bytes file;
        struct diag d = {0};
        if (!file_map(argv[i], &file, &d)) {
            diag_print(&d, stderr);
            return 1;
        }
        LLVMFuzzerTestOneInput(file.data, file.len);
        arena_free(a);
    }
    printf("%d files replayed\n", argc - 1);
    return 0;
}
#endif
