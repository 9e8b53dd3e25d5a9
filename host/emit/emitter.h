/* emitter.h - what the files that print the source share, private to host/emit.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_EMITTER_H
#define MOTE_HOST_EMITTER_H
#include "emit/args.h"
#include "emit/emit.h"
#include <assert.h>

#define BODY_INDENT 4

struct emitter {
    struct arena *a;
    const struct program *p;
    const struct memory_plan *m;
    const char *name, *upper; /* "kws", "KWS" */
};

static inline const struct node *node_of(const struct emitter *e, uint32_t i_step)
{
    return &e->p->graph->nodes.items[e->p->steps[i_step].i_node];
}

static inline const struct tensor *tensor_of(const struct emitter *e, uint32_t tensor)
{
    return &e->p->graph->tensors.items[tensor];
}

/* The tensor whose bytes `tensor` shares. */
static inline const struct tensor *root_of(const struct emitter *e, uint32_t tensor)
{
    return tensor_of(e, program_root(e->p, tensor));
}

static inline size_t offset_of(const struct emitter *e, uint32_t tensor)
{
    const uint32_t i_buffer = e->m->buffer_of_tensor[tensor];
    assert(i_buffer != UINT32_MAX);
    return plan_address(e->m, i_buffer);
}

/* Inputs of a step that are activations for its kernel: the others are packed. */
static inline uint32_t n_activations(const struct emitter *e, uint32_t i_step)
{
    return inputs_of(e->p->steps[i_step].kernel) == INPUTS_FIRST ? 1 : node_of(e, i_step)->n_in;
}

/* ---- calls.c ---- */

/* What differs between the calls of a kernel: on whole tensors, or on some rows of them. */
struct site {
    const char *op;  /* "&kws_s0"                                        */
    const char **in; /* [n_in] pointers to activations                   */
    uint32_t n_in;   /* or to an array of them                           */
    const char *out; /* where the output lies, an expression as above    */
    uint32_t indent;
};

/* Where a kernel finds bytes of `dtype`: `at` is an expression, an offset in the arena. */
const char *arena_pointer(struct emitter *e, enum dtype dtype, const char *at,
                          const char *qualifier);
const char *number(struct emitter *e, size_t v);
void print_kernel_call(struct emitter *e, struct text *t, uint32_t i_step, const struct site *site);
/* The call of a step on whole tensors. */
void print_call(struct emitter *e, struct text *t, uint32_t i_step);

/* ---- cascade.c ---- */

/* The function of a cascade with its tables, and its call. */
void print_cascade(struct emitter *e, struct text *t, const struct cascade *c);
void print_cascade_call(struct emitter *e, struct text *t, const struct cascade *c);
#endif
