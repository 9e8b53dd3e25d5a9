/* test_csv.c - csv.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "data/csv.h"

/* A copy of exactly the text's bytes, so that the sanitizer sees a read past its end. */
static bool parse(struct arena *a, const char *text, const char *label, struct dataset *out,
                  struct diag *d)
{
    const size_t n = strlen(text);
    return csv_parse(a, (struct bytes){arena_copy(a, text, n), n}, "x.csv", label, out, d);
}

TEST(numbers_become_features_and_labels_sorted_classes)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct dataset ds;
    CHECK(parse(a, "width,kind,height\n1,pear,-2.5\n3e2,apple,4\n0,pear,+6\n", "kind", &ds, &d));
    CHECK_EQ(ds.n, 3);
    CHECK_EQ(ds.n_classes, 2);
    CHECK_STR(ds.class_names[0], "apple");
    CHECK_STR(ds.class_names[1], "pear");
    CHECK(shape_equal(&ds.sample, &(struct shape){2, {1, 2}}));
    CHECK_BYTES(ds.f32, ((const float[]){1, -2.5f, 300, 4, 0, 6}), 24);
    CHECK_BYTES(ds.label, ((const uint16_t[]){1, 0, 1}), 6);
    arena_free(a);
}

TEST(integer_labels_are_sorted_by_value)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct dataset ds;
    CHECK(parse(a, "x,y\n1,10\n2,9\n3,-1\n4,10", "y", &ds, &d));
    CHECK_STR(ds.class_names[0], "-1");
    CHECK_STR(ds.class_names[1], "9");
    CHECK_STR(ds.class_names[2], "10");
    CHECK_BYTES(ds.label, ((const uint16_t[]){2, 1, 0, 2}), 8);
    arena_free(a);
}

TEST(quotes_line_ends_empty_lines_and_a_byte_order_mark_are_understood)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct dataset ds;
    CHECK(parse(a,
                "\xef\xbb\xbf\"a,\"\"1\"\"\",label\r\n"
                "\"1.5\",\"two\nlines, \"\"quoted\"\"\"\r\n"
                "\r\n\n"
                "2,plain",
                "label", &ds, &d));
    CHECK_EQ(ds.n, 2);
    CHECK_STR(ds.class_names[0], "plain");
    CHECK_STR(ds.class_names[1], "two\nlines, \"quoted\"");
    CHECK_BYTES(ds.f32, ((const float[]){1.5f, 2}), 8);
    arena_free(a);
}

TEST(every_error_is_named_with_its_line)
{
    static const struct {
        const char *text, *place, *message, *hint;
    } cases[] = {
        {"", "x.csv:1", "the file is empty", ""},
        {"a,label\n", "x.csv:2", "no rows after the header", ""},
        {"label\nx\n", "x.csv:1", "only the label column", ""},
        {"a,lable\n1,x\n", "x.csv:1", "no column \"label\" among the 2", "did you mean \"lable\"?"},
        {"aa,bb\n1,x\n", "x.csv:1", "no column \"label\"", "the first column is \"aa\""},
        {"label,a,label\nx,1,x\n", "x.csv:1", "two columns are called \"label\"", ""},
        {"a,label\n1,x\n2\n", "x.csv:3", "only 1 fields, the header has 2", ""},
        {"a,label\n1,x\n2,y,3\n", "x.csv:3", "more than 2 fields, the header has 2", ""},
        {"a,label\n1,x\n\n\nabc,y\n", "x.csv:5", "\"abc\" in column \"a\" is not a number", ""},
        {"a,label\n1,x\n,y\n", "x.csv:3", "\"\" in column \"a\" is not a number", ""},
        {"a,label\n1e39,x\n", "x.csv:2", "\"1e39\" in column \"a\" is not a number", ""},
        {"a,label\nnan,x\n", "x.csv:2", "\"nan\" in column \"a\" is not a number", ""},
        {"a,label\n1,\n", "x.csv:2", "the label is empty", ""},
        {"a,label\n1,\"x\n2,y\n", "x.csv:2", "the quote that opens here is never closed", ""},
        {"a,label\n1,\"x\"\"", "x.csv:2", "the quote that opens here is never closed", ""},
        {"a,label\n1,\"\nx\"y\n", "x.csv:3", "text after the closing quote", ""},
        {"a,label\n1,x\"y\n", "x.csv:2", "a quote in the middle of a field", ""},
    };
    struct arena *a = arena_new("test");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diag d = {0};
        struct dataset ds;
        CHECK(!parse(a, cases[i].text, "label", &ds, &d));
        CHECK_STR(d.place, cases[i].place);
        CHECK_HAS(d.message, cases[i].message);
        CHECK_STR(d.hint, cases[i].hint);
    }
    arena_free(a);
}

TEST(binary_data_is_refused)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct dataset ds;
    CHECK(!csv_parse(a, (struct bytes){(const uint8_t *)"a,\0b\n1,2\n", 9}, "x", "b", &ds, &d));
    CHECK_HAS(d.message, "a NUL byte");
    arena_free(a);
}

TEST(a_measured_value_taken_for_the_label_is_noticed)
{
    struct arena *a = arena_new("test");
    struct text t = {.arena = a};
    text_add(&t, "label,x\n");
    for (int i = 0; i < 1001; i++)
        text_printf(&t, "%d.5,1\n", i);
    struct diag d = {0};
    struct dataset ds;
    CHECK(!parse(a, t.data, "label", &ds, &d));
    CHECK_STR(d.place, "x.csv:1002");
    CHECK_HAS(d.message, "more than 1000 distinct labels");
    CHECK_HAS(d.hint, "is this the label column");
    arena_free(a);
}

TEST(random_text_is_refused_or_gives_consistent_rows)
{
    static const char letters[] = "0123456789,,,,\"\"\n\n\r.-ab";
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    int accepted = 0;
    for (int round = 0; round < 20000; round++) {
        arena_reset(a);
        char text[40] = "a,label\n";
        const uint32_t n = 8 + rng_below(&r, 30);
        for (uint32_t i = 8; i < n; i++)
            text[i] = letters[rng_below(&r, sizeof letters - 1)];
        struct diag d = {0};
        struct dataset ds;
        if (!parse(a, text, "label", &ds, &d)) {
            CHECK(d.failed);
            continue;
        }
        accepted++;
        CHECK(ds.n >= 1 && ds.n_classes >= 1);
        for (uint32_t i = 0; i < ds.n; i++)
            CHECK(ds.label[i] < ds.n_classes);
    }
    CHECK(accepted > 0);
    arena_free(a);
}

TEST(a_file_is_read_from_disk_and_a_missing_one_named)
{
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct dataset ds;
    const char *dir;
    CHECK(file_temp_dir(a, &dir, &d));
    const char *path = path_join(a, dir, "t.csv");
    CHECK(!csv_read(a, path, "y", &ds, &d));
    CHECK_STR(d.place, path);
    d = (struct diag){0};
    CHECK(file_write(path, "x,y\n1,2\n", 8, &d));
    CHECK(csv_read(a, path, "y", &ds, &d));
    CHECK_EQ(ds.n, 1);
    file_remove_dir(dir);
    arena_free(a);
}

TEST_MAIN(T(numbers_become_features_and_labels_sorted_classes),
          T(integer_labels_are_sorted_by_value),
          T(quotes_line_ends_empty_lines_and_a_byte_order_mark_are_understood),
          T(every_error_is_named_with_its_line), T(binary_data_is_refused),
          T(a_measured_value_taken_for_the_label_is_noticed),
          T(random_text_is_refused_or_gives_consistent_rows),
          T(a_file_is_read_from_disk_and_a_missing_one_named))
