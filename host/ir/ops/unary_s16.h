/* unary_s16.h - the functions of one element that have a kernel for s16.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 30. */
#ifndef MOTE_HOST_IR_OPS_UNARY_S16_H
#define MOTE_HOST_IR_OPS_UNARY_S16_H
#include "ir/bind.h"

struct eval;

bool unary_has_s16(enum op op);

/* NULL, or what the kernel cannot do. */
const char *unary_s16_fault(const struct graph *g, const struct node *n);
/* The constants of the kernel. */
void unary_s16_bind(struct arena *a, const struct graph *g, const struct node *n,
                    union kernel_args *out);
void unary_s16_eval(const struct eval *e);
#endif
