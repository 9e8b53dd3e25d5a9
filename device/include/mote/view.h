/* view.h - a copy of elements of any type in another order: transpose, slice, depth to space.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_VIEW_H
#define MOTE_VIEW_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MOTE_VIEW_DIMS 4

/* Output element [i0][i1][i2][i3] is input element first + sum of i * step. The host merges
 * dimensions, so that most of n are 1. */
struct mote_view_any {
    uint32_t n[MOTE_VIEW_DIMS];   /* output dimensions, the last is the fastest */
    int32_t step[MOTE_VIEW_DIMS]; /* in elements                                */
    uint32_t first;
    uint8_t elem_bytes; /* of one element */
};

size_t mote_view_any_ref_scratch(const struct mote_view_any *op);
void mote_view_any_ref(const struct mote_view_any *op, const void *in, void *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
