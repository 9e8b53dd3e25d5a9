/* quads.c - depthwise weights of any window, four channels side by side.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pack/quads.h"

#define BLOCK 4u /* channels */

static uint32_t n_blocks(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK;
}

static uint32_t first_channel(const struct weighted *l, uint32_t block)
{
    const uint32_t last = l->n_channels - BLOCK;
    return block * BLOCK < last ? block * BLOCK : last;
}

bool quads_find(const struct weighted *l, struct packed_layer *out)
{
    if (l->in.c != l->n_channels || l->n_channels < BLOCK ||
        (l->kw > 1 && l->kh > QUADS_ROWS_MAX) || !records_find(l, &out->rounding, out->records))
        return false;
    const uint32_t n_own = out->rounding == ROUND_PROVED ? 2 : 3; /* words beside the bias */
    out->has_records = true;
    out->n_weights = n_blocks(l) * l->n_taps;
    out->n_records = n_blocks(l) * BLOCK * (1 + n_own);
    return true;
}

static int32_t weight(const struct weighted *l, uint32_t c, uint32_t tap)
{
    return l->w[c * (size_t)l->channel_step + tap * (size_t)l->tap_step];
}

static uint32_t word(const struct weighted *l, uint32_t first, uint32_t tap)
{
    uint32_t w = 0;
    for (uint32_t i = 0; i < BLOCK; i++)
        w |= ((uint32_t)weight(l, first + i, tap) & 0xffu) << (8 * i);
    return w;
}

/* A record's sum is of weights times plain bytes; this one starts from what they are above in_zero. */
static int32_t bias_of(const struct weighted *l, const struct record *r, uint32_t c)
{
    uint32_t bias = (uint32_t)r->bias;
    for (uint32_t t = 0; t < l->n_taps; t++)
        bias += (uint32_t)(weight(l, c, t) * l->in_zero);
    return (int32_t)bias;
}

static int32_t *write_block(const struct weighted *l, uint32_t first,
                            const struct packed_layer *packed, int32_t *to)
{
    for (uint32_t c = first; c < first + BLOCK; c++)
        *to++ = bias_of(l, &packed->records[c], c);
    for (uint32_t c = first; c < first + BLOCK; c++)
        to = record_write(&packed->records[c], packed->rounding, to);
    return to;
}

void quads_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    uint32_t *to = weights;
    for (uint32_t b = 0; b < n_blocks(l); b++) {
        const uint32_t first = first_channel(l, b);
        for (uint32_t t = 0; t < l->n_taps; t++)
            *to++ = word(l, first, t);
        second = write_block(l, first, packed, second);
    }
}
