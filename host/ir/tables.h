/* tables.h - functions of one element as tables, private to host/ir.
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

#define TABLE_S16 513

/* f at the 513 borders of 512 equal parts of the range of an s16 tensor with this scale and zero point,
 * in units of the output: less half of what a straight line errs in the middle of the part.
 * docs/spec/numerics.md, section 30. f takes the least output, too. */
const int16_t *table_s16(struct arena *a, float (*f)(float x, float low), float scale, int32_t zero,
                         float out_scale);
#endif
