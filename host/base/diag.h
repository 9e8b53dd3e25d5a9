/* diag.h - what went wrong with something from outside: place, cause, remedy.
 *
 * Bad input (a file, a flag, a recipe) is reported into a `struct diag` and the function returns
 * false or NULL. It never asserts and never exits. The first error is kept, later ones are
 * dropped, since they follow from it. cli/ prints it:
 *
 *     recipe.yaml:12:5: error: layer 3 (conv2d): kernel 9x9 does not fit input 7x7
 *       hint: use pad: same, or a smaller kernel
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_DIAG_H
#define MOTE_HOST_DIAG_H
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct diag {
    bool failed;
    char place[512];    /* file, file:line:column or file:+offset; may be empty */
    char message[1024]; /* what was found, what was expected                     */
    char hint[512];     /* what to do next; may be empty                         */
    bool dropped;       /* a later error was dropped; its hints are dropped too  */
};

/* Places for diag_error, valid to the end of the calling expression:
 *
 *     diag_error(d, place_offset(path, 4).text, "dimension %u is 0", i);  "x.idx:+4: error: ..." */
struct place {
    char text[512];
};
struct place place_offset(const char *file, size_t offset);
struct place place_line(const char *file, size_t line);
struct place place_column(const char *file, size_t line, size_t column);

/* Record an error at `place` (NULL or "" when there is none). Returns false. */
bool diag_error(struct diag *d, const char *place, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with the arguments as a list. */
bool diag_verror(struct diag *d, const char *place, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Add what to do about the error just recorded. Returns false. */
bool diag_hint(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Record "doing: cause" for an errno value, e.g. "cannot write: disk full". Returns false. */
bool diag_errno(struct diag *d, const char *place, const char *doing, int error);

/* Print "place: error: message" and the hint line, if there is an error. */
void diag_print(const struct diag *d, FILE *to);
#endif
