/* pairs.c - weights for inner loops that multiply pairs of 16 bits. SPDX-License-Identifier: Apache-2.0 */
#include "pack/pairs.h"

#define BLOCK    4u
#define GROUP    4u
#define HIGH_MAX (1 << 23) /* the sum of an even channel lies in -HIGH_MAX..HIGH_MAX - 1 */

static uint32_t n_blocks(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK;
}

static uint32_t n_groups(const struct weighted *l)
{
    return (l->n_taps + GROUP - 1) / GROUP;
}

/* Of one block in the second array. */
static uint32_t record_words(enum rounding rounding)
{
    return rounding == ROUND_PROVED ? 3 * BLOCK : 4 * BLOCK;
}

/* 0 past the last channel or tap. */
static int32_t weight(const struct weighted *l, uint32_t c, uint32_t tap)
{
    if (c >= l->n_channels || tap >= l->n_taps)
        return 0;
    return l->w[c * (size_t)l->channel_step + tap * (size_t)l->tap_step];
}

/* -2^15 .. 2^15 - 1, unless the even channel's weight is -128 and the odd one's negative. */
static int32_t both_weights(const struct weighted *l, uint32_t c, uint32_t tap)
{
    return 256 * weight(l, c, tap) + weight(l, c + 1, tap);
}

bool pairs_find(const struct weighted *l, struct packed_layer *out)
{
    if (!records_find(l, &out->rounding, out->records))
        return false;
    for (uint32_t c = 0; c < l->n_channels; c += 2) {
        if (out->records[c].low < -HIGH_MAX || out->records[c].high >= HIGH_MAX)
            return false;
        for (uint32_t t = 0; t < l->n_taps; t++)
            if (both_weights(l, c, t) < INT16_MIN)
                return false;
    }
    out->has_records = true;
    out->n_weights = n_blocks(l) * n_groups(l) * GROUP;
    out->n_records = n_blocks(l) * record_words(out->rounding);
    return true;
}

static uint32_t word(const struct weighted *l, uint32_t c, uint32_t tap)
{
    return ((uint32_t)both_weights(l, c, tap) & 0xffffu) | (uint32_t)both_weights(l, c, tap + 2)
                                                               << 16;
}

static void write_weights(const struct weighted *l, uint32_t *to)
{
    for (uint32_t b = 0; b < n_blocks(l); b++)
        for (uint32_t g = 0; g < n_groups(l); g++)
            for (uint32_t odd = 0; odd < 2; odd++)
                for (uint32_t c = b * BLOCK; c < (b + 1) * BLOCK; c += 2)
                    *to++ = word(l, c, g * GROUP + odd);
}

static struct record record_or_zero(const struct weighted *l, const struct record *records,
                                    uint32_t c)
{
    return c < l->n_channels ? records[c] : (struct record){.shift = 1};
}

static void write_records(const struct weighted *l, const struct packed_layer *packed, int32_t *to)
{
    for (uint32_t first = 0; first < n_blocks(l) * BLOCK; first += BLOCK) {
        for (uint32_t c = first; c < first + BLOCK; c++) {
            const uint32_t bias = (uint32_t)record_or_zero(l, packed->records, c).bias;
            const uint32_t odd = (uint32_t)record_or_zero(l, packed->records, c + 1).bias;
            *to++ = (int32_t)(c % 2 ? bias : 256u * bias + odd);
        }
        for (uint32_t c = first; c < first + BLOCK; c++) {
            const struct record r = record_or_zero(l, packed->records, c);
            *to++ = r.mult;
            *to++ = r.add;
            if (packed->rounding == ROUND_EXACT)
                *to++ = r.shift;
        }
    }
}

void pairs_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    write_weights(l, weights);
    write_records(l, packed, second);
}
