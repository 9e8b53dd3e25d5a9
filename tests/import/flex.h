/* flex.h - writes a FlexBuffer that is a map of numbers: options of a custom operator.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_FLEX_H
#define MOTE_TESTS_FLEX_H
#include <string.h>

#include "base/str.h"

struct flex_entry {
    const char *key;
    bool is_float;
    double value;
};

static inline void flex_put(struct text *t, uint32_t v)
{
    text_add_bytes(t, &v, sizeof v);
}

/* All elements take 4 bytes; entries sorted by key. */
static inline struct bytes flex_map(struct arena *a, const struct flex_entry *e, uint32_t n)
{
    struct text t = {.arena = a};
    size_t key_at[32];
    for (uint32_t i = 0; i < n; i++) {
        key_at[i] = t.len;
        text_add_bytes(&t, e[i].key, strlen(e[i].key) + 1);
    }
    flex_put(&t, n);
    const size_t keys = t.len;
    for (uint32_t i = 0; i < n; i++)
        flex_put(&t, (uint32_t)(t.len - key_at[i]));
    flex_put(&t, (uint32_t)(t.len - keys));
    flex_put(&t, 4);
    flex_put(&t, n);
    const size_t values = t.len;
    for (uint32_t i = 0; i < n; i++) {
        const float real = (float)e[i].value;
        uint32_t v = (uint32_t)(int32_t)e[i].value;
        if (e[i].is_float)
            memcpy(&v, &real, sizeof v);
        flex_put(&t, v);
    }
    for (uint32_t i = 0; i < n; i++)
        text_add_bytes(&t, e[i].is_float ? "\x0e" : "\x06", 1); /* 4 * 3, 4 * 1, + 2: of 4 bytes */
    flex_put(&t, (uint32_t)(t.len - values));
    text_add_bytes(&t, "\x26\x04", 2); /* a map (4 * 9 + 2), and its offset has 4 bytes */
    return (struct bytes){(const uint8_t *)t.data, t.len};
}
#endif
