/* tables.h - int8 functions of one element as tables, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 17, is the definition: the arithmetic of the TFLite Micro
 * reference kernels, run once for each of the 256 possible inputs. */
#ifndef MOTE_HOST_IR_TABLES_H
#define MOTE_HOST_IR_TABLES_H
#include "ir/graph.h"

#define TABLE_BYTES 256

/* What is wrong with the scales of an s8 node of unary.def, or NULL. Input and output have one
 * scale each. */
const char *table_fault(const struct graph *g, const struct node *n);

/* The output of a node without faults for every input byte q, at table[(uint8_t)q]. */
void table_fill(const struct graph *g, const struct node *n, int8_t table[TABLE_BYTES]);
#endif
