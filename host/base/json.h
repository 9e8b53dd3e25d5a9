/* json.h - JSON output (RFC 8259), in order, indented by two spaces.
 *
 *     struct json j; json_begin(&j, &text);
 *     json_object(&j, NULL);
 *       json_str(&j, "name", "kws"); json_int(&j, "arena_bytes", 8640);
 *       json_array(&j, "layers"); ... json_end(&j);
 *     json_end(&j);
 *
 * Inside an array the key is NULL. Strings are escaped; floats print as %.9g, NaN and
 * infinities as null.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_JSON_H
#define MOTE_HOST_JSON_H
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 32

struct json {
    struct text *out;
    int depth;
    char close[JSON_DEPTH_MAX];
    bool has_items[JSON_DEPTH_MAX];
};

void json_begin(struct json *j, struct text *out);
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j); /* closes the innermost object or array */
void json_str(struct json *j, const char *key, const char *value);
void json_int(struct json *j, const char *key, int64_t value);
void json_float(struct json *j, const char *key, double value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
#endif
