/* test_str.c - str.h. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/str.h"
#include "check.h"

TEST(text_grows_by_pieces_and_stays_terminated)
{
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    CHECK_STR(text_cstr(&t), "");
    text_add(&t, "");
    CHECK_STR(t.data, "");
    for (int i = 0; i < 1000; i++) {
        text_printf(&t, "%d,", i % 10);
        CHECK_EQ(t.data[t.len], 0);
    }
    CHECK_EQ((int64_t)t.len, 2000);
    CHECK_EQ(t.data[1998], '9');
    text_add_bytes(&t, "a\0b", 3);
    CHECK_BYTES(t.data + 2000, "a\0b", 4);
    text_printf(&t, "%*s", 100000, "");
    CHECK_EQ((int64_t)t.len, 102003);
    arena_free(a);
}

TEST(printf_into_the_arena_has_no_length_limit)
{
    struct arena *a = arena_new("test");
    CHECK_STR(arena_printf(a, "%s-%d", "x", 7), "x-7");
    CHECK_EQ((int64_t)strlen(arena_printf(a, "%*s", 50000, "")), 50000);
    CHECK_STR(arena_strdup(a, "copy"), "copy");
    arena_free(a);
}

TEST(the_closest_name_is_found_within_two_edits)
{
    static const char *const names[] = {"conv2d", "depthwise_conv2d", "relu", "relu6", "lr",
                                        "epochs"};
    const size_t n = sizeof names / sizeof names[0];
    CHECK_STR(str_closest("conv2", names, n), "conv2d");
    CHECK_STR(str_closest("epohcs", names, n), "epochs"); /* a swap is two edits */
    CHECK_STR(str_closest("relu7", names, n), "relu");    /* the first of equals */
    CHECK_STR(str_closest("relu66", names, n), "relu6");
    CHECK_STR(str_closest("depthwise-conv2d", names, n), "depthwise_conv2d");
    CHECK_STR(str_closest("lrr", names, n), "lr");
}

TEST(names_that_are_too_far_or_too_long_have_no_closest)
{
    static const char *const names[] = {"conv2d", "lr"};
    CHECK(str_closest("softmax", names, 2) == NULL);
    CHECK(str_closest("convxyz", names, 2) == NULL);
    CHECK(str_closest("xy", names, 2) == NULL); /* two edits of two letters: another word */
    CHECK(str_closest("", names, 2) == NULL);
    CHECK(str_closest("conv2d", names, 0) == NULL);
    char long_name[300];
    memset(long_name, 'c', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    CHECK(str_closest(long_name, names, 2) == NULL);
}

TEST(byte_counts_take_suffixes_and_refuse_overflow)
{
    static const struct {
        const char *text;
        uint64_t bytes;
        bool ok;
    } cases[] = {
        {"0", 0, true},
        {"65536", 65536, true},
        {"64K", 65536, true},
        {"1M", 1 << 20, true},
        {"3G", UINT64_C(3) << 30, true},
        {"18446744073709551615", UINT64_MAX, true},
        {"18446744073709551616", 0, false},
        {"18446744073709551615K", 0, false},
        {"", 0, false},
        {"K", 0, false},
        {"64k", 0, false},
        {"64KB", 0, false},
        {"-1", 0, false},
        {" 1", 0, false},
        {"1.5K", 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bytes = 0;
        if (str_parse_bytes(cases[i].text, &bytes) != cases[i].ok || bytes != cases[i].bytes)
            test_fail(__FILE__, __LINE__, "\"%s\" gives %" PRIu64, cases[i].text, bytes);
    }
}

TEST(integers_must_fill_the_string_and_fit)
{
    int64_t v = 0;
    CHECK(str_parse_i64("-42", &v) && v == -42);
    CHECK(str_parse_i64("9223372036854775807", &v) && v == INT64_MAX);
    CHECK(str_parse_i64("-9223372036854775808", &v) && v == INT64_MIN);
    static const char *const wrong[] = {"",    " 1",  "1 ", "0x10", "1.0",
                                        "1e3", "abc", "-",  "--1",  "9223372036854775808"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (str_parse_i64(wrong[i], &v))
            test_fail(__FILE__, __LINE__, "\"%s\" was taken for an integer", wrong[i]);
}

TEST(floats_must_fill_the_string_and_be_finite)
{
    double v = 0;
    CHECK(str_parse_f64("0.0833", &v));
    CHECK_NEAR(v, 0.0833, 1e-15);
    CHECK(str_parse_f64("-5e-4", &v));
    CHECK_NEAR(v, -0.0005, 1e-15);
    CHECK(str_parse_f64("3", &v) && v == 3);
    static const char *const wrong[] = {"", " 1", "1 ", "0x1p3", "inf", "nan", "1e999", "1.2.3"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (str_parse_f64(wrong[i], &v))
            test_fail(__FILE__, __LINE__, "\"%s\" was taken for a number", wrong[i]);
}

TEST_MAIN(T(text_grows_by_pieces_and_stays_terminated),
          T(printf_into_the_arena_has_no_length_limit),
          T(the_closest_name_is_found_within_two_edits),
          T(names_that_are_too_far_or_too_long_have_no_closest),
          T(byte_counts_take_suffixes_and_refuse_overflow),
          T(integers_must_fill_the_string_and_fit), T(floats_must_fill_the_string_and_be_finite))
