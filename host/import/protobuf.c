/* protobuf.c - reads Protocol Buffers in place, believing nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import/protobuf.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define VARINT_BYTES_MAX 10 /* 64 bits in groups of 7 */
#define FORM_BITS        3  /* of a field's tag; the rest is its number */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied from the file");

bool pb_fail(struct pb *p, size_t at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (!p->failed)
        diag_verror(p->d, place_offset(p->place, at).text, fmt, args);
    va_end(args);
    p->failed = true;
    return diag_hint(p->d, "the file is damaged or cut short: copy or export it again");
}

struct pb_span pb_root(const struct pb *p)
{
    return (struct pb_span){0, p->file.len};
}

/* Bits beyond 64 are dropped, as the encoding has it. */
static bool varint(struct pb *p, struct pb_span *rest, uint64_t *value)
{
    const size_t at = rest->at;
    *value = 0;
    for (int i = 0; i < VARINT_BYTES_MAX; i++) {
        if (rest->at >= rest->end)
            return pb_fail(p, at, "a number reaches beyond its message, which ends at %zu",
                           rest->end);
        const uint8_t byte = p->file.data[rest->at++];
        *value |= (uint64_t)(byte & 127) << (7 * i); /* at most 63 */
        if (byte < 128)
            return true;
    }
    return pb_fail(p, at, "a number of more than %d bytes", VARINT_BYTES_MAX);
}

/* `n` <= 8 bytes. */
static bool fixed(struct pb *p, struct pb_span *rest, size_t n, uint64_t *value)
{
    *value = 0;
    if (rest->end - rest->at < n)
        return pb_fail(p, rest->at, "a number of %zu bytes reaches beyond its message", n);
    memcpy(value, p->file.data + rest->at, n);
    rest->at += n;
    return true;
}

static bool length_and_bytes(struct pb *p, struct pb_span *rest, struct pb_span *span)
{
    const size_t at = rest->at;
    uint64_t len;
    if (!varint(p, rest, &len))
        return false;
    if (len > rest->end - rest->at)
        return pb_fail(p, at, "%" PRIu64 " bytes reach beyond their message, which ends at %zu",
                       len, rest->end);
    *span = (struct pb_span){rest->at, rest->at + (size_t)len};
    rest->at = span->end;
    return true;
}

bool pb_number(struct pb *p, struct pb_span *rest, enum pb_form form, uint64_t *value)
{
    assert(rest->at <= rest->end && rest->end <= p->file.len);
    if (p->failed || rest->at == rest->end)
        return false;
    switch (form) {
    case PB_VARINT:
        return varint(p, rest, value);
    case PB_FIXED64:
        return fixed(p, rest, sizeof(uint64_t), value);
    default:
        assert(form == PB_FIXED32);
        return fixed(p, rest, sizeof(uint32_t), value);
    }
}

bool pb_next(struct pb *p, struct pb_span *rest, struct pb_field *f)
{
    assert(rest->at <= rest->end && rest->end <= p->file.len);
    *f = (struct pb_field){.at = rest->at};
    if (p->failed || rest->at == rest->end)
        return false;
    uint64_t tag;
    if (!varint(p, rest, &tag))
        return false;
    const uint64_t number = tag >> FORM_BITS;
    if (number == 0 || number > UINT32_MAX >> FORM_BITS)
        return pb_fail(p, f->at, "field number %" PRIu64, number);
    f->number = (uint32_t)number;
    f->form = (enum pb_form)(tag & ((1u << FORM_BITS) - 1));
    switch (f->form) {
    case PB_VARINT:
        return varint(p, rest, &f->value);
    case PB_FIXED64:
        return fixed(p, rest, sizeof(uint64_t), &f->value);
    case PB_FIXED32:
        return fixed(p, rest, sizeof(uint32_t), &f->value);
    case PB_BYTES:
        return length_and_bytes(p, rest, &f->span);
    default:
        return pb_fail(p, f->at, "field %" PRIu32 " has the form %d, which is not in use",
                       f->number, (int)f->form);
    }
}

bool pb_expect(struct pb *p, const struct pb_field *f, enum pb_form form, const char *name)
{
    return f->form == form || pb_fail(p, f->at, "field %" PRIu32 " (%s) has form %d, expected %d",
                                      f->number, name, (int)f->form, (int)form);
}

struct pb_span pb_numbers(struct pb *p, const struct pb_field *f, enum pb_form form,
                          const char *name)
{
    if (f->form == PB_BYTES)
        return f->span;
    if (!pb_expect(p, f, form, name))
        return (struct pb_span){0, 0};
    /* The number itself, behind its tag, which was read before. */
    struct pb_span one = {f->at, p->file.len};
    uint64_t tag, value;
    const bool again = varint(p, &one, &tag);
    assert(again);
    (void)again;
    struct pb_span rest = one;
    pb_number(p, &rest, form, &value);
    one.end = rest.at;
    return one;
}

struct bytes pb_bytes(const struct pb *p, const struct pb_span *s)
{
    assert(s->at <= s->end && s->end <= p->file.len);
    return (struct bytes){p->file.data + s->at, s->end - s->at};
}

float pb_float(uint64_t bits)
{
    const uint32_t low = (uint32_t)bits;
    float value;
    memcpy(&value, &low, sizeof value);
    return value;
}
