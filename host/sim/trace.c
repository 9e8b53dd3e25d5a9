/* trace.c - reads the plugin's text. SPDX-License-Identifier: Apache-2.0 */
#include "sim/trace.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Step over n numbers separated by blanks, the rest of a line. Those whose bit is set in `hex` are
 * hexadecimal. */
static bool take_numbers(const char *at, uint32_t hex, uint64_t *out, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char *end;
        errno = 0;
        out[i] = strtoull(at, &end, hex >> i & 1 ? 16 : 10);
        if (end == at || errno != 0 || *end != (i + 1 < n ? ' ' : '\0'))
            return false;
        at = end + 1;
    }
    return true;
}

static bool read_block(struct arena *a, const char *numbers, struct trace *t)
{
    uint64_t v[6];
    if (!take_numbers(numbers, 1u << 1 | 1u << 2, v, 6) || v[0] >= t->n_regions ||
        v[2] > UINT32_MAX || v[1] >= v[2] || v[3] == 0 || v[3] > v[2] - v[1] || v[5] > v[4])
        return false;
    *VEC_PUSH(a, &t->blocks) = (struct trace_block){.region = (uint32_t)v[0],
                                                    .start = (uint32_t)v[1],
                                                    .end = (uint32_t)v[2],
                                                    .n = (uint32_t)v[3],
                                                    .executions = v[4],
                                                    .followed = v[5]};
    return true;
}

static bool read_region(const char *numbers, struct trace *t)
{
    uint64_t v[7];
    if (!take_numbers(numbers, 0, v, 7) || v[0] >= t->n_regions)
        return false;
    t->regions[v[0]] = (struct trace_region){.marks = v[1],
                                             .loaded = v[2],
                                             .stored = v[3],
                                             .flash = v[4],
                                             .data_misses = v[5],
                                             .code_misses = v[6]};
    return true;
}

static int by_region_and_start(const void *a, const void *b)
{
    const struct trace_block *x = a, *y = b;
    if (x->region != y->region)
        return x->region < y->region ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

bool trace_read(struct arena *a, struct bytes text, uint32_t n_regions, struct trace *out,
                struct diag *d)
{
    *out = (struct trace){.regions = ARENA_ARRAY(a, struct trace_region, n_regions),
                          .n_regions = n_regions};
    uint32_t n_seen = 0;
    bool is_whole = false;
    char *rest = arena_printf(a, "%.*s", (int)text.len, text.len ? (const char *)text.data : "");
    for (char *line; (line = strtok_r(rest, "\n", &rest)) != NULL;) {
        bool ok = !is_whole;
        if (strncmp(line, "block ", 6) == 0)
            ok = ok && read_block(a, line + 6, out);
        else if (strncmp(line, "region ", 7) == 0)
            ok = ok && n_seen++ < n_regions && read_region(line + 7, out);
        else
            is_whole = ok = ok && strcmp(line, "end") == 0;
        if (!ok)
            return diag_error(d, "the emulator's plugin", "unexpected line \"%s\"", line);
    }
    if (!is_whole || n_seen != n_regions)
        return diag_error(d, "the emulator's plugin", "its counts end too early");
    if (out->blocks.n > 0)
        qsort(out->blocks.items, out->blocks.n, sizeof out->blocks.items[0], by_region_and_start);
    return true;
}
