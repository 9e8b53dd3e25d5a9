/* walk.h - where the inputs of a broadcasting kernel lie. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_WALK_H
#define MOTE_COMMON_WALK_H
#include "mote/broadcast.h"

/* Elements before the one that makes the first output of a row. */
struct mote_walk_row {
    uint32_t a, b;
};

static inline uint32_t mote_walk_rows(const struct mote_broadcast *w)
{
    return w->n[0] * w->n[1] * w->n[2];
}

/* Row i of mote_walk_rows(w), each of w->n[3] elements. */
static inline struct mote_walk_row mote_walk_row(const struct mote_broadcast *w, uint32_t i)
{
    const uint32_t i2 = i % w->n[2], i1 = i / w->n[2] % w->n[1], i0 = i / w->n[2] / w->n[1];
    const struct mote_walk_row row = {
        i0 * w->a_step[0] + i1 * w->a_step[1] + i2 * w->a_step[2],
        i0 * w->b_step[0] + i1 * w->b_step[1] + i2 * w->b_step[2],
    };
    return row;
}
#endif
