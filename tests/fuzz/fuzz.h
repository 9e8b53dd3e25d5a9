/* fuzz.h - what the fuzz targets share. SPDX-License-Identifier: Apache-2.0
 *
 *     clang -fsanitize=fuzzer,address,undefined ... fuzz_<name>.c      fuzz
 *     cc ... fuzz_<name>.c replay.c; ./fuzz_<name> FILE...             replay, in any build */
#ifndef MOTE_TESTS_FUZZ_H
#define MOTE_TESTS_FUZZ_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libFuzzer's entry point: one input of any bytes. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fail loudly: the fuzzer keeps the input. */
static inline void require(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}
#endif
