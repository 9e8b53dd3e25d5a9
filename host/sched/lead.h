/* lead.h - how far apart a kernel's input and output must begin.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/sched and its tests. */
#ifndef MOTE_HOST_SCHED_LEAD_H
#define MOTE_HOST_SCHED_LEAD_H
#include "ir/kernels.h"

/* How a kernel goes through its first input: output row r reads the input rows
 * r * stride - pad .. r * stride - pad + height - 1, as far as they exist. */
struct walk {
    uint32_t in_rows, out_rows;
    size_t in_row_bytes, out_row_bytes;
    uint32_t stride, pad, height;
};

/* The least lead: if the input begins so many bytes above the output, writing the output rows in
 * order overwrites no input row before it is read. */
size_t walk_lead(const struct walk *w);

/* The least trail: if the output begins so many bytes above the input, writing the output rows from
 * the last to the first overwrites no input row before it is read. */
size_t walk_trail(const struct walk *w);

/* Another order that the kernel keeps to, by which a smaller distance may do: some pixels at a time,
 * whatever row they are in. False when there is none. */
bool walk_of_pixels(const struct kernel *kernel, const union kernel_args *args, size_t in_bytes,
                    size_t out_bytes, struct walk *out);

/* The least lead and trail of a kernel that computes tiles, a few rows high and columns wide: with bytes
 * as elements. False for all others. */
bool distances_of_tiles(const struct kernel *kernel, const union kernel_args *args, size_t *lead,
                        size_t *trail);

/* The walk of a kernel whose placement is ROWS or EITHER, with `args`; an element
 * of its first input and of its output has so many bytes. */
struct walk walk_of(const struct kernel *kernel, const union kernel_args *args, size_t in_bytes,
                    size_t out_bytes);
#endif
