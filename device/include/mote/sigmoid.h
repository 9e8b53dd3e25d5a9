/* sigmoid.h - logistic and tanh of int16 by interpolation. (In int8 they are tables: lut.h.)
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_SIGMOID_H
#define MOTE_SIGMOID_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_sigmoid_s16 {
    uint32_t n;
    int32_t mult;  /* 1..32767                                     */
    uint8_t shift; /* to the right, 0..31                          */
    bool is_tanh;  /* tanh, else logistic                          */
};

size_t mote_sigmoid_s16_ref_scratch(const struct mote_sigmoid_s16 *op);
/* `out` may be `in`. */
void mote_sigmoid_s16_ref(const struct mote_sigmoid_s16 *op, const int16_t *in, int16_t *out,
                          void *scratch);

#ifdef __cplusplus
}
#endif
#endif
