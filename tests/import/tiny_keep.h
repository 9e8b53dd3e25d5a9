/* tiny_keep.h - hand-made files become seeds for the fuzzers. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_IMPORT_TINY_KEEP_H
#define MOTE_TESTS_IMPORT_TINY_KEEP_H
#include "base/str.h"
#include <stdio.h>
#include <stdlib.h>

/* With MOTE_SEEDS=DIR in the environment the files of the tests are kept there, as seeds for
 * tests/fuzz. */
static inline void tiny_keep(struct bytes file)
{
    const char *dir = getenv("MOTE_SEEDS");
    uint32_t hash = 2166136261u; /* FNV-1a: one name for one content */
    for (size_t i = 0; i < file.len; i++)
        hash = (hash ^ file.data[i]) * 16777619u;
    char path[1024];
    if (!dir || file.len == 0 ||
        snprintf(path, sizeof path, "%s/%08x", dir, (unsigned)hash) >= (int)sizeof path)
        return;
    FILE *f = fopen(path, "wb");
    if (f) {
        fwrite(file.data, 1, file.len, f);
        fclose(f);
    }
}
#endif
