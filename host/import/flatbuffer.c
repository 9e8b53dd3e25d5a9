/* flatbuffer.c - reads FlatBuffers in place, believing nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/flatbuffer.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define IDENTIFIER_AT  4
#define HEADER_BYTES   8
#define VTABLE_HEADER  4 /* two 16-bit numbers: bytes of the vtable, bytes of the table */
#define LENGTH_BYTES   4 /* in front of the elements of a vector                        */
#define ELEM_BYTES_MAX 8

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied from the file");

bool fb_fail(struct fb *f, size_t at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (!f->failed)
        diag_verror(f->d, place_offset(f->place, at).text, fmt, args);
    va_end(args);
    f->failed = true;
    return diag_hint(f->d, "the file is damaged or cut short: copy or export it again");
}

/* Do `bytes` bytes at `at` lie inside the file, aligned to `align`? `what` names them. */
static bool check_range(struct fb *f, size_t at, size_t bytes, size_t align, const char *what)
{
    if (f->failed)
        return false;
    if (at > f->file.len || bytes > f->file.len - at)
        return fb_fail(f, at, "%s of %zu bytes reaches beyond the file's %zu", what, bytes,
                       f->file.len);
    if (at % align != 0)
        return fb_fail(f, at, "%s is not aligned to %zu bytes", what, align);
    return true;
}

/* `bytes` <= 8 bytes at an offset that was checked. */
static uint64_t load(const struct fb *f, size_t at, size_t bytes)
{
    uint64_t value = 0;
    assert(bytes <= sizeof value && at <= f->file.len && bytes <= f->file.len - at);
    memcpy(&value, f->file.data + at, bytes);
    return value;
}

/* The table at `at`: its vtable, and the extent of both. */
static struct fb_table open_table(struct fb *f, size_t at)
{
    const struct fb_table absent = {0};
    if (!check_range(f, at, sizeof(int32_t), sizeof(int32_t), "a table"))
        return absent;
    int64_t back = (int32_t)(uint32_t)load(f, at, sizeof(int32_t));
    int64_t vtable_at = (int64_t)at - back; /* at < 2^63: files are mapped */
    if (vtable_at < 0) {
        fb_fail(f, at, "the vtable of a table starts %" PRId64 " bytes before the file",
                -vtable_at);
        return absent;
    }
    struct fb_table t = {.at = at, .vtable = (size_t)vtable_at};
    if (!check_range(f, t.vtable, VTABLE_HEADER, sizeof(uint16_t), "a vtable"))
        return absent;
    t.vtable_bytes = (uint32_t)load(f, t.vtable, sizeof(uint16_t));
    t.bytes = (uint32_t)load(f, t.vtable + sizeof(uint16_t), sizeof(uint16_t));
    if (t.vtable_bytes < VTABLE_HEADER || t.vtable_bytes % sizeof(uint16_t) != 0 ||
        t.bytes < sizeof(int32_t)) {
        fb_fail(f, t.vtable, "a vtable of %" PRIu32 " bytes for a table of %" PRIu32,
                t.vtable_bytes, t.bytes);
        return absent;
    }
    if (!check_range(f, t.vtable, t.vtable_bytes, sizeof(uint16_t), "a vtable") ||
        !check_range(f, t.at, t.bytes, sizeof(int32_t), "a table"))
        return absent;
    return t;
}

/* Where the offset stored at `at` leads. */
static size_t follow(const struct fb *f, size_t at)
{
    return at + (size_t)load(f, at, sizeof(uint32_t)); /* size_t has 64 bits: no overflow */
}
_Static_assert(sizeof(size_t) >= 8, "the sum of two offsets fits");

struct fb_table fb_root(struct fb *f, const char id[4])
{
    const struct fb_table absent = {0};
    if (f->file.len < HEADER_BYTES) {
        fb_fail(f, 0, "%zu bytes are no FlatBuffer", f->file.len);
        return absent;
    }
    if (memcmp(f->file.data + IDENTIFIER_AT, id, 4) != 0) {
        fb_fail(f, IDENTIFIER_AT, "the file does not have the identifier %.4s", id);
        return absent;
    }
    return open_table(f, follow(f, 0));
}

/* Offset of a field of `bytes` bytes in the file, 0 when it is absent. */
static size_t field_at(struct fb *f, const struct fb_table *t, uint32_t field, uint32_t bytes)
{
    size_t entry = VTABLE_HEADER + sizeof(uint16_t) * (size_t)field;
    if (f->failed || t->at == 0 || entry >= t->vtable_bytes)
        return 0;
    uint32_t offset = (uint32_t)load(f, t->vtable + entry, sizeof(uint16_t));
    if (offset == 0)
        return 0;
    if (offset < sizeof(int32_t) || offset > t->bytes || bytes > t->bytes - offset) {
        fb_fail(f, t->at, "field %" PRIu32 " at byte %" PRIu32 " of a table of %" PRIu32, field,
                offset, t->bytes);
        return 0;
    }
    size_t at = t->at + offset;
    return check_range(f, at, bytes, bytes, "a field") ? at : 0;
}

uint8_t fb_u8(struct fb *f, const struct fb_table *t, uint32_t field, uint8_t absent)
{
    size_t at = field_at(f, t, field, sizeof absent);
    return at ? (uint8_t)load(f, at, sizeof absent) : absent;
}

int32_t fb_i32(struct fb *f, const struct fb_table *t, uint32_t field, int32_t absent)
{
    size_t at = field_at(f, t, field, sizeof absent);
    return at ? (int32_t)(uint32_t)load(f, at, sizeof absent) : absent;
}

uint64_t fb_u64(struct fb *f, const struct fb_table *t, uint32_t field, uint64_t absent)
{
    size_t at = field_at(f, t, field, sizeof absent);
    return at ? load(f, at, sizeof absent) : absent;
}

float fb_f32(struct fb *f, const struct fb_table *t, uint32_t field, float absent)
{
    size_t at = field_at(f, t, field, sizeof absent);
    if (at)
        memcpy(&absent, f->file.data + at, sizeof absent);
    return absent;
}

struct fb_table fb_table(struct fb *f, const struct fb_table *t, uint32_t field)
{
    size_t at = field_at(f, t, field, sizeof(uint32_t));
    return at ? open_table(f, follow(f, at)) : (struct fb_table){0};
}

struct fb_vector fb_vector(struct fb *f, const struct fb_table *t, uint32_t field,
                           uint32_t elem_bytes)
{
    const struct fb_vector absent = {.elem_bytes = elem_bytes};
    assert(elem_bytes >= 1 && elem_bytes <= ELEM_BYTES_MAX);
    size_t at = field_at(f, t, field, sizeof(uint32_t));
    if (at == 0)
        return absent;
    size_t length_at = follow(f, at);
    if (!check_range(f, length_at, LENGTH_BYTES, LENGTH_BYTES, "the length of a vector"))
        return absent;
    struct fb_vector v = {.at = length_at + LENGTH_BYTES, .elem_bytes = elem_bytes};
    v.n = (uint32_t)load(f, length_at, LENGTH_BYTES);
    /* An empty vector may stand at any offset, also at the end of the file. */
    size_t align = v.n ? elem_bytes : 1;
    return check_range(f, v.at, (size_t)v.n * elem_bytes, align, "a vector") ? v : absent;
}

struct bytes fb_string(struct fb *f, const struct fb_table *t, uint32_t field)
{
    struct fb_vector v = fb_vector(f, t, field, 1);
    if (v.at == 0 || !check_range(f, v.at, (size_t)v.n + 1, 1, "a string"))
        return (struct bytes){NULL, 0};
    if (load(f, v.at + v.n, 1) != 0)
        fb_fail(f, v.at, "a string of %" PRIu32 " characters is not closed by 0", v.n);
    return fb_contents(f, &v);
}

/* Offset of element i in the file. */
static size_t elem_at(const struct fb_vector *v, uint32_t i)
{
    assert(i < v->n);
    return v->at + (size_t)i * v->elem_bytes;
}

struct fb_table fb_table_at(struct fb *f, const struct fb_vector *v, uint32_t i)
{
    assert(v->elem_bytes == sizeof(uint32_t));
    return f->failed ? (struct fb_table){0} : open_table(f, follow(f, elem_at(v, i)));
}

int32_t fb_i32_at(const struct fb *f, const struct fb_vector *v, uint32_t i)
{
    assert(v->elem_bytes == sizeof(int32_t));
    return (int32_t)(uint32_t)load(f, elem_at(v, i), sizeof(int32_t));
}

int64_t fb_i64_at(const struct fb *f, const struct fb_vector *v, uint32_t i)
{
    assert(v->elem_bytes == sizeof(int64_t));
    return (int64_t)load(f, elem_at(v, i), sizeof(int64_t));
}

float fb_f32_at(const struct fb *f, const struct fb_vector *v, uint32_t i)
{
    float value;
    assert(v->elem_bytes == sizeof value);
    memcpy(&value, f->file.data + elem_at(v, i), sizeof value);
    return value;
}

struct bytes fb_contents(const struct fb *f, const struct fb_vector *v)
{
    return v->at ? (struct bytes){f->file.data + v->at, (size_t)v->n * v->elem_bytes}
                 : (struct bytes){NULL, 0};
}
