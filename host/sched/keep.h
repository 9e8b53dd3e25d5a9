/* keep.h - how states go from one call to the next. SPDX-License-Identifier: Apache-2.0
 *
 * Private to host/sched. */
#ifndef MOTE_HOST_SCHED_KEEP_H
#define MOTE_HOST_SCHED_KEEP_H
#include "sched/sched.h"

/* Fill p->keeps and p->shown; the steps and aliases are complete. An `out` that may be written to the place of
 * its `in` becomes an alias of it. */
void keep_states(struct arena *a, struct program *p);
#endif
