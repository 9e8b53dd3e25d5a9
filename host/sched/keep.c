/* keep.c - how states go from one call to the next. SPDX-License-Identifier: Apache-2.0
 *
 * A state has one place, where its `in` lies. Where nobody needs `in` any more when `out` is
 * written, `out` is written to that place and nothing is left to do. Elsewhere `out` is copied there
 * after the last step. All `out` are read before any `in` changes (docs/spec/ir.md), so an `out` that
 * is another state is copied aside first. A graph output that is a state under another shape would
 * not stay: it is copied to a place of its own before step 0. */
#include "sched/keep.h"

#include <assert.h>

static bool is_state(const struct graph *g, uint32_t tensor)
{
    for (uint32_t i = 0; i < g->states.n; i++)
        if (g->states.items[i].in == tensor)
            return true;
    return false;
}

/* The step that writes a tensor or an alias of it, n_steps if there is none. */
static uint32_t writer_of(const struct program *p, uint32_t root)
{
    uint32_t s = 0;
    for (; s < p->n_steps; s++) {
        const struct node *n = &p->graph->nodes.items[p->steps[s].i_node];
        for (uint32_t k = 0; k < n->n_out; k++)
            if (program_root(p, n->out[k]) == root)
                return s;
    }
    return s;
}

/* How many inputs of a node lie at `root`? */
static uint32_t count_reads(const struct program *p, const struct node *n, uint32_t root)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < n->n_in; k++)
        count += n->in[k] != NO_TENSOR && program_root(p, n->in[k]) == root;
    return count;
}

/* Operators with states: their second and later outputs are the next values of their last inputs. */
static bool has_states(enum op op)
{
    return op == OP_SVDF || op == OP_LSTM || op == OP_SPECTRAL_SUBTRACTION;
}

/* May step s write `out` where `in` lies, though it reads `in`? A next value may lie where the old one
 * did. */
static bool may_replace(const struct program *p, uint32_t s, uint32_t in, uint32_t out)
{
    const struct node *n = &p->graph->nodes.items[p->steps[s].i_node];
    for (uint32_t k = 1; k < n->n_out && has_states(n->op); k++)
        if (program_root(p, n->out[k]) == out)
            return program_root(p, n->in[n->n_in - n->n_out + k]) == in &&
                   count_reads(p, n, in) == 1;
    return p->steps[s].in_place && n->in[0] != NO_TENSOR && program_root(p, n->in[0]) == in &&
           program_root(p, n->out[0]) == out;
}

/* Does anything need the old contents `in` at step `from` or later? `out`, which is written there,
 * may take their place if the step can do that. */
static bool needed_from(const struct program *p, uint32_t in, uint32_t from, uint32_t out)
{
    for (uint32_t s = from; s < p->n_steps; s++) {
        const struct node *n = &p->graph->nodes.items[p->steps[s].i_node];
        for (uint32_t k = 0; k < n->n_in; k++)
            if (n->in[k] != NO_TENSOR && program_root(p, n->in[k]) == in &&
                !(s == from && may_replace(p, s, in, out)))
                return true;
    }
    for (uint32_t i = 0; i < p->graph->states.n; i++)
        if (program_root(p, p->graph->states.items[i].out) == in)
            return true;
    return false;
}

static enum keep keep_of(struct program *p, const struct state *state)
{
    const struct graph *g = p->graph;
    const uint32_t out = program_root(p, state->out);
    if (out == state->in)
        return KEEP_IN_PLACE;
    if (is_state(g, out)) /* of another state, or this tensor took another state's place */
        return KEEP_ASIDE;
    const uint32_t writer = writer_of(p, out);
    if (writer == p->n_steps || needed_from(p, state->in, writer, out))
        return KEEP_COPY;
    p->alias[out] = state->in;
    return KEEP_IN_PLACE;
}

/* Outputs get places of their own, apart from those of states. */
static void show_states(struct arena *a, struct program *p)
{
    const struct graph *g = p->graph;
    p->shown = ARENA_ARRAY(a, uint32_t, g->outputs.n);
    for (uint32_t i = 0; i < g->outputs.n; i++)
        p->shown[i] = NO_TENSOR;
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        const uint32_t out = g->outputs.items[i], root = program_root(p, out);
        if (!is_state(g, root))
            continue;
        p->shown[i] = root;
        p->alias[out] = out;
    }
}

void keep_states(struct arena *a, struct program *p)
{
    const struct graph *g = p->graph;
    show_states(a, p);
    p->keeps = ARENA_ARRAY(a, enum keep, g->states.n);
    for (uint32_t i = 0; i < g->states.n; i++)
        p->keeps[i] = keep_of(p, &g->states.items[i]);
}
