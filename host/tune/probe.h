/* probe.h - layers to measure kernels on. SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/tune. */
#ifndef MOTE_HOST_TUNE_PROBE_H
#define MOTE_HOST_TUNE_PROBE_H
#include "ir/graph.h"

struct probe_kind {
    enum dtype dtype;     /* of activations           */
    uint32_t weight_most; /* weights lie up to it either way */
};

/* One graph of all layers of probes.def, each with an input of its own; contents of constants are
 * random, scales such that outputs spread. Of int16 only layers with weights. */
struct graph *probe_graph(struct arena *a, const struct probe_kind *kind, struct diag *d);
#endif
