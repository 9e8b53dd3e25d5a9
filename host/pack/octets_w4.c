/* octets_w4.c - weights of 4 bits for dense layers with DSP instructions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pack/octets_w4.h"

#include "pack/nibbles.h"

#define BLOCK    8u  /* outputs                                                   */
#define GROUP    4u  /* inputs                                                    */
#define IN_WORD  4u  /* outputs in a half-word                                    */
#define TAIL_MAX 64u /* inputs that are no whole groups: the kernel copies so few */

static uint32_t all_outputs(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK * BLOCK;
}

static uint32_t all_inputs(const struct weighted *l)
{
    return (l->n_taps + GROUP - 1) / GROUP * GROUP;
}

/* Where all outputs share a scale. */
static bool has_one_record(const struct weighted *l)
{
    return l->scale_step == 0;
}

/* Inputs lie in -128..127. */
static bool comes_apart(const struct weighted *l, uint32_t c, const struct record *r)
{
    const uint32_t place = c % IN_WORD;
    const int64_t offset = place == 0 ? 0 : INT64_C(8) * 128 * all_inputs(l);
    const int64_t limit = INT64_C(1) << (place == 0 ? 19 : place == 1 ? 23 : 27);
    return r->low - offset >= -limit && r->high + offset < limit;
}

bool octets_w4_find(const struct weighted *l, struct packed_layer *out)
{
    if ((l->n_taps % GROUP > 0 && l->n_taps > TAIL_MAX) || !fits_nibbles(l))
        return false;
    out->one_record = has_one_record(l);
    if (!(out->one_record ? records_find_one : records_find)(l, &out->rounding, out->records))
        return false;
    for (uint32_t c = 0; c < l->n_channels; c++)
        if (!comes_apart(l, c, &out->records[c]))
            return false;
    const uint32_t n_own = record_words(out->rounding);
    out->has_records = true;
    out->n_weights = all_outputs(l) * all_inputs(l) / 8; /* a word is two inputs by four outputs */
    out->n_records = all_outputs(l) + n_own * (out->one_record ? 1 : all_outputs(l));
    return true;
}

/* 0 past the last output or input. */
static uint32_t weight(const struct weighted *l, uint32_t c, uint32_t t)
{
    if (c >= l->n_channels || t >= l->n_taps)
        return 0;
    return (uint32_t)l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
}

static uint32_t half_word(const struct weighted *l, uint32_t c, uint32_t t)
{
    const uint32_t low =
        (weight(l, c + 1, t) + 8) << 8 | (weight(l, c + 2, t) + 8) << 4 | (weight(l, c + 3, t) + 8);
    return (weight(l, c, t) << 12 | low) & 0xffffu;
}

static void write_weights(const struct weighted *l, uint32_t *to)
{
    for (uint32_t first = 0; first < all_outputs(l); first += BLOCK)
        for (uint32_t group = 0; group < all_inputs(l); group += GROUP)
            for (uint32_t t = group; t < group + 2; t++)
                for (uint32_t c = first; c < first + BLOCK; c += IN_WORD)
                    *to++ = half_word(l, c, t) | half_word(l, c, t + 2) << 16;
}

/* Of four outputs; modulo 2^32. */
static int32_t *write_biases(const struct weighted *l, const struct packed_layer *packed,
                             uint32_t first, int32_t *to)
{
    uint32_t b[IN_WORD];
    for (uint32_t i = 0; i < IN_WORD; i++)
        b[i] = (uint32_t)record_or_zero(l, packed->records, first + i).bias;
    *to++ = (int32_t)((b[0] << 12) + (b[1] << 8) + (b[2] << 4) + b[3]);
    *to++ = (int32_t)((b[1] << 8) + b[3]);
    *to++ = (int32_t)((b[2] << 4) + b[3]);
    *to++ = (int32_t)b[3];
    return to;
}

void octets_w4_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                     int32_t *second)
{
    write_weights(l, weights);
    for (uint32_t first = 0; first < all_outputs(l); first += BLOCK) {
        second = write_biases(l, packed, first, second);
        second = write_biases(l, packed, first + IN_WORD, second);
        if (!packed->one_record)
            second =
                records_write(l, packed->records, packed->rounding, first, first + BLOCK, second);
    }
    if (packed->one_record)
        record_write(&packed->records[0], packed->rounding, second);
}
