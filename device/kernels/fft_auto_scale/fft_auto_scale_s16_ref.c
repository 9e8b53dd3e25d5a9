/* fft_auto_scale_s16_ref.c - samples shifted to the left as far as all fit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

#include "kernels/common/bits.h"

size_t mote_fft_auto_scale_s16_ref_scratch(const struct mote_fft_auto_scale_s16 *op)
{
    (void)op;
    return 0;
}

void mote_fft_auto_scale_s16_ref(const struct mote_fft_auto_scale_s16 *op, const int16_t *in,
                                 int16_t *out, int32_t *bits, void *scratch)
{
    (void)scratch;
    int32_t max = 0; /* the magnitude of -32768 counts as 32767 */
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t a = in[i] < 0 ? -(int32_t)in[i] : in[i];
        max = a > max ? a : max;
    }
    max = max > INT16_MAX ? INT16_MAX : max;
    const int32_t left = 15 - (int32_t)mote_bit_length((uint64_t)max); /* 0..15 */
    for (uint32_t i = 0; i < op->n; i++)
        out[i] = mote_wrap_s16(in[i] * (1 << left));
    *bits = left;
}
