/* lead.h - how far a kernel's input must lie above its output. SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/sched and its tests. */
#ifndef MOTE_HOST_SCHED_LEAD_H
#define MOTE_HOST_SCHED_LEAD_H
#include "ir/bind.h"

/* How a kernel goes through its first input: output row r reads input rows from
 * max(0, r * stride - pad) on, and none from in_rows on. */
struct walk {
    uint32_t in_rows, out_rows;
    size_t in_row_bytes, out_row_bytes;
    uint32_t stride, pad;
};

/* The least lead: if the input begins so many bytes above the output, writing the output rows in
 * order overwrites no input row before it is read. */
size_t walk_lead(const struct walk *w);

/* The walk of a kernel whose placement is ROWS, for operator `op` with `args`. */
struct walk walk_of(enum op op, const union kernel_args *args);

static inline size_t lead_of(enum op op, const union kernel_args *args)
{
    const struct walk w = walk_of(op, args);
    return walk_lead(&w);
}
#endif
