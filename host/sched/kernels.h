/* kernels.h - the host's view of device/kernels/kernels.def. SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/sched and its tests. */
#ifndef MOTE_HOST_SCHED_KERNELS_H
#define MOTE_HOST_SCHED_KERNELS_H
#include "sched/sched.h"

/* What the host packs for a kernel: the fifth column of kernels.def. */
enum constants { NONE, MODEL, FOLDED };
/* Where the output may lie beside the first input: the sixth column. */
enum placement { APART, ROWS, EITHER, IN_PLACE };

struct kernel_row {
    struct kernel kernel;
    const char *op, *dtype; /* "conv2d", "s8" */
    enum constants constants;
    enum placement placement;
};

/* All rows, in the order of kernels.def. */
const struct kernel_row *kernel_rows(uint32_t *n);

/* The row that computes a node under a choice of variant, NULL when there is none. */
const struct kernel_row *kernel_for(const struct graph *g, const struct node *n,
                                    enum variant_choice choice);
#endif
