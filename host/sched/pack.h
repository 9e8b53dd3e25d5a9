/* pack.h - constants as a kernel variant wants them. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_SCHED_PACK_H
#define MOTE_HOST_SCHED_PACK_H
#include "ir/kernels.h"
#include "sched/sched.h"

/* Fill step->packed, and what of step->args goes with it, for a convolution, depthwise convolution
 * or dense layer; a bias of zeros where the node has none. The arrays are made in `a`, or are the
 * graph's (borrowed). False when the kernel cannot compute this node. */
bool pack_constants(struct arena *a, const struct graph *g, const struct node *n,
                    enum packing packing, struct step *step);
/* Does a step's kernel take records of channels, instead of multipliers and shifts? */
bool step_has_records(const struct step *step);
#endif
