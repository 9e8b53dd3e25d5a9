/* str.h - byte ranges and text that grows in an arena. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_STR_H
#define MOTE_HOST_STR_H
#include "base/arena.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A range of bytes that somebody else owns. */
struct bytes {
    const uint8_t *data;
    size_t len;
};

/* Text under construction. Start with `struct text t = {.arena = a};`. `data` is always
 * terminated by NUL once anything was added; text_cstr gives "" before that. */
struct text {
    struct arena *arena;
    char *data;
    size_t len, cap;
};

void text_add(struct text *t, const char *s);
void text_add_bytes(struct text *t, const void *s, size_t n);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *text_cstr(const struct text *t);

/* printf into a string owned by the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_strdup(struct arena *a, const char *s);

/* 12345678 -> "12,345,678", in the arena. */
const char *str_count(struct arena *a, uint64_t n);

/* Edit distance <= 2 to one of n names: the name meant, else NULL. For "did you mean". */
const char *str_closest(const char *s, const char *const *names, size_t n);

/* Parse a byte count: "65536", "64K", "1M" (K = 1024). False when it is not one. */
bool str_parse_bytes(const char *s, uint64_t *out);
/* Parse a decimal integer or a float that fills the whole string. */
bool str_parse_i64(const char *s, int64_t *out);
bool str_parse_f64(const char *s, double *out);
#endif
