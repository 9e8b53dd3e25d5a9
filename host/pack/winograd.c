/* winograd.c - weights of 3x3 layers for four products where the definition has nine.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pack/winograd.h"

#define BLOCK     4u        /* output channels                               */
#define GROUP     4u        /* input channels                                */
#define POSITIONS 4u        /* of a tile of inputs, along each dimension     */
#define SUM_MAX   (1 << 29) /* four times a sum is below 2^31                */

static uint32_t n_blocks(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK;
}

/* Input channels: taps are [3][3][input channels]. */
static uint32_t n_inputs(const struct weighted *l)
{
    return l->n_taps / 9;
}

static bool is_3x3(const struct weighted *l)
{
    return l->kh == 3 && l->kw == 3 && l->sh == 1 && l->sw == 1 && l->dh == 1 && l->dw == 1;
}

bool winograd_find(const struct weighted *l, struct packed_layer *out)
{
    if (!is_3x3(l) || n_inputs(l) % GROUP != 0 || !records_find(l, &out->rounding, out->records))
        return false;
    for (uint32_t c = 0; c < l->n_channels; c++)
        if (out->records[c].low < -SUM_MAX || out->records[c].high >= SUM_MAX)
            return false;
    out->has_records = true;
    out->n_weights = n_blocks(l) * POSITIONS * POSITIONS * n_inputs(l) / 2 * BLOCK;
    out->n_records = n_blocks(l) * BLOCK * (1 + record_words(out->rounding));
    return true;
}

/* A row of 2G, negated for 2 and 3. */
static const int32_t rows_of_g[POSITIONS][3] = {{2, 0, 0}, {1, 1, 1}, {-1, 1, -1}, {0, 0, -2}};
static const uint32_t order[POSITIONS] = {1, 2, 3, 0};

/* At row i, column j; |sum| <= 9 * 128, or 4 * 128 at the corners. */
static int32_t transformed(const struct weighted *l, uint32_t c, uint32_t ic, uint32_t i,
                           uint32_t j)
{
    int32_t sum = 0;
    if (c >= l->n_channels)
        return 0;
    for (uint32_t k = 0; k < 9; k++) {
        const size_t tap = (size_t)k * n_inputs(l) + ic;
        const int32_t w = l->w[c * (size_t)l->channel_step + tap * l->tap_step];
        sum += rows_of_g[i][k / 3] * rows_of_g[j][k % 3] * w;
    }
    return sum;
}

static uint32_t word(const struct weighted *l, uint32_t c, uint32_t ic, uint32_t i, uint32_t j)
{
    const uint32_t low = (uint32_t)transformed(l, c, ic, i, j);
    const uint32_t high = (uint32_t)transformed(l, c, ic + 2, i, j);
    return (low & 0xffffu) | high << 16;
}

static void write_weights(const struct weighted *l, uint32_t *to)
{
    for (uint32_t first = 0; first < n_blocks(l) * BLOCK; first += BLOCK)
        for (uint32_t p = 0; p < POSITIONS * POSITIONS; p++)
            for (uint32_t ic = 0; ic < n_inputs(l); ic += ic % 2 ? GROUP - 1 : 1)
                for (uint32_t c = first; c < first + BLOCK; c++)
                    *to++ = word(l, c, ic, order[p / POSITIONS], order[p % POSITIONS]);
}

static void write_records(const struct weighted *l, const struct packed_layer *packed, int32_t *to)
{
    for (uint32_t first = 0; first < n_blocks(l) * BLOCK; first += BLOCK) {
        for (uint32_t c = first; c < first + BLOCK; c++)
            *to++ = 4 * record_or_zero(l, packed->records, c).bias;
        to = records_write(l, packed->records, packed->rounding, first, first + BLOCK, to);
    }
}

void winograd_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                    int32_t *second)
{
    write_weights(l, weights);
    write_records(l, packed, second);
}
