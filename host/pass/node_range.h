/* node_range.h - which values can each channel of one node's output take?
 * SPDX-License-Identifier: Apache-2.0
 *
 * For operators from int8 to int8 without weights, through the reference kernel's own arithmetic;
 * ranges.h says why the ends of the inputs' intervals are enough. */
#ifndef MOTE_HOST_PASS_NODE_RANGE_H
#define MOTE_HOST_PASS_NODE_RANGE_H
#include "pass/ranges.h"

/* n channels that hold no value yet, and n that may hold any. */
struct range range_empty(struct arena *a, uint32_t n);
struct range range_any(struct arena *a, uint32_t n);
/* Channel c may hold lo..hi as well. */
void range_include(struct range *r, uint32_t c, int8_t lo, int8_t hi);

/* The output of node n, whose inputs hold of[n->in[i]]. */
struct range node_range(struct arena *a, const struct graph *g, const struct node *n,
                        const struct range *of);
#endif
