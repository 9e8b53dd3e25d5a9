/* flexbuffer.c - maps of numbers in a FlexBuffer. SPDX-License-Identifier: Apache-2.0 */
#include "import/flexbuffer.h"

#include <string.h>

enum flex_type { FLEX_INT = 1, FLEX_UINT = 2, FLEX_FLOAT = 3, FLEX_MAP = 9, FLEX_BOOL = 26 };

/* n numbers of `width` bytes from `at` on. */
struct flex_vector {
    size_t at;
    uint64_t n;
    uint32_t width; /* 1, 2, 4 or 8 */
};

static bool read_unsigned(struct bytes b, size_t at, uint32_t width, uint64_t *out)
{
    *out = 0;
    if (at > b.len || width > b.len - at)
        return false;
    for (uint32_t k = 0; k < width; k++)
        *out |= (uint64_t)b.data[at + k] << (8 * k);
    return true;
}

/* Follow the offset that stands at `at`. */
static bool follow(struct bytes b, size_t at, uint32_t width, size_t *to)
{
    uint64_t back;
    if (!read_unsigned(b, at, width, &back) || back > at)
        return false;
    *to = at - (size_t)back;
    return true;
}

/* The vector whose first element is at `at`: its length stands before it. */
static bool vector_at(struct bytes b, size_t at, uint32_t width, struct flex_vector *v)
{
    *v = (struct flex_vector){.at = at, .width = width};
    return at >= width && at <= b.len && read_unsigned(b, at - width, width, &v->n) &&
           v->n <= (b.len - at) / width;
}

static bool is_width(uint64_t width)
{
    return width == 1 || width == 2 || width == 4 || width == 8;
}

static bool root_map(struct bytes b, struct flex_vector *values)
{
    if (b.len < 3)
        return false;
    const uint8_t width = b.data[b.len - 1], type = b.data[b.len - 2];
    size_t at;
    return is_width(width) && type >> 2 == FLEX_MAP && b.len >= 2u + width &&
           follow(b, b.len - 2 - width, width, &at) && vector_at(b, at, 1u << (type & 3), values);
}

static bool map_keys(struct bytes b, const struct flex_vector *values, struct flex_vector *keys)
{
    uint64_t width;
    size_t at;
    return values->at >= 3 * (size_t)values->width &&
           read_unsigned(b, values->at - 2 * values->width, values->width, &width) &&
           is_width(width) && follow(b, values->at - 3 * values->width, values->width, &at) &&
           vector_at(b, at, (uint32_t)width, keys) && keys->n == values->n;
}

static bool is_key(struct bytes b, const struct flex_vector *keys, uint64_t i, const char *key)
{
    size_t at;
    const size_t len = strlen(key) + 1; /* the closing 0 is compared, too */
    return follow(b, keys->at + (size_t)i * keys->width, keys->width, &at) && len <= b.len - at &&
           memcmp(b.data + at, key, len) == 0;
}

/* A value as it stands there. */
struct flex_value {
    enum flex_type type;
    uint32_t width; /* 1, 2, 4 or 8 */
    uint64_t raw;
};

static bool value_at(struct bytes b, const struct flex_vector *values, uint64_t i,
                     struct flex_value *out)
{
    const size_t types = values->at + (size_t)values->n * values->width;
    uint64_t type;
    out->width = values->width;
    if (!read_unsigned(b, types + (size_t)i, 1, &type) ||
        !read_unsigned(b, values->at + (size_t)i * values->width, values->width, &out->raw))
        return false;
    out->type = (enum flex_type)(type >> 2);
    return true;
}

static bool find(struct bytes buffer, const char *key, struct flex_value *out)
{
    struct flex_vector values, keys;
    if (!root_map(buffer, &values) || !map_keys(buffer, &values, &keys))
        return false;
    for (uint64_t i = 0; i < values.n; i++)
        if (is_key(buffer, &keys, i, key))
            return value_at(buffer, &values, i, out);
    return false;
}

bool flex_int(struct bytes buffer, const char *key, int64_t *out)
{
    struct flex_value v;
    if (!find(buffer, key, &v))
        return false;
    const uint32_t unused = 64 - 8 * v.width;
    if (v.type != FLEX_INT && v.type != FLEX_UINT && v.type != FLEX_BOOL)
        return false;
    *out = v.type == FLEX_INT ? (int64_t)(v.raw << unused) >> unused : (int64_t)v.raw;
    return true;
}

bool flex_number(struct bytes buffer, const char *key, double *out)
{
    struct flex_value v;
    int64_t whole;
    if (flex_int(buffer, key, &whole)) {
        *out = (double)whole;
        return true;
    }
    if (!find(buffer, key, &v) || v.type != FLEX_FLOAT || v.width < sizeof(float))
        return false;
    const uint32_t low = (uint32_t)v.raw;
    float single;
    memcpy(&single, &low, sizeof single);
    memcpy(out, &v.raw, sizeof *out);
    if (v.width == sizeof(float))
        *out = (double)single;
    return true;
}
