/* csv.c - reading of CSV files.
 *
 * One pass: fields are cut out by a cursor that counts lines, numbers go to one growing array,
 * labels are numbered in the order of their first appearance and renumbered at the end, when the
 * sorted order is known.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/csv.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/vec.h"

#define CSV_BYTES_MAX ((size_t)1 << 30)
#define COLUMNS_MAX   65536
#define CLASSES_MAX   1000
#define LABEL_MAX     256 /* bytes of a label or of a column's name */

enum field_end { END_FIELD, END_LINE, END_FILE };

struct cursor {
    const uint8_t *p, *end;
    uint32_t line; /* of p, counted from 1 */
    const char *place;
    struct text *field; /* contents of the last field, unquoted */
};

/* A field in quotes: may hold commas, line breaks and, doubled, quotes. p is past the first. */
static bool read_quoted(struct cursor *c, struct diag *d)
{
    const uint32_t first_line = c->line;
    while (c->p < c->end) {
        if (*c->p == '"' && (c->end - c->p < 2 || c->p[1] != '"')) {
            c->p++;
            return true;
        }
        c->p += *c->p == '"'; /* of a doubled quote, take the second */
        c->line += *c->p == '\n';
        text_add_bytes(c->field, c->p, 1);
        c->p++;
    }
    return diag_error(d, place_line(c->place, first_line).text,
                      "the quote that opens here is never closed");
}

static bool is_field_end(const struct cursor *c)
{
    return c->p == c->end || *c->p == ',' || *c->p == '\n' || *c->p == '\r';
}

static bool read_plain(struct cursor *c, struct diag *d)
{
    const uint8_t *start = c->p;
    while (!is_field_end(c)) {
        if (*c->p == '"')
            return diag_error(d, place_line(c->place, c->line).text,
                              "a quote in the middle of a field");
        c->p++;
    }
    text_add_bytes(c->field, start, (size_t)(c->p - start));
    return true;
}

/* Read one field into c->field and say what follows it. */
static bool read_field(struct cursor *c, enum field_end *end, struct diag *d)
{
    c->field->len = 0;
    text_add(c->field, "");
    if (c->p < c->end && *c->p == '"') {
        c->p++;
        if (!read_quoted(c, d))
            return false;
        if (!is_field_end(c))
            return diag_error(d, place_line(c->place, c->line).text,
                              "text after the closing quote of a field");
    } else if (!read_plain(c, d)) {
        return false;
    }
    if (memchr(c->field->data, '\0', c->field->len))
        return diag_error(d, place_line(c->place, c->line).text,
                          "a NUL byte: this is not a text file");
    *end = END_FILE;
    if (c->p == c->end)
        return true;
    *end = *c->p == ',' ? END_FIELD : END_LINE;
    if (*c->p == '\r' && c->end - c->p >= 2 && c->p[1] == '\n')
        c->p++;
    c->p++;
    c->line += *end == END_LINE;
    return true;
}

struct header {
    VEC(const char *) columns;
    uint32_t i_label;
};

static bool find_label_column(struct cursor *c, const char *name, struct header *h, struct diag *d)
{
    h->i_label = UINT32_MAX;
    for (uint32_t i = 0; i < h->columns.n; i++) {
        if (strcmp(h->columns.items[i], name) != 0)
            continue;
        if (h->i_label != UINT32_MAX)
            return diag_error(d, place_line(c->place, 1).text, "two columns are called \"%.*s\"",
                              LABEL_MAX, name);
        h->i_label = i;
    }
    if (h->i_label != UINT32_MAX)
        return true;
    diag_error(d, place_line(c->place, 1).text,
               "no column \"%.*s\" among the %" PRIu32 " of this header", LABEL_MAX, name,
               h->columns.n);
    const char *closest = str_closest(name, h->columns.items, h->columns.n);
    return closest ? diag_hint(d, "did you mean \"%s\"?", closest)
                   : diag_hint(d, "the first column is \"%.*s\"", LABEL_MAX, h->columns.items[0]);
}

static bool read_header(struct arena *a, struct cursor *c, const char *label_column,
                        struct header *h, struct diag *d)
{
    if (c->end - c->p >= 3 && memcmp(c->p, "\xef\xbb\xbf", 3) == 0)
        c->p += 3; /* byte order mark */
    if (c->p == c->end)
        return diag_error(d, place_line(c->place, 1).text,
                          "the file is empty, expected a line with column names");
    enum field_end end = END_FIELD;
    while (end == END_FIELD) {
        if (!read_field(c, &end, d))
            return false;
        if (c->field->len > LABEL_MAX || h->columns.n == COLUMNS_MAX)
            return diag_error(d, place_line(c->place, 1).text,
                              "more than 65536 columns or a name of more than 256 bytes: the first "
                              "line must name the columns");
        *VEC_PUSH(a, &h->columns) = arena_strdup(a, text_cstr(c->field));
    }
    if (!find_label_column(c, label_column, h, d))
        return false;
    if (h->columns.n < 2)
        return diag_error(d, place_line(c->place, 1).text,
                          "only the label column, expected numbers beside it");
    return true;
}

struct table {
    VEC(float) values;
    VEC(uint16_t) labels; /* numbers by first appearance */
    VEC(const char *) names;
};

/* The number of a label; a new one is added. */
static bool add_label(struct arena *a, struct cursor *c, uint32_t line, struct table *t,
                      struct diag *d)
{
    const char *label = text_cstr(c->field);
    if (label[0] == '\0')
        return diag_error(d, place_line(c->place, line).text, "the label is empty");
    if (c->field->len > LABEL_MAX)
        return diag_error(d, place_line(c->place, line).text, "a label of more than 256 bytes");
    uint32_t i = 0;
    while (i < t->names.n && strcmp(t->names.items[i], label) != 0)
        i++;
    if (i == CLASSES_MAX) {
        diag_error(d, place_line(c->place, line).text, "more than 1000 distinct labels");
        return diag_hint(d, "is this the label column, and not a measured value?");
    }
    if (i == t->names.n)
        *VEC_PUSH(a, &t->names) = arena_strdup(a, label);
    *VEC_PUSH(a, &t->labels) = (uint16_t)i;
    return true;
}

static bool add_number(struct arena *a, struct cursor *c, uint32_t line, const char *column,
                       struct table *t, struct diag *d)
{
    double value;
    if (!str_parse_f64(text_cstr(c->field), &value) || fabs(value) > (double)FLT_MAX) {
        return diag_error(d, place_line(c->place, line).text,
                          "\"%.40s\" in column \"%s\" is not a number", text_cstr(c->field),
                          column);
    }
    *VEC_PUSH(a, &t->values) = (float)value;
    return true;
}

static bool is_empty_line(const struct cursor *c)
{
    return *c->p == '\n' || (*c->p == '\r' && (c->end - c->p < 2 || c->p[1] == '\n'));
}

static bool read_row(struct arena *a, struct cursor *c, const struct header *h, struct table *t,
                     struct diag *d)
{
    const uint32_t line = c->line;
    enum field_end end = END_FIELD;
    uint32_t i = 0;
    for (; end == END_FIELD && i < h->columns.n; i++) {
        if (!read_field(c, &end, d))
            return false;
        const bool ok = i == h->i_label ? add_label(a, c, line, t, d)
                                        : add_number(a, c, line, h->columns.items[i], t, d);
        if (!ok)
            return false;
    }
    if (end != END_FIELD && i == h->columns.n)
        return true;
    return diag_error(d, place_line(c->place, line).text,
                      "%s %" PRIu32 " fields, the header has %" PRIu32,
                      end == END_FIELD ? "more than" : "only", i, h->columns.n);
}

static int compare_strings(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static int compare_integers(const void *x, const void *y)
{
    int64_t a = 0, b = 0;
    str_parse_i64(*(const char *const *)x, &a);
    str_parse_i64(*(const char *const *)y, &b);
    return a != b ? (a > b) - (a < b) : compare_strings(x, y); /* "1" and "01" */
}

/* Sort the class names and renumber the labels accordingly. */
static void sort_classes(struct arena *a, struct table *t, struct dataset *out)
{
    const uint32_t n = t->names.n;
    const char **sorted = arena_copy(a, t->names.items, n * sizeof *t->names.items);
    bool integers = true;
    for (uint32_t i = 0; i < n; i++) {
        int64_t value;
        integers = integers && str_parse_i64(sorted[i], &value);
    }
    qsort(sorted, n, sizeof *sorted, integers ? compare_integers : compare_strings);
    uint16_t *number = ARENA_ARRAY(a, uint16_t, n);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n; k++)
            if (strcmp(t->names.items[i], sorted[k]) == 0)
                number[i] = (uint16_t)k;
    for (uint32_t i = 0; i < t->labels.n; i++)
        t->labels.items[i] = number[t->labels.items[i]];
    out->n_classes = n;
    out->class_names = sorted;
    out->label = t->labels.items;
}

bool csv_parse(struct arena *a, struct bytes file, const char *place, const char *label_column,
               struct dataset *out, struct diag *d)
{
    struct text field = {.arena = a};
    const uint8_t *start = file.len ? file.data : (const uint8_t *)"";
    struct cursor c = {start, start + file.len, 1, place, &field};
    struct header h = {0};
    struct table t = {0};
    if (!read_header(a, &c, label_column, &h, d))
        return false;
    while (c.p < c.end) {
        if (is_empty_line(&c)) {
            c.line += *c.p == '\n';
            c.p++;
            continue;
        }
        if (!read_row(a, &c, &h, &t, d))
            return false;
    }
    if (t.labels.n == 0)
        return diag_error(d, place_line(c.place, c.line).text, "no rows after the header");
    *out = (struct dataset){.n = t.labels.n,
                            .sample = {2, {1, (int32_t)h.columns.n - 1}},
                            .f32 = t.values.items,
                            .mean = 0,
                            .std = 1};
    sort_classes(a, &t, out);
    return true;
}

bool csv_read(struct arena *a, const char *path, const char *label_column, struct dataset *out,
              struct diag *d)
{
    struct bytes file;
    return file_read(a, path, CSV_BYTES_MAX, &file, d) &&
           csv_parse(a, file, path, label_column, out, d);
}
