/* fully_connected_f32.h - dense layer in float. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition. See window_f32.h on fused multiply-add. */
#ifndef MOTE_FULLY_CONNECTED_F32_H
#define MOTE_FULLY_CONNECTED_F32_H
#include "mote/act.h"
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_fully_connected_f32 {
    uint32_t rows;        /* input vectors, usually 1                   */
    uint32_t in_n, out_n; /* length of an input and of an output vector */
    uint8_t act;          /* enum mote_act                              */
};

size_t mote_fully_connected_f32_ref_scratch(const struct mote_fully_connected_f32 *op);

/* in[rows][in_n], w[out_n][in_n], bias[out_n], out[rows][out_n]. */
void mote_fully_connected_f32_ref(const struct mote_fully_connected_f32 *op, const float *in,
                                  const float *w, const float *bias, float *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
