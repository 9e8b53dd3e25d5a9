/* ranges.h - which values can each channel of an int8 tensor take?
 * SPDX-License-Identifier: Apache-2.0
 *
 * An interval per channel that holds for every input of the graph, found by one forward sweep.
 * Every int8 operator that is handled here never falls when one of its inputs rises (or, with a
 * negative weight, never rises): so the ends of the output's interval come from ends of the
 * inputs' intervals, through the reference kernel's own arithmetic. No second formula, no slack
 * but that the inputs of a node are taken to be independent. */
#ifndef MOTE_HOST_PASS_RANGES_H
#define MOTE_HOST_PASS_RANGES_H
#include "pass/filters.h"

/* Channel c is a value lo[c]..hi[c]; channels are the last dimension. lo = NULL: nothing is known,
 * since the tensor is not int8 or serves as weights only. */
struct range {
    int8_t *lo, *hi;
};

struct ranges {
    struct range *of;         /* [tensors]                                                   */
    struct filters **filters; /* [nodes] of int8 with weights, else NULL                     */
    int32_t **least;          /* [nodes][n_out] least accumulator of each channel, else NULL */
};

struct ranges ranges_find(struct arena *a, const struct graph *g);

/* Does node n go from s8 to s8? Only then has its output a range that may be asked for. */
bool ranges_know(const struct graph *g, const struct node *n);

/* The output of such a node that is like one of g, with the same operands and other attributes. */
struct range ranges_like(struct arena *a, const struct graph *g, const struct node *n,
                         const struct ranges *r);

/* Has channel c of tensor t one value, whatever goes in? */
bool range_is_constant(const struct ranges *r, uint32_t t, uint32_t c);

uint32_t last_dim(const struct tensor *t);
#endif
