/* folded.c - biases with the input's zero point folded in. SPDX-License-Identifier: Apache-2.0 */
#include "pack/folded.h"

#include <string.h>

/* With |w| summed over a channel below W, the verifier has |bias| + 255 * W < 2^31 - 255; what is
 * folded here is at most |bias| + 128 * W. */
static int64_t folded_bias(const struct weighted *l, uint32_t c)
{
    int64_t sum = 0;
    for (uint32_t t = 0; t < l->n_taps; t++)
        sum += l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
    return l->bias[c] - l->in_zero * sum;
}

bool folded_find(const struct weighted *l, struct packed_layer *out)
{
    out->n_weights = l->n_channels * l->n_taps;
    out->n_records = l->n_channels;
    for (uint32_t c = 0; c < l->n_channels; c++) {
        const int64_t bias = folded_bias(l, c);
        if (bias < INT32_MIN || bias > INT32_MAX)
            return false;
    }
    return true;
}

void folded_write_biases(const struct weighted *l, int32_t *to)
{
    for (uint32_t c = 0; c < l->n_channels; c++)
        to[c] = (int32_t)folded_bias(l, c);
}

void folded_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second)
{
    memcpy(weights, l->w, packed->n_weights);
    folded_write_biases(l, second);
}
