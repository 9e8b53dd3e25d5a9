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

void fours_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    int8_t *w = weights;
    for (uint32_t first = 0; first < n_blocks(l) * BLOCK; first += BLOCK) {
        const uint32_t end = first + BLOCK;
        for (uint32_t t = 0; t < l->n_taps; t++)
            for (uint32_t c = first; c < end; c++)
                *w++ = weight(l, c, t);
        for (uint32_t c = first; c < end; c++)
            *second++ = record_or_zero(l, packed->records, c).bias;
        for (uint32_t c = first; c < end && !packed->one_record; c++) {
            const struct record r = record_or_zero(l, packed->records, c);
            second = record_write(&r, packed->rounding, second);
        }
    }
    if (packed->one_record)
        record_write(&packed->records[0], packed->rounding, second);
}
