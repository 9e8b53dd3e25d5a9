/* pack.c - the table of packings. SPDX-License-Identifier: Apache-2.0 */
#include "pack/pack.h"

#include "kernels/common/assert.h"
#include "pack/cells.h"
#include "pack/dots.h"
#include "pack/eights.h"
#include "pack/folded.h"
#include "pack/fours.h"
#include "pack/lanes.h"
#include "pack/nibbles.h"
#include "pack/nines.h"
#include "pack/octets_w4.h"
#include "pack/pairs.h"
#include "pack/quads.h"
#include "pack/quartets.h"
#include "pack/shorts.h"
#include "pack/winograd.h"

struct packer {
    size_t weight_bytes;
    uint32_t block; /* channels */
    bool (*find)(const struct weighted *l, struct packed_layer *out);
    void (*write)(const struct weighted *l, const struct packed_layer *packed, void *weights,
                  int32_t *second);
};

static const struct packer packers[N_PACKINGS] = {
    [FOLDED] = {sizeof(int8_t), 1, folded_find, folded_write},
    [FOURS] = {sizeof(int8_t), 4, fours_find, fours_write},
    [STRIPS] = {sizeof(int8_t), 4, strips_find, fours_write},
    [TRIPLES] = {sizeof(int8_t), 4, triples_find, triples_write},
    [LANES] = {sizeof(uint32_t), 8, lanes_find, lanes_write},
    [NIBBLES] = {sizeof(int8_t), 1, nibbles_find, nibbles_write},
    [NINES] = {sizeof(uint32_t), 1, nines_find, nines_write},
    [QUADS] = {sizeof(uint32_t), 4, quads_find, quads_write},
    [QUARTETS] = {sizeof(uint32_t), 4, quartets_find, quartets_write},
    [PAIRS] = {sizeof(uint32_t), 4, pairs_find, pairs_write},
    [OCTETS] = {sizeof(uint32_t), 8, octets_find, octets_write},
    [OCTETS_W4] = {sizeof(uint32_t), 8, octets_w4_find, octets_w4_write},
    [WINOGRAD] = {sizeof(uint32_t), 4, winograd_find, winograd_write},
    [DOTS_2] = {sizeof(int8_t), 4, dots_2_find, dots_2_write},
    [DOTS_8] = {sizeof(int8_t), 8, dots_8_find, dots_8_write},
    [DOTS_2_W4] = {sizeof(int8_t), 4, dots_2_w4_find, dots_2_w4_write},
    [DOTS_8_W4] = {sizeof(int8_t), 8, dots_8_w4_find, dots_8_w4_write},
    [DOTS_2_S16] = {sizeof(int8_t), 4, dots_2_s16_find, dots_2_s16_write},
    [DOTS_8_S16] = {sizeof(int8_t), 8, dots_8_s16_find, dots_8_s16_write},
    [EIGHTS] = {sizeof(int8_t), 8, eights_find, eights_write},
    [SHORTS] = {sizeof(int8_t), 1, shorts_find, shorts_write},
    [CELLS] = {sizeof(int8_t), 16, cells_find, cells_write},
};

uint32_t packing_block(enum packing p)
{
    return packers[p].block ? packers[p].block : 1;
}

size_t packing_weight_bytes(enum packing p)
{
    return packers[p].weight_bytes;
}

bool pack_find(enum packing p, const struct weighted *l, struct record *records,
               struct packed_layer *out)
{
    MOTE_ASSERT(packers[p].find);
    *out = (struct packed_layer){.records = records};
    return packers[p].find(l, out);
}

void pack_write(enum packing p, const struct weighted *l, const struct packed_layer *packed,
                void *weights, int32_t *second)
{
    packers[p].write(l, packed, weights, second);
}
