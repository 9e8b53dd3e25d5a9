/* costs.h - what kernels take on each core. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TARGET_COSTS_H
#define MOTE_HOST_TARGET_COSTS_H
#include "sched/cost.h"

/* By the name of a board; NULL where nothing was measured. */
const struct cost_table *costs_find(const char *board);
#endif
