/* leaky_relu.h - x, or alpha * x below 0, of int16. (In int8 it is a table: lut.h.)
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_LEAKY_RELU_H
#define MOTE_LEAKY_RELU_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_leaky_relu_s16 {
    uint32_t n;
    int32_t mult, negative_mult;  /* Q31: of elements >= 0 and < 0   */
    int8_t shift, negative_shift; /* -31..15, positive to the left   */
};

size_t mote_leaky_relu_s16_ref_scratch(const struct mote_leaky_relu_s16 *op);
/* `out` may be `in`. */
void mote_leaky_relu_s16_ref(const struct mote_leaky_relu_s16 *op, const int16_t *in, int16_t *out,
                             void *scratch);

#ifdef __cplusplus
}
#endif
#endif
