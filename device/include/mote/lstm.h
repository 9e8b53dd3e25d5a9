/* lstm.h - long short-term memory over a sequence, int8 or int16 with a cell of int16.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md is the definition. The four gates stand in the order input, forget, cell,
 * output. */
#ifndef MOTE_LSTM_H
#define MOTE_LSTM_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From the sums over the input and over the hidden state to 2^-12. */
struct mote_lstm_gate {
    int32_t in_mult, hidden_mult;  /* Q31                           */
    int8_t in_shift, hidden_shift; /* positive to the left, -31..30 */
};

struct mote_lstm_s8 {
    uint32_t batches, steps;
    uint32_t in_n, n;            /* inputs of a step; elements of the state           */
    int8_t in_zero, hidden_zero; /* zero points; the output has that of the state     */
    int8_t cell_exponent;        /* the cell's scale is 2^cell_exponent, -15..2       */
    int8_t out_shift;            /* -31..30                                           */
    int32_t out_mult;            /* Q31                                               */
    int32_t clip;                /* the cell stays in -clip..clip; 2^15 for no clip   */
    struct mote_lstm_gate gate[4];
};

size_t mote_lstm_s8_ref_scratch(const struct mote_lstm_s8 *op);

/* in [batches][steps][in_n], weights [4][n][in_n], recurrent [4][n][n], bias [4][n], hidden and
 * next_hidden [batches][n], cell and next_cell [batches][n], out [batches][steps][n].
 * `next_hidden` may be `hidden`, `next_cell` may be `cell`; `out` overlaps nothing. */
void mote_lstm_s8_ref(const struct mote_lstm_s8 *op, const int8_t *in, const int8_t *weights,
                      const int8_t *recurrent, const int32_t *bias, const int8_t *hidden,
                      const int16_t *cell, int8_t *out, int8_t *next_hidden, int16_t *next_cell,
                      void *scratch);
/* Of int16 zero points are 0, and sums have 64 bits. */
size_t mote_lstm_s16_ref_scratch(const struct mote_lstm_s8 *op);
void mote_lstm_s16_ref(const struct mote_lstm_s8 *op, const int16_t *in, const int8_t *weights,
                       const int8_t *recurrent, const int64_t *bias, const int16_t *hidden,
                       const int16_t *cell, int16_t *out, int16_t *next_hidden, int16_t *next_cell,
                       void *scratch);

#ifdef __cplusplus
}
#endif
#endif
