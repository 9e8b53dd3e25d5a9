/* lstm.h - the arithmetic of an LSTM behind the sums of its gates, for states of int8 and int16.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 26, is the definition. Arguments of gates are what
 * mote_sigmoid16_argument gives. */
#ifndef MOTE_COMMON_LSTM_H
#define MOTE_COMMON_LSTM_H
#include "kernels/common/sigmoid16.h"
#include "mote/lstm.h"

enum mote_gate { MOTE_GATE_INPUT, MOTE_GATE_FORGET, MOTE_GATE_CELL, MOTE_GATE_OUTPUT };

static inline int32_t mote_lstm_s16(int32_t x)
{
    return mote_clamp_s32(x, INT16_MIN, INT16_MAX);
}

/* A gate's argument from what the input and the hidden state add to it, both in 2^-12. */
static inline int32_t mote_lstm_argument(int32_t x, int32_t h)
{
    return mote_sigmoid16_argument(mote_lstm_s16(mote_lstm_s16(x) + mote_lstm_s16(h)), 0);
}

/* The cell after a step: a product of two Q0.15 numbers is Q0.30, the cell 2^cell_exponent. */
static inline int16_t mote_lstm_cell(const struct mote_lstm_s8 *op, int32_t input_argument,
                                     int32_t forget_argument, int32_t cell_argument, int32_t cell)
{
    const int32_t input = mote_sigmoid16(input_argument);
    const int32_t forget = mote_sigmoid16(forget_argument);
    const int32_t fresh = mote_tanh16(cell_argument);
    const int32_t kept = mote_lstm_s16(mote_requant(forget * cell, 1 << 30, -14));
    const int32_t added =
        mote_lstm_s16(mote_requant(input * fresh, 1 << 30, -29 - op->cell_exponent));
    return (int16_t)mote_clamp_s32(mote_lstm_s16(kept + added), -op->clip, op->clip);
}

/* The next hidden state, without its zero point. */
static inline int32_t mote_lstm_hidden(const struct mote_lstm_s8 *op, int32_t output_argument,
                                       int32_t cell)
{
    const int32_t output = mote_sigmoid16(output_argument);
    const int32_t level = mote_tanh16(mote_sigmoid16_argument(cell, 12 + op->cell_exponent));
    return mote_requant(output * level, op->out_mult, op->out_shift);
}

/* The kernel for states of `type` and biases of `bias_type`. sum(op, weights, x, zero, n, bias) adds
 * n products to the bias and requant(acc, mult, shift) scales that; to(op, y) is the output. */
#define MOTE_LSTM_KERNEL(dtype, type, bias_type, sum, requant, to)                                 \
    size_t mote_lstm_##dtype##_ref_scratch(const struct mote_lstm_s8 *op)                          \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    /* What one step reads. */                                                                     \
    struct step {                                                                                  \
        const type *in, *hidden;                                                                   \
        const int8_t *weights, *recurrent;                                                         \
        const bias_type *bias;                                                                     \
    };                                                                                             \
    static int32_t argument(const struct mote_lstm_s8 *op, const struct step *s, enum mote_gate g, \
                            uint32_t k)                                                            \
    {                                                                                              \
        const struct mote_lstm_gate *gate = &op->gate[g];                                          \
        const size_t row = (size_t)g * op->n + k;                                                  \
        return mote_lstm_argument(                                                                 \
            requant(sum(s->weights + row * op->in_n, s->in, op->in_zero, op->in_n, s->bias[row]),  \
                    gate->in_mult, gate->in_shift),                                                \
            requant(sum(s->recurrent + row * op->n, s->hidden, op->hidden_zero, op->n, 0),         \
                    gate->hidden_mult, gate->hidden_shift));                                       \
    }                                                                                              \
    static int16_t next_cell_of(const struct mote_lstm_s8 *op, const struct step *s, uint32_t k,   \
                                int32_t cell)                                                      \
    {                                                                                              \
        return mote_lstm_cell(op, argument(op, s, MOTE_GATE_INPUT, k),                             \
                              argument(op, s, MOTE_GATE_FORGET, k),                                \
                              argument(op, s, MOTE_GATE_CELL, k), cell);                           \
    }                                                                                              \
    void mote_lstm_##dtype##_ref(                                                                  \
        const struct mote_lstm_s8 *op, const type *in, const int8_t *weights,                      \
        const int8_t *recurrent, const bias_type *bias, const type *hidden, const int16_t *cell,   \
        type out[], type next_hidden[], int16_t *next_cell, void *scratch)                         \
    {                                                                                              \
        (void)scratch;                                                                             \
        MOTE_ASSERT(op->cell_exponent >= -15 && op->cell_exponent <= 2);                           \
        for (uint32_t b = 0; b < op->batches; b++) {                                               \
            struct step s = {in, hidden + (size_t)b * op->n, weights, recurrent, bias};            \
            const int16_t *c = cell + (size_t)b * op->n;                                           \
            int16_t *next_c = next_cell + (size_t)b * op->n;                                       \
            for (uint32_t t = 0; t < op->steps; t++) {                                             \
                for (uint32_t k = 0; k < op->n; k++) {                                             \
                    next_c[k] = next_cell_of(op, &s, k, c[k]);                                     \
                    out[k] = to(op, mote_lstm_hidden(op, argument(op, &s, MOTE_GATE_OUTPUT, k),    \
                                                     next_c[k]));                                  \
                }                                                                                  \
                s.hidden = out;                                                                    \
                c = next_c;                                                                        \
                in += op->in_n;                                                                    \
                s.in = in;                                                                         \
                out += op->n;                                                                      \
            }                                                                                      \
            for (uint32_t k = 0; k < op->n; k++)                                                   \
                next_hidden[(size_t)b * op->n + k] = s.hidden[k];                                  \
        }                                                                                          \
    }
#endif
