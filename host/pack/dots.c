/* dots.c - weights for vectors of sixteen taps. SPDX-License-Identifier: Apache-2.0 */
#include "pack/dots.h"

#include <string.h>

#include "pack/nibbles.h"
#include "pack/vectors.h"

/* What a byte holds: one channel, or two, a and b. */
enum byte {
    BYTE_WHOLE,
    BYTE_HALVES, /* a; b in two's complement */
    BYTE_SUM,    /* 16 * a + b + 8           */
};

/* Which channels of a block a pass computes, in order. */
struct passes {
    uint32_t block, pass;
    enum byte byte;
    uint32_t in_byte; /* channels          */
    uint32_t step;    /* taps of a vector  */
    uint8_t order[8]; /* [block] pass by pass */
};

static const struct passes dots_2 = {4, 2, BYTE_WHOLE, 1, 16, {0, 2, 1, 3}};
static const struct passes dots_8 = {8, 8, BYTE_WHOLE, 1, 16, {0, 2, 1, 3, 4, 6, 5, 7}};
static const struct passes dots_2_w4 = {4, 2, BYTE_HALVES, 2, 16, {0, 2, 1, 3}};
static const struct passes dots_2_s16 = {4, 2, BYTE_WHOLE, 1, 8, {0, 2, 1, 3}};
static const struct passes dots_8_s16 = {8, 8, BYTE_WHOLE, 1, 8, {0, 2, 1, 3, 4, 6, 5, 7}};
static const struct passes dots_8_w4 = {8, 8, BYTE_SUM, 2, 16, {0, 2, 1, 3, 4, 6, 5, 7}};

static uint32_t n_blocks(const struct weighted *l, const struct passes *p)
{
    return (l->n_channels + p->block - 1) / p->block;
}

/* The first channel of a block. */
static uint32_t block_channel(const struct weighted *l, const struct passes *p, uint32_t block)
{
    const uint32_t first = block * p->block;
    return block > 0 && first + p->block > l->n_channels ? l->n_channels - p->block : first;
}

static uint32_t n_steps(const struct weighted *l, const struct passes *p)
{
    return (l->n_taps + p->step - 1) / p->step;
}

static uint32_t n_weights(const struct weighted *l, const struct passes *p)
{
    return (n_blocks(l, p) * n_steps(l, p) * p->block / p->in_byte + 1) * p->step;
}

/* 0 past the last channel or tap. */
static int32_t weight(const struct weighted *l, uint32_t c, uint32_t t)
{
    if (c >= l->n_channels || t >= l->n_taps)
        return 0;
    return l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step];
}

/* The byte of one tap and of the channels at `order` of a block. */
static int32_t byte_of(const struct weighted *l, const struct passes *p, uint32_t block,
                       const uint8_t *order, uint32_t t)
{
    const int32_t w = weight(l, block + order[0], t);
    if (p->byte == BYTE_WHOLE)
        return w;
    const int32_t second = weight(l, block + order[1], t);
    return 16 * w + (p->byte == BYTE_SUM ? second + 8 : second & 15);
}

/* Can all weights be written, and are sums right? Kernels sum 16 * b in 32 bits, where an input and a
 * weight have products of up to 2^10: so 2^17 of them fit. */
static bool fits_bytes(const struct weighted *l, const struct passes *p)
{
    return p->byte == BYTE_WHOLE || (fits_nibbles(l) && l->n_taps < UINT32_C(1) << 17);
}

static int8_t *write_block(const struct weighted *l, const struct passes *p, uint32_t first,
                           int8_t *to)
{
    for (uint32_t k = 0; k < p->block; k += p->pass)
        for (uint32_t i = 0; i < n_steps(l, p); i++)
            for (uint32_t c = k; c < k + p->pass; c += p->in_byte)
                for (uint32_t t = 0; t < p->step; t++)
                    *to++ = (int8_t)byte_of(l, p, first, &p->order[c],
                                            (i == 0 ? n_steps(l, p) - 1 : i - 1) * p->step + t);
    return to;
}

/* All blocks, and a vector of zeros. */
static void write_weights(const struct weighted *l, const struct passes *p, int8_t *to)
{
    for (uint32_t b = 0; b < n_blocks(l, p); b++)
        to = write_block(l, p, block_channel(l, p, b), to);
    memset(to, 0, p->step);
}

static bool find_2(const struct weighted *l, const struct passes *p, struct packed_layer *out)
{
    if (l->n_channels < p->block || !fits_bytes(l, p) || !vector_records_find(l, out))
        return false;
    out->n_weights = n_weights(l, p);
    out->n_records = n_blocks(l, p) * vector_record_words(out);
    return true;
}

static void write_2(const struct weighted *l, const struct passes *p,
                    const struct packed_layer *packed, int8_t *weights, int32_t *second)
{
    write_weights(l, p, weights);
    for (uint32_t b = 0; b < n_blocks(l, p); b++)
        vector_records_write(l, packed, block_channel(l, p, b),
                             second + b * vector_record_words(packed));
}

/* Words of four channels' constants: their records without the biases. */
static uint32_t constant_words(const struct packed_layer *packed)
{
    return vector_record_words(packed) - RECORD_CHANNELS;
}

static bool find_8(const struct weighted *l, const struct passes *p, struct packed_layer *out)
{
    if (!fits_bytes(l, p) || !vector_records_find(l, out))
        return false;
    const uint32_t n_channels = n_blocks(l, p) * p->block;
    out->n_weights = n_weights(l, p);
    out->n_records =
        n_channels + (out->one_record ? 1 : n_channels / RECORD_CHANNELS) * constant_words(out);
    return true;
}

/* `mult`, `add` and for ROUND_EXACT `shift`, which is between them in a record. */
static int32_t *write_constants(const int32_t *record, const struct packed_layer *packed,
                                int32_t *to)
{
    const int32_t *const mult = record + RECORD_CHANNELS;
    const int32_t *const add = record + constant_words(packed);
    for (uint32_t i = 0; i < RECORD_CHANNELS; i++) {
        to[i] = mult[i];
        to[RECORD_CHANNELS + i] = add[i];
        if (packed->rounding == ROUND_EXACT)
            to[2 * RECORD_CHANNELS + i] = mult[RECORD_CHANNELS + i];
    }
    return to + constant_words(packed);
}

static void write_8(const struct weighted *l, const struct passes *p,
                    const struct packed_layer *packed, int8_t *weights, int32_t *second)
{
    int32_t record[4 * RECORD_CHANNELS];
    int32_t *constants = second + n_blocks(l, p) * p->block;
    write_weights(l, p, weights);
    for (uint32_t b = 0; b < n_blocks(l, p); b++)
        for (uint32_t c = 0; c < p->block; c += RECORD_CHANNELS, second += RECORD_CHANNELS) {
            vector_records_write(l, packed, block_channel(l, p, b) + c, record);
            memcpy(second, record, RECORD_CHANNELS * sizeof *second);
            if (!packed->one_record || (b == 0 && c == 0))
                constants = write_constants(record, packed, constants);
        }
}

bool dots_2_find(const struct weighted *l, struct packed_layer *out)
{
    return find_2(l, &dots_2, out);
}

void dots_2_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second)
{
    write_2(l, &dots_2, packed, weights, second);
}

bool dots_2_w4_find(const struct weighted *l, struct packed_layer *out)
{
    return find_2(l, &dots_2_w4, out);
}

void dots_2_w4_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                     int32_t *second)
{
    write_2(l, &dots_2_w4, packed, weights, second);
}

bool dots_8_find(const struct weighted *l, struct packed_layer *out)
{
    return find_8(l, &dots_8, out);
}

void dots_8_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second)
{
    write_8(l, &dots_8, packed, weights, second);
}

bool dots_8_w4_find(const struct weighted *l, struct packed_layer *out)
{
    return find_8(l, &dots_8_w4, out);
}

void dots_8_w4_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                     int32_t *second)
{
    write_8(l, &dots_8_w4, packed, weights, second);
}

bool dots_2_s16_find(const struct weighted *l, struct packed_layer *out)
{
    return find_2(l, &dots_2_s16, out);
}

void dots_2_s16_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                      int32_t *second)
{
    write_2(l, &dots_2_s16, packed, weights, second);
}

bool dots_8_s16_find(const struct weighted *l, struct packed_layer *out)
{
    return find_8(l, &dots_8_s16, out);
}

void dots_8_s16_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                      int32_t *second)
{
    write_8(l, &dots_8_s16, packed, weights, second);
}
