/* lstm_s8_ref.c - lstm as docs/spec/numerics.md writes it. SPDX-License-Identifier: Apache-2.0
 *
 * The hidden state after a step is the step's output, so that the next step reads it there and
 * nothing is copied before the end. */
#include "mote/lstm.h"

#include "kernels/common/dot.h"
#include "kernels/common/sigmoid16.h"

enum gate { GATE_INPUT, GATE_FORGET, GATE_CELL, GATE_OUTPUT };

size_t mote_lstm_s8_ref_scratch(const struct mote_lstm_s8 *op)
{
    (void)op;
    return 0;
}

/* What one step reads. */
struct step {
    const int8_t *in, *hidden, *weights, *recurrent;
    const int32_t *bias;
};

static int32_t to_s16(int32_t x)
{
    return mote_clamp_s32(x, INT16_MIN, INT16_MAX);
}

/* The argument of a gate's function for element k, in 2^-12. */
static int32_t gate_sum(const struct mote_lstm_s8 *op, const struct step *s, enum gate g,
                        uint32_t k)
{
    const struct mote_lstm_gate *gate = &op->gate[g];
    const size_t row = (size_t)g * op->n + k;
    const int32_t x =
        mote_dot_offset(s->weights + row * op->in_n, s->in, op->in_zero, op->in_n, s->bias[row]);
    const int32_t h =
        mote_dot_offset(s->recurrent + row * op->n, s->hidden, op->hidden_zero, op->n, 0);
    const int32_t sum = to_s16(to_s16(mote_requant(x, gate->in_mult, gate->in_shift)) +
                               to_s16(mote_requant(h, gate->hidden_mult, gate->hidden_shift)));
    return mote_sigmoid16_argument(sum, 0);
}

/* The cell after a step: a product of two Q0.15 numbers is Q0.30, the cell 2^cell_exponent. */
static int16_t next_cell_of(const struct mote_lstm_s8 *op, const struct step *s, uint32_t k,
                            int32_t cell)
{
    const int32_t input = mote_sigmoid16(gate_sum(op, s, GATE_INPUT, k));
    const int32_t forget = mote_sigmoid16(gate_sum(op, s, GATE_FORGET, k));
    const int32_t fresh = mote_tanh16(gate_sum(op, s, GATE_CELL, k));
    const int32_t kept = to_s16(mote_requant(forget * cell, 1 << 30, -14));
    const int32_t added = to_s16(mote_requant(input * fresh, 1 << 30, -29 - op->cell_exponent));
    return (int16_t)mote_clamp_s32(to_s16(kept + added), -op->clip, op->clip);
}

static int8_t output_of(const struct mote_lstm_s8 *op, const struct step *s, uint32_t k,
                        int32_t cell)
{
    const int32_t output = mote_sigmoid16(gate_sum(op, s, GATE_OUTPUT, k));
    const int32_t level = mote_tanh16(mote_sigmoid16_argument(cell, 12 + op->cell_exponent));
    const int32_t y = mote_requant(output * level, op->out_mult, op->out_shift);
    return mote_to_s8(y, op->hidden_zero, INT8_MIN, INT8_MAX);
}

void mote_lstm_s8_ref(const struct mote_lstm_s8 *op, const int8_t *in, const int8_t *weights,
                      const int8_t *recurrent, const int32_t *bias, const int8_t *hidden,
                      const int16_t *cell, int8_t *out, int8_t *next_hidden, int16_t *next_cell,
                      void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->cell_exponent >= -15 && op->cell_exponent <= 2);
    for (uint32_t b = 0; b < op->batches; b++) {
        struct step s = {in, hidden + (size_t)b * op->n, weights, recurrent, bias};
        const int16_t *c = cell + (size_t)b * op->n;
        int16_t *next_c = next_cell + (size_t)b * op->n;
        for (uint32_t t = 0; t < op->steps; t++) {
            for (uint32_t k = 0; k < op->n; k++) {
                next_c[k] = next_cell_of(op, &s, k, c[k]);
                out[k] = output_of(op, &s, k, next_c[k]);
            }
            s.hidden = out;
            c = next_c;
            in += op->in_n;
            s.in = in;
            out += op->n;
        }
        for (uint32_t k = 0; k < op->n; k++)
            next_hidden[(size_t)b * op->n + k] = s.hidden[k];
    }
}
