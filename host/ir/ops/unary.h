/* unary.h - functions of one element in float, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IR_OPS_UNARY_H
#define MOTE_HOST_IR_OPS_UNARY_H
#include "ir/graph.h"

/* What the int8 table of an operator of unary.def samples: within the stated error of its float
 * kernel. */
float unary_f32(enum op op, const struct attrs *at, float x);
#endif
