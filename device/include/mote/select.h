/* select.h - elements of one tensor where a condition holds, of another elsewhere; any type.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_SELECT_H
#define MOTE_SELECT_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MOTE_SELECT_DIMS 4

/* Output element [i0][i1][i2][i3] is element sum of i * a_step of a if byte sum of i * if_step of the
 * condition is not 0, else sum of i * b_step of b; a step of 0 repeats. */
struct mote_select_any {
    uint32_t n[MOTE_SELECT_DIMS]; /* output dimensions, the last is the fastest */
    uint32_t if_step[MOTE_SELECT_DIMS], a_step[MOTE_SELECT_DIMS], b_step[MOTE_SELECT_DIMS];
    uint8_t elem_bytes; /* of one element of a, b and the output */
};

size_t mote_select_any_ref_scratch(const struct mote_select_any *op);

/* `out` may be an input of its size. */
void mote_select_any_ref(const struct mote_select_any *op, const void *condition, const void *a,
                         const void *b, void *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
