/* compile.h - the pipeline from an int8 graph to C, as one function. */
#ifndef MOTE_HOST_COMPILE_H
#define MOTE_HOST_COMPILE_H
#include "emit/emit.h"
#include "plan/plan.h"
#include "sched/sched.h"

/* Everything that compilation produced; lives in the arena. */
struct compiled {
    struct graph *graph; /* after the passes */
    struct program *program;
    struct memory_plan *memory;
    struct emitted code;
};

/* `source` is not changed. `name` is the C identifier of the model. */
bool compile(struct arena *a, const struct graph *source, const char *name,
             enum variant_choice choice, struct compiled *out, struct diag *d);
#endif
