/* model.c - the model file `.mote`: a header, the text form, and the constants as a binary part
 * that is used where the file is mapped. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md states the layout byte by byte. The reader believes nothing: lengths, offsets,
 * checksum, then the text, then the graph. */
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "ir/text_parts.h"

#define HEADER_BYTES  64
#define MODEL_VERSION 1

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "constants are used in place and are little-endian");

/* The first bytes of the file. "\r\n", 0x1a and "\n" show transfers that changed line ends. */
static const char magic[8] = {'m', 'o', 't', 'e', '\r', '\n', 0x1a, '\n'};

struct header {
    char magic[8];
    uint32_t version;
    uint32_t crc; /* CRC-32 (zlib) of all bytes behind the header */
    uint64_t text_bytes;
    uint64_t data_offset; /* of the binary part in the file */
    uint64_t data_bytes;
    uint8_t zero[24];
};
_Static_assert(sizeof(struct header) == HEADER_BYTES, "the header is written as it lies in memory");

static uint64_t align_up(uint64_t x)
{
    return (x + BINARY_ALIGN - 1) / BINARY_ALIGN * BINARY_ALIGN;
}

/* CRC-32 of any length: zlib's function takes 32-bit ones. */
static uint32_t checksum(const uint8_t *data, size_t len)
{
    uLong crc = crc32(0L, Z_NULL, 0);
    while (len) {
        uInt part = len < (1u << 30) ? (uInt)len : 1u << 30;
        crc = crc32(crc, data, part);
        data += part;
        len -= part;
    }
    return (uint32_t)crc;
}

/* Offset of every constant in the binary part, in the order of tensors; returns its length. */
static uint64_t place_constants(const struct graph *g, uint64_t *offset)
{
    uint64_t end = 0;
    for (uint32_t t = 0; t < g->tensors.n; t++) {
        if (!g->tensors.items[t].data)
            continue;
        offset[t] = align_up(end);
        end = offset[t] + tensor_bytes(&g->tensors.items[t]);
    }
    return end;
}

bool model_write(const char *path, const struct graph *g, struct diag *d)
{
    struct arena *tmp = arena_new("model file");
    struct text text = {.arena = tmp};
    uint64_t *offset = ARENA_ARRAY(tmp, uint64_t, g->tensors.n);
    struct header h = {.version = MODEL_VERSION};
    memcpy(h.magic, magic, sizeof magic);
    h.data_bytes = place_constants(g, offset);
    graph_print_with(g, offset, &text);
    h.text_bytes = text.len;
    h.data_offset = align_up(HEADER_BYTES + h.text_bytes);

    size_t len = (size_t)(h.data_offset + h.data_bytes);
    uint8_t *file = arena_alloc(tmp, len);
    memcpy(file + HEADER_BYTES, text.data, text.len);
    for (uint32_t t = 0; t < g->tensors.n; t++)
        if (g->tensors.items[t].data)
            memcpy(file + h.data_offset + offset[t], g->tensors.items[t].data,
                   tensor_bytes(&g->tensors.items[t]));
    h.crc = checksum(file + HEADER_BYTES, len - HEADER_BYTES);
    memcpy(file, &h, sizeof h);
    bool ok = file_write(path, file, len, d);
    arena_free(tmp);
    return ok;
}

static bool check_header(struct bytes file, const char *path, struct header *h, struct diag *d)
{
    if (file.len < sizeof magic || memcmp(file.data, magic, sizeof magic) != 0) {
        diag_error(d, path, "not a model file: it does not start with the .mote signature");
        return diag_hint(d, "`mote train` and `mote quantize` write model files");
    }
    if (file.len < HEADER_BYTES)
        return diag_error(d, path, "truncated: %zu bytes, the header alone has %d", file.len,
                          HEADER_BYTES);
    memcpy(h, file.data, sizeof *h);
    if (h->version != MODEL_VERSION)
        return diag_error(d, path, "format version %" PRIu32 ", this program reads %d", h->version,
                          MODEL_VERSION);
    for (size_t i = 0; i < sizeof h->zero; i++)
        if (h->zero[i])
            return diag_error(d, path, "header byte %zu is %d, expected 0",
                              offsetof(struct header, zero) + i, h->zero[i]);
    /* Each length is compared with what is left, so that no sum can overflow. */
    uint64_t left = file.len - HEADER_BYTES;
    if (h->text_bytes > left || h->data_offset != align_up(HEADER_BYTES + h->text_bytes) ||
        h->data_offset > file.len || h->data_bytes != file.len - h->data_offset) {
        diag_error(d, path,
                   "%zu bytes do not hold %" PRIu64 " bytes of text and %" PRIu64
                   " bytes of constants at offset %" PRIu64,
                   file.len, h->text_bytes, h->data_bytes, h->data_offset);
        return diag_hint(d, "the file is truncated or damaged; write it again");
    }
    return true;
}

/* Bytes between text and constants are zero: every byte of the file means something. */
static bool check_body(struct bytes file, const char *path, const struct header *h, struct diag *d)
{
    uint32_t crc = checksum(file.data + HEADER_BYTES, file.len - HEADER_BYTES);
    if (crc != h->crc) {
        diag_error(d, path, "checksum %08" PRIx32 ", the header says %08" PRIx32, crc, h->crc);
        return diag_hint(d, "the file is damaged; write it again");
    }
    for (uint64_t i = HEADER_BYTES + h->text_bytes; i < h->data_offset; i++)
        if (file.data[i])
            return diag_error(d, path, "byte %" PRIu64 " between text and constants is not 0", i);
    return true;
}

struct graph *model_read(struct arena *a, const char *path, struct diag *d)
{
    struct bytes file;
    struct header h = {0};
    if (!file_map(path, &file, d) || !check_header(file, path, &h, d) ||
        !check_body(file, path, &h, d))
        return NULL;
    struct bytes text = {file.data + HEADER_BYTES, (size_t)h.text_bytes};
    struct bytes data = {file.data + h.data_offset, (size_t)h.data_bytes};
    return graph_parse_with(a, text, data, path, d);
}
