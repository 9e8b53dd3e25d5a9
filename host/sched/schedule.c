/* schedule.c - from an int8 graph to a list of kernel calls. SPDX-License-Identifier: Apache-2.0
 *
 * The order is the graph's own (I1 of ir/graph.h). */
#include <assert.h>
#include <inttypes.h>

#include "base/str.h"
#include "ir/kernels.h"
#include "sched/lead.h"
#include "sched/pack.h"
#include "sched/sched.h"

#define FAULT_TEXT_MAX 700 /* of diag.message: what follows is only counted */

/* The nodes that no kernel computes. */
struct faults {
    struct text text;
    uint32_t n, n_listed, n_float;
};

static void add_fault(struct faults *f, const struct graph *g, const struct node *n)
{
    const struct tensor *x = &g->tensors.items[n->in[0]], *y = &g->tensors.items[n->out[0]];
    f->n++;
    f->n_float += x->dtype == DT_F32;
    if (f->text.len > FAULT_TEXT_MAX)
        return;
    f->n_listed++;
    text_printf(&f->text, "%s%s (%s, %s -> %s)", f->n > 1 ? ", " : "", y->name, op_name(n->op),
                dtype_name(x->dtype), dtype_name(y->dtype));
}

static bool report(const struct faults *f, struct diag *d)
{
    struct text more = {.arena = f->text.arena};
    if (f->n > f->n_listed)
        text_printf(&more, " and %" PRIu32 " more", f->n - f->n_listed);
    diag_error(d, NULL, "no kernel for %" PRIu32 " node%s: %s%s", f->n, f->n == 1 ? "" : "s",
               text_cstr(&f->text), text_cstr(&more));
    if (f->n_float > 0)
        return diag_hint(d, "quantise the model first; kernels are int8");
    return diag_hint(d, "the operators with kernels are the rows of device/kernels/kernels.def");
}

/* Append the call of a kernel for node `i_node`. */
static bool add_step(struct arena *a, struct program *p, uint32_t i_node,
                     const struct kernel_row *row, struct diag *d)
{
    const struct graph *g = p->graph;
    struct step *step = &p->steps[p->n_steps++];
    const struct node *n = &g->nodes.items[i_node];
    const struct tensor *x = &g->tensors.items[p->alias[n->in[0]]];
    *step = (struct step){.i_node = i_node, .kernel = &row->kernel};
    if (!bind_node(a, g, n, &step->args, d))
        return false;
    if (row->constants != NONE)
        pack_constants(a, g, n, row->constants, step);
    step->scratch_bytes = row->kernel.scratch(&step->args);
    step->in_place = row->placement == IN_PLACE && !x->data &&
                     tensor_bytes(x) == tensor_bytes(&g->tensors.items[n->out[0]]);
    if (row->placement == ROWS || row->placement == EITHER) {
        const struct walk w = walk_of(n->op, &step->args);
        step->lead = walk_lead(&w);
        step->trail = row->placement == EITHER ? walk_trail(&w) : 0;
    }
    return true;
}

struct program *schedule(struct arena *a, const struct graph *g, enum variant_choice choice,
                         struct diag *d)
{
    if (g->states.n > 0) {
        diag_error(d, g->name, "variables that persist from call to call have no kernels yet");
        return NULL;
    }
    struct program *p = ARENA_NEW(a, struct program);
    p->graph = g;
    p->steps = ARENA_ARRAY(a, struct step, g->nodes.n);
    p->alias = ARENA_ARRAY(a, uint32_t, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        p->alias[t] = t;

    struct faults faults = {.text = {.arena = a}};
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        assert(n->n_in >= 1 && n->n_out == 1);
        if (n->op == OP_RESHAPE) { /* nodes stand in order: the source is resolved already */
            p->alias[n->out[0]] = p->alias[n->in[0]];
            continue;
        }
        const struct kernel_row *row = kernel_for(g, n, choice);
        if (!row)
            add_fault(&faults, g, n);
        else if (!add_step(a, p, i, row, d))
            return NULL;
    }
    if (faults.n > 0) {
        report(&faults, d);
        return NULL;
    }
    return p;
}
