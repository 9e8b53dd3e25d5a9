/* test_model.c - the model file: round trip, placement, damage of every kind.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <zlib.h>

#include "base/file.h"
#include "check.h"
#include "ir/random_graph.h"
#include "ir/text.h"

#define HEADER_BYTES 64

/* A folder of the test's own and a path in it. */
struct folder {
    struct arena *a;
    const char *dir, *path;
};

static struct folder folder_new(void)
{
    struct folder p = {.a = arena_new("test")};
    struct diag d = {0};
    CHECK(file_temp_dir(p.a, &p.dir, &d));
    p.path = path_join(p.a, p.dir, "g.mote");
    return p;
}

static void folder_free(struct folder *p)
{
    file_remove_dir(p->dir);
    arena_free(p->a);
}

static const char *print(struct arena *a, const struct graph *g)
{
    struct text out = {.arena = a};
    graph_print(g, &out);
    return text_cstr(&out);
}

/* A file as bytes that may be changed. */
static uint8_t *load(struct folder *p, size_t *len)
{
    struct bytes file;
    struct diag d = {0};
    CHECK(file_map(p->path, &file, &d));
    *len = file.len;
    return arena_copy(p->a, file.data, file.len);
}

/* Not file_write: it waits for the disk, and these tests write thousands of files. */
static void store(struct folder *p, const uint8_t *data, size_t len)
{
    remove(p->path); /* cutting a mapped file short is slow */
    FILE *f = fopen(p->path, "wb");
    CHECK(f);
    CHECK_EQ((long long)fwrite(data, 1, len, f), (long long)len);
    CHECK_EQ(fclose(f), 0);
}

/* Make the checksum fit, so that the checks behind it are reached. */
static void seal(uint8_t *file, size_t len)
{
    uint32_t crc = (uint32_t)crc32(0L, file + HEADER_BYTES, (uInt)(len - HEADER_BYTES));
    memcpy(file + 12, &crc, sizeof crc);
}

static void expect_refused(struct folder *p, const char *message)
{
    struct diag d = {0};
    CHECK(!model_read(p->a, p->path, &d));
    CHECK(d.failed);
    CHECK_HAS(d.place, p->path);
    CHECK_HAS(d.message, message);
}

TEST(random_graphs_write_and_read_alike)
{
    for (uint32_t i = 0; i < 30; i++) {
        struct folder p = folder_new();
        struct rng r = rng_split(test_seed(), i);
        struct diag d = {0};
        const struct graph *g =
            random_graph(p.a, &r, (enum random_kind)(i % N_RANDOM_KINDS), 1 + i % 15);
        CHECK(model_write(p.path, g, &d));
        const struct graph *back = model_read(p.a, p.path, &d);
        if (!back)
            test_fail(__FILE__, __LINE__, "graph %u: %s: %s", i, d.place, d.message);
        CHECK_STR(print(p.a, back), print(p.a, g));
        for (uint32_t t = 0; t < back->tensors.n; t++)
            CHECK_EQ((long long)((uintptr_t)back->tensors.items[t].data % 64), 0);
        folder_free(&p);
    }
}

TEST(one_graph_makes_one_file)
{
    struct folder p = folder_new();
    struct rng r = rng_seed(test_seed());
    struct diag d = {0};
    const struct graph *g = random_graph(p.a, &r, RANDOM_S8, 12);
    size_t len1, len2;
    CHECK(model_write(p.path, g, &d));
    const uint8_t *first = load(&p, &len1);
    CHECK(model_write(p.path, model_read(p.a, p.path, &d), &d));
    const uint8_t *second = load(&p, &len2);
    CHECK_EQ((long long)len1, (long long)len2);
    CHECK_BYTES(second, first, len1);
    folder_free(&p);
}

/* One float node with a constant: text and binary part. */
static uint8_t *small_file(struct folder *p, size_t *len)
{
    static const float k[3] = {1.0f, -2.0f, 0.5f};
    struct diag d = {0};
    struct graph *g = graph_new(p->a, "small");
    struct tensor x = {.name = "x", .shape = {.rank = 2, .dim = {1, 3}}};
    struct tensor c = {.name = "c", .shape = {.rank = 2, .dim = {1, 3}}, .data = k};
    uint32_t in[2] = {graph_add_tensor(g, &x), graph_add_tensor(g, &c)};
    *VEC_PUSH(p->a, &g->inputs) = in[0];
    *VEC_PUSH(p->a, &g->outputs) = graph_add_node(g, OP_ADD, NULL, in, 2, "y", &d);
    CHECK(model_write(p->path, g, &d));
    return load(p, len);
}

TEST(the_layout_is_the_specified_one)
{
    struct folder p = folder_new();
    size_t len;
    const uint8_t *file = small_file(&p, &len);
    static const char text[] = "mote 1\ngraph \"small\"\n\n"
                               "%0 \"x\" f32 [1,3]\n%1 \"c\" f32 [1,3] = @0\n%2 \"y\" f32 [1,3]\n"
                               "\ninput %0\noutput %2\n\n%2 = add(%0, %1) origin \"y\"\n";
    const uint64_t text_bytes = sizeof text - 1, data_offset = (64 + text_bytes + 63) / 64 * 64;
    const uint64_t lengths[3] = {text_bytes, data_offset, 12};
    static const float k[3] = {1.0f, -2.0f, 0.5f};
    CHECK_BYTES(file, "mote\r\n\x1a\n\1\0\0\0", 12);
    CHECK_BYTES(file + 16, lengths, sizeof lengths);
    CHECK_BYTES(file + 64, text, text_bytes);
    CHECK_BYTES(file + data_offset, k, sizeof k);
    CHECK_EQ((long long)len, (long long)data_offset + 12);
    folder_free(&p);
}

TEST(a_file_cut_at_any_byte_is_refused)
{
    struct folder p = folder_new();
    size_t len;
    const uint8_t *file = small_file(&p, &len);
    for (size_t n = 0; n < len; n++) {
        store(&p, file, n);
        expect_refused(&p, n < 8 ? "not a model file" : n < 64 ? "truncated" : "do not hold");
    }
    folder_free(&p);
}

TEST(a_file_with_any_byte_changed_is_refused)
{
    struct folder p = folder_new();
    size_t len;
    uint8_t *file = small_file(&p, &len);
    for (size_t at = 0; at < len; at++) {
        file[at] ^= 0x41;
        store(&p, file, len);
        expect_refused(&p, "");
        file[at] ^= 0x41;
    }
    folder_free(&p);
}

TEST(a_changed_byte_under_a_fitting_checksum_does_no_harm)
{
    struct folder p = folder_new();
    size_t len;
    uint8_t *file = small_file(&p, &len);
    struct rng r = rng_seed(test_seed());
    for (uint32_t i = 0; i < 1000; i++) {
        size_t at = rng_below(&r, (uint32_t)len);
        uint8_t old = file[at];
        file[at] = (uint8_t)rng_below(&r, 256);
        seal(file, len);
        store(&p, file, len);
        struct diag d = {0};
        const struct graph *g = model_read(p.a, p.path, &d);
        CHECK(d.failed == !g);
        CHECK(!g || graph_verify(g, &d));
        file[at] = old;
    }
    folder_free(&p);
}

TEST(headers_that_lie_are_refused)
{
    const struct {
        size_t at;
        uint64_t value;
        size_t bytes;
        const char *message;
    } cases[] = {
        {8, 2, 4, "format version 2, this program reads 1"},
        {12, 0, 4, "checksum"},
        {16, UINT64_MAX, 8, "do not hold"},
        {16, UINT64_MAX - 63, 8, "do not hold"},
        {16, 0, 8, "do not hold"},
        {24, UINT64_MAX, 8, "do not hold"},
        {24, 64, 8, "do not hold"},
        {32, UINT64_MAX, 8, "do not hold"},
        {32, 13, 8, "do not hold"},
        {40, 1, 1, "header byte 40 is 1, expected 0"},
    };
    struct folder p = folder_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len;
        uint8_t *file = small_file(&p, &len);
        memcpy(file + cases[i].at, &cases[i].value, cases[i].bytes);
        store(&p, file, len);
        expect_refused(&p, cases[i].message);
    }
    folder_free(&p);
}

TEST(offsets_outside_the_binary_part_are_refused)
{
    const struct {
        char digit;
        const char *message;
    } cases[] = {{'1', "offset 1 is no multiple of 64"}, {'x', "expected a number"}};
    struct folder p = folder_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len;
        uint8_t *file = small_file(&p, &len);
        uint8_t *at = memchr(file + HEADER_BYTES, '@', len - HEADER_BYTES);
        CHECK(at);
        at[1] = (uint8_t)cases[i].digit;
        seal(file, len);
        store(&p, file, len);
        expect_refused(&p, cases[i].message);
    }
    folder_free(&p);
}

TEST(a_constant_that_ends_beyond_the_binary_part_is_refused)
{
    struct folder p = folder_new();
    size_t len;
    uint8_t *file = small_file(&p, &len);
    /* [1,3] of the constant becomes [1,9]: 36 bytes where 12 are. */
    static const char shape[] = "\"c\" f32 [1,";
    uint8_t *at = file + HEADER_BYTES;
    while (memcmp(at, shape, sizeof shape - 1) != 0)
        at++;
    at[sizeof shape - 1] = '9';
    seal(file, len);
    store(&p, file, len);
    expect_refused(&p, "36 bytes at offset 0 of a binary part of 12 bytes");
    folder_free(&p);
}

TEST(a_missing_file_is_named)
{
    struct folder p = folder_new();
    expect_refused(&p, "");
    folder_free(&p);
}

TEST_MAIN(T(random_graphs_write_and_read_alike), T(one_graph_makes_one_file),
          T(the_layout_is_the_specified_one), T(a_file_cut_at_any_byte_is_refused),
          T(a_file_with_any_byte_changed_is_refused),
          T(a_changed_byte_under_a_fitting_checksum_does_no_harm), T(headers_that_lie_are_refused),
          T(offsets_outside_the_binary_part_are_refused),
          T(a_constant_that_ends_beyond_the_binary_part_is_refused), T(a_missing_file_is_named))
