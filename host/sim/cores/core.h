/* core.h - what a processor's pipeline costs: the models of host/sim/cores.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A model prices straight-line code, one instruction after the other, from a pipeline that is
 * empty or that has just run what stands before it. docs/spec/cycles.md says which manuals the
 * models follow and what they leave out. All memory answers at once; wait states come on top. */
#ifndef MOTE_HOST_SIM_CORES_CORE_H
#define MOTE_HOST_SIM_CORES_CORE_H
#include "sim/insn.h"

enum { N_UNITS_MAX = 8, PAIRED = 2 };

/* What a model remembers of the instructions before. All zero: nothing went before. */
struct pipe {
    bool is_filled;
    struct insn last; /* if it is */
    /* Of models that issue by a table (issue.h); cycles since the pipeline was empty. */
    uint32_t now;                /* when `last` issued                                 */
    uint32_t n_issued;           /* instructions that issued then                      */
    uint32_t ready[N_REGISTERS]; /* when what they wrote can be used                   */
    uint32_t free[N_UNITS_MAX];  /* when a unit takes the next instruction             */
};

struct core {
    const char *name; /* a target's name                            */
    const char *text; /* which core, by which manual, in a sentence */
    /* Cycles that `in` adds, and p goes on; a branch is one that is not taken. */
    uint32_t (*price)(struct pipe *p, const struct insn *in);
    /* Cycles more of the last instruction of a block, whatever it is, that was n_taken times followed
     * by code elsewhere and n_not by what is behind it. `to`: where it goes, NULL if unknown. */
    uint64_t (*branch)(const struct insn *last, const struct insn *to, uint64_t n_taken,
                       uint64_t n_not);
    /* Does the pipeline go on when this branch is taken, as if what is there stood behind it? NULL:
     * it never does, code that is jumped to finds it empty. */
    bool (*flows)(const struct insn *last);
};

/* The model of a target, or NULL. */
const struct core *core_find(const char *target);

extern const struct core core_cortex_m3, core_cortex_m4, core_cortex_m7, core_cortex_m33,
    core_cortex_m55, core_rv32imc;
#endif
