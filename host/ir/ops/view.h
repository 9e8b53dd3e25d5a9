/* view.h - operators that copy elements in another order, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_OPS_VIEW_H
#define MOTE_HOST_IR_OPS_VIEW_H
#include "ir/graph.h"
#include "mote/view.h"

/* The walk of transpose, slice, depth_to_space and space_to_depth, neighbouring dimensions merged.
 * The node satisfies its rule but for this: false when more than MOTE_VIEW_DIMS are left. */
bool view_of(const struct graph *g, const struct node *n, struct mote_view_any *out);
#endif
