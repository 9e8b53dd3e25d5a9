/* handmade.h - programs for the planner's tests, made without a scheduler: what matters is who
 * reads what and how large it is. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_PLAN_HANDMADE_H
#define MOTE_TESTS_PLAN_HANDMADE_H
#include "check.h"
#include "plan/plan.h"

/* A one-dimensional int8 tensor of n bytes. */
static inline uint32_t add_tensor(struct graph *g, const char *name, int32_t n)
{
    const struct tensor t = {.name = name, .dtype = DT_S8, .shape = {.rank = 2, .dim = {1, n}}};
    return graph_add_tensor(g, &t);
}

/* A node from one or two tensors (b may be NO_TENSOR) to a new one of n bytes. */
static inline uint32_t add_node(struct graph *g, enum op op, uint32_t x, uint32_t y,
                                const char *name, int32_t n)
{
    const uint32_t out = add_tensor(g, name, n);
    struct node node = {.op = op, .n_in = y == NO_TENSOR ? 1 : 2, .n_out = 1, .origin = name};
    node.in = ARENA_ARRAY(g->arena, uint32_t, 2);
    node.out = ARENA_ARRAY(g->arena, uint32_t, 1);
    node.in[0] = x;
    node.in[1] = y;
    node.out[0] = out;
    *VEC_PUSH(g->arena, &g->nodes) = node;
    return out;
}

static inline void add_output(struct graph *g, uint32_t tensor)
{
    *VEC_PUSH(g->arena, &g->outputs) = tensor;
}

static inline uint32_t add_input(struct graph *g, const char *name, int32_t n)
{
    const uint32_t tensor = add_tensor(g, name, n);
    *VEC_PUSH(g->arena, &g->inputs) = tensor;
    return tensor;
}

/* A step for every node but reshapes, which become aliases; relu and add may work in place. */
static inline struct program *program_of(const struct graph *g)
{
    struct program *p = ARENA_NEW(g->arena, struct program);
    p->graph = g;
    p->steps = ARENA_ARRAY(g->arena, struct step, g->nodes.n);
    p->alias = ARENA_ARRAY(g->arena, uint32_t, g->tensors.n);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        p->alias[t] = t;
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const struct node *n = &g->nodes.items[i];
        if (n->op == OP_RESHAPE)
            p->alias[n->out[0]] = n->in[0];
        else
            p->steps[p->n_steps++] =
                (struct step){.i_node = i, .in_place = n->op == OP_RELU || n->op == OP_ADD};
    }
    p->keeps = ARENA_ARRAY(g->arena, enum keep, g->states.n);
    p->shown = ARENA_ARRAY(g->arena, uint32_t, g->outputs.n);
    for (uint32_t i = 0; i < g->outputs.n; i++)
        p->shown[i] = NO_TENSOR;
    return p;
}

/* The buffer of a tensor; the test fails when it has none. */
static inline const struct plan_buffer *buffer_of(const struct memory_plan *m, uint32_t tensor)
{
    CHECK(m->buffer_of_tensor[tensor] < m->n_buffers);
    return &m->buffers[m->buffer_of_tensor[tensor]];
}

static inline size_t offset_of(const struct memory_plan *m, uint32_t tensor)
{
    buffer_of(m, tensor);
    return m->plan.offset[m->buffer_of_tensor[tensor]];
}
#endif
