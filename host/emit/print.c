/* print.c - pieces of C. SPDX-License-Identifier: Apache-2.0 */
#include "emit/print.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static bool is_printable(char c)
{
    return c >= ' ' && c <= '~';
}

void print_comment_text(struct text *t, const char *s)
{
    const char *const start = s;
    for (; *s && s - start < NAME_PRINT_MAX; s++) {
        const bool marks_comment =
            s > start && ((s[-1] == '*' && *s == '/') || (s[-1] == '/' && *s == '*'));
        if (marks_comment)
            text_add(t, " ");
        text_add_bytes(t, is_printable(*s) ? s : "?", 1);
    }
    if (*s)
        text_add(t, "...");
}

void print_string(struct text *t, const char *s)
{
    const char *const start = s;
    text_add(t, "\"");
    for (; *s && s - start < NAME_PRINT_MAX; s++)
        if (*s == '"' || *s == '\\' || *s == '?') /* two '?' could begin a trigraph */
            text_printf(t, "\\%c", *s);
        else if (is_printable(*s))
            text_add_bytes(t, s, 1);
        else
            text_printf(t, "\\%03o", (unsigned)(unsigned char)*s);
    text_add(t, *s ? "...\"" : "\"");
}

void print_float(struct text *t, float v)
{
    assert(isfinite(v));
    const size_t start = t->len;
    text_printf(t, "%.9g", (double)v);
    const bool is_floating = strpbrk(t->data + start, ".e") != NULL;
    text_add(t, is_floating ? "f" : ".0f");
}

void print_int(struct text *t, int64_t v)
{
    if (v == INT32_MIN)
        text_add(t, "INT32_MIN");
    else
        text_printf(t, "%lld", (long long)v);
}

void print_tensor_type(struct text *t, const struct tensor *tensor)
{
    static const char *const types[N_DTYPES] = {
        [DT_F32] = "float",  [DT_S8] = "int8",    [DT_S16] = "int16",
        [DT_S32] = "int32",  [DT_S64] = "int64",  [DT_U8] = "uint8",
        [DT_U32] = "uint32", [DT_U64] = "uint64", [DT_BOOL] = "bool"};
    text_printf(t, "%s [", types[tensor->dtype]);
    for (int32_t i = 0; i < tensor->shape.rank; i++)
        text_printf(t, "%s%d", i ? ", " : "", (int)tensor->shape.dim[i]);
    text_add(t, "]");
}

/* How an array of a type is printed. */
struct element {
    const char *type;
    size_t bytes;
    int width;      /* of the widest value  */
    uint32_t n_row; /* values in a row      */
    void (*print)(struct text *t, const void *data, uint32_t i);
};

static void print_f32(struct text *t, const void *data, uint32_t i)
{
    print_float(t, ((const float *)data)[i]);
}

static void print_s8(struct text *t, const void *data, uint32_t i)
{
    print_int(t, ((const int8_t *)data)[i]);
}

static void print_s16(struct text *t, const void *data, uint32_t i)
{
    print_int(t, ((const int16_t *)data)[i]);
}

static void print_s32(struct text *t, const void *data, uint32_t i)
{
    print_int(t, ((const int32_t *)data)[i]);
}

static void print_s64(struct text *t, const void *data, uint32_t i)
{
    text_printf(t, "INT64_C(%lld)", (long long)((const int64_t *)data)[i]);
}

static void print_u8(struct text *t, const void *data, uint32_t i)
{
    print_int(t, ((const uint8_t *)data)[i]);
}

static void print_u32(struct text *t, const void *data, uint32_t i)
{
    text_printf(t, "%lluu", (unsigned long long)((const uint32_t *)data)[i]);
}

static void print_u64(struct text *t, const void *data, uint32_t i)
{
    text_printf(t, "UINT64_C(%llu)", (unsigned long long)((const uint64_t *)data)[i]);
}

static void print_u16(struct text *t, const void *data, uint32_t i)
{
    print_int(t, ((const uint16_t *)data)[i]);
}

/* The array that stands there already with these contents, or NULL. */
static const struct printed *find_printed(const struct constants *c, const char *type,
                                          const void *data, size_t bytes)
{
    for (uint32_t i = 0; i < c->arrays.n; i++) {
        const struct printed *p = &c->arrays.items[i];
        if (p->bytes == bytes && strcmp(p->type, type) == 0 && memcmp(p->data, data, bytes) == 0)
            return p;
    }
    return NULL;
}

static void print_elements(struct constants *c, const char *owner, const char *role,
                           const struct element *e, const void *data, uint32_t n)
{
    assert(n > 0 && data);
    const size_t bytes = n * e->bytes;
    const struct printed *same = find_printed(c, e->type, data, bytes);
    if (same) {
        text_printf(c->t, "#define %s_%s %s\n", owner, role, same->name);
        return;
    }
    text_printf(c->t, "static const %s %s_%s[%u] = {", e->type, owner, role, (unsigned)n);
    struct text number = {.arena = c->t->arena};
    for (uint32_t i = 0; i < n; i++) {
        number.len = 0;
        e->print(&number, data, i);
        text_add(c->t, i % e->n_row ? " " : "\n    ");
        text_printf(c->t, "%*s,", e->width, number.data);
    }
    text_add(c->t, "\n};\n");

    c->bytes += bytes;
    const char *name = arena_printf(c->t->arena, "%s_%s", owner, role);
    *VEC_PUSH(c->t->arena, &c->arrays) = (struct printed){e->type, name, data, bytes};
    print_wrapped(&c->names, &c->column, NAMES_INDENT,
                  arena_printf(c->t->arena, "sizeof %s + ", name));
}

void print_array(struct constants *c, const char *owner, const char *role, enum dtype dtype,
                 const void *data, uint32_t n)
{
    static const struct element elements[N_DTYPES] = {
        [DT_F32] = {"float", sizeof(float), 16, 5, print_f32},
        [DT_S8] = {"int8_t", sizeof(int8_t), 4, 16, print_s8},
        [DT_S16] = {"int16_t", sizeof(int16_t), 6, 12, print_s16},
        [DT_S32] = {"int32_t", sizeof(int32_t), 11, 7, print_s32},
        [DT_S64] = {"int64_t", sizeof(int64_t), 24, 3, print_s64},
        [DT_U8] = {"uint8_t", sizeof(uint8_t), 3, 19, print_u8},
        [DT_U32] = {"uint32_t", sizeof(uint32_t), 11, 7, print_u32},
        [DT_U64] = {"uint64_t", sizeof(uint64_t), 24, 3, print_u64},
        [DT_BOOL] = {"int8_t", sizeof(int8_t), 2, 24, print_s8},
    };
    print_elements(c, owner, role, &elements[dtype], data, n);
}

void print_array_u32(struct constants *c, const char *owner, const char *role, const uint32_t *data,
                     uint32_t n)
{
    static const struct element u32 = {"uint32_t", sizeof(uint32_t), 11, 7, print_u32};
    print_elements(c, owner, role, &u32, data, n);
}

void print_array_u16(struct constants *c, const char *owner, const char *role, const uint16_t *data,
                     uint32_t n)
{
    static const struct element u16 = {"uint16_t", sizeof(uint16_t), 5, 13, print_u16};
    print_elements(c, owner, role, &u16, data, n);
}

void print_wrapped(struct text *t, size_t *column, uint32_t indent, const char *word)
{
    const size_t len = strlen(word);
    if (*column + len > COLUMN_MAX) {
        while (t->len > 0 && t->data[t->len - 1] == ' ')
            t->data[--t->len] = '\0';
        text_printf(t, "\n%*s", (int)indent, "");
        *column = indent;
    }
    text_add(t, word);
    *column += len;
}
