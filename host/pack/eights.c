/* eights.c - depthwise layers of int16 for Helium. SPDX-License-Identifier: Apache-2.0 */
#include "pack/eights.h"

#include <string.h>

#include "pack/shorts.h"

#define EIGHT 8u

static uint32_t n_blocks(const struct weighted *l)
{
    return (l->n_channels + EIGHT - 1) / EIGHT;
}

bool eights_find(const struct weighted *l, struct packed_layer *out)
{
    if (l->n_channels < EIGHT || l->out.c != l->in.c ||
        !shorts_records_find(l, &out->rounding, out->records))
        return false;
    out->has_records = true;
    out->n_weights = l->n_channels * l->n_taps;
    out->n_records = n_blocks(l) * EIGHT * record_words(out->rounding);
    return true;
}

void eights_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second)
{
    memcpy(weights, l->w, packed->n_weights);
    for (uint32_t b = 0; b < n_blocks(l); b++) {
        const uint32_t at = b * EIGHT, last = l->n_channels - EIGHT;
        const struct record *r = &packed->records[at < last ? at : last];
        for (uint32_t i = 0; i < EIGHT; i++) {
            const struct record *from = &r[2 * i % EIGHT + 2 * i / EIGHT];
            second[i] = from->bias;
            second[EIGHT + i] = from->mult;
            if (packed->rounding == ROUND_EXACT)
                second[2 * EIGHT + i] = -from->shift;
        }
        second += EIGHT * record_words(packed->rounding);
    }
}
