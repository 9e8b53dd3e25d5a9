/* lstm_f32.h - long short-term memory over a sequence, float.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition. See window_f32.h on fused multiply-add. */
#ifndef MOTE_LSTM_F32_H
#define MOTE_LSTM_F32_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_lstm_f32 {
    uint32_t batches, steps;
    uint32_t in_n, n; /* inputs of a step; elements of the state         */
    float clip;       /* the cell stays in -clip..clip; 0 for no clip    */
};

size_t mote_lstm_f32_ref_scratch(const struct mote_lstm_f32 *op);

/* Shapes and aliases as in lstm.h. */
void mote_lstm_f32_ref(const struct mote_lstm_f32 *op, const float *in, const float *weights,
                       const float *recurrent, const float *bias, const float *hidden,
                       const float *cell, float *out, float *next_hidden, float *next_cell,
                       void *scratch);

#ifdef __cplusplus
}
#endif
#endif
