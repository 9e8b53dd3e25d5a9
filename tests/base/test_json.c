/* test_json.c - json.h. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/json.h"
#include "check.h"

TEST(objects_and_arrays_are_indented_in_order)
{
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_str(&j, "name", "kws");
    json_int(&j, "arena_bytes", -8640);
    json_array(&j, "layers");
    json_object(&j, NULL);
    json_bool(&j, "fused", true);
    json_end(&j);
    json_int(&j, NULL, INT64_MIN);
    json_bool(&j, NULL, false);
    json_end(&j);
    json_array(&j, "empty");
    json_end(&j);
    json_object(&j, "none");
    json_end(&j);
    json_end(&j);
    CHECK_STR(text_cstr(&t), "{\n"
                             "  \"name\": \"kws\",\n"
                             "  \"arena_bytes\": -8640,\n"
                             "  \"layers\": [\n"
                             "    {\n"
                             "      \"fused\": true\n"
                             "    },\n"
                             "    -9223372036854775808,\n"
                             "    false\n"
                             "  ],\n"
                             "  \"empty\": [],\n"
                             "  \"none\": {}\n"
                             "}\n");
    arena_free(a);
}

TEST(strings_are_escaped)
{
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_str(&j, NULL, "q\" b\\ n\n t\t r\r bell\a esc\x1b / \xc3\xa9");
    CHECK_STR(text_cstr(&t), "\"q\\\" b\\\\ n\\n t\\t r\\r bell\\u0007 esc\\u001b / \xc3\xa9\"");
    arena_free(a);
}

TEST(keys_are_escaped_too)
{
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_object(&j, NULL);
    json_int(&j, "a\"b", 1);
    json_end(&j);
    CHECK_STR(text_cstr(&t), "{\n  \"a\\\"b\": 1\n}\n");
    arena_free(a);
}

TEST(floats_print_nine_digits_and_nan_is_null)
{
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    struct json j;
    json_begin(&j, &t);
    json_array(&j, NULL);
    json_float(&j, NULL, 0.1);
    json_float(&j, NULL, 1.0 / 3);
    json_float(&j, NULL, 1e30);
    json_float(&j, NULL, NAN);
    json_float(&j, NULL, INFINITY);
    json_float(&j, NULL, -INFINITY);
    json_end(&j);
    CHECK_STR(text_cstr(&t), "[\n  0.1,\n  0.333333333,\n  1e+30,\n  null,\n  null,\n  null\n]\n");
    arena_free(a);
}

TEST_MAIN(T(objects_and_arrays_are_indented_in_order), T(strings_are_escaped),
          T(keys_are_escaped_too), T(floats_print_nine_digits_and_nan_is_null))
