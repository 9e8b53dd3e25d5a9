/* profile.h - compile a model, run it once under observation, price every step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_PROFILE_H
#define MOTE_HOST_PROFILE_H
#include "compile.h"
#include "sim/profile.h"

/* What is known after it. */
struct profiled {
    struct firmware firmware; /* as it would be shipped: without marks; not kept */
    struct firmware_run run;  /* of its twin with marks                          */
    struct profile profile;
};

/* Build the firmware for a board, and with it one that has marks, in a temporary folder, and run that
 * there once on `inputs`. Where the stack is known then, the header of `c` states it. */
bool compile_and_profile(struct arena *a, struct compiled *c, const struct target *t,
                         const void *inputs, uint32_t wait_states, struct profiled *out,
                         struct diag *d);
#endif
