/* fields.c - typed fields of a mapping. SPDX-License-Identifier: Apache-2.0 */
#include "recipe/fields.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct yaml *field_find(const struct yaml *map, const char *key)
{
    assert(map->kind == YAML_MAP);
    for (uint32_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i].text, key) == 0)
            return &map->items[i];
    return NULL;
}

const struct yaml *field_need(const struct yaml *map, const char *key, struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    if (!y)
        diag_error(d, yaml_place(map).text, "\"%s\" is missing", key);
    return y;
}

/* "a, b, c", cut to the buffer. */
static const char *join_words(const char *const *words, size_t n, char *buffer, size_t size)
{
    size_t at = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < n && at < size; i++) {
        const int k = snprintf(buffer + at, size - at, "%s%s", i ? ", " : "", words[i]);
        at += k > 0 ? (size_t)k : 0;
    }
    return buffer;
}

static bool hint_words(const char *word, const char *const *words, size_t n, struct diag *d)
{
    char all[400];
    const char *closest = str_closest(word, words, n);
    if (closest)
        return diag_hint(d, "did you mean \"%s\"?", closest);
    return diag_hint(d, "known are: %s", join_words(words, n, all, sizeof all));
}

bool unknown_word(const struct yaml *y, const char *what, const char *const *words, size_t n,
                  struct diag *d)
{
    const char *word = y->kind == YAML_TEXT ? y->text : "";
    diag_error(d, yaml_place(y).text, "unknown %s \"%.60s\"", what, word);
    return hint_words(word, words, n, d);
}

static const char *kind_name(const struct yaml *y)
{
    return y->kind == YAML_MAP ? "a mapping" : y->kind == YAML_LIST ? "a list" : y->text;
}

static bool type_error(const struct yaml *y, const char *what, const char *expected, struct diag *d)
{
    return diag_error(d, yaml_place(y).text, "%s is %.60s, expected %s", what, kind_name(y),
                      expected);
}

bool fields_check(const struct yaml *y, const char *what, const char *const *keys, size_t n_keys,
                  struct diag *d)
{
    if (y->kind != YAML_MAP) {
        char all[300];
        type_error(y, what, "a mapping", d);
        return diag_hint(d, "its keys are: %s", join_words(keys, n_keys, all, sizeof all));
    }
    for (uint32_t i = 0; i < y->n; i++) {
        const struct yaml *key = &y->keys[i];
        size_t k = 0;
        while (k < n_keys && strcmp(keys[k], key->text) != 0)
            k++;
        if (k < n_keys)
            continue;
        diag_error(d, yaml_place(key).text, "unknown key \"%.60s\" in %s", key->text, what);
        return hint_words(key->text, keys, n_keys, d);
    }
    return true;
}

bool value_u32(const struct yaml *y, const char *what, uint32_t min, uint32_t max, uint32_t *out,
               struct diag *d)
{
    int64_t value;
    if (y->kind != YAML_TEXT || !str_parse_i64(y->text, &value))
        return type_error(y, what, "a whole number", d);
    if (value < min || value > max)
        return diag_error(d, yaml_place(y).text,
                          "%s is %" PRId64 ", expected %" PRIu32 "..%" PRIu32, what, value, min,
                          max);
    *out = (uint32_t)value;
    return true;
}

bool field_u32(const struct yaml *map, const char *key, uint32_t min, uint32_t max, uint32_t *out,
               struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    return !y || value_u32(y, key, min, max, out, d);
}

bool field_u64(const struct yaml *map, const char *key, uint64_t *out, struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    int64_t value;
    if (!y)
        return true;
    if (y->kind != YAML_TEXT || !str_parse_i64(y->text, &value) || value < 0)
        return type_error(y, key, "a whole number from 0 to 2^63 - 1", d);
    *out = (uint64_t)value;
    return true;
}

bool field_f32(const struct yaml *map, const char *key, struct range range, float *out,
               struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    double value;
    if (!y)
        return true;
    if (y->kind != YAML_TEXT || !str_parse_f64(y->text, &value))
        return type_error(y, key, "a number", d);
    if (!(value >= range.min && value <= range.max))
        return diag_error(d, yaml_place(y).text, "%s is %.9g, expected %.9g..%.9g", key, value,
                          range.min, range.max);
    *out = (float)value;
    return true;
}

bool field_bytes(const struct yaml *map, const char *key, uint64_t *out, struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    if (!y)
        return true;
    if (y->kind != YAML_TEXT || !str_parse_bytes(y->text, out))
        return type_error(y, key, "a number of bytes such as 65536, 64K or 1M", d);
    return true;
}

bool field_bool(const struct yaml *map, const char *key, bool *out, struct diag *d)
{
    static const char *const words[] = {"false", "true"};
    const struct yaml *y = field_find(map, key);
    if (!y)
        return true;
    for (int i = 0; i < 2; i++) {
        if (y->kind == YAML_TEXT && strcmp(y->text, words[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return type_error(y, key, "true or false", d);
}

bool field_text(const struct yaml *map, const char *key, const char **out, struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    if (!y)
        return true;
    if (y->kind != YAML_TEXT || y->text[0] == '\0')
        return type_error(y, key, "a word", d);
    *out = y->text;
    return true;
}

bool field_choice(const struct yaml *map, const char *key, const char *const *words, size_t n,
                  uint32_t *out, struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    if (!y)
        return true;
    for (uint32_t i = 0; i < n; i++) {
        if (y->kind == YAML_TEXT && strcmp(y->text, words[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return unknown_word(y, key, words, n, d);
}

bool field_pair(const struct yaml *map, const char *key, uint32_t min, uint32_t max, int32_t *h,
                int32_t *w, struct diag *d)
{
    const struct yaml *y = field_find(map, key);
    uint32_t first = 0;
    if (!y)
        return true;
    if (y->kind == YAML_LIST && y->n != 2)
        return diag_error(d, yaml_place(y).text,
                          "%s is a list of %" PRIu32 ", expected [height, width]", key, y->n);
    const struct yaml *both = y->kind == YAML_LIST ? y->items : y;
    if (!value_u32(both, key, min, max, &first, d))
        return false;
    uint32_t second = first;
    if (y->kind == YAML_LIST && !value_u32(&y->items[1], key, min, max, &second, d))
        return false;
    *h = (int32_t)first;
    *w = (int32_t)second;
    return true;
}
