/* lexer.c - the words and numbers of the text form. SPDX-License-Identifier: Apache-2.0 */
#include "ir/lexer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 63 /* characters of a number */

/* Line and column of a position are counted only when there is an error to report. */
bool lex_error(struct lexer *l, const uint8_t *where, const char *fmt, ...)
{
    char what[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    size_t line = 1, column = 1;
    for (const uint8_t *p = l->start; p < where; p++) {
        column++;
        if (*p == '\n')
            line++, column = 1;
    }
    return diag_error(l->d, place_column(l->place, line, column).text, "%s", what);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_number(uint8_t c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

void lex_skip(struct lexer *l)
{
    while (l->at < l->end && (is_space(*l->at) || *l->at == '#')) {
        if (*l->at == '#')
            while (l->at < l->end && *l->at != '\n')
                l->at++;
        else
            l->at++;
    }
}

bool lex_at_end(struct lexer *l)
{
    lex_skip(l);
    return l->at == l->end;
}

/* What stands at the position, for messages: a word, a character, or the end. */
static const char *found(const struct lexer *l, char *buf, size_t n)
{
    size_t len = 0;
    if (l->at == l->end) {
        snprintf(buf, n, "the end");
        return buf;
    }
    if (*l->at < 0x20 || *l->at > 0x7e) {
        snprintf(buf, n, "byte 0x%02x", *l->at);
        return buf;
    }
    while (len + 3 < n && len < (size_t)(l->end - l->at) &&
           (is_word(l->at[len]) || is_number(l->at[len])))
        len++;
    snprintf(buf, n, "'%.*s'", (int)(len ? len : 1), (const char *)l->at);
    return buf;
}

bool lex_accept(struct lexer *l, char c)
{
    lex_skip(l);
    if (l->at == l->end || *l->at != (uint8_t)c)
        return false;
    l->at++;
    return true;
}

bool lex_expect(struct lexer *l, char c)
{
    char buf[48];
    if (lex_accept(l, c))
        return true;
    return lex_error(l, l->at, "expected '%c', found %s", c, found(l, buf, sizeof buf));
}

static size_t word_len(const struct lexer *l)
{
    size_t n = 0;
    while (l->at + n < l->end && is_word(l->at[n]))
        n++;
    return n;
}

bool lex_accept_word(struct lexer *l, const char *word)
{
    lex_skip(l);
    size_t n = word_len(l);
    if (n != strlen(word) || memcmp(l->at, word, n) != 0)
        return false;
    l->at += n;
    return true;
}

bool lex_expect_word(struct lexer *l, const char *word)
{
    char buf[48];
    if (lex_accept_word(l, word))
        return true;
    return lex_error(l, l->at, "expected '%s', found %s", word, found(l, buf, sizeof buf));
}

bool lex_word(struct lexer *l, char *buf, size_t n)
{
    char seen[48];
    lex_skip(l);
    size_t len = word_len(l);
    if (len == 0)
        return lex_error(l, l->at, "expected a word, found %s", found(l, seen, sizeof seen));
    if (len >= n)
        return lex_error(l, l->at, "a word of %zu characters, at most %zu are known", len, n - 1);
    memcpy(buf, l->at, len);
    buf[len] = '\0';
    l->at += len;
    return true;
}

/* Copy the characters of a number; false when there is none or it is too long. */
static bool number_text(struct lexer *l, char buf[NUMBER_MAX + 1])
{
    char seen[48];
    size_t n = 0;
    lex_skip(l);
    while (l->at + n < l->end && is_number(l->at[n]))
        n++;
    bool starts = n > 0 && (l->at[0] == '-' || (l->at[0] >= '0' && l->at[0] <= '9'));
    if (!starts)
        return lex_error(l, l->at, "expected a number, found %s", found(l, seen, sizeof seen));
    if (n > NUMBER_MAX)
        return lex_error(l, l->at, "a number of %zu characters, at most %d are read", n,
                         NUMBER_MAX);
    memcpy(buf, l->at, n);
    buf[n] = '\0';
    l->at += n;
    return true;
}

bool lex_int(struct lexer *l, int64_t min, int64_t max, int64_t *out)
{
    char buf[NUMBER_MAX + 1];
    lex_skip(l);
    const uint8_t *where = l->at;
    if (!number_text(l, buf))
        return false;
    if (buf[strspn(buf, "-0123456789")] != '\0' || !str_parse_i64(buf, out))
        return lex_error(l, where, "expected an integer, found '%s'", buf);
    if (*out < min || *out > max)
        return lex_error(l, where, "%s is outside %" PRId64 "..%" PRId64, buf, min, max);
    return true;
}

bool lex_float(struct lexer *l, float *out)
{
    char buf[NUMBER_MAX + 1];
    lex_skip(l);
    const uint8_t *where = l->at;
    if (lex_accept_word(l, "inf") || lex_accept_word(l, "nan") ||
        (l->end - l->at >= 2 && l->at[0] == '-' && (l->at[1] == 'i' || l->at[1] == 'n')))
        return lex_error(l, where, "infinities and NaN are not allowed");
    if (!number_text(l, buf))
        return false;
    char *end;
    *out = strtof(buf, &end);
    if (*end != '\0')
        return lex_error(l, where, "expected a number, found '%s'", buf);
    if (!isfinite(*out))
        return lex_error(l, where, "%s is outside the range of f32", buf);
    return true;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* One escape, `at` behind the backslash. */
static bool lex_escape(struct lexer *l, char *out)
{
    const uint8_t *where = l->at - 1;
    size_t left = (size_t)(l->end - l->at);
    if (left >= 1 && (l->at[0] == '"' || l->at[0] == '\\')) {
        *out = (char)*l->at++;
        return true;
    }
    if (left >= 1 && l->at[0] == 'n') {
        l->at++;
        *out = '\n';
        return true;
    }
    if (left < 3 || l->at[0] != 'x' || hex_value(l->at[1]) < 0 || hex_value(l->at[2]) < 0)
        return lex_error(l, where, "unknown escape; known are \\\" \\\\ \\n and \\xhh");
    int value = hex_value(l->at[1]) * 16 + hex_value(l->at[2]);
    if (value == 0)
        return lex_error(l, where, "a string cannot hold byte 0");
    l->at += 3;
    *out = (char)value;
    return true;
}

bool lex_string(struct lexer *l, struct arena *a, const char **out)
{
    lex_skip(l);
    const uint8_t *where = l->at;
    if (!lex_expect(l, '"'))
        return false;
    /* A quote that no backslash precedes ends the string if none did before, and escapes only
     * shorten: the string has at most this many bytes. stop[-1] is the opening quote at first. */
    const uint8_t *stop = l->at;
    while (stop < l->end && *stop != '\n' && (*stop != '"' || stop[-1] == '\\'))
        stop++;
    const size_t n_max = (size_t)(stop - l->at);
    size_t len = 0;
    char *s = arena_alloc(a, n_max + 1);
    while (l->at < l->end && *l->at != '"') {
        uint8_t c = *l->at++;
        char resolved = (char)c;
        if (c < 0x20 || c == 0x7f)
            return lex_error(l, l->at - 1, "byte 0x%02x in a string, write \\x%02x", c, c);
        if (c == '\\' && !lex_escape(l, &resolved))
            return false;
        assert(len < n_max);
        s[len++] = resolved;
    }
    if (l->at == l->end)
        return lex_error(l, where, "a string without end");
    l->at++;
    *out = s;
    return true;
}
