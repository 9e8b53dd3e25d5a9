/* table.h - an int8 node of one operand as what it makes of each of the 256 values.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two nodes with one table are the same function: no further proof is needed. */
#ifndef MOTE_HOST_PASS_TABLE_H
#define MOTE_HOST_PASS_TABLE_H
#include "ir/graph.h"

#define N_VALUES 256

struct table {
    int8_t of[N_VALUES]; /* [(uint8_t)q] */
};

/* The table of node n, whose first input and output may be tensors of any shape. False when n is no
 * function from int8 to int8 of that one element, or not one that the verifier accepts. */
bool table_of(struct arena *a, const struct graph *g, const struct node *n, struct table *out);

/* Is the node quantize, relu or relu6 from int8 to int8? */
bool is_requantize(const struct graph *g, const struct node *n);
#endif
