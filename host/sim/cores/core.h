/* core.h - what a processor's pipeline costs: the models of host/sim/cores.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A model prices straight-line code, one instruction after the other, from a pipeline that is
 * empty or that has just run what stands before it. docs/spec/cycles.md says which manuals the
 * models follow and what they leave out. All memory answers at once; wait states come on top
 * (cycles.h). */
#ifndef MOTE_HOST_SIM_CORES_CORE_H
#define MOTE_HOST_SIM_CORES_CORE_H
#include "sim/insn.h"

/* What a model remembers of the instructions before. */
struct pipe {
    bool is_filled;   /* false: nothing went before */
    struct insn last; /* if it is                   */
    uint32_t phase;   /* the model's own            */
};

struct core {
    const char *name; /* a target's name                            */
    const char *text; /* which core, by which manual, in a sentence */
    /* Cycles that `in` adds, and p goes on; a branch is one that is not taken. */
    uint32_t (*price)(struct pipe *p, const struct insn *in);
    /* Cycles more when a branch is taken or pc is loaded. `to`: where it goes, NULL if unknown. */
    uint32_t (*taken)(const struct insn *branch, const struct insn *to);
};

/* The model of a target, or NULL. */
const struct core *core_find(const char *target);

extern const struct core core_cortex_m3, core_cortex_m4;
#endif
