/* plan_program.c - what lives when in a program, and where.
 * SPDX-License-Identifier: Apache-2.0
 *
 * L1  The caller writes all inputs before step 0: they are alive there even if read later or never.
 * L2  A step's inputs, output and scratch are alive together.
 * L3  Outputs are alive up to the last step. A constant that is an output is copied to its place
 *     before step 0 (emit_c), so it is alive all the time.
 * L4  Aliases live in one buffer, from the first write to the last read of any of them. An in-place
 *     step extends the buffer of the first input of its output's size that is needed no more.
 * L5  A step with a lead or a trail may write over its input 0 under the same condition, if the
 *     output gets a buffer of its own there. It goes backward where the output came to lie above.
 * L6  States are alive all the time, between calls too. What is copied to them after the last step
 *     is alive up to there, as an output is. An output that shows a state is copied before step 0.
 * L7  Time is counted in turns: the steps of a cascade are one, and what any of them uses is alive
 *     throughout. A tensor that lives there only needs the bytes of its window; what strips copy has
 *     a window besides. */
#include "base/vec.h"
#include "plan/plan.h"
#include "sched/cascade.h"
#include <assert.h>

/* Bounds the exact search to a few milliseconds: a node costs time in proportion to the number of
 * buffers. Nearly all nets of up to 40 buffers are solved in a tenth of that. */
#define SEARCH_WORK_MAX 320000u

#define NO_BUFFER UINT32_MAX

/* Of one tensor and its aliases. */
struct life {
    uint32_t first, last;
    bool is_used, is_output;
};

struct planner {
    struct arena *a;
    const struct program *p;
    struct life *lives;       /* [tensors], of roots: tensors that are no alias */
    uint32_t *buffer_of_root; /* [tensors]                                      */
    VEC(struct plan_buffer) buffers;
    VEC(bool) keeps_output; /* [buffers] outputs and states: nothing takes their place */
};

static const struct tensor *tensor_at(const struct program *p, uint32_t tensor)
{
    return &p->graph->tensors.items[tensor];
}

static const char *name_of(const struct program *p, uint32_t tensor)
{
    const char *name = tensor_at(p, tensor)->name;
    return name ? name : "";
}

static void use(struct planner *pl, uint32_t tensor, uint32_t turn)
{
    struct life *life = &pl->lives[program_root(pl->p, tensor)];
    if (!life->is_used)
        *life = (struct life){.first = turn, .last = turn, .is_used = true};
    life->last = turn > life->last ? turn : life->last;
}

static uint32_t last_turn(const struct program *p)
{
    return p->n_steps ? program_turns(p) - 1 : 0;
}

static void find_lives(struct planner *pl)
{
    const struct program *p = pl->p;
    const struct graph *g = p->graph;
    for (uint32_t i = 0; i < g->inputs.n && !program_fed(p); i++)
        use(pl, g->inputs.items[i], 0);        /* L1 */
    for (uint32_t i = 0; i < g->states.n; i++) /* L6 */
        pl->lives[g->states.items[i].in] =
            (struct life){.last = last_turn(p), .is_used = true, .is_output = true};
    for (uint32_t s = 0; s < p->n_steps; s++) {
        const struct node *node = &g->nodes.items[p->steps[s].i_node];
        const uint32_t turn = program_turn(p, s);
        for (uint32_t k = 0; k < node->n_in; k++)
            if (node->in[k] != NO_TENSOR && !tensor_at(p, program_root(p, node->in[k]))->data)
                use(pl, node->in[k], turn);
        for (uint32_t k = 0; k < node->n_out; k++)
            use(pl, node->out[k], turn);
    }
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        const uint32_t tensor = g->outputs.items[i];
        if (tensor_at(p, program_root(p, tensor))->data || p->shown[i] != NO_TENSOR)
            pl->lives[program_root(p, tensor)] = (struct life){.is_used = true}; /* from 0 */
        use(pl, tensor, last_turn(p));                                           /* L3 */
        pl->lives[program_root(p, tensor)].is_output = true;
    }
    for (uint32_t i = 0; i < g->states.n; i++) { /* L6 */
        const uint32_t source = program_root(p, g->states.items[i].out);
        if (tensor_at(p, source)->data)
            continue;
        use(pl, source, last_turn(p));
        pl->lives[source].is_output = true;
    }
}

static uint32_t add_buffer(struct planner *pl, const char *name, size_t bytes,
                           const struct life *life)
{
    *VEC_PUSH(pl->a, &pl->buffers) = (struct plan_buffer){
        .name = name, .bytes = bytes, .first = life->first, .last = life->last};
    *VEC_PUSH(pl->a, &pl->keeps_output) = life->is_output;
    return pl->buffers.n - 1;
}

static void give_bytes(struct planner *pl, uint32_t root, const char *name, size_t bytes)
{
    if (pl->buffer_of_root[root] == NO_BUFFER)
        pl->buffer_of_root[root] = add_buffer(pl, name, bytes, &pl->lives[root]);
}

static void give_buffer(struct planner *pl, uint32_t tensor)
{
    const uint32_t root = program_root(pl->p, tensor);
    give_bytes(pl, root, name_of(pl->p, root), tensor_bytes(tensor_at(pl->p, root)));
}

/* The window of a band: of a copy besides the tensor, else the place of the tensor. Returns the
 * buffer. */
static uint32_t give_window(struct planner *pl, const struct cascade *c, uint32_t band)
{
    const uint32_t tensor = c->tensor[band], turn = program_turn(pl->p, c->first_step);
    const struct tensor *t = tensor_at(pl->p, tensor);
    const struct mote_band *b = &c->bands[band];
    const char *columns = "";
    if (c->areas)
        columns =
            arena_printf(pl->a, ", %u of %d columns",
                         (unsigned)(b->row_bytes / c->pixel_bytes[band]), (int)t->shape.dim[2]);
    const char *name = arena_printf(pl->a, "%u of %u rows%s: %s", b->window,
                                    (unsigned)t->shape.dim[1], columns, name_of(pl->p, tensor));
    const size_t bytes = (size_t)b->window * b->row_bytes;
    if (cascade_copies(c, band))
        return add_buffer(pl, name, bytes, &(struct life){.first = turn, .last = turn});
    give_bytes(pl, tensor, name, bytes);
    return pl->buffer_of_root[tensor];
}

/* Put `out`, which an in-place step writes and which has no place yet, where the input `in` lies, if
 * that dies there (L4). */
static bool reuse_buffer(struct planner *pl, uint32_t i_step, uint32_t in, uint32_t out)
{
    const struct program *p = pl->p;
    const uint32_t i_buffer = in == NO_TENSOR ? NO_BUFFER : pl->buffer_of_root[program_root(p, in)];
    if (i_buffer == NO_BUFFER) /* a constant */
        return false;
    struct plan_buffer *buffer = &pl->buffers.items[i_buffer];
    if (pl->buffer_of_root[out] != NO_BUFFER || buffer->last != program_turn(p, i_step) ||
        pl->keeps_output.items[i_buffer] || buffer->bytes != tensor_bytes(tensor_at(p, out)))
        return false;
    buffer->last = pl->lives[out].last;
    buffer->name = arena_printf(pl->a, "%s, %s", buffer->name, name_of(p, out));
    pl->keeps_output.items[i_buffer] = pl->lives[out].is_output;
    pl->buffer_of_root[out] = i_buffer;
    return true;
}

static bool reuse_input(struct planner *pl, uint32_t i_step)
{
    const struct program *p = pl->p;
    const struct node *node = &p->graph->nodes.items[p->steps[i_step].i_node];
    if (!p->steps[i_step].in_place)
        return false;
    assert(node->n_in >= 1 && node->n_out >= 1);
    for (uint32_t k = 0; k < node->n_in; k++)
        if (reuse_buffer(pl, i_step, node->in[k], program_root(p, node->out[0])))
            return true;
    return false;
}

/* Let one tensor, written at `turn`, overwrite another that is read there, if that dies (L5). */
static void overwrite(struct planner *pl, uint32_t turn, uint32_t from, uint32_t to, size_t lead,
                      size_t trail)
{
    const uint32_t in = pl->buffer_of_root[program_root(pl->p, from)];
    const uint32_t out = pl->buffer_of_root[program_root(pl->p, to)];
    if (in == NO_BUFFER || (lead == 0 && trail == 0)) /* a constant; or they may not overlap */
        return;
    struct plan_buffer *buffers = pl->buffers.items;
    assert(buffers);
    if (buffers[in].last != turn || pl->keeps_output.items[in] || buffers[out].is_state)
        return;
    assert(buffers[out].first == turn);
    buffers[in].heir = out;
    buffers[in].lead = lead;
    buffers[in].trail = trail;
}

/* Must a step go backward? Where its output begins inside its input. */
static void find_directions(const struct program *p, struct memory_plan *m)
{
    for (uint32_t i = 0; i < m->n_buffers; i++) {
        const struct plan_buffer *b = &m->buffers[i];
        if (b->trail == 0)
            continue;
        const size_t at = m->plan.offset[i], heir_at = m->plan.offset[b->heir];
        m->is_backward[program_step(p, b->last)] = at < heir_at && heir_at < at + b->bytes;
    }
}

/* States, and the places where some of them are copied aside after the last step (L6). */
static void add_state_buffers(struct planner *pl, uint32_t *buffer_of_aside)
{
    const struct program *p = pl->p;
    const struct graph *g = p->graph;
    for (uint32_t i = 0; i < g->states.n; i++) {
        const uint32_t in = g->states.items[i].in;
        give_buffer(pl, in);
        pl->buffers.items[pl->buffer_of_root[in]].is_state = true;
    }
    for (uint32_t i = 0; i < g->states.n; i++) {
        const uint32_t in = g->states.items[i].in;
        const struct life life = {.first = last_turn(p), .last = last_turn(p)};
        buffer_of_aside[i] = NO_BUFFER;
        if (p->keeps[i] == KEEP_ASIDE)
            buffer_of_aside[i] = add_buffer(pl, arena_printf(pl->a, "next %s", name_of(p, in)),
                                            tensor_bytes(tensor_at(p, in)), &life);
    }
}

/* Scratch of `bytes` for step `i_step`, which writes `out`. */
static uint32_t add_scratch(struct planner *pl, uint32_t i_step, size_t bytes)
{
    const struct program *p = pl->p;
    if (bytes == 0)
        return NO_BUFFER;
    const uint32_t turn = program_turn(p, i_step);
    const struct life life = {.first = turn, .last = turn};
    const uint32_t out = p->graph->nodes.items[p->steps[i_step].i_node].out[0];
    return add_buffer(pl, arena_printf(pl->a, "scratch of %s", name_of(p, out)), bytes, &life);
}

/* The scratch of the steps of a cascade: of one after the other, so all have the same. */
static void add_common_scratch(struct planner *pl, const struct cascade *c,
                               uint32_t *buffer_of_scratch)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < c->n_bands; i++)
        if (c->scratch_bytes[i] > c->scratch_bytes[most])
            most = i;
    const uint32_t buffer = add_scratch(pl, c->step[most], c->scratch_bytes[most]);
    for (uint32_t i = 0; i < c->n_bands; i++)
        if (c->step[i] != NO_STEP)
            buffer_of_scratch[c->step[i]] = c->scratch_bytes[i] > 0 ? buffer : NO_BUFFER;
}

/* The windows and whole tensors of a cascade: all are alive throughout its turn (L7). */
static void add_cascade(struct planner *pl, const struct cascade *c, uint32_t *buffer_of_band,
                        uint32_t *buffer_of_scratch)
{
    for (uint32_t i = 0; i < c->n_bands; i++) {
        if (c->is_windowed[i]) {
            buffer_of_band[i] = give_window(pl, c, i);
        } else {
            give_buffer(pl, c->tensor[i]);
            buffer_of_band[i] = pl->buffer_of_root[program_root(pl->p, c->tensor[i])];
        }
    }
    overwrite(pl, program_turn(pl->p, c->first_step), c->tensor[0], c->tensor[c->n_bands - 1],
              c->lead, 0);
    add_common_scratch(pl, c, buffer_of_scratch);
}

static void add_buffers(struct planner *pl, struct memory_plan *m)
{
    const struct program *p = pl->p;
    const struct graph *g = p->graph;
    for (uint32_t i = 0; i < g->inputs.n && !program_fed(p); i++)
        give_buffer(pl, g->inputs.items[i]);
    uint32_t i_cascade = 0;
    for (uint32_t s = 0; s < p->n_steps; s++) {
        const struct cascade *c = program_cascade(p, s);
        if (c) {
            m->buffer_of_band[i_cascade] = ARENA_ARRAY(pl->a, uint32_t, c->n_bands);
            add_cascade(pl, c, m->buffer_of_band[i_cascade++], m->buffer_of_scratch);
            s = c->first_step + c->n_steps - 1;
            continue;
        }
        const struct step *step = &p->steps[s];
        const struct node *node = &g->nodes.items[step->i_node];
        const bool is_reused = reuse_input(pl, s); /* by the first output */
        for (uint32_t k = 0; k < node->n_out; k++)
            give_buffer(pl, node->out[k]);
        if (!is_reused)
            overwrite(pl, program_turn(p, s), node->in[0], node->out[0], step->lead, step->trail);
        m->buffer_of_scratch[s] = add_scratch(pl, s, step->scratch_bytes);
    }
    for (uint32_t i = 0; i < g->outputs.n; i++)
        give_buffer(pl, g->outputs.items[i]); /* constants */
}

/* The buffers of a program, not yet placed. */
static struct memory_plan *list_buffers(struct arena *a, const struct program *p)
{
    const uint32_t n_tensors = p->graph->tensors.n;
    struct planner pl = {
        .a = a,
        .p = p,
        .lives = ARENA_ARRAY(a, struct life, n_tensors),
        .buffer_of_root = ARENA_ARRAY(a, uint32_t, n_tensors),
    };
    for (uint32_t t = 0; t < n_tensors; t++)
        pl.buffer_of_root[t] = NO_BUFFER;
    struct memory_plan *m = ARENA_NEW(a, struct memory_plan);
    m->buffer_of_tensor = ARENA_ARRAY(a, uint32_t, n_tensors);
    m->buffer_of_band = ARENA_ARRAY(a, uint32_t *, p->n_cascades);
    m->buffer_of_scratch = ARENA_ARRAY(a, uint32_t, p->n_steps);
    m->buffer_of_aside = ARENA_ARRAY(a, uint32_t, p->graph->states.n);

    find_lives(&pl);
    add_state_buffers(&pl, m->buffer_of_aside);
    add_buffers(&pl, m);
    for (uint32_t t = 0; t < n_tensors; t++)
        m->buffer_of_tensor[t] = pl.buffer_of_root[program_root(p, t)];
    m->buffers = pl.buffers.items;
    m->n_buffers = pl.buffers.n;
    return m;
}

size_t plan_turn_bytes(struct arena *a, const struct program *p, uint32_t turn)
{
    const struct memory_plan *m = list_buffers(a, p);
    return plan_live_bytes(m->buffers, m->n_buffers, turn);
}

struct memory_plan *plan_program(struct arena *a, const struct program *p)
{
    struct memory_plan *m = list_buffers(a, p);
    const uint64_t node_budget = SEARCH_WORK_MAX / (m->n_buffers + 1) + 1;
    m->plan = plan_place(a, m->buffers, m->n_buffers, node_budget);
    assert(plan_check(m->buffers, m->n_buffers, &m->plan));
    m->is_backward = ARENA_ARRAY(a, bool, p->n_steps);
    find_directions(p, m);
    return m;
}
