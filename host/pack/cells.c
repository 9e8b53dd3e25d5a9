/* cells.c - depthwise weights for vectors of sixteen taps. SPDX-License-Identifier: Apache-2.0 */
#include "pack/cells.h"

#include "pack/vectors.h"

#define BLOCK     16u
#define GROUP     RECORD_CHANNELS
#define CELL      4u  /* rows                                 */
#define VECTOR    4u  /* cells                                */
#define CELLS_MAX 32u /* the kernel has room for their places */

static uint32_t n_cells(const struct weighted *l)
{
    return (l->kh + CELL - 1) / CELL * l->kw;
}

static uint32_t n_vectors(const struct weighted *l)
{
    return (n_cells(l) + VECTOR - 1) / VECTOR;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Channels of every block: there are 16 in all, or fewer than that. */
static uint32_t block_channels(const struct weighted *l)
{
    return smaller(BLOCK, l->n_channels);
}

static uint32_t groups_of_block(const struct weighted *l)
{
    return (block_channels(l) + GROUP - 1) / GROUP;
}

static uint32_t n_groups(const struct weighted *l)
{
    return (l->n_channels + BLOCK - 1) / BLOCK * groups_of_block(l);
}

/* The first channel of a group. */
static uint32_t group_channel(const struct weighted *l, uint32_t group)
{
    const uint32_t n = block_channels(l);
    const uint32_t block = group / groups_of_block(l), of_block = group % groups_of_block(l);
    return smaller(block * BLOCK, l->n_channels - n) + smaller(of_block * GROUP, n - GROUP);
}

bool cells_find(const struct weighted *l, struct packed_layer *out)
{
    if (l->in.c != l->out.c || l->n_channels < GROUP || n_cells(l) > CELLS_MAX ||
        !vector_records_find(l, out))
        return false;
    out->n_weights = n_groups(l) * n_vectors(l) * GROUP * VECTOR * CELL;
    out->n_records = n_groups(l) * vector_record_words(out);
    return true;
}

/* Of a channel, a cell and its row; 0 outside the window. */
static int8_t weight(const struct weighted *l, uint32_t c, uint32_t cell, uint32_t row)
{
    const uint32_t ky = cell / l->kw * CELL + row, kx = cell % l->kw;
    if (ky >= l->kh)
        return 0;
    return l->w[c * (size_t)l->channel_step + (ky * l->kw + kx) * (size_t)l->tap_step];
}

static void write_weights(const struct weighted *l, uint32_t first, int8_t *to)
{
    for (uint32_t v = 0; v < n_vectors(l); v++)
        for (uint32_t i = 0; i < GROUP; i++)
            for (uint32_t cell = v * VECTOR; cell < (v + 1) * VECTOR; cell++)
                for (uint32_t row = 0; row < CELL; row++)
                    *to++ = weight(l, first + i, cell, row);
}

void cells_write(const struct weighted *l, const struct packed_layer *packed, void *weights,
                 int32_t *second)
{
    const size_t group_bytes = (size_t)n_vectors(l) * GROUP * VECTOR * CELL;
    for (uint32_t g = 0; g < n_groups(l); g++) {
        write_weights(l, group_channel(l, g), (int8_t *)weights + g * group_bytes);
        vector_records_write(l, packed, group_channel(l, g),
                             second + g * vector_record_words(packed));
    }
}
