/* log_softmax.h - the logarithm of softmax over the last dimension.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Of int8: output scale 1/16, zero point 127. docs/spec/numerics.md, section 28, and of float
 * docs/spec/ir.md, section 5, are the definition. */
#ifndef MOTE_LOG_SOFTMAX_H
#define MOTE_LOG_SOFTMAX_H
#include "mote/softmax.h"
#include "mote/softmax_f32.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_log_softmax_s8 {
    struct mote_softmax_s8 of; /* of.shift >= 1                                  */
    int32_t inverse;           /* Q31: differences of the input from Q5.26 ...   */
    int8_t inverse_shift;      /* ... -31..0                                     */
};

size_t mote_log_softmax_s8_ref_scratch(const struct mote_log_softmax_s8 *op);
size_t mote_log_softmax_f32_ref_scratch(const struct mote_softmax_f32 *op);

/* `out` may be `in`. */
void mote_log_softmax_s8_ref(const struct mote_log_softmax_s8 *op, const int8_t *in, int8_t *out,
                             void *scratch);
void mote_log_softmax_f32_ref(const struct mote_softmax_f32 *op, const float *in, float *out,
                              void *scratch);

#ifdef __cplusplus
}
#endif
#endif
