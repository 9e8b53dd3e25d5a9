/* groups.h - which tensors must share one quantisation. SPDX-License-Identifier: Apache-2.0
 *
 * Pools, reshape and pad hand values on without rescaling; so does concat, whose inputs all have
 * the scale of its output. Softmax writes scale 1/256, zero point -128, whatever its values: such
 * a tensor forms a fixed group, which only those that hand its values on may join. */
#ifndef MOTE_HOST_QUANT_GROUPS_H
#define MOTE_HOST_QUANT_GROUPS_H
#include "ir/graph.h"

struct groups {
    uint32_t *leader; /* [tensors] the tensor that stands for the group */
    bool *fixed;      /* [tensors] of leaders: the group has the quantisation of softmax */
};

/* A concat whose inputs are partly fixed keeps those out of its group: they must be requantised on
 * the way in. */
struct groups groups_find(struct arena *a, const struct graph *g);
#endif
