/* profile.h - what each step of a program cost on a board: instructions by class, cycles by a model
 * of the core, bytes moved. SPDX-License-Identifier: Apache-2.0
 *
 * Counts are exact: the emulator executed them. Cycles are predicted. The program's hooks, by which
 * the board counts too, are left out as the board leaves them out, so that both must agree. */
#ifndef MOTE_HOST_SIM_PROFILE_H
#define MOTE_HOST_SIM_PROFILE_H
#include "base/vec.h"
#include "sim/cores/core.h"
#include "sim/image.h"
#include "sim/trace.h"
#include "target/target.h"

struct cost {
    uint64_t instructions, weighted;
    uint64_t by_class[N_CLASSES];
    uint64_t cycles;         /* 0 without a model            */
    uint64_t loaded, stored; /* bytes                        */
    uint64_t flash;          /* those of `loaded` from flash */
};

void cost_add(struct cost *sum, const struct cost *c);

/* Straight-line code, in all steps together. Two may overlap: a loop's body was also run into. */
struct hot_code {
    uint32_t start, end;         /* addresses                                   */
    const char *function;        /* that it is in, or "?"                       */
    uint32_t offset;             /* of `start` in it                            */
    uint32_t n;                  /* instructions                                */
    uint64_t executions, cycles; /* cycles: 0 without a model; no wait states */
};

struct profile {
    const struct core *core; /* NULL: there is no model of this board's core          */
    struct cost *steps;
    uint32_t n_steps;
    struct cost total;          /* with call and return, which belong to no step and to "other" */
    VEC(struct hot_code) codes; /* hottest first: by cycles, else by instructions      */
};

/* The path of the emulator's plugin: where it was built, or what MOTE_PLUGIN in the environment names.
 * NULL with `d` set when it is not there. */
const char *profile_plugin(struct diag *d);

/* What firmware_run needs so that a firmware with marks is observed. */
bool profile_watch(struct arena *a, const struct image *image, uint32_t n_steps,
                   struct firmware_watch *out, struct diag *d);

struct profile_wish {
    const struct core *core; /* NULL: cycles stay 0                                        */
    uint32_t wait_states;
    bool is_fed; /* rows come from a function of the measuring main's, see below */
};

/* Price what the plugin saw. `run` holds the board's own counts of the same run: they must agree
 * instruction for instruction. Only where rows are fed the board counts a few instructions of the
 * function that brings them; then up to FED_SLACK a mark may differ, and the plugin's count stands. */
#define FED_SLACK 16
bool profile_join(struct arena *a, const struct image *image, const struct trace *trace,
                  const struct firmware_run *run, const struct profile_wish *wish,
                  struct profile *out, struct diag *d);
#endif
