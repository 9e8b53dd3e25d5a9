/* test_idx.c - idx.h: files that are right, and all the ways to be wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "data/idx.h"

struct fixture {
    struct arena *a;
    const char *dir, *images, *labels;
    struct diag d;
};

static struct fixture begin(void)
{
    struct fixture f = {.a = arena_new("test")};
    CHECK(file_temp_dir(f.a, &f.dir, &f.d));
    f.images = path_join(f.a, f.dir, "images");
    f.labels = path_join(f.a, f.dir, "labels");
    return f;
}

static void end(struct fixture *f)
{
    file_remove_dir(f->dir);
    arena_free(f->a);
}

/* An IDX file of n elements; elements count up from `first`. */
static struct bytes make_idx(struct arena *a, uint32_t rank, const uint32_t *dim, size_t n,
                             uint8_t first)
{
    const size_t header = 4 + 4 * (size_t)rank;
    uint8_t *p = arena_alloc(a, header + n);
    p[2] = 8;
    p[3] = (uint8_t)rank;
    for (uint32_t i = 0; i < rank; i++)
        for (uint32_t k = 0; k < 4; k++)
            p[4 + 4 * i + k] = (uint8_t)(dim[i] >> (24 - 8 * k));
    for (size_t i = 0; i < n; i++)
        p[header + i] = (uint8_t)(first + i);
    return (struct bytes){p, header + n};
}

static void write_file(struct fixture *f, const char *path, struct bytes b)
{
    CHECK(file_write(path, b.data, b.len, &f->d));
}

TEST(images_and_labels_round_trip)
{
    struct fixture f = begin();
    write_file(&f, f.images, make_idx(f.a, 3, (const uint32_t[]){3, 2, 4}, 24, 10));
    write_file(&f, f.labels, make_idx(f.a, 1, (const uint32_t[]){3}, 3, 5));
    struct dataset ds;
    CHECK(idx_read(f.a, f.images, f.labels, &ds, &f.d));
    CHECK_EQ(ds.n, 3);
    CHECK(shape_equal(&ds.sample, &(struct shape){4, {1, 2, 4, 1}}));
    CHECK_EQ(ds.n_classes, 8);
    CHECK_STR(ds.class_names[0], "0");
    CHECK_STR(ds.class_names[7], "7");
    CHECK(ds.f32 == NULL);
    for (int i = 0; i < 24; i++)
        CHECK_EQ(ds.u8[i], 10 + i);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(ds.label[i], 5 + i);
    CHECK_NEAR(ds.mean, 0, 0);
    CHECK_NEAR(ds.std, 1, 0);
    end(&f);
}

TEST(two_and_four_dimensions_become_features_and_channels)
{
    struct fixture f = begin();
    struct dataset ds;
    write_file(&f, f.labels, make_idx(f.a, 1, (const uint32_t[]){2}, 2, 0));
    write_file(&f, f.images, make_idx(f.a, 2, (const uint32_t[]){2, 7}, 14, 0));
    CHECK(idx_read(f.a, f.images, f.labels, &ds, &f.d));
    CHECK(shape_equal(&ds.sample, &(struct shape){2, {1, 7}}));
    write_file(&f, f.images, make_idx(f.a, 4, (const uint32_t[]){2, 2, 3, 5}, 60, 0));
    CHECK(idx_read(f.a, f.images, f.labels, &ds, &f.d));
    CHECK(shape_equal(&ds.sample, &(struct shape){4, {1, 2, 3, 5}}));
    end(&f);
}

TEST(a_compressed_file_reads_like_a_plain_one)
{
    struct fixture f = begin();
    const struct bytes x = make_idx(f.a, 3, (const uint32_t[]){9, 8, 7}, 504, 3);
    gzFile gz = gzopen(f.images, "wb");
    CHECK(gz != NULL);
    CHECK_EQ(gzwrite(gz, x.data, (unsigned)x.len), (int)x.len);
    CHECK_EQ(gzclose(gz), Z_OK);
    write_file(&f, f.labels, make_idx(f.a, 1, (const uint32_t[]){9}, 9, 0));
    struct dataset ds;
    CHECK(idx_read(f.a, f.images, f.labels, &ds, &f.d));
    CHECK_EQ(ds.n, 9);
    CHECK_BYTES(ds.u8, x.data + 16, 504);

    CHECK_EQ(truncate(f.images, 60), 0);
    CHECK(!idx_read(f.a, f.images, f.labels, &ds, &f.d));
    CHECK_STR(f.d.place, f.images);
    CHECK_HAS(f.d.message, "gzip stream is truncated");
    f.d = (struct diag){0};
    write_file(&f, f.images, (struct bytes){(const uint8_t *)"\x1f\x8bgarbage, not gzip", 20});
    CHECK(!idx_read(f.a, f.images, f.labels, &ds, &f.d));
    CHECK_HAS(f.d.message, "gzip stream is corrupt");
    end(&f);
}

TEST(every_malformed_header_is_named_with_its_offset)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *place, *message;
    } cases[] = {
        {"", 0, "x", "0 bytes, an IDX file has a header"},
        {"\0\0\x08", 3, "x", "3 bytes, an IDX file has a header"},
        {"PK\3\4", 4, "x", "not an IDX file: it starts with 50 4b, expected 00 00"},
        {"\0\0\x0d\1\0\0\0\1....", 12, "x:+2", "element type 0x0d, only unsigned bytes"},
        {"\0\0\x08\0", 4, "x:+3", "0 dimensions, expected 1 to 4"},
        {"\0\0\x08\5....................", 24, "x:+3", "5 dimensions, expected 1 to 4"},
        {"\0\0\x08\3\0\0\0\1\0\0\0\1", 12, "x:+12", "the header is truncated: 12 of 16 bytes"},
        {"\0\0\x08\1\0\0\0\0", 8, "x:+4", "dimension 0 is outside 1..16777216"},
        {"\0\0\x08\1\xff\xff\xff\xff", 8, "x:+4", "dimension 4294967295 is outside"},
        {"\0\0\x08\3\1\0\0\0\1\0\0\0\1\0\0\0", 16, "x:+8", "more than 4294967296 elements"},
        {"\0\0\x08\4\0\x80\0\0\0\0\2\0\1\0\0\0\1\0\0\0", 20, "x:+12", "more than 4294967296 el"},
        {"\0\0\x08\1\0\0\0\3ab", 10, "x:+10",
         "truncated: the header announces 3 bytes of elements, there are 2"},
        {"\0\0\x08\1\0\0\0\1abc", 11, "x:+9",
         "too long: the header announces 1 bytes of elements, there are 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diag d = {0};
        struct idx x;
        CHECK(
            !idx_parse((struct bytes){(const uint8_t *)cases[i].bytes, cases[i].len}, "x", &x, &d));
        CHECK_STR(d.place, cases[i].place);
        CHECK_HAS(d.message, cases[i].message);
    }
}

TEST(swapped_files_and_counts_that_disagree_are_named)
{
    struct fixture f = begin();
    struct dataset ds;
    write_file(&f, f.images, make_idx(f.a, 3, (const uint32_t[]){3, 2, 4}, 24, 0));
    write_file(&f, f.labels, make_idx(f.a, 1, (const uint32_t[]){3}, 3, 0));
    CHECK(!idx_read(f.a, f.labels, f.images, &ds, &f.d));
    CHECK_HAS(f.d.message, "this is a labels file");
    CHECK_HAS(f.d.hint, "swapped");
    f.d = (struct diag){0};
    CHECK(!idx_read(f.a, f.images, f.images, &ds, &f.d));
    CHECK_HAS(f.d.message, "3 dimensions, labels have one");
    f.d = (struct diag){0};
    write_file(&f, f.labels, make_idx(f.a, 1, (const uint32_t[]){4}, 4, 0));
    CHECK(!idx_read(f.a, f.images, f.labels, &ds, &f.d));
    CHECK_STR(f.d.place, f.labels);
    CHECK_HAS(f.d.message, "4 labels for the 3 images of ");
    f.d = (struct diag){0};
    CHECK(!idx_read(f.a, path_join(f.a, f.dir, "none"), f.labels, &ds, &f.d));
    CHECK_HAS(f.d.message, "cannot open");
    end(&f);
}

TEST(random_bytes_are_refused_or_read_within_their_bounds)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    int accepted = 0;
    for (int round = 0; round < 20000; round++) {
        arena_reset(a);
        const size_t n = 4 + rng_below(&r, 40);
        uint8_t *p = arena_alloc(a, n);
        p[2] = 8;
        p[3] = (uint8_t)rng_below(&r, 6);
        for (size_t i = 4; i < n; i++)
            p[i] = (uint8_t)(i % 4 == 3 ? rng_below(&r, 8) : rng_below(&r, 40) == 0);
        struct idx x;
        struct diag d = {0};
        if (!idx_parse((struct bytes){p, n}, "x", &x, &d)) {
            CHECK(d.failed);
            continue;
        }
        accepted++;
        CHECK(x.elements.data + x.elements.len == p + n);
    }
    CHECK(accepted > 0);
    arena_free(a);
}

#define FASHION "/usr/share/datasets/fashion-mnist/"

TEST(fashion_mnist_of_debian_is_read_as_its_authors_describe_it)
{
    if (!file_exists(FASHION "train-images-idx3-ubyte.gz"))
        test_skip("no " FASHION " (Debian package dataset-fashion-mnist)");
    struct arena *a = arena_new("test");
    struct diag d = {0};
    struct dataset train, test;
    CHECK(idx_read(a, FASHION "train-images-idx3-ubyte.gz", FASHION "train-labels-idx1-ubyte.gz",
                   &train, &d));
    CHECK(idx_read(a, FASHION "t10k-images-idx3-ubyte.gz", FASHION "t10k-labels-idx1-ubyte.gz",
                   &test, &d));
    CHECK_EQ(train.n, 60000);
    CHECK_EQ(test.n, 10000);
    CHECK_EQ(train.n_classes, 10);
    CHECK(shape_equal(&train.sample, &(struct shape){4, {1, 28, 28, 1}}));
    uint32_t count[10] = {0};
    for (uint32_t i = 0; i < train.n; i++)
        count[train.label[i]]++;
    for (int i = 0; i < 10; i++)
        CHECK_EQ(count[i], 6000);
    dataset_measure(&train, 0);
    CHECK_NEAR(train.mean, 0.2860406, 1e-6); /* as published: 0.2860, 0.3530 */
    CHECK_NEAR(train.std, 0.3530242, 1e-6);
    arena_free(a);
}

TEST_MAIN(T(images_and_labels_round_trip), T(two_and_four_dimensions_become_features_and_channels),
          T(a_compressed_file_reads_like_a_plain_one),
          T(every_malformed_header_is_named_with_its_offset),
          T(swapped_files_and_counts_that_disagree_are_named),
          T(random_bytes_are_refused_or_read_within_their_bounds),
          T(fashion_mnist_of_debian_is_read_as_its_authors_describe_it))
