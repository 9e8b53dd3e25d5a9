/* print.h - inside the emitter: pieces of C, safe to compile whatever the model is called.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_EMIT_PRINT_H
#define MOTE_HOST_EMIT_PRINT_H
#include "base/str.h"
#include "base/vec.h"
#include "ir/graph.h"

/* Text from a model as the inside of a comment: printable ASCII, no end and no start of a
 * comment, at most NAME_PRINT_MAX bytes. */
void print_comment_text(struct text *t, const char *s);
/* ... as a string literal, with its quotes. */
void print_string(struct text *t, const char *s);
#define NAME_PRINT_MAX 200

/* A finite float constant of type float: "0.5f", "1.0f", "1e-08f". */
void print_float(struct text *t, float v);
/* "INT32_MIN" for the one value that has no literal, else digits. */
void print_int(struct text *t, int64_t v);
/* "int8 [1, 28, 28, 1]" */
void print_tensor_type(struct text *t, const struct tensor *tensor);

/* An array in flash. */
struct printed {
    const char *type, *name;
    const void *data;
    size_t bytes;
};

/* The arrays in flash: what they are called and how many bytes they take together. */
struct constants {
    VEC(struct printed) arrays;
    struct text *t;    /* where they are printed                       */
    struct text names; /* "sizeof kws_s0_weights + sizeof ... + "      */
    size_t column;     /* where the last line of `names` stands        */
    size_t bytes;
};

#define NAMES_INDENT 8

/* static const <type> <owner>_<role>[n] = { ... }; in rows of aligned numbers. What is the same as an array
 * before it, as the weights of an unrolled loop are, becomes another name of that. */
void print_array(struct constants *c, const char *owner, const char *role, enum dtype dtype,
                 const void *data, uint32_t n);
void print_array_u16(struct constants *c, const char *owner, const char *role, const uint16_t *data,
                     uint32_t n);
void print_array_u32(struct constants *c, const char *owner, const char *role, const uint32_t *data,
                     uint32_t n);

/* Add a word to a line that stands at `column` and is to end before COLUMN_MAX: what does not fit
 * goes to the next line, after `indent` blanks. */
#define COLUMN_MAX 100
void print_wrapped(struct text *t, size_t *column, uint32_t indent, const char *word);
#endif
