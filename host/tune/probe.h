/* probe.h - layers to measure kernels on. SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/tune. */
#ifndef MOTE_HOST_TUNE_PROBE_H
#define MOTE_HOST_TUNE_PROBE_H
#include "ir/graph.h"

/* One graph of all layers of probes.def, each with an input of its own; contents of constants are
 * random, weights up to `weight_most` either way, scales such that outputs spread. */
struct graph *probe_graph(struct arena *a, uint32_t weight_most, struct diag *d);
#endif
