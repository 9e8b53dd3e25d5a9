/* softmax_f32.h - softmax over the last dimension in float. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition. See window_f32.h on fused multiply-add. */
#ifndef MOTE_SOFTMAX_F32_H
#define MOTE_SOFTMAX_F32_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_softmax_f32 {
    uint32_t rows, n; /* vectors, and their length */
    float beta;
};

size_t mote_softmax_f32_ref_scratch(const struct mote_softmax_f32 *op);

/* `out` may be `in`. */
void mote_softmax_f32_ref(const struct mote_softmax_f32 *op, const float *in, float *out,
                          void *scratch);

#ifdef __cplusplus
}
#endif
#endif
