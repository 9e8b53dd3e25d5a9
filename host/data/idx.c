/* idx.c - reading of IDX files, which may come from anywhere.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/idx.h"

#include <inttypes.h>

#include "base/file.h"

#define IDX_BYTES_MAX ((size_t)4 << 30) /* inflated; a limit against gzip bombs */
#define IDX_U8        0x08

static uint32_t big_endian_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool parse_magic(struct bytes file, const char *place, struct diag *d)
{
    if (file.len < 4)
        return diag_error(d, place, "%zu bytes, an IDX file has a header of 8 or more", file.len);
    const uint8_t *p = file.data;
    if (p[0] != 0 || p[1] != 0)
        return diag_error(d, place, "not an IDX file: it starts with %02x %02x, expected 00 00",
                          p[0], p[1]);
    if (p[2] != IDX_U8)
        return diag_error(d, place_offset(place, 2).text,
                          "element type 0x%02x, only unsigned bytes (0x08) are supported", p[2]);
    if (p[3] < 1 || p[3] > IDX_RANK_MAX)
        return diag_error(d, place_offset(place, 3).text, "%u dimensions, expected 1 to %d", p[3],
                          IDX_RANK_MAX);
    return true;
}

bool idx_parse(struct bytes file, const char *place, struct idx *out, struct diag *d)
{
    if (!parse_magic(file, place, d))
        return false;
    *out = (struct idx){.rank = file.data[3]};
    const size_t header = 4 + 4 * (size_t)out->rank;
    if (file.len < header)
        return diag_error(d, place_offset(place, file.len).text,
                          "the header is truncated: %zu of %zu bytes", file.len, header);
    uint64_t count = 1;
    for (uint32_t i = 0; i < out->rank; i++) {
        const size_t at = 4 + 4 * (size_t)i;
        const uint32_t dim = big_endian_u32(file.data + at);
        if (dim < 1 || dim > DIM_MAX)
            return diag_error(d, place_offset(place, at).text,
                              "dimension %" PRIu32 " is outside 1..%d", dim, DIM_MAX);
        count *= dim; /* <= 2^32 * 2^24: fits */
        if (count > IDX_BYTES_MAX)
            return diag_error(d, place_offset(place, at).text, "more than %zu elements",
                              IDX_BYTES_MAX);
        out->dim[i] = dim;
    }
    const size_t found = file.len - header;
    if (found != count)
        return diag_error(d, place_offset(place, found < count ? file.len : header + count).text,
                          "%s: the header announces %" PRIu64 " bytes of elements, there are %zu",
                          found < count ? "truncated" : "too long", count, found);
    out->elements = (struct bytes){file.data + header, found};
    return true;
}

static bool read_array(struct arena *a, const char *path, struct idx *out, struct diag *d)
{
    struct bytes file = {0};
    return file_read(a, path, IDX_BYTES_MAX, &file, d) && idx_parse(file, path, out, d);
}

/* [n, f] -> [1, f]; [n, h, w] -> [1, h, w, 1]; [n, h, w, c] -> [1, h, w, c]. */
static struct shape sample_shape(const struct idx *images)
{
    if (images->rank == 2)
        return (struct shape){2, {1, (int32_t)images->dim[1]}};
    const int32_t channels = images->rank == 4 ? (int32_t)images->dim[3] : 1;
    return (struct shape){4, {1, (int32_t)images->dim[1], (int32_t)images->dim[2], channels}};
}

static void set_labels(struct arena *a, struct bytes labels, struct dataset *out)
{
    uint16_t *label = ARENA_ARRAY(a, uint16_t, labels.len);
    uint32_t largest = 0;
    for (size_t i = 0; i < labels.len; i++) {
        label[i] = labels.data[i];
        if (label[i] > largest)
            largest = label[i];
    }
    const char **names = ARENA_ARRAY(a, const char *, largest + 1);
    for (uint32_t i = 0; i <= largest; i++)
        names[i] = arena_printf(a, "%" PRIu32, i);
    out->label = label;
    out->n_classes = largest + 1;
    out->class_names = names;
}

bool idx_read(struct arena *a, const char *images, const char *labels, struct dataset *out,
              struct diag *d)
{
    struct idx x = {0}, y = {0};
    if (!read_array(a, images, &x, d) || !read_array(a, labels, &y, d))
        return false;
    if (x.rank == 1) {
        diag_error(d, images, "one dimension: this is a labels file, expected images");
        return diag_hint(d, "are images and labels swapped?");
    }
    if (y.rank != 1) {
        diag_error(d, labels, "%" PRIu32 " dimensions, labels have one", y.rank);
        return diag_hint(d, "are images and labels swapped?");
    }
    if (x.dim[0] != y.dim[0])
        return diag_error(d, labels, "%" PRIu32 " labels for the %" PRIu32 " images of %s",
                          y.dim[0], x.dim[0], images);
    *out = (struct dataset){
        .n = x.dim[0], .sample = sample_shape(&x), .u8 = x.elements.data, .mean = 0, .std = 1};
    set_labels(a, y.elements, out);
    return true;
}
