/* pack.h - constants as a kernel variant wants them. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_SCHED_PACK_H
#define MOTE_HOST_SCHED_PACK_H
#include "ir/kernels.h"
#include "sched/sched.h"

/* False when the kernel cannot compute the node. Fill step->packed for a convolution, depthwise convolution or dense layer. The weights stay as
 * they are in the graph (borrowed), the bias is made in `a`: zeros where the node has none, and
 * for FOLDED kernels less the input's zero point times the channel's weights. */
bool pack_constants(struct arena *a, const struct graph *g, const struct node *n,
                    enum packing constants, struct step *step);
#endif
