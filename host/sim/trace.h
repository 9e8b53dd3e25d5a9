/* trace.h - what the plugin saw: how often which code ran in which region of a program.
 * SPDX-License-Identifier: Apache-2.0
 *
 * sim/plugin/count.c writes it as text and says what it means. */
#ifndef MOTE_HOST_SIM_TRACE_H
#define MOTE_HOST_SIM_TRACE_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"
#include "base/vec.h"

/* Straight-line code in one region. */
struct trace_block {
    uint32_t region, start, end;
    uint32_t n; /* instructions                                                */
    uint64_t executions;
    uint64_t followed; /* how often what is behind it ran next, still in this region  */
};

struct trace_region {
    uint64_t marks;                    /* times that it began                               */
    uint64_t loaded, stored;           /* bytes                                             */
    uint64_t flash;                    /* those of `loaded` from flash                      */
    uint64_t data_misses, code_misses; /* waits for flash, with the caches of plugin/cache.h */
};

struct trace {
    VEC(struct trace_block) blocks; /* by region and start */
    struct trace_region *regions;   /* [n_regions]         */
    uint32_t n_regions;
};

/* Read the text; it must have n_regions regions. */
bool trace_read(struct arena *a, struct bytes text, uint32_t n_regions, struct trace *out,
                struct diag *d);
#endif
