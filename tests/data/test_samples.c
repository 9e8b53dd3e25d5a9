/* test_samples.c - samples.h: files, folders, classes, and files that are wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "data/samples.h"
#include <string.h>

struct fixture {
    struct arena *a;
    const char *dir;
    struct diag d;
};

static struct fixture begin(void)
{
    struct fixture f = {.a = arena_new("test")};
    CHECK(file_temp_dir(f.a, &f.dir, &f.d));
    return f;
}

static void end(struct fixture *f)
{
    file_remove_dir(f->dir);
    arena_free(f->a);
}

static const char *put(struct fixture *f, const char *name, const void *data, size_t len)
{
    const char *path = path_join(f->a, f->dir, name);
    CHECK(file_write(path, data, len, &f->d));
    return path;
}

/* An .npy file of six values, 1 to 6. */
static struct bytes npy(struct arena *a, uint8_t version, const char *type, const char *order)
{
    struct text t = {.arena = a};
    char *dict =
        arena_printf(a, "{'descr': '%s', 'fortran_order': %s, 'shape': (2, 3), }\n", type, order);
    const size_t len = strlen(dict);
    text_add_bytes(&t, "\x93NUMPY", 6);
    const uint8_t head[6] = {version, 0, (uint8_t)len, (uint8_t)(len >> 8), 0, 0};
    text_add_bytes(&t, head, version == 1 ? 4 : 6);
    text_add(&t, dict);
    const float values[6] = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f};
    text_add_bytes(&t, values, sizeof values);
    return (struct bytes){(const uint8_t *)text_cstr(&t), t.len};
}

TEST(a_file_holds_samples_one_after_the_other)
{
    struct fixture f = begin();
    const float x[6] = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f};
    struct samples s;
    CHECK(samples_read(f.a, put(&f, "raw", x, sizeof x), 3, &s, &f.d));
    CHECK_EQ(s.n, 2);
    CHECK(!s.labels);
    CHECK_BYTES(s.values, x, sizeof x);
    for (uint8_t version = 1; version <= 2; version++) {
        const struct bytes b = npy(f.a, version, "<f4", "False");
        CHECK(samples_read(f.a, put(&f, "x.npy", b.data, b.len), 2, &s, &f.d));
        CHECK_EQ(s.n, 3);
        CHECK_BYTES(s.values, x, sizeof x);
    }
    end(&f);
}

TEST(a_folder_is_read_in_the_order_of_names)
{
    struct fixture f = begin();
    const float x[2] = {2.0f, 1.0f};
    put(&f, "b.bin", &x[0], 4);
    put(&f, "a.bin", &x[1], 4);
    put(&f, ".hidden", "no", 2);
    struct samples s;
    CHECK(samples_read(f.a, f.dir, 1, &s, &f.d));
    CHECK_EQ(s.n, 2);
    CHECK_NEAR((double)s.values[0], 1.0, 0.0);
    CHECK_NEAR((double)s.values[1], 2.0, 0.0);
    end(&f);
}

TEST(sub_folders_are_classes)
{
    struct fixture f = begin();
    const float x[3] = {10.0f, 20.0f, 21.0f};
    CHECK(file_make_dir(path_join(f.a, f.dir, "no"), &f.d));
    CHECK(file_make_dir(path_join(f.a, f.dir, "yes"), &f.d));
    put(&f, "no/1", &x[0], 4);
    put(&f, "yes/1", &x[1], 8);
    struct samples s;
    CHECK(samples_read(f.a, f.dir, 1, &s, &f.d));
    CHECK_EQ(s.n, 3);
    CHECK_EQ(s.n_classes, 2);
    CHECK_STR(s.class_names[1], "yes");
    CHECK(s.labels[0] == 0 && s.labels[1] == 1 && s.labels[2] == 1);
    const struct dataset ds = samples_dataset(f.a, &s, (struct shape){2, {1, 1}});
    float value;
    dataset_sample(&ds, 2, &value);
    CHECK_NEAR((double)value, 21.0, 0.0);
    put(&f, "zebra", &x[0], 4);
    CHECK(!samples_read(f.a, f.dir, 1, &s, &f.d));
    CHECK_HAS(f.d.message, "one folder for each class");
    end(&f);
}

TEST(what_is_wrong_is_named)
{
    struct fixture f = begin();
    struct samples s;
    CHECK(!samples_read(f.a, f.dir, 1, &s, &f.d));
    CHECK_HAS(f.d.message, "the folder is empty");
    f.d = (struct diag){0};
    CHECK(!samples_read(f.a, put(&f, "x", "12345", 5), 1, &s, &f.d));
    CHECK_HAS(f.d.message, "has 5 bytes of values, a sample has 4 (1 float32)");
    f.d = (struct diag){0};
    struct bytes b = npy(f.a, 1, "<f8", "False");
    CHECK(!samples_read(f.a, put(&f, "y.npy", b.data, b.len), 1, &s, &f.d));
    CHECK_HAS(f.d.message, "expected little-endian float32");
    f.d = (struct diag){0};
    b = npy(f.a, 1, "<f4", "True");
    CHECK(!samples_read(f.a, put(&f, "z.npy", b.data, b.len), 1, &s, &f.d));
    CHECK_HAS(f.d.message, "Fortran order");
    end(&f);
}

TEST(damaged_headers_never_reach_beyond_the_file)
{
    struct fixture f = begin();
    struct rng rng = rng_seed(test_seed());
    for (uint8_t version = 1; version <= 2; version++) {
        const struct bytes whole = npy(f.a, version, "<f4", "False");
        for (size_t len = 0; len < whole.len; len++) {
            /* Exactly as long as it is, so that a sanitizer sees every byte too far. */
            uint8_t *cut = arena_copy(f.a, whole.data, len ? len : 1);
            struct bytes values;
            struct diag d = {0};
            if (npy_parse((struct bytes){cut, len}, "cut", &values, &d))
                CHECK((const uint8_t *)values.data + values.len == cut + len);
            else
                CHECK(d.failed);
        }
        for (int i = 0; i < 2000; i++) {
            uint8_t *flipped = arena_copy(f.a, whole.data, whole.len);
            flipped[rng_below(&rng, (uint32_t)whole.len)] ^= (uint8_t)(1u << rng_below(&rng, 8));
            struct bytes values;
            struct diag d = {0};
            if (npy_parse((struct bytes){flipped, whole.len}, "flipped", &values, &d))
                CHECK(values.len <= whole.len);
        }
    }
    end(&f);
}

TEST_MAIN(T(a_file_holds_samples_one_after_the_other), T(a_folder_is_read_in_the_order_of_names),
          T(sub_folders_are_classes), T(what_is_wrong_is_named),
          T(damaged_headers_never_reach_beyond_the_file))
