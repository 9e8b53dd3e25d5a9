/* lanes.c - weights of dense layers for sums of 16 bits, two in a register.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pack/lanes.h"

#include <string.h>

#define BLOCK    8u   /* outputs                                  */
#define IN_WORD  4u   /* outputs in a word                        */
#define UNIT     4u   /* taps                                     */
#define TAPS_MAX 252u /* in a group: whole units, less than a byte */

/* Taps first to end - 1, as weights of the units from that of `first` on. */
struct group {
    uint32_t first, end;
};

/* What the sums of a block can be. */
struct spans {
    int32_t low[BLOCK], high[BLOCK];
};

static uint32_t n_blocks(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK;
}

static uint32_t taps_in_units(const struct weighted *l)
{
    return l->n_taps / UNIT * UNIT;
}

/* 0 past the last output. */
static int32_t weight(const struct weighted *l, uint32_t c, uint32_t t)
{
    return c < l->n_channels ? l->w[c * (size_t)l->channel_step + t * (size_t)l->tap_step] : 0;
}

/* Widen by a tap; false when a sum could leave 16 bits. Inputs take any value in -128..127. One tap
 * always fits: 128 * 128 < 2^15. */
static bool add_tap(const struct weighted *l, uint32_t block, uint32_t t, struct spans *s)
{
    bool fits = true;
    for (uint32_t i = 0; i < BLOCK; i++) {
        const int32_t w = weight(l, block * BLOCK + i, t);
        s->low[i] += w > 0 ? -128 * w : 127 * w;
        s->high[i] += w > 0 ? 127 * w : -128 * w;
        fits = fits && s->low[i] >= INT16_MIN && s->high[i] <= INT16_MAX;
    }
    return fits;
}

static uint32_t unit_of(uint32_t tap)
{
    return tap / UNIT * UNIT;
}

/* The group that begins with tap `first`: whole units, or where not even the first one fits, its taps
 * that do. */
static struct group group_at(const struct weighted *l, uint32_t block, uint32_t first)
{
    const uint32_t last = unit_of(first) + TAPS_MAX, all = taps_in_units(l);
    struct spans s = {{0}, {0}};
    uint32_t end = first;
    while (end < all && end < last && add_tap(l, block, end, &s))
        end++;
    return (struct group){first, unit_of(end) > first ? unit_of(end) : end};
}

static uint32_t taps_read(const struct group *g)
{
    return (g->end + UNIT - 1) / UNIT * UNIT - unit_of(g->first);
}

struct count {
    uint32_t groups, words;
};

static struct count count_all(const struct weighted *l)
{
    struct count n = {0, n_blocks(l) * (l->n_taps % UNIT) * BLOCK / IN_WORD};
    for (uint32_t b = 0; b < n_blocks(l); b++)
        for (struct group g = {0, 0}; g.end < taps_in_units(l); n.groups++) {
            g = group_at(l, b, g.end);
            n.words += taps_read(&g) * BLOCK / IN_WORD;
        }
    return n;
}

bool lanes_find(const struct weighted *l, struct packed_layer *out)
{
    const struct count n = count_all(l);
    if (n.groups == 0 || 2 * n.groups > n_blocks(l) * (l->n_taps / UNIT))
        return false;
    out->one_record = l->scale_step == 0;
    if (!(out->one_record ? records_find_one : records_find)(l, &out->rounding, out->records))
        return false;
    out->has_records = true;
    const uint32_t n_all = n_blocks(l) * BLOCK, n_own = record_words(out->rounding);
    out->n_weights = n.words + (n.groups + n_blocks(l) + 3) / 4;
    out->n_records = 1 + n_all + n_own * (out->one_record ? 1 : n_all);
    return true;
}

/* One tap of a block; its weights are 0 unless it is in the group. */
static uint32_t *write_tap(const struct weighted *l, uint32_t block, uint32_t t,
                           const struct group *g, uint32_t *to)
{
    for (uint32_t c = block * BLOCK; c < (block + 1) * BLOCK; c += IN_WORD) {
        *to = 0;
        for (uint32_t i = 0; i < IN_WORD; i++) {
            const int32_t w = t >= g->first && t < g->end ? weight(l, c + i, t) : 0;
            *to |= (uint32_t)(w + 128) << (8 * i);
        }
        to++;
    }
    return to;
}

/* Byte i of an array of words, the lowest first. */
static void set_byte(uint32_t *words, uint32_t i, uint32_t byte)
{
    words[i / 4] |= byte << (8 * (i % 4));
}

/* How many words lie before the lists. */
static uint32_t write_groups(const struct weighted *l, uint32_t n_weights, uint32_t *to)
{
    const uint32_t n_words = count_all(l).words, all = taps_in_units(l);
    uint32_t *lists = to + n_words, i_byte = 0;
    memset(lists, 0, (n_weights - n_words) * sizeof *lists);
    for (uint32_t b = 0; b < n_blocks(l); b++, i_byte++) {
        for (struct group g = {0, 0}; g.end < all;) {
            g = group_at(l, b, g.end);
            for (uint32_t i = 0; i < taps_read(&g); i++)
                to = write_tap(l, b, unit_of(g.first) + i, &g, to);
            set_byte(lists, i_byte++, taps_read(&g) + (g.first % UNIT > 0));
        }
        const struct group rest = {all, l->n_taps};
        for (uint32_t t = rest.first; t < rest.end; t++)
            to = write_tap(l, b, t, &rest, to);
    }
    return n_words;
}

void lanes_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    *second++ = (int32_t)write_groups(l, packed->n_weights, weights);
    for (uint32_t first = 0; first < n_blocks(l) * BLOCK; first += BLOCK) {
        const uint32_t end = first + BLOCK;
        for (uint32_t c = first; c < end; c++)
            *second++ = record_or_zero(l, packed->records, c).bias;
        if (!packed->one_record)
            second = records_write(l, packed->records, packed->rounding, first, end, second);
    }
    if (packed->one_record)
        record_write(&packed->records[0], packed->rounding, second);
}
