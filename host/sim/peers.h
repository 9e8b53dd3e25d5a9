/* peers.h - cycles that other stacks need for well-known models, as published.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_SIM_PEERS_H
#define MOTE_HOST_SIM_PEERS_H
#include "ir/graph.h"

struct peer {
    const char *model; /* "image classification (ResNet-8)" */
    uint64_t macs;
    uint32_t n_weighted; /* layers with weights: convolutions and matrices */
    const char *target, *stack;
    uint32_t kilocycles;
};

/* The next row after `after` (NULL: the first) for this model, as imported, on this target; NULL
 * when there is none. The model is known by its size alone: a row says what it may be. */
const struct peer *peer_next(const struct peer *after, const struct graph *source,
                             const char *target);
#endif
