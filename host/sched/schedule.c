/* schedule.c - from an int8 graph to a list of kernel calls. SPDX-License-Identifier: Apache-2.0
 *
 * The order is the graph's own (I1 of ir/graph.h). */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "ir/kernels.h"
#include "sched/choose.h"
#include "sched/keep.h"
#include "sched/lead.h"
#include "sched/pack.h"
#include "sched/sched.h"

/* Number of the operator that a node came from: importers begin its origin with it, "12:name". */
static uint32_t operator_number(const struct node *n, uint32_t i_node)
{
    uint32_t number = 0;
    const char *c = n->origin ? n->origin : "";
    for (; *c >= '0' && *c <= '9' && number < UINT32_MAX / 10 - 1; c++)
        number = number * 10 + (uint32_t)(*c - '0');
    return c != n->origin && *c == ':' ? number : i_node;
}

static void add_fault(struct arena *a, const struct graph *g, uint32_t i_node,
                      struct faults *faults)
{
    const struct node *n = &g->nodes.items[i_node];
    const enum dtype x = g->tensors.items[n->in[0]].dtype, y = g->tensors.items[n->out[0]].dtype;
    const bool is_float = x == DT_F32 || y == DT_F32;
    *VEC_PUSH(a, &faults->list) = (struct fault){
        .i_op = operator_number(n, i_node),
        .op = op_name(n->op),
        .name = g->tensors.items[n->out[0]].name,
        .type = dtype_name(y),
        .what = arena_printf(a, "no kernel for %s, %s -> %s", op_name(n->op), dtype_name(x),
                             dtype_name(y)),
        .hint = is_float ? "quantise the model to int8 first (`mote quantize`, or the converter "
                           "with a representative data set)"
                         : "`mote check --operators` lists what has kernels, of which types",
    };
}

const struct choice choice_portable = {.isas = ISA_ALL};
const struct choice choice_reference = {.reference = true};

void schedule_account(struct arena *a, const struct graph *g, struct faults *faults)
{
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (g->nodes.items[i].op != OP_RESHAPE && !kernel_reference(g, &g->nodes.items[i]))
            add_fault(a, g, i, faults);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How near input and output may lie. A kernel that keeps to two orders may use either's distance. */
static void find_distances(const struct graph *g, const struct node *n, enum placement placement,
                           struct step *step)
{
    if (distances_of_tiles(step->kernel, &step->args, &step->lead, &step->trail))
        return;
    const size_t x_bytes = dtype_bytes(g->tensors.items[n->in[0]].dtype);
    const size_t y_bytes = dtype_bytes(g->tensors.items[n->out[0]].dtype);
    const struct walk rows = walk_of(step->kernel, &step->args, x_bytes, y_bytes);
    struct walk pixels;
    step->lead = walk_lead(&rows);
    step->trail = placement == EITHER ? walk_trail(&rows) : 0;
    if (walk_of_pixels(step->kernel, &step->args, x_bytes, y_bytes, &pixels)) {
        step->lead = smaller(step->lead, walk_lead(&pixels));
        step->trail = smaller(step->trail, walk_trail(&pixels));
    }
}

/* Try one variant: fill in the step, with constants as the kernel wants them. False when it cannot
 * compute this node. */
static bool take_variant(struct arena *a, const struct graph *g, const struct kernel_row *row,
                         const union kernel_args *args, struct step *step)
{
    const struct node *n = &g->nodes.items[step->i_node];
    *step = (struct step){.i_node = step->i_node, .kernel = &row->kernel, .args = *args};
    if (row->constants != NONE && !pack_constants(a, g, n, row->constants, step))
        return false;
    step->scratch_bytes = row->kernel.scratch(&step->args);
    step->in_place = row->placement == IN_PLACE;
    step->block_channels = packing_block(row->constants);
    if (row->placement == ROWS || row->placement == EITHER)
        find_distances(g, n, row->placement, step);
    return true;
}

/* Bytes of the constants of a step: arrays of its own, and multipliers and shifts. */
static size_t constant_bytes(const struct graph *g, const struct node *n, const struct step *step)
{
    size_t bytes = 0;
    for (uint32_t k = 0; k < step->n_packed; k++)
        bytes += step->packed[k].n * dtype_bytes(step->packed[k].dtype);
    if (step->n_packed > 0 && !step_has_records(step)) {
        const struct shape *y = &g->tensors.items[n->out[0]].shape;
        bytes += (size_t)y->dim[y->rank - 1] * (sizeof(int32_t) + sizeof(int8_t));
    }
    return bytes;
}

static bool is_barred(const struct choice *choice, uint32_t i_node, const struct kernel *kernel)
{
    for (uint32_t i = 0; i < choice->n_bars; i++)
        if (choice->bars[i].i_node == i_node && choice->bars[i].kernel == kernel)
            return true;
    return false;
}

/* All variants that can compute node `i_node`. */
static bool make_menu(struct arena *a, const struct graph *g, uint32_t i_node,
                      const struct choice *choice, struct menu *menu, struct diag *d)
{
    const struct node *n = &g->nodes.items[i_node];
    union kernel_args args;
    if (!bind_node(a, g, n, &args, d))
        return false;
    VEC(struct option) options = {0};
    const struct kernel_row *row = kernel_reference(g, n);
    for (; row; row = choice->reference ? NULL : kernel_next(row, choice->isas)) {
        struct option o = {.step = {.i_node = i_node}};
        if (!take_variant(a, g, row, &args, &o.step))
            continue;
        o.is_barred = is_barred(choice, i_node, &row->kernel);
        const struct kernel_cost *cost = cost_find(choice->costs, &row->kernel);
        o.is_measured = cost != NULL;
        o.cycles = o.step.cycles = cost ? cost_cycles(cost, g, n) : 0;
        o.code_bytes = cost ? cost->code_bytes : 0;
        o.flash_bytes = constant_bytes(g, n, &o.step);
        *VEC_PUSH(a, &options) = o;
        if (choice->variant && strcmp(row->kernel.variant, choice->variant) == 0)
            options.items[0] = o, options.n = 1, row = NULL;
        if (!row)
            break;
    }
    assert(options.n > 0);
    *menu = (struct menu){.options = options.items, .n = options.n};
    return true;
}

uint32_t program_root(const struct program *p, uint32_t tensor)
{
    for (uint32_t hops = 0; p->alias[tensor] != tensor; hops++) {
        assert(hops < p->graph->tensors.n);
        tensor = p->alias[tensor];
    }
    return tensor;
}

struct program *schedule(struct arena *a, const struct graph *g, const struct choice *choice,
                         struct diag *d)
{
    struct program *p = ARENA_NEW(a, struct program);
    p->graph = g;
    p->steps = ARENA_ARRAY(a, struct step, g->nodes.n);
    p->alias = ARENA_ARRAY(a, uint32_t, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        p->alias[t] = t;

    struct faults faults = {0};
    schedule_account(a, g, &faults);
    if (faults.list.n > 0) {
        faults_report(&faults, a, NULL, d);
        return NULL;
    }
    struct menu *menus = ARENA_ARRAY(a, struct menu, g->nodes.n);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        if (n->op == OP_RESHAPE) /* nodes stand in order: the source is resolved already */
            p->alias[n->out[0]] = p->alias[n->in[0]];
        else if (!make_menu(a, g, i, choice, &menus[p->n_steps++], d))
            return NULL;
    }
    choose(menus, p->n_steps, choice);
    p->objective = choice->objective;
    p->flash_bytes = chosen_bytes(menus, p->n_steps);
    p->cycles = chosen_cycles(menus, p->n_steps);
    for (uint32_t s = 0; s < p->n_steps; s++) {
        p->steps[s] = menus[s].options[menus[s].chosen].step;
        find_faster(menus, p->n_steps, s, &p->steps[s].faster);
    }
    keep_states(a, p);
    return p;
}
