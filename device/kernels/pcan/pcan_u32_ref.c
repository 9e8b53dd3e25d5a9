/* pcan_u32_ref.c - gain by the noise, with a soft knee.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

#include "kernels/common/bits.h"

#define SNR_BITS    12 /* fraction of the signal-to-noise ratio */
#define OUTPUT_BITS 6  /* fraction of the result                */

size_t mote_pcan_u32_ref_scratch(const struct mote_pcan_u32 *op)
{
    (void)op;
    return 0;
}

/* Quadratic pieces between powers of two: three coefficients and a gap each, from x = 3 on. */
static uint32_t gain_of(uint32_t x, const int16_t *table)
{
    if (x <= 2)
        return (uint32_t)(int32_t)table[x];
    const uint32_t octave = mote_bit_length(x); /* 2..32 */
    const int16_t *piece = table + 4 * octave - 6;
    const uint32_t shifted = octave < 11 ? x << (11 - octave) : x >> (octave - 11);
    const int32_t at = (int32_t)(shifted & 0x3ff);
    const int32_t slope = mote_shift_right(piece[2] * at, 5) + (int32_t)piece[1] * 32; /* < 2^21 */
    const int32_t rise = (int32_t)mote_shift_right_s64((int64_t)slope * at + (1 << 14), 15);
    return (uint32_t)(int32_t)mote_wrap_s16(rise + piece[0]);
}

/* x^2 / 4 below 2, x - 1 from there on. */
static uint32_t knee(uint32_t x)
{
    if (x < 2u << SNR_BITS)
        return x * x >> (2 + 2 * SNR_BITS - OUTPUT_BITS);
    return (x >> (SNR_BITS - OUTPUT_BITS)) - (1u << OUTPUT_BITS);
}

void mote_pcan_u32_ref(const struct mote_pcan_u32 *op, const uint32_t *in, const uint32_t *noise,
                       const int16_t *table, uint32_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const uint64_t product = (uint64_t)in[i] * gain_of(noise[i], table);
        out[i] = knee((uint32_t)(product >> op->snr_shift));
    }
}
