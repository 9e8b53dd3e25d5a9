/* shorts.c - how a channel's sum becomes int16. SPDX-License-Identifier: Apache-2.0 */
#include "pack/shorts.h"

#include <string.h>

#define SHORT_MOST INT64_C(0x7fff) /* of a multiplier of 16 bits */

/* Bias and all sums in 32 bits. They may wrap on the way: what counts is the last one. */
static bool find_span(const struct weighted *l, uint32_t c, struct record *out)
{
    const int64_t bias = l->wide_bias ? l->wide_bias[c] : l->bias[c];
    int64_t low = 0, high = 0;
    for (uint32_t t = 0; t < l->n_taps; t++) {
        const int64_t w = l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
        low += w > 0 ? INT16_MIN * w : INT16_MAX * w;
        high += w > 0 ? INT16_MAX * w : INT16_MIN * w;
    }
    if (bias < INT32_MIN || bias > INT32_MAX || low + bias < INT32_MIN || high + bias > INT32_MAX)
        return false;
    out->bias = (int32_t)bias;
    out->low = (int32_t)(low + bias);
    out->high = (int32_t)(high + bias);
    return true;
}

/* right = 15 - shift lies in 16..32, so that short_mult * 2^(32 - right) < 2^31. */
static bool find_short(int32_t mult, int32_t shift, struct record *out)
{
    if (shift < -17 || shift > -1)
        return false;
    const int64_t rounded = ((int64_t)mult + (1 << 15)) >> 16;
    const int64_t short_mult = rounded > SHORT_MOST ? SHORT_MOST : rounded;
    out->mult = (int32_t)(short_mult << (17 + shift));
    return true;
}

static bool find_double(int32_t mult, int32_t shift, struct record *out)
{
    if (shift < -31 || shift > -1)
        return false;
    out->mult = mult;
    out->shift = -shift;
    return true;
}

bool shorts_records_find(const struct weighted *l, enum rounding *rounding, struct record *out)
{
    *rounding = l->wide_bias ? ROUND_PROVED : ROUND_EXACT;
    for (uint32_t c = 0; c < l->n_channels; c++) {
        const int32_t mult = l->mult[c * (size_t)l->scale_step];
        const int32_t shift = l->shift[c * (size_t)l->scale_step];
        out[c] = (struct record){0};
        if (!find_span(l, c, &out[c]) ||
            !(l->wide_bias ? find_short : find_double)(mult, shift, &out[c]))
            return false;
    }
    return true;
}

bool shorts_find(const struct weighted *l, struct packed_layer *out)
{
    if (!shorts_records_find(l, &out->rounding, out->records))
        return false;
    out->has_records = true;
    out->n_weights = l->n_channels * l->n_taps;
    out->n_records = l->n_channels * record_words(out->rounding);
    return true;
}

void shorts_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second)
{
    memcpy(weights, l->w, packed->n_weights);
    for (uint32_t c = 0; c < l->n_channels; c++) {
        *second++ = packed->records[c].bias;
        *second++ = packed->records[c].mult;
        if (packed->rounding == ROUND_EXACT)
            *second++ = packed->records[c].shift;
    }
}
