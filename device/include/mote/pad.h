/* pad.h - constant padding of an int8 tensor with its zero point.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_PAD_H
#define MOTE_PAD_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Shapes of lower rank are given ones in front. */
struct mote_pad_s8 {
    uint16_t in[4];               /* input dimensions        */
    uint16_t before[4], after[4]; /* padding per dimension */
    int8_t value;
};

size_t mote_pad_s8_ref_scratch(const struct mote_pad_s8 *op);
void mote_pad_s8_ref(const struct mote_pad_s8 *op, const int8_t *in, int8_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
