/* diag.c - recording and printing of errors in input. SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

struct place place_offset(const char *file, size_t offset)
{
    struct place p;
    snprintf(p.text, sizeof p.text, "%s:+%zu", file, offset);
    return p;
}

struct place place_line(const char *file, size_t line)
{
    struct place p;
    snprintf(p.text, sizeof p.text, "%s:%zu", file, line);
    return p;
}

struct place place_column(const char *file, size_t line, size_t column)
{
    struct place p;
    snprintf(p.text, sizeof p.text, "%s:%zu:%zu", file, line, column);
    return p;
}

bool diag_verror(struct diag *d, const char *place, const char *fmt, va_list args)
{
    assert(d);
    if (d->failed) {
        d->dropped = true;
        return false;
    }
    d->failed = true;
    snprintf(d->place, sizeof d->place, "%s", place ? place : "");
    vsnprintf(d->message, sizeof d->message, fmt, args);
    return false;
}

bool diag_error(struct diag *d, const char *place, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    diag_verror(d, place, fmt, args);
    va_end(args);
    return false;
}

bool diag_hint(struct diag *d, const char *fmt, ...)
{
    assert(d);
    if (!d->failed || d->dropped || d->hint[0])
        return false;
    va_list args;
    va_start(args, fmt);
    vsnprintf(d->hint, sizeof d->hint, fmt, args);
    va_end(args);
    return false;
}

bool diag_errno(struct diag *d, const char *place, const char *doing, int error)
{
    char cause[128] = "";
    if (error == ENOSPC || error == EDQUOT)
        snprintf(cause, sizeof cause, "disk full");
    else if (strerror_r(error, cause, sizeof cause) != 0)
        snprintf(cause, sizeof cause, "error %d", error);
    diag_error(d, place, "%s: %s", doing, cause);
    if (error == ENOSPC || error == EDQUOT)
        diag_hint(d, "free some space, or write to another disk");
    return false;
}

void diag_print(const struct diag *d, FILE *to)
{
    if (!d->failed)
        return;
    fprintf(to, "%s%serror: %s\n", d->place, d->place[0] ? ": " : "", d->message);
    if (d->hint[0])
        fprintf(to, "  hint: %s\n", d->hint);
}
