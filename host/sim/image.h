/* image.h - the code and the symbols of a linked firmware. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_SIM_IMAGE_H
#define MOTE_HOST_SIM_IMAGE_H
#include "base/arena.h"
#include "base/diag.h"
#include "base/str.h"
#include "base/vec.h"
#include "sim/insn.h"

struct image_section {
    uint32_t address;
    struct bytes bytes;
};

struct image_symbol {
    const char *name;
    uint32_t address, n_bytes; /* of Thumb code without the lowest bit */
};

struct image {
    enum machine machine;
    VEC(struct image_section) sections; /* with contents, in memory */
    VEC(struct image_symbol) symbols;   /* with a name              */
};

/* Read the ELF file at `path` into the arena. */
bool image_read(struct arena *a, const char *path, struct image *out, struct diag *d);

/* The symbol of that name, or NULL. */
const struct image_symbol *image_find(const struct image *m, const char *name);

/* The symbol of a size that the address is in, or NULL. */
const struct image_symbol *image_at(const struct image *m, uint32_t address);

/* Decode the instruction at `address`; false where the image has no code. */
bool image_insn(const struct image *m, uint32_t address, struct insn *out);
#endif
