/* pad.h - constant padding, any type.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_PAD_H
#define MOTE_PAD_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Shapes of lower rank are given ones in front. */
struct mote_pad_any {
    uint16_t in[4];               /* input dimensions        */
    uint16_t before[4], after[4]; /* padding per dimension */
    int32_t value;                /* an element of the padding: its bytes, lowest first */
    uint8_t elem_bytes;           /* of one element             */
};

size_t mote_pad_any_ref_scratch(const struct mote_pad_any *op);
void mote_pad_any_ref(const struct mote_pad_any *op, const void *in, void *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
