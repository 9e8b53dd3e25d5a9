/* profile.h - compile a model, run it once under observation, price every step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_PROFILE_H
#define MOTE_HOST_PROFILE_H
#include "compile.h"
#include "sim/profile.h"

/* Build the firmware for a board with marks in it, in a temporary folder, and run it there once
 * on `inputs`. The header of `c` is not touched: this firmware is not the one to ship. */
bool compile_and_profile(struct arena *a, const struct compiled *c, const struct target *t,
                         const void *inputs, uint32_t wait_states, struct profile *out,
                         struct diag *d);
#endif
