/* idx.h - the IDX format of MNIST and its relatives: two zero bytes, element type, number of
 * dimensions, the dimensions as big-endian 32-bit numbers, then the elements.
 *
 * Images have 2 to 4 dimensions ([n, features], [n, h, w], [n, h, w, c]), labels 1; elements are
 * unsigned bytes. Files may be compressed with gzip. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_IDX_H
#define MOTE_HOST_IDX_H
#include "base/str.h"
#include "data/dataset.h"

#define IDX_RANK_MAX 4

/* An array as the file holds it. */
struct idx {
    uint32_t rank;
    uint32_t dim[IDX_RANK_MAX];
    struct bytes elements; /* borrowed from the file */
};

/* Check a whole file in memory. `place` names it in messages. */
bool idx_parse(struct bytes file, const char *place, struct idx *out, struct diag *d);

/* Read images and their labels; the classes are 0..(largest label), named by their numbers. */
bool idx_read(struct arena *a, const char *images, const char *labels, struct dataset *out,
              struct diag *d);
#endif
