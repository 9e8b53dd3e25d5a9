/* fours.c - weights as bytes for inner loops that have several channels at once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pack/fours.h"

#include "kernels/common/strip.h"

#define BLOCK 4u

static uint32_t n_blocks(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK;
}

bool fours_find(const struct weighted *l, struct packed_layer *out)
{
    out->one_record = l->scale_step == 0;
    if (!(out->one_record ? records_find_one : records_find)(l, &out->rounding, out->records))
        return false;
    out->has_records = true;
    out->n_weights = n_blocks(l) * l->n_taps * BLOCK;
    const uint32_t n_channels = n_blocks(l) * BLOCK;
    out->n_records = n_channels + record_words(out->rounding) * (out->one_record ? 1 : n_channels);
    return true;
}

bool strips_find(const struct weighted *l, struct packed_layer *out)
{
    const struct mote_depthwise_conv2d_s8 window = {
        .kh = l->kh, .kw = l->kw, .sh = l->sh, .sw = l->sw, .dh = l->dh, .dw = l->dw};
    const struct mote_strip one = mote_strip_for(&window, 1);
    return mote_strip_fits(&window, &one) && fours_find(l, out);
}

static int8_t weight(const struct weighted *l, uint32_t c, uint32_t tap)
{
    if (c >= l->n_channels)
        return 0;
    return l->w[c * (size_t)l->channel_step + tap * (size_t)l->tap_step];
}

/* Of the taps first to end - 1, those of one sign. */
static int32_t sum_of_sign(const struct weighted *l, uint32_t c, uint32_t first, uint32_t end,
                           int32_t sign)
{
    int32_t sum = 0;
    for (uint32_t t = first; t < end; t++)
        sum += sign * weight(l, c, t) > 0 ? weight(l, c, t) : 0;
    return sum;
}

static int32_t sum_of_weights(const struct weighted *l, uint32_t c)
{
    return sum_of_sign(l, c, 0, l->n_taps, 1) + sum_of_sign(l, c, 0, l->n_taps, -1);
}

#define SUM_BITS 20 /* and a sign                        */
#define ROUND    4u /* taps; the first round may be less */

/* Inputs are 0 to 255. Groups end where rounds do, and the last tap is the last of a round. */
static bool group_fits(const struct weighted *l, uint32_t group)
{
    const int64_t limit = INT64_C(1) << SUM_BITS;
    const uint32_t missing = -l->n_taps % ROUND;
    for (uint32_t c = 0; c < l->n_channels; c++)
        for (uint32_t end = group; end < l->n_taps + missing + group; end += group) {
            const uint32_t first = end - group > missing ? end - group - missing : 0;
            const uint32_t last = end - missing < l->n_taps ? end - missing : l->n_taps;
            if (INT64_C(255) * sum_of_sign(l, c, first, last, 1) >= limit ||
                INT64_C(255) * sum_of_sign(l, c, first, last, -1) < -limit)
                return false;
        }
    return true;
}

/* The longest that fits, of groups that are all as long but for the last. 32 taps always do: 32 * 128 * 255 <
 * 2^20. */
static uint32_t find_group(const struct weighted *l)
{
    const uint32_t rounds = (l->n_taps + ROUND - 1) / ROUND;
    for (uint32_t n = 1;; n++) {
        const uint32_t group = (rounds + n - 1) / n * ROUND;
        if (group_fits(l, group))
            return group;
    }
}

static void write_all(const struct weighted *l, const struct packed_layer *packed, int32_t offset,
                      void *weights, int32_t *second)
{
    int8_t *w = weights;
    for (uint32_t first = 0; first < n_blocks(l) * BLOCK; first += BLOCK) {
        const uint32_t end = first + BLOCK;
        for (uint32_t t = 0; t < l->n_taps; t++)
            for (uint32_t c = first; c < end; c++)
                *w++ = weight(l, c, t);
        for (uint32_t c = first; c < end; c++)
            *second++ = record_or_zero(l, packed->records, c).bias - offset * sum_of_weights(l, c);
        if (!packed->one_record)
            second = records_write(l, packed->records, packed->rounding, first, end, second);
    }
    if (packed->one_record)
        record_write(&packed->records[0], packed->rounding, second);
}

void fours_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    write_all(l, packed, 0, weights, second);
}

bool triples_find(const struct weighted *l, struct packed_layer *out)
{
    if (!fours_find(l, out))
        return false;
    out->n_records++;
    return true;
}

void triples_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                   int32_t *second)
{
    *second++ = (int32_t)find_group(l);
    write_all(l, packed, 128, weights, second);
}
