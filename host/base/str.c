/* str.c - growing text, the closest of some names, numbers from strings.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and the final NUL. */
static void text_reserve(struct text *t, size_t n)
{
    assert(t->arena);
    assert(n < SIZE_MAX / 4 && t->len < SIZE_MAX / 4);
    if (t->len + n + 1 <= t->cap)
        return;
    size_t cap = t->cap ? 2 * t->cap : 256;
    if (cap < t->len + n + 1)
        cap = t->len + n + 1;
    char *data = arena_alloc(t->arena, cap);
    if (t->len)
        memcpy(data, t->data, t->len);
    t->data = data;
    t->cap = cap;
}

void text_add_bytes(struct text *t, const void *s, size_t n)
{
    text_reserve(t, n);
    if (n)
        memcpy(t->data + t->len, s, n);
    t->len += n;
    t->data[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
    text_add_bytes(t, s, strlen(s));
}

static void __attribute__((format(printf, 2, 0)))
text_vprintf(struct text *t, const char *fmt, va_list args)
{
    assert(fmt);
    va_list again;
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, fmt, args);
    assert(n >= 0);
    text_reserve(t, (size_t)n);
    vsnprintf(t->data + t->len, (size_t)n + 1, fmt, again);
    va_end(again);
    t->len += (size_t)n;
}

void text_printf(struct text *t, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    text_vprintf(t, fmt, args);
    va_end(args);
}

const char *text_cstr(const struct text *t)
{
    return t->data ? t->data : "";
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    assert(fmt);
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(n >= 0);
    char *s = arena_alloc(a, (size_t)n + 1);
    va_start(args, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, args);
    va_end(args);
    return s;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_copy(a, s, strlen(s) + 1);
}

#define NAME_MAX_BYTES 64 /* longer ones are no typing errors of a name of ours */

/* Levenshtein distance, one row of the table at a time. */
static size_t edit_distance(const char *a, const char *b)
{
    const size_t nb = strlen(b);
    size_t row[NAME_MAX_BYTES + 1];
    assert(nb <= NAME_MAX_BYTES);
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < nb; j++) {
            size_t best = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            if (best > row[j] + 1)
                best = row[j] + 1;
            if (best > diagonal + 1)
                best = diagonal + 1;
            row[j + 1] = best;
        }
    }
    return row[nb];
}

const char *str_closest(const char *s, const char *const *names, size_t n)
{
    const char *closest = NULL;
    size_t best = 3;
    if (strlen(s) > NAME_MAX_BYTES)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t len = strlen(names[i]);
        if (len > NAME_MAX_BYTES)
            continue;
        const size_t distance = edit_distance(s, names[i]);
        /* A short name with every letter changed is another name. */
        if (distance < best && distance < len) {
            best = distance;
            closest = names[i];
        }
    }
    return closest;
}

bool str_parse_bytes(const char *s, uint64_t *out)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; s[i] >= '0' && s[i] <= '9'; i++) {
        const uint64_t digit = (uint64_t)(s[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (i == 0)
        return false;
    int shift = 0;
    if (s[i] == 'K' || s[i] == 'M' || s[i] == 'G')
        shift = s[i] == 'K' ? 10 : s[i] == 'M' ? 20 : 30;
    if (s[shift ? i + 1 : i] != '\0' || value > UINT64_MAX >> shift)
        return false;
    *out = value << shift;
    return true;
}

bool str_parse_i64(const char *s, int64_t *out)
{
    if (*s == '\0' || s[strspn(s, "+-0123456789")] != '\0')
        return false;
    char *end;
    errno = 0;
    const long long value = strtoll(s, &end, 10);
    if (end == s || *end != '\0' || errno != 0)
        return false;
    *out = value;
    return true;
}

bool str_parse_f64(const char *s, double *out)
{
    /* strtod also takes blanks, hexadecimal, "inf" and "nan": not here. */
    if (*s == '\0' || s[strspn(s, "+-0123456789.eE")] != '\0')
        return false;
    char *end;
    const double value = strtod(s, &end);
    if (end == s || *end != '\0' || !isfinite(value))
        return false;
    *out = value;
    return true;
}

_Static_assert(sizeof(long long) == sizeof(int64_t), "strtoll parses 64 bits");

const char *str_count(struct arena *a, uint64_t n)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
    struct text t = {.arena = a};
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            text_add(&t, ",");
        text_add_bytes(&t, &digits[i], 1);
    }
    return text_cstr(&t);
}
