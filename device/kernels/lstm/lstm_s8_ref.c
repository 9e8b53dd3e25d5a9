/* lstm_s8_ref.c - lstm as docs/spec/numerics.md writes it. SPDX-License-Identifier: Apache-2.0
 *
 * The hidden state after a step is the step's output, so that the next step reads it there and
 * nothing is copied before the end. */
#include "kernels/common/dot.h"
#include "kernels/common/lstm.h"

static int8_t to_output(const struct mote_lstm_s8 *op, int32_t y)
{
    return mote_to_s8(y, op->hidden_zero, INT8_MIN, INT8_MAX);
}

MOTE_LSTM_KERNEL(s8, int8_t, int32_t, mote_dot_offset, mote_requant, to_output)
