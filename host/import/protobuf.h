/* protobuf.h - reads Protocol Buffers in place, believing nothing.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A message is a row of fields, each a number and a value of one of four forms: a varint, four or
 * eight bytes, or a length with as many bytes, which are text, a message or a row of packed
 * numbers. Fields come in any order; of one that may stand once the last counts.
 *
 * Every length is checked before it is used. The first fault is reported with its place in the file
 * and remembered in `failed`; from then on messages read as ended, so that a caller may read a
 * whole one and look at `failed` once. Nothing is allocated, nothing is copied and nothing
 * recurses: whoever follows nested messages bounds the depth. */
#ifndef MOTE_HOST_IMPORT_PROTOBUF_H
#define MOTE_HOST_IMPORT_PROTOBUF_H
#include "base/diag.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pb {
    struct bytes file;
    const char *place; /* path, for messages; borrowed */
    struct diag *d;
    bool failed;
};

/* What is left of a message, as offsets in the file. */
struct pb_span {
    size_t at, end;
};

/* Numbers are those of the encoding. */
enum pb_form { PB_VARINT = 0, PB_FIXED64 = 1, PB_BYTES = 2, PB_FIXED32 = 5 };

struct pb_field {
    size_t at; /* offset of the field in the file */
    uint32_t number;
    enum pb_form form;
    uint64_t value;      /* of the first two forms and the last: its bits */
    struct pb_span span; /* of PB_BYTES                                   */
};

/* Report what is wrong at an offset of the file. Returns false. */
bool pb_fail(struct pb *p, size_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The whole file as a message. */
struct pb_span pb_root(const struct pb *p);
/* The next field; false at the end and after a fault. */
bool pb_next(struct pb *p, struct pb_span *rest, struct pb_field *f);
/* Has the field this form? Else a fault that names it. */
bool pb_expect(struct pb *p, const struct pb_field *f, enum pb_form form, const char *name);

/* The next number of a field that repeats numbers: one for each field of its own form, or a row of
 * them packed in bytes. Start with `rest` as the field has it; false at the end. `form` is that of
 * one number. */
struct pb_span pb_numbers(struct pb *p, const struct pb_field *f, enum pb_form form,
                          const char *name);
bool pb_number(struct pb *p, struct pb_span *rest, enum pb_form form, uint64_t *value);

struct bytes pb_bytes(const struct pb *p, const struct pb_span *s);
float pb_float(uint64_t bits);
#endif
