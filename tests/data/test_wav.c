/* test_wav.c - wav.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/rng.h"
#include "check.h"
#include "data/wav.h"
#include "fixture.h"

static void add_u16(struct text *t, uint32_t v)
{
    text_add_bytes(t, (const uint8_t[]){(uint8_t)v, (uint8_t)(v >> 8)}, 2);
}

static void add_chunk(struct text *t, const char *id, struct bytes b)
{
    text_add_bytes(t, id, 4);
    add_u16(t, (uint32_t)b.len & 0xffff);
    add_u16(t, (uint32_t)b.len >> 16);
    text_add_bytes(t, b.data, b.len);
    if (b.len % 2)
        text_add_bytes(t, "", 1);
}

struct format {
    uint32_t code, channels, rate_hz, bits;
};

static const struct format plain = {1, 1, 16000, 16};

static struct bytes format_chunk(struct arena *a, struct format f)
{
    struct text t = {.arena = a};
    add_u16(&t, f.code);
    add_u16(&t, f.channels);
    add_u16(&t, f.rate_hz & 0xffff);
    add_u16(&t, f.rate_hz >> 16);
    add_u16(&t, 0); /* bytes a second, block size: not looked at */
    add_u16(&t, 0);
    add_u16(&t, 0);
    add_u16(&t, f.bits);
    return (struct bytes){(const uint8_t *)t.data, t.len};
}

static struct bytes sample_chunk(struct arena *a, const int16_t *s, size_t n)
{
    struct text t = {.arena = a};
    for (size_t i = 0; i < n; i++)
        add_u16(&t, (uint16_t)s[i]);
    return (struct bytes){(const uint8_t *)text_cstr(&t), t.len};
}

static struct text riff(struct arena *a)
{
    struct text t = {.arena = a};
    text_add_bytes(&t, "RIFF\0\0\0\0WAVE", 12); /* the size is not looked at */
    return t;
}

static struct bytes make_wav(struct arena *a, struct format f, const int16_t *s, size_t n)
{
    struct text t = riff(a);
    add_chunk(&t, "fmt ", format_chunk(a, f));
    add_chunk(&t, "data", sample_chunk(a, s, n));
    return (struct bytes){(const uint8_t *)t.data, t.len};
}

static void add_clip(struct fixture *f, const char *folder, const char *name, struct bytes wav)
{
    const char *path = path_join(f->a, f->dir, folder);
    CHECK(file_make_dir(path, &f->d));
    CHECK(file_write(path_join(f->a, path, name), wav.data, wav.len, &f->d));
}

TEST(a_folder_of_clips_is_cut_filled_and_labelled_in_the_order_of_names)
{
    struct fixture f = begin();
    static const int16_t s[] = {-32768, 16384, 32767, 1, 2, 3};
    add_clip(&f, "yes", "b.WAV", make_wav(f.a, plain, s, 2));
    add_clip(&f, "yes", "a.wav", make_wav(f.a, plain, s, 6));
    add_clip(&f, "no", "x.wav", make_wav(f.a, plain, s + 2, 1));
    add_clip(&f, "no", "README.md", (struct bytes){(const uint8_t *)"text", 4});
    add_clip(&f, "_background_noise_", "x.wav", (struct bytes){(const uint8_t *)"bad", 3});
    struct dataset ds;
    CHECK(wav_read(f.a, f.dir, 4, &ds, &f.d));
    CHECK_EQ(ds.n, 3);
    CHECK_EQ(ds.n_classes, 2);
    CHECK_STR(ds.class_names[0], "no");
    CHECK_STR(ds.class_names[1], "yes");
    CHECK(shape_equal(&ds.sample, &(struct shape){4, {1, 4, 1, 1}}));
    static const float want[] = {32767 / 32768.0f,
                                 0,
                                 0,
                                 0, /* no/x.wav */
                                 -1,
                                 0.5f,
                                 32767 / 32768.0f,
                                 1 / 32768.0f,
                                 -1,
                                 0.5f,
                                 0,
                                 0};
    CHECK_BYTES(ds.f32, want, sizeof want);
    CHECK_BYTES(ds.label, ((const uint16_t[]){0, 1, 1}), 6);
    end(&f);
}

TEST(stereo_is_averaged)
{
    struct fixture f = begin();
    static const int16_t s[] = {32767, -32767, -32768, -32768, 100, 300};
    add_clip(&f, "a", "x.wav", make_wav(f.a, (struct format){1, 2, 8000, 16}, s, 6));
    struct dataset ds;
    CHECK(wav_read(f.a, f.dir, 3, &ds, &f.d));
    CHECK_BYTES(ds.f32, ((const float[]){0, -1, 200 / 32768.0f}), 12);
    end(&f);
}

TEST(chunks_may_stand_in_any_order_and_have_odd_lengths)
{
    struct arena *a = arena_new("test");
    struct text t = riff(a);
    add_chunk(&t, "LIST", (struct bytes){(const uint8_t *)"odd", 3});
    add_chunk(&t, "data", sample_chunk(a, (const int16_t[]){7, 8}, 2));
    add_chunk(&t, "junk", (struct bytes){(const uint8_t *)"", 0});
    add_chunk(&t, "fmt ", format_chunk(a, plain));
    struct diag d = {0};
    struct wav w;
    CHECK(wav_parse((struct bytes){(const uint8_t *)t.data, t.len}, "x", &w, &d));
    CHECK_EQ(w.n_samples, 2);
    CHECK_EQ(w.rate_hz, 16000);
    CHECK_EQ(w.samples.data[2], 8);
    arena_free(a);
}

static void check_refused(struct bytes file, const char *message)
{
    struct diag d = {0};
    struct wav w;
    CHECK(!wav_parse(file, "x.wav", &w, &d));
    CHECK_STR(d.place, "x.wav");
    CHECK_HAS(d.message, message);
}

TEST(malformed_files_are_refused_with_the_reason)
{
    struct arena *a = arena_new("test");
    const int16_t s[2] = {1, 2};
    check_refused((struct bytes){(const uint8_t *)"", 0}, "not a WAV file");
    check_refused((struct bytes){(const uint8_t *)"RIFX\0\0\0\0WAVE", 12}, "not a WAV file");
    check_refused((struct bytes){(const uint8_t *)"RIFF\0\0\0\0WAVE", 12}, "no chunk \"fmt \"");
    check_refused(make_wav(a, (struct format){3, 1, 16000, 32}, s, 2), "encoding 3 with 32 bits");
    check_refused(make_wav(a, (struct format){1, 1, 16000, 8}, s, 2), "encoding 1 with 8 bits");
    check_refused(make_wav(a, (struct format){1, 0, 16000, 16}, s, 2), "0 channels");
    check_refused(make_wav(a, (struct format){1, 6, 16000, 16}, s, 2), "6 channels");
    check_refused(make_wav(a, (struct format){1, 1, 0, 16}, s, 2), "sample rate is 0");
    check_refused(make_wav(a, plain, s, 0), "it holds no samples");
    check_refused(make_wav(a, (struct format){1, 2, 16000, 16}, s, 1), "it holds no samples");
    struct text t = riff(a);
    add_chunk(&t, "fmt ", (struct bytes){(const uint8_t *)"short", 5});
    check_refused((struct bytes){(const uint8_t *)t.data, t.len}, "format chunk has 5 bytes");
    arena_free(a);
}

TEST(a_file_cut_anywhere_is_refused)
{
    struct arena *a = arena_new("test");
    const struct bytes whole = make_wav(a, plain, (const int16_t[]){1, 2, 3}, 3);
    for (size_t n = 0; n < whole.len; n++) {
        struct diag d = {0};
        struct wav w;
        /* A copy of exactly n bytes, so that the sanitizer sees a read past its end. */
        CHECK(!wav_parse((struct bytes){arena_copy(a, whole.data, n), n}, "x", &w, &d));
        CHECK(d.failed);
    }
    arena_free(a);
}

TEST(a_chunk_length_beyond_the_file_is_refused)
{
    struct arena *a = arena_new("test");
    const struct bytes whole = make_wav(a, plain, (const int16_t[]){1, 2, 3}, 3);
    uint8_t *p = arena_copy(a, whole.data, whole.len);
    memset(p + 40, 0xff, 4); /* length of the data chunk */
    check_refused((struct bytes){p, whole.len}, "a chunk at byte 36 announces 4294967295 bytes");
    arena_free(a);
}

TEST(random_changes_never_read_out_of_bounds)
{
    struct arena *a = arena_new("test");
    struct rng r = rng_seed(test_seed());
    for (int round = 0; round < 20000; round++) {
        arena_reset(a);
        const struct bytes whole = make_wav(a, plain, (const int16_t[]){1, 2, 3, 4, 5}, 5);
        uint8_t *p = arena_copy(a, whole.data, whole.len);
        for (int k = 0; k < 3; k++)
            p[rng_below(&r, (uint32_t)whole.len)] = (uint8_t)rng_u64(&r);
        struct diag d = {0};
        struct wav w;
        if (wav_parse((struct bytes){p, whole.len}, "x", &w, &d))
            CHECK(w.samples.data >= p && w.samples.data + w.samples.len <= p + whole.len);
        else
            CHECK(d.failed);
    }
    arena_free(a);
}

TEST(folders_without_classes_or_clips_and_mixed_rates_are_named)
{
    struct fixture f = begin();
    struct dataset ds;
    CHECK(!wav_read(f.a, path_join(f.a, f.dir, "none"), 4, &ds, &f.d));
    CHECK_HAS(f.d.message, "cannot open folder: No such file");
    f.d = (struct diag){0};
    CHECK(!wav_read(f.a, f.dir, 4, &ds, &f.d));
    CHECK_HAS(f.d.message, "no sub-folder in it");
    f.d = (struct diag){0};
    CHECK(file_make_dir(path_join(f.a, f.dir, "empty"), &f.d));
    CHECK(!wav_read(f.a, f.dir, 4, &ds, &f.d));
    CHECK_HAS(f.d.place, "/empty");
    CHECK_HAS(f.d.message, "no .wav file");
    f.d = (struct diag){0};
    CHECK(!wav_read(f.a, f.dir, 0, &ds, &f.d));
    CHECK_HAS(f.d.message, "clips of 0 samples");
    f.d = (struct diag){0};
    add_clip(&f, "empty", "a.wav", make_wav(f.a, plain, (const int16_t[]){1}, 1));
    add_clip(&f, "empty", "b.wav",
             make_wav(f.a, (struct format){1, 1, 8000, 16}, (const int16_t[]){1}, 1));
    CHECK(!wav_read(f.a, f.dir, 4, &ds, &f.d));
    CHECK_HAS(f.d.place, "/empty/b.wav");
    CHECK_HAS(f.d.message, "8000 samples a second, the clips before have 16000");
    f.d = (struct diag){0};
    CHECK(!wav_read(f.a, f.dir, DIM_MAX + 1, &ds, &f.d));
    CHECK_HAS(f.d.message, "expected 1..16777216");
    end(&f);
}

TEST_MAIN(T(a_folder_of_clips_is_cut_filled_and_labelled_in_the_order_of_names),
          T(stereo_is_averaged), T(chunks_may_stand_in_any_order_and_have_odd_lengths),
          T(malformed_files_are_refused_with_the_reason), T(a_file_cut_anywhere_is_refused),
          T(a_chunk_length_beyond_the_file_is_refused), T(random_changes_never_read_out_of_bounds),
          T(folders_without_classes_or_clips_and_mixed_rates_are_named))
