/* pairs.c - weights for inner loops that multiply pairs of 16 bits. SPDX-License-Identifier: Apache-2.0 */
#include "pack/pairs.h"

#define GROUP    4u
#define HIGH_MAX (1 << 23) /* the sum of an even channel lies in -HIGH_MAX..HIGH_MAX - 1 */

/* Channels, filled up to whole blocks. */
static uint32_t all_channels(const struct weighted *l, uint32_t block)
{
    return (l->n_channels + block - 1) / block * block;
}

static uint32_t n_groups(const struct weighted *l)
{
    return (l->n_taps + GROUP - 1) / GROUP;
}

/* Which tap of the model stands at a place: of each run of taps that lie side by side in the image
 * the whole groups, run by run, then what is left over of each. */
static uint32_t tap_at(const struct weighted *l, uint32_t place)
{
    const uint32_t n_pixel = l->n_taps / ((uint32_t)l->kh * l->kw);
    const uint32_t n_run = l->dw == 1 ? n_pixel * l->kw : n_pixel, n_rest = n_run % GROUP;
    const uint32_t n_whole = n_run - n_rest, n_all_whole = l->n_taps / n_run * n_whole;
    if (place < n_all_whole)
        return place / n_whole * n_run + place % n_whole;
    place -= n_all_whole;
    return place / n_rest * n_run + n_whole + place % n_rest;
}

int32_t pairs_weight(const struct weighted *l, uint32_t c, uint32_t place)
{
    if (c >= l->n_channels || place >= l->n_taps)
        return 0;
    return l->w[c * (size_t)l->channel_step + tap_at(l, place) * (size_t)l->tap_step];
}

/* -2^15 .. 2^15 - 1, unless the even channel's weight is -128 and the odd one's negative. */
static int32_t both_weights(const struct weighted *l, uint32_t c, uint32_t place)
{
    return 256 * pairs_weight(l, c, place) + pairs_weight(l, c + 1, place);
}

/* Of dense layers, if all outputs share a scale. */
static bool has_one_record(const struct weighted *l, uint32_t block)
{
    return block == 8 && l->scale_step == 0;
}

static bool find(const struct weighted *l, uint32_t block, struct packed_layer *out)
{
    out->one_record = has_one_record(l, block);
    if (!(out->one_record ? records_find_one : records_find)(l, &out->rounding, out->records))
        return false;
    for (uint32_t c = 0; c < l->n_channels; c += 2) {
        if (out->records[c].low < -HIGH_MAX || out->records[c].high >= HIGH_MAX)
            return false;
        for (uint32_t t = 0; t < l->n_taps; t++)
            if (both_weights(l, c, t) < INT16_MIN)
                return false;
    }
    out->has_records = true;
    out->n_weights = all_channels(l, block) * n_groups(l); /* a word is two channels by two taps */
    const uint32_t n_own = record_words(out->rounding);
    out->n_records = all_channels(l, block);
    out->n_records += out->one_record ? n_own : n_own * all_channels(l, block);
    return true;
}

static uint32_t word(const struct weighted *l, uint32_t c, uint32_t place)
{
    const uint32_t low = (uint32_t)both_weights(l, c, place);
    return (low & 0xffffu) | (uint32_t)both_weights(l, c, place + 2) << 16;
}

static void write_weights(const struct weighted *l, uint32_t block, uint32_t *to)
{
    for (uint32_t first = 0; first < all_channels(l, block); first += block)
        for (uint32_t g = 0; g < n_groups(l); g++)
            for (uint32_t odd = 0; odd < 2; odd++)
                for (uint32_t c = first; c < first + block; c += 2)
                    *to++ = word(l, c, g * GROUP + odd);
}

static int32_t *write_biases(const struct weighted *l, uint32_t first, uint32_t end,
                             const struct packed_layer *packed, int32_t *to)
{
    for (uint32_t c = first; c < end; c++) {
        const uint32_t bias = (uint32_t)record_or_zero(l, packed->records, c).bias;
        const uint32_t odd = (uint32_t)record_or_zero(l, packed->records, c + 1).bias;
        *to++ = (int32_t)(c % 2 ? bias : 256u * bias + odd);
    }
    return to;
}

static void write_records(const struct weighted *l, uint32_t block,
                          const struct packed_layer *packed, int32_t *to)
{
    for (uint32_t first = 0; first < all_channels(l, block); first += block) {
        to = write_biases(l, first, first + block, packed, to);
        if (!packed->one_record)
            to = records_write(l, packed->records, packed->rounding, first, first + block, to);
    }
    if (packed->one_record)
        record_write(&packed->records[0], packed->rounding, to);
}

bool pairs_find(const struct weighted *l, struct packed_layer *out)
{
    return find(l, 4, out);
}

void pairs_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    write_weights(l, 4, weights);
    write_records(l, 4, packed, second);
}

/* A group of taps that is not whole is copied to the stack first. */
#define TAIL_TAPS_MAX 64

bool octets_find(const struct weighted *l, struct packed_layer *out)
{
    return (l->n_taps % GROUP == 0 || l->n_taps <= TAIL_TAPS_MAX) && find(l, 8, out);
}

void octets_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second)
{
    write_weights(l, 8, weights);
    write_records(l, 8, packed, second);
}
