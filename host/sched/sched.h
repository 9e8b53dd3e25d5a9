/* sched.h - from a graph to a list of kernel calls. SPDX-License-Identifier: Apache-2.0
 *
 * Chooses a kernel variant for every node, binds its constants and packs its weights for it.
 * Reshapes become aliases and cost nothing. */
#ifndef MOTE_HOST_SCHED_H
#define MOTE_HOST_SCHED_H
#include "base/fault.h"
#include "ir/bind.h"
#include "ir/graph.h"
#include "ir/kernels.h"
#include "sched/cost.h"

/* What flash is worth. Balanced: a variant with larger constants has to be faster by at least
 * BALANCE per cent of the inference for each per cent of flash it adds. */
enum objective { OPTIMIZE_BALANCED, OPTIMIZE_SPEED, OPTIMIZE_SIZE };
#define BALANCE 2.0

/* A kernel that a node shall do without. */
struct bar {
    uint32_t i_node;
    const struct kernel *kernel;
};

/* Which kernels a program may call, and how to choose among them. */
struct choice {
    bool reference;                 /* the ref variants only         */
    uint32_t isas;                  /* of the core: bits of enum isa */
    const struct cost_table *costs; /* of the core; NULL: the last variant of kernels.def */
    enum objective objective;
    size_t flash_bytes;  /* constants and kernels together, 0: no limit                     */
    const char *variant; /* NULL, or the one to take wherever there is such a one           */
    const struct bar *bars;
    uint32_t n_bars;
};
extern const struct choice choice_portable, choice_reference;

/* A constant array of the emitted program, packed for the kernel that reads it. */
struct packed {
    const char *role; /* "weights", "bias": part of its C name */
    enum dtype dtype;
    uint32_t n;
    const void *data;
};

/* What would be the fastest kernel for a step if flash and RAM cost nothing, and what it takes that
 * the chosen one does not. */
struct faster {
    const struct kernel *kernel; /* NULL: the chosen one is, or nobody measured */
    double saved;                /* cycles                                      */
    size_t flash_bytes;          /* constants, and code that no step calls yet  */
    size_t scratch_bytes;
};

struct step {
    uint32_t i_node; /* in the scheduled graph */
    const struct kernel *kernel;
    union kernel_args args;
    struct packed packed[2]; /* in the order of the kernel's arguments; an empty one is NULL */
    uint32_t n_packed;
    size_t scratch_bytes;
    bool in_place; /* the output may take the place of any input of its size */
    /* If input 0 begins at least `lead` bytes above the output, the two may overlap: the kernel
     * writes nothing that it has yet to read. Likewise if the output begins at least `trail` bytes
     * above input 0 and the kernel goes backward. 0: they may not. */
    size_t lead, trail;
    uint32_t block_channels; /* that the kernel computes together, at least 1 */
    double cycles;           /* predicted; 0 where the kernel was not measured */
    struct faster faster;
};

/* What is left to do after the last step, so that a state is kept for the next call. */
enum keep {
    KEEP_IN_PLACE, /* nothing: `out` was written to the place of `in`, its alias, or is `in` */
    KEEP_COPY,     /* copy `out` to the place of `in`                                        */
    KEEP_ASIDE     /* the same, but `out` lies where another state is: copy it aside before  */
};

struct program {
    const struct graph *graph;
    struct step *steps;
    uint32_t n_steps;
    /* Which tensor a tensor's bytes live in: alias[t] = t, or the source of a reshape, or for the
     * new contents of a state the old ones. */
    uint32_t *alias;
    /* Runs of steps that are computed together, a few rows at a time (cascade.h); in order. */
    const struct cascade *const *cascades;
    uint32_t n_cascades;
    enum keep *keeps;         /* [graph->states.n] */
    enum objective objective; /* it was chosen for, and is to be compiled for */
    size_t flash_bytes;       /* constants and kernels, as far as the cost table knows these */
    double cycles;            /* predicted, likewise */
    /* [graph->outputs.n] the state whose old contents the output shows under another shape: they go
     * to a place of its own before step 0. Else NO_TENSOR. */
    uint32_t *shown;
};

/* The tensor whose bytes `tensor` shares in the end. */
uint32_t program_root(const struct program *p, uint32_t tensor);

/* Who writes the graph's input: the caller, whole and before the first step; or, row by row as the
 * program asks for them, a function of the caller's. */
enum feed { FEED_WHOLE, FEED_ROWS };

/* What is alive together is a matter of turns: a cascade is one turn, any other step is one. */
uint32_t program_turns(const struct program *p);
uint32_t program_turn(const struct program *p, uint32_t i_step);
/* The first step of a turn. */
uint32_t program_step(const struct program *p, uint32_t turn);
/* The cascade that a step belongs to, or NULL. */
const struct cascade *program_cascade(const struct program *p, uint32_t i_step);
/* The cascade that the caller feeds, or NULL. */
const struct cascade *program_fed(const struct program *p);
/* What its cascades compute twice, in per cent of the graph's MACs; at least 0. */
double program_more_macs(const struct program *p);
/* The files below device/kernels/ that a program calls, each once. */
const char *const *program_sources(struct arena *a, const struct program *p, uint32_t *n);

/* Make a kernel go backward; only for a step that has a trail. */
void step_go_backward(const struct kernel *kernel, union kernel_args *args);

/* `g` verified and simplified. NULL with `d` set, naming every node without a kernel. */
struct program *schedule(struct arena *a, const struct graph *g, const struct choice *choice,
                         struct diag *d);

/* Append every node without a kernel. It looks at nodes only: `g` need not be verified. */
void schedule_account(struct arena *a, const struct graph *g, struct faults *faults);
#endif
