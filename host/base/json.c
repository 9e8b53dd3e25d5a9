/* json.c - JSON output. SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

void json_begin(struct json *j, struct text *out)
{
    *j = (struct json){.out = out};
}

static void add_quoted(struct text *out, const char *s)
{
    text_add(out, "\"");
    for (; *s; s++) {
        const unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            text_printf(out, "\\%c", c);
        else if (c == '\n')
            text_add(out, "\\n");
        else if (c == '\t')
            text_add(out, "\\t");
        else if (c == '\r')
            text_add(out, "\\r");
        else if (c < 0x20)
            text_printf(out, "\\u%04x", c);
        else
            text_add_bytes(out, s, 1);
    }
    text_add(out, "\"");
}

static void new_line(struct json *j)
{
    text_printf(j->out, "\n%*s", 2 * j->depth, "");
}

/* Everything that stands before a value: comma, line break, key. */
static void before_value(struct json *j, const char *key)
{
    if (j->depth == 0) {
        assert(!key);
        return;
    }
    assert((j->close[j->depth - 1] == '}') == (key != NULL));
    if (j->has_items[j->depth - 1])
        text_add(j->out, ",");
    j->has_items[j->depth - 1] = true;
    new_line(j);
    if (key) {
        add_quoted(j->out, key);
        text_add(j->out, ": ");
    }
}

static void open_level(struct json *j, const char *key, const char *opening, char closing)
{
    before_value(j, key);
    assert(j->depth < JSON_DEPTH_MAX);
    text_add(j->out, opening);
    j->close[j->depth] = closing;
    j->has_items[j->depth] = false;
    j->depth++;
}

void json_object(struct json *j, const char *key)
{
    open_level(j, key, "{", '}');
}

void json_array(struct json *j, const char *key)
{
    open_level(j, key, "[", ']');
}

void json_end(struct json *j)
{
    assert(j->depth > 0);
    j->depth--;
    if (j->has_items[j->depth])
        new_line(j);
    text_add_bytes(j->out, &j->close[j->depth], 1);
    if (j->depth == 0)
        text_add(j->out, "\n");
}

void json_str(struct json *j, const char *key, const char *value)
{
    before_value(j, key);
    add_quoted(j->out, value);
}

void json_int(struct json *j, const char *key, int64_t value)
{
    before_value(j, key);
    text_printf(j->out, "%" PRId64, value);
}

void json_float(struct json *j, const char *key, double value)
{
    before_value(j, key);
    if (isfinite(value))
        text_printf(j->out, "%.9g", value);
    else
        text_add(j->out, "null");
}

void json_bool(struct json *j, const char *key, bool value)
{
    before_value(j, key);
    text_add(j->out, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
    before_value(j, key);
    text_add(j->out, "null");
}
