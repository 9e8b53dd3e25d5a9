/* flatbuffer.h - reads FlatBuffers in place, believing nothing.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A FlatBuffer is a tree of tables. A table starts with the signed distance back to its vtable,
 * which says for every field at which offset of the table it stands, 0 when it is absent. Strings,
 * vectors and nested tables are reached by unsigned offsets relative to where they are stored, so
 * only forward. All numbers are little-endian and aligned to their size, counted from the start of
 * the file.
 *
 * Every offset, length and alignment is checked before it is used. The first fault is reported
 * with its place in the file and remembered in `failed`; from then on everything reads as absent,
 * so that a caller may read a whole record and look at `failed` once. Nothing is allocated and
 * nothing recurses. */
#ifndef MOTE_HOST_IMPORT_FLATBUFFER_H
#define MOTE_HOST_IMPORT_FLATBUFFER_H
#include "base/diag.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fb {
    struct bytes file;
    const char *place; /* path, for messages; borrowed */
    struct diag *d;
    bool failed;
};

/* at = 0: the table is absent, all its fields have their defaults. */
struct fb_table {
    size_t at, vtable; /* offsets in the file                          */
    uint32_t bytes, vtable_bytes;
};

/* at = 0: the vector is absent, n is 0. */
struct fb_vector {
    size_t at; /* offset of the first element in the file */
    uint32_t n, elem_bytes;
};

/* Report what is wrong at an offset of the file. Returns false. */
bool fb_fail(struct fb *f, size_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The root table of a file whose identifier, bytes 4..7, is `id`. */
struct fb_table fb_root(struct fb *f, const char id[4]);

/* Scalar fields; the default when the field is absent. */
uint8_t fb_u8(struct fb *f, const struct fb_table *t, uint32_t field, uint8_t absent);
int32_t fb_i32(struct fb *f, const struct fb_table *t, uint32_t field, int32_t absent);
uint64_t fb_u64(struct fb *f, const struct fb_table *t, uint32_t field, uint64_t absent);
float fb_f32(struct fb *f, const struct fb_table *t, uint32_t field, float absent);

/* Fields that lead elsewhere. A vector of tables has elements of 4 bytes. */
struct fb_table fb_table(struct fb *f, const struct fb_table *t, uint32_t field);
struct fb_vector fb_vector(struct fb *f, const struct fb_table *t, uint32_t field,
                           uint32_t elem_bytes);
/* The characters without the closing 0, which is checked; they may hold zeros themselves. */
struct bytes fb_string(struct fb *f, const struct fb_table *t, uint32_t field);

/* Element i < n of a vector with elements of this size. */
struct fb_table fb_table_at(struct fb *f, const struct fb_vector *v, uint32_t i);
int32_t fb_i32_at(const struct fb *f, const struct fb_vector *v, uint32_t i);
int64_t fb_i64_at(const struct fb *f, const struct fb_vector *v, uint32_t i);
float fb_f32_at(const struct fb *f, const struct fb_vector *v, uint32_t i);
/* All elements as bytes. */
struct bytes fb_contents(const struct fb *f, const struct fb_vector *v);
#endif
