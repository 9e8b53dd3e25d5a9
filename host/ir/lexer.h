/* lexer.h - the words and numbers of the text form, private to host/ir.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every function skips blanks and comments first. Those that return bool report an error when they
 * return false; `accept` and `at_end` only ask. Nothing is read beyond `end`. */
#ifndef MOTE_HOST_IR_LEXER_H
#define MOTE_HOST_IR_LEXER_H
#include "base/diag.h"
#include "base/str.h"

struct lexer {
    const uint8_t *start, *at, *end;
    const char *place;
    struct diag *d;
};

/* Report at `where`: "place:line:column: error: ...". Returns false. */
bool lex_error(struct lexer *l, const uint8_t *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void lex_skip(struct lexer *l);
bool lex_at_end(struct lexer *l);
/* Is this the next character? Then it is taken. */
bool lex_accept(struct lexer *l, char c);
bool lex_expect(struct lexer *l, char c);
/* Is this word next? Then it is taken. */
bool lex_accept_word(struct lexer *l, const char *word);
bool lex_expect_word(struct lexer *l, const char *word);
/* A word of letters, digits and '_', at most n - 1 long. */
bool lex_word(struct lexer *l, char *buf, size_t n);
bool lex_int(struct lexer *l, int64_t min, int64_t max, int64_t *out);
/* A finite decimal number, rounded to float. */
bool lex_float(struct lexer *l, float *out);
/* A quoted string with its escapes resolved, in the arena. */
bool lex_string(struct lexer *l, struct arena *a, const char **out);
#endif
