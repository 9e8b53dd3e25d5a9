/* lint.h - what makes a step slow for its size, and what to do about it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_SCHED_LINT_H
#define MOTE_HOST_SCHED_LINT_H
#include "base/str.h"
#include "sched/sched.h"

struct lint {
    const char *why, *hint; /* the hint may be empty */
};

/* False when there is nothing to say, or the step is too small a part of the program to matter. */
bool step_lint(struct arena *a, const struct program *p, uint32_t i_step, struct lint *out);

/* Outputs of a step. */
uint64_t step_values(const struct program *p, const struct step *step);
uint64_t step_macs(const struct program *p, const struct step *step);
#endif
