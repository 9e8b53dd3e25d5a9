/* nibbles.c - weights of 4 bits, two a byte. SPDX-License-Identifier: Apache-2.0 */
#include "pack/nibbles.h"

#include "pack/folded.h"

static int8_t weight(const struct weighted *l, uint32_t c, uint32_t t)
{
    return l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
}

bool fits_nibbles(const struct weighted *l)
{
    for (uint32_t c = 0; c < l->n_channels; c++)
        for (uint32_t t = 0; t < l->n_taps; t++)
            if (weight(l, c, t) < -8 || weight(l, c, t) > 7)
                return false;
    return true;
}

bool nibbles_find(const struct weighted *l, struct packed_layer *out)
{
    if (!fits_nibbles(l) || !folded_find(l, out))
        return false;
    out->n_weights = l->n_channels * ((l->n_taps + 1) / 2);
    return true;
}

void nibbles_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                   int32_t *second)
{
    (void)packed;
    uint8_t *to = weights;
    for (uint32_t c = 0; c < l->n_channels; c++)
        for (uint32_t t = 0; t < l->n_taps; t += 2) {
            const int32_t high = t + 1 < l->n_taps ? weight(l, c, t + 1) : 0;
            *to++ = (uint8_t)((weight(l, c, t) & 0xf) | (high & 0xf) << 4);
        }
    folded_write_biases(l, second);
}
