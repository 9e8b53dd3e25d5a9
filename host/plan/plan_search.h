/* plan_search.h - the cheapest schedule within so many bytes. SPDX-License-Identifier: Apache-2.0
 *
 * Runs of steps become cascades where memory asks for it, of stripes as high as memory allows. The
 * bytes that the program computes stay what they are. A pure function of its arguments. */
#ifndef MOTE_HOST_PLAN_SEARCH_H
#define MOTE_HOST_PLAN_SEARCH_H
#include "plan/plan.h"
#include "sched/cascade.h"

#define RAM_ANY SIZE_MAX

/* A program with cascades, and its memory. */
struct planned {
    struct program *program;
    struct memory_plan *memory;
    struct {
        uint32_t cascades, cut; /* the second: of these, those that run by tiles */
        uint32_t calls;         /* of kernels and of the caller, and copies */
        uint64_t moved_bytes;   /* within windows and into them             */
        double cycles;          /* predicted, of all                        */
    } cost;
};

/* The cheapest schedule for `p`, which has no cascades, whose arena has `ram_bytes` at most. Cascades are
 * cut into tiles only where there is none without. False when there is no such schedule. */
bool plan_find(struct arena *a, const struct program *p, size_t ram_bytes, enum feed feed,
               struct planned *out);

/* `p` without cascades. Its arena shall have `ram_bytes` at most. With FEED_ROWS the caller gives
 * the input row by row. False with `d` set when there is no such schedule: then `d` says what the
 * least is. */
bool plan_search(struct arena *a, const struct program *p, size_t ram_bytes, enum feed feed,
                 struct planned *out, struct diag *d);
#endif
