/* plan_choose.h - kernels and their memory, chosen together. SPDX-License-Identifier: Apache-2.0
 *
 * The chooser of host/sched weighs cycles against flash. What scratch costs shows only when the
 * arena is planned: nothing, except where most is alive. */
#ifndef MOTE_HOST_PLAN_CHOOSE_H
#define MOTE_HOST_PLAN_CHOOSE_H
#include "plan/plan_search.h"

/* Balanced: kernels whose scratch raises the arena have to save at least ARENA_BALANCE per cent of
 * all cycles for each per cent that they raise it by. Chips have four to eight times less RAM than
 * flash (BALANCE in sched.h). */
#define ARENA_BALANCE 5.0

/* The program of a graph and its memory, without cascades. Where `choice` is balanced, kernels keep
 * to ARENA_BALANCE; else scratch is free. False with `d` set where schedule() is NULL. */
bool plan_choose(struct arena *a, const struct graph *g, const struct choice *choice,
                 struct planned *out, struct diag *d);

/* The same in `ram_bytes` at most, fed by `feed`, with cascades where memory asks for them
 * (plan_find). Where the kernels leave no such schedule, or only one in tiles, those with the most
 * scratch are given up, as long as there are any; what is predicted to be fastest is taken. False with `d` set when there is none then either. */
bool plan_choose_within(struct arena *a, const struct graph *g, const struct choice *choice,
                        size_t ram_bytes, enum feed feed, struct planned *out, struct diag *d);
#endif
