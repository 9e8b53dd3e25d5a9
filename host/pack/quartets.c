/* quartets.c - weights of four bits for inner loops that multiply pairs of 16 bits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pack/quartets.h"

#include "pack/pairs.h"

#define BLOCK   4u /* channels */
#define GROUP   4u /* taps     */
#define SUM_MAX (1 << 19)

static uint32_t n_blocks(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK;
}

static uint32_t n_groups(const struct weighted *l)
{
    return (l->n_taps + GROUP - 1) / GROUP;
}

static bool fits(int32_t v, int32_t bits)
{
    return v >= -(1 << (bits - 1)) && v < 1 << (bits - 1);
}

/* All that the loop takes for a signed number of its own. */
static bool tap_fits(const struct weighted *l, uint32_t first, uint32_t place)
{
    int32_t w[BLOCK];
    for (uint32_t i = 0; i < BLOCK; i++) {
        w[i] = pairs_weight(l, first + i, place);
        if (!fits(w[i], 4))
            return false;
    }
    const int32_t low = 16 * w[1] + w[0];
    return fits(low, 8) && fits(16 * low + 4096 * w[2], 16) &&
           fits(low + 256 * w[2] + 4096 * w[3], 16);
}

bool quartets_find(const struct weighted *l, struct packed_layer *out)
{
    if (!records_find(l, &out->rounding, out->records))
        return false;
    for (uint32_t c = 0; c < l->n_channels; c++)
        if (out->records[c].low < -SUM_MAX || out->records[c].high >= SUM_MAX)
            return false;
    for (uint32_t first = 0; first < l->n_channels; first += BLOCK)
        for (uint32_t place = 0; place < l->n_taps; place++)
            if (!tap_fits(l, first, place))
                return false;
    out->has_records = true;
    out->n_weights = n_blocks(l) * n_groups(l) * 2;
    out->n_records = n_blocks(l) * BLOCK * (out->rounding == ROUND_PROVED ? 3 : 4);
    return true;
}

static uint32_t half_word(const struct weighted *l, uint32_t first, uint32_t place)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < BLOCK; i++)
        sum += (uint32_t)pairs_weight(l, first + i, place) << (4 * i);
    return sum & 0xffffu;
}

static int32_t *write_biases(const struct record *const records[BLOCK], int32_t *to)
{
    uint32_t b[BLOCK];
    for (uint32_t i = 0; i < BLOCK; i++)
        b[i] = records[i] ? (uint32_t)records[i]->bias : 0;
    const uint32_t low = 16 * b[1] + b[0];
    *to++ = (int32_t)(16 * b[0]);
    *to++ = (int32_t)low;
    *to++ = (int32_t)(4096 * b[2] + 16 * low);
    *to++ = (int32_t)(4096 * b[3] + 256 * b[2] + low);
    return to;
}

static int32_t *write_block(const struct weighted *l, const struct packed_layer *packed,
                            uint32_t first, int32_t *to)
{
    static const struct record none = {.shift = 1};
    const struct record *records[BLOCK];
    for (uint32_t i = 0; i < BLOCK; i++)
        records[i] = first + i < l->n_channels ? &packed->records[first + i] : NULL;
    to = write_biases(records, to);
    for (uint32_t i = 0; i < BLOCK; i++)
        to = record_write(records[i] ? records[i] : &none, packed->rounding, to);
    return to;
}

void quartets_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                    int32_t *second)
{
    uint32_t *to = weights;
    for (uint32_t first = 0; first < n_blocks(l) * BLOCK; first += BLOCK) {
        for (uint32_t place = 0; place < n_groups(l) * GROUP; place += GROUP)
            for (uint32_t k = place; k < place + 2; k++)
                *to++ = half_word(l, first, k) | half_word(l, first, k + 2) << 16;
        second = write_block(l, packed, first, second);
    }
}
