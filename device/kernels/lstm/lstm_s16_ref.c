/* lstm_s16_ref.c - lstm of int16 as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/lstm.h"

/* Zero points of int16 are 0. */
static int64_t dot(const int8_t *w, const int16_t *x, int32_t zero, uint32_t n, int64_t bias)
{
    int64_t acc = bias;
    (void)zero;
    for (uint32_t i = 0; i < n; i++)
        acc += w[i] * x[i];
    return acc;
}

static int16_t to_output(const struct mote_lstm_s8 *op, int32_t y)
{
    (void)op;
    return mote_to_s16(y, INT16_MIN, INT16_MAX);
}

MOTE_LSTM_KERNEL(s16, int16_t, int64_t, dot, mote_requant_s64, to_output)
