/* fully_connected_s16_narrow.c - dense layer of int16, four outputs at a time, where sums fit 32 bits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * host/pack/shorts.h has proved that, and lays out records. */
#include "mote/fully_connected.h"

#include "kernels/common/dot_s16.h"
#include "kernels/common/shorts.h"

size_t mote_fully_connected_s16_narrow_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

static void one_row(const struct mote_fully_connected_s8 *op, const int16_t *in, const int8_t *w,
                    const int32_t *r, int16_t *out)
{
    const size_t n = op->in_n;
    uint32_t oc = 0;
    for (; oc + 3 < op->out_n; oc += 4, w += 4 * n) {
        struct mote_block_s16 b;
        mote_begin_shorts(op->is_proved, r, b.sum);
        mote_dot_s16_narrow(in, w, n, n, &b);
        r = mote_end_shorts(op->is_proved, r, b.sum, op->out_min, op->out_max, out + oc);
    }
    for (; oc < op->out_n; oc++, w += n, r += mote_short_words(op->is_proved))
        out[oc] = mote_end_short(op->is_proved, r, (int32_t)mote_dot_s16(in, w, n, *r), op->out_min,
                                 op->out_max);
}

void mote_fully_connected_s16_narrow(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                     const int8_t *w, const int32_t *records, int16_t *out,
                                     void *scratch)
{
    (void)scratch;
    for (uint32_t row = 0; row < op->rows; row++)
        one_row(op, in + row * op->in_n, w, records, out + row * op->out_n);
}
