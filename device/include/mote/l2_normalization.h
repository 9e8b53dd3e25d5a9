/* l2_normalization.h - vectors of length 1 along the last dimension.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 28, and of float docs/spec/ir.md, section 5, are the definition. */
#ifndef MOTE_L2_NORMALIZATION_H
#define MOTE_L2_NORMALIZATION_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_l2_normalization {
    uint32_t rows, n; /* vectors, and their length; of int8 at most 33025      */
    int32_t zero;     /* of the input of int8; the output has 1/128 and zero 0 */
};

size_t mote_l2_normalization_s8_ref_scratch(const struct mote_l2_normalization *op);
size_t mote_l2_normalization_f32_ref_scratch(const struct mote_l2_normalization *op);

/* `out` may be `in`. */
void mote_l2_normalization_s8_ref(const struct mote_l2_normalization *op, const int8_t *in,
                                  int8_t *out, void *scratch);
void mote_l2_normalization_f32_ref(const struct mote_l2_normalization *op, const float *in,
                                   float *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
