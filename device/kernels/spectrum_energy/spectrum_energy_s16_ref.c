/* spectrum_energy_s16_ref.c - squared magnitudes of a spectrum.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

size_t mote_spectrum_energy_s16_ref_scratch(const struct mote_spectrum_energy_s16 *op)
{
    (void)op;
    return 0;
}

void mote_spectrum_energy_s16_ref(const struct mote_spectrum_energy_s16 *op, const int16_t *in,
                                  uint32_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t re = in[2 * i], im = in[2 * i + 1];
        out[i] = i >= op->first && i < op->end ? (uint32_t)(re * re) + (uint32_t)(im * im) : 0;
    }
}
