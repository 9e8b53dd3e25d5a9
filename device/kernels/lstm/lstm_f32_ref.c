/* lstm_f32_ref.c - lstm in float, as docs/spec/ir.md, section 5, writes it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The hidden state after a step is the step's output: the next step reads it there. */
#include "mote/lstm_f32.h"

#include "kernels/common/math_f32.h"

enum gate { GATE_INPUT, GATE_FORGET, GATE_CELL, GATE_OUTPUT };

size_t mote_lstm_f32_ref_scratch(const struct mote_lstm_f32 *op)
{
    (void)op;
    return 0;
}

/* What one step reads. */
struct step {
    const float *in, *hidden, *weights, *recurrent, *bias;
};

/* The argument of a gate's function for element k. */
static float gate_sum(const struct mote_lstm_f32 *op, const struct step *s, enum gate g, uint32_t k)
{
    const size_t row = (size_t)g * op->n + k;
    const float *w = s->weights + row * op->in_n, *r = s->recurrent + row * op->n;
    float sum = s->bias[row];
    for (uint32_t i = 0; i < op->in_n; i++)
        sum += s->in[i] * w[i];
    for (uint32_t i = 0; i < op->n; i++)
        sum += s->hidden[i] * r[i];
    return sum;
}

static float next_cell_of(const struct mote_lstm_f32 *op, const struct step *s, uint32_t k,
                          float cell)
{
    const float input = mote_logistic_f32(gate_sum(op, s, GATE_INPUT, k));
    const float forget = mote_logistic_f32(gate_sum(op, s, GATE_FORGET, k));
    const float fresh = mote_tanh_f32(gate_sum(op, s, GATE_CELL, k));
    const float kept = forget * cell, added = input * fresh, next = kept + added;
    if (op->clip > 0.0f && next > op->clip)
        return op->clip;
    return op->clip > 0.0f && next < -op->clip ? -op->clip : next;
}

static float output_of(const struct mote_lstm_f32 *op, const struct step *s, uint32_t k, float cell)
{
    return mote_logistic_f32(gate_sum(op, s, GATE_OUTPUT, k)) * mote_tanh_f32(cell);
}

void mote_lstm_f32_ref(const struct mote_lstm_f32 *op, const float *in, const float *weights,
                       const float *recurrent, const float *bias, const float *hidden,
                       const float *cell, float *out, float *next_hidden, float *next_cell,
                       void *scratch)
{
    (void)scratch;
    for (uint32_t b = 0; b < op->batches; b++) {
        struct step s = {in, hidden + (size_t)b * op->n, weights, recurrent, bias};
        const float *c = cell + (size_t)b * op->n;
        float *next_c = next_cell + (size_t)b * op->n;
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
