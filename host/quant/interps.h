/* interps.h - float and int8 graphs on float samples, one instance for each thread of a pool.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All are made before the threads start, because an arena is no shared thing. */
#ifndef MOTE_HOST_QUANT_INTERPS_H
#define MOTE_HOST_QUANT_INTERPS_H
#include "base/pool.h"
#include "fast/fast.h"
#include "ir/interp.h"

/* [pool_n_threads] interpreters of one graph. NULL with `d` set when the graph cannot run. */
struct interp **interps_new(struct arena *a, const struct graph *g, const struct pool *pool,
                            struct diag *d);

/* An int8 graph of one input. */
struct engines {
    const struct graph *q;
    struct fast **fast; /* [threads]              */
    int8_t **input;     /* [threads][values of q] */
};

/* NULL with `d` set when the graph cannot run. */
struct engines *engines_new(struct arena *a, const struct graph *q, const struct pool *pool,
                            struct diag *d);

/* Quantise a sample and run it in a thread: fast_tensor tells what came of it. */
const struct fast *engines_run(const struct engines *e, uint32_t i_thread, const float *sample);
#endif
