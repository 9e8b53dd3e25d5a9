/* reduce.h - reductions over dimensions, private to host/ir. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_OPS_REDUCE_H
#define MOTE_HOST_IR_OPS_REDUCE_H
#include "ir/graph.h"
#include "mote/reduce.h"

/* The walk of a node that satisfies its rule: n, step, over, over_step; all else is 0. */
struct mote_reduce_s8 reduce_walk(const struct graph *g, const struct node *n);
/* Input elements that make one output. */
int64_t reduce_count(const struct graph *g, const struct node *n);
#endif
