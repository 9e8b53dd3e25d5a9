/* args.h - inside the emitter: what is particular to a kernel.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A new kind of const struct is one function and one row in args.c. */
#ifndef MOTE_HOST_EMIT_ARGS_H
#define MOTE_HOST_EMIT_ARGS_H
#include "emit/print.h"
#include "sched/sched.h"

/* How a kernel takes its inputs: the first is an activation and the others are packed; each by a
 * pointer of its own; all by one array of pointers. */
enum inputs { INPUTS_FIRST, INPUTS_EACH, INPUTS_ARRAY };
enum inputs inputs_of(const struct kernel *kernel);

/* Print a kernel's const struct, called `name`, after the arrays that it points to. */
void print_args(struct constants *c, const char *name, const struct kernel *kernel,
                const union kernel_args *args);
#endif
