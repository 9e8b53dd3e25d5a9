/* spectral_subtraction_u32_ref.c - what stands out of the noise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

size_t mote_spectral_subtraction_u32_ref_scratch(const struct mote_spectral_subtraction_u32 *op)
{
    (void)op;
    return 0;
}

void mote_spectral_subtraction_u32_ref(const struct mote_spectral_subtraction_u32 *op,
                                       const uint32_t *in, const uint32_t *noise, uint32_t *out,
                                       uint32_t *noise_out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const uint32_t signal = in[i] << op->smoothing_bits, odd = i % 2;
        uint32_t estimate = (uint32_t)(((uint64_t)signal * op->smoothing[odd] +
                                        (uint64_t)noise[i] * op->one_minus_smoothing[odd]) >>
                                       op->bits);
        const uint32_t least = (uint32_t)((uint64_t)in[i] * op->min_signal_remaining >> op->bits);
        const uint32_t subtracted = estimate > signal ? signal : estimate;
        const uint32_t rest = (signal - subtracted) >> op->smoothing_bits;
        noise_out[i] = op->clamping ? subtracted : estimate;
        out[i] = rest > least ? rest : least;
    }
}
