/* broadcast.h - two inputs of different shapes walked side by side.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_BROADCAST_H
#define MOTE_BROADCAST_H
#include "mote/types.h"

#define MOTE_BROADCAST_DIMS 4

/* Output element [i0][i1][i2][i3] is made of element sum of i * a_step of the first input and
 * sum of i * b_step of the second; a step of 0 repeats. The host merges dimensions, so that most
 * of n are 1. */
struct mote_broadcast {
    uint32_t n[MOTE_BROADCAST_DIMS]; /* output dimensions, the last is the fastest */
    uint32_t a_step[MOTE_BROADCAST_DIMS], b_step[MOTE_BROADCAST_DIMS];
};
#endif
