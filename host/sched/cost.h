/* cost.h - what a kernel takes, before it runs. SPDX-License-Identifier: Apache-2.0
 *
 * Cycles are a sum over what a layer consists of, with factors that `mote tune` has fitted to
 * measurements of the very kernels on the very core (host/target/costs). Good to about a tenth: for
 * choosing, not for stating. */
#ifndef MOTE_HOST_SCHED_COST_H
#define MOTE_HOST_SCHED_COST_H
#include "ir/graph.h"
#include "ir/kernels.h"

/* What a layer consists of. */
enum work {
    WORK_CALL,  /* 1                                                             */
    WORK_ROW,   /* rows of the output                                            */
    WORK_PIXEL, /* its pixels, or vectors                                        */
    WORK_BLOCK, /* of up to four channels of a pixel                             */
    WORK_TAP,   /* inputs under the windows of all pixels, each channel once     */
    WORK_MAC,   /* products; of layers without, outputs; of depthwise ones, whose
                 * products are the taps, rows of each channel                   */
    N_WORKS
};
void node_work(const struct graph *g, const struct node *n, double work[N_WORKS]);

/* A row of a core's table. */
struct kernel_cost {
    const char *kernel; /* "mote_conv2d_s8_dsp"    */
    double cycles[N_WORKS];
    uint32_t code_bytes; /* of its file, compiled for speed */
};

struct cost_table {
    const struct kernel_cost *rows;
    uint32_t n;
};

/* NULL where the kernel was not measured. */
const struct kernel_cost *cost_find(const struct cost_table *t, const struct kernel *k);

/* Predicted cycles of a node. */
double cost_cycles(const struct kernel_cost *c, const struct graph *g, const struct node *n);
#endif
