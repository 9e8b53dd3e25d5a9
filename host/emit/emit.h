/* emit.h - print a planned program as C.
 *
 * <name>.h: sizes as macros, the interface. <name>.c: constants and one function that calls the
 * kernels in order. Compiles with -std=c99 -Wall -Wextra -Wconversion -Werror, the header also as
 * C++. Every external name starts with the model's. Same program, same bytes. */
#ifndef MOTE_HOST_EMIT_H
#define MOTE_HOST_EMIT_H
#include "base/str.h"
#include "plan/plan.h"
#include "sched/sched.h"

struct emitted {
    struct text header, source;
    size_t weight_bytes; /* weights, biases, multipliers, shifts: what lies in flash */
};

/* `name`: a C identifier in lower case. */
void emit_c(struct arena *a, const struct program *p, const struct memory_plan *m,
            const char *name, struct emitted *out);
#endif
