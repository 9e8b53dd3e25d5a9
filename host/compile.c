/* compile.c - the pipeline, read aloud: simplify, schedule, plan, emit. */
#include "compile.h"

#include "ir/verify.h"
#include "pass/pass.h"

bool compile(struct arena *a, const struct graph *source, const char *name,
             enum variant_choice choice, struct compiled *out, struct diag *d)
{
    struct graph *g = graph_clone(a, source);
    if (!graph_verify(g, d))
        return false;
    if (!simplify(g, d))
        return false;
    struct program *p = schedule(a, g, choice, d);
    if (!p)
        return false;
    struct memory_plan *m = plan_program(a, p);

    out->graph = g;
    out->program = p;
    out->memory = m;
    emit_c(a, p, m, name, &out->code);
    return true;
}
