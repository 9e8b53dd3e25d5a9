/* losses.h - which layers of an int8 graph are far from the float graph.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_QUANT_LOSSES_H
#define MOTE_HOST_QUANT_LOSSES_H
#include "base/pool.h"
#include "ir/graph.h"

/* Of what one node makes. */
struct loss {
    uint32_t tensor; /* in both graphs                               */
    double error;    /* sum of squared errors over that of squares   */
};

/* Run the float samples through `g` and the int8 graph `q` made of it, whose tensors have the same ids
 * (convert.h). Returns the `*n_losses` tensors that both graphs compute, the largest error first;
 * NULL with `d` set when a graph cannot run. The same for any number of threads. */
const struct loss *losses_measure(struct arena *a, const struct graph *g, const struct graph *q,
                                  const float *samples, uint32_t n, struct pool *pool,
                                  uint32_t *n_losses, struct diag *d);
#endif
