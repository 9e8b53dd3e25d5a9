/* pack.h - the constants of a layer as a kernel variant wants them: two arrays, in the order of the
 * kernel's arguments. SPDX-License-Identifier: Apache-2.0
 *
 * A packing is one row of the table in pack.c. First it is asked whether it can hold a layer, and
 * how large it is then; then it writes. */
#ifndef MOTE_HOST_PACK_PACK_H
#define MOTE_HOST_PACK_PACK_H
#include "pack/record.h"

/* The sixth column of kernels.def. NONE: the kernel has no weights. MODEL: weights and bias as in
 * the model, of any type; SUM and SUM32, of add (sum.h): these are not in the table of pack.c. */
enum packing {
    NONE,
    MODEL,
    FOLDED,
    NIBBLES,
    FOURS,
    STRIPS,
    TRIPLES,
    LANES,
    PAIRS,
    OCTETS,
    OCTETS_W4,
    NINES,
    QUADS,
    QUARTETS,
    WINOGRAD,
    DOTS_2,
    DOTS_8,
    DOTS_2_W4,
    DOTS_8_W4,
    DOTS_2_S16,
    DOTS_8_S16,
    EIGHTS,
    SHORTS,
    CELLS,
    SUM,
    SUM32,
    N_PACKINGS
};

/* What a packing makes of a layer. */
struct packed_layer {
    uint32_t n_weights; /* elements of the first array, of packing_weight_bytes each */
    uint32_t n_records; /* int32_t elements of the second: biases, or records        */
    bool has_records;   /* the kernel needs neither op->mult nor op->shift           */
    bool one_record;    /* all channels share a record but for the bias              */
    enum rounding rounding;
    struct record *records; /* [n_channels] of the layer                                 */
};

/* Output channels that kernels with this packing compute together, whether a layer has them or not. */
uint32_t packing_block(enum packing p);

/* Bytes of an element of the first array: 1 or 4. */
size_t packing_weight_bytes(enum packing p);

/* Can the layer be packed so? `records` is n_channels elements that the caller lends until
 * pack_write. False: the kernel cannot compute this layer. */
bool pack_find(enum packing p, const struct weighted *l, struct record *records,
               struct packed_layer *out);

/* What pack_find said yes to. */
void pack_write(enum packing p, const struct weighted *l, const struct packed_layer *packed,
                void *weights, int32_t *second);
#endif
