/* interps.h - one interpreter per thread of a pool. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_QUANT_INTERPS_H
#define MOTE_HOST_QUANT_INTERPS_H
#include "base/pool.h"
#include "ir/interp.h"

/* [pool_n_threads] interpreters of one graph, made before the threads start because an arena is
 * no shared thing. NULL with `d` set when the graph cannot run. */
struct interp **interps_new(struct arena *a, const struct graph *g, const struct pool *pool,
                            struct diag *d);
#endif
