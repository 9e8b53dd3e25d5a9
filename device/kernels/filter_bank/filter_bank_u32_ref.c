/* filter_bank_u32_ref.c - overlapping triangular filters.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/signal.h"

size_t mote_filter_bank_u32_ref_scratch(const struct mote_filter_bank_u32 *op)
{
    (void)op;
    return 0;
}

void mote_filter_bank_u32_ref(const struct mote_filter_bank_u32 *op, const uint32_t *in,
                              const int16_t *weights, const int16_t *unweights,
                              const int16_t *start, const int16_t *weight_start,
                              const int16_t *width, uint64_t *out, void *scratch)
{
    (void)scratch;
    uint64_t left = 0; /* of the filter before */
    for (uint32_t c = 0; c <= op->channels; c++) {
        uint64_t own = left;
        left = 0;
        for (int32_t k = 0; k < width[c]; k++) {
            const uint64_t x = in[start[c] + k];
            own += (uint64_t)(int64_t)weights[weight_start[c] + k] * x;
            left += (uint64_t)(int64_t)unweights[weight_start[c] + k] * x;
        }
        if (c > 0)
            out[c - 1] = own;
    }
}
