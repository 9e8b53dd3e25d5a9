/* test_dataset.c - dataset.h: splits, normalisation, augmentation against a plain transcription of
 * what they mean. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/rng.h"
#include "check.h"
#include "data/dataset.h"

/* n random samples of this shape, bytes or floats. */
static struct dataset make_dataset(struct arena *a, uint32_t n, struct shape sample, bool floats)
{
    struct rng r = rng_seed(test_seed());
    const size_t count = n * (size_t)shape_count(&sample);
    uint8_t *u8 = ARENA_ARRAY(a, uint8_t, count);
    float *f32 = ARENA_ARRAY(a, float, count);
    for (size_t i = 0; i < count; i++) {
        u8[i] = (uint8_t)rng_u64(&r);
        f32[i] = rng_normal(&r);
    }
    struct dataset ds = {.n = n, .sample = sample, .n_classes = 1, .mean = 0.3f, .std = 0.7f};
    ds.label = ARENA_ARRAY(a, uint16_t, n);
    if (floats)
        ds.f32 = f32;
    else
        ds.u8 = u8;
    return ds;
}

TEST(a_shuffle_is_a_permutation_that_repeats)
{
    enum { N = 1000 };
    uint32_t x[N], y[N];
    bool seen[N] = {false};
    shuffle(test_seed(), 3, x, N);
    shuffle(test_seed(), 3, y, N);
    CHECK_BYTES(x, y, sizeof x);
    uint32_t in_place = 0;
    for (uint32_t i = 0; i < N; i++) {
        CHECK(x[i] < N && !seen[x[i]]);
        seen[x[i]] = true;
        in_place += x[i] == i;
    }
    CHECK(in_place < 20); /* 1 expected */
    shuffle(test_seed(), 4, y, N);
    CHECK(memcmp(x, y, sizeof x) != 0);
    shuffle(1, 0, x, 0);
    shuffle(1, 0, x, 1);
    CHECK_EQ(x[0], 0);
}

TEST(a_shuffle_puts_every_item_at_every_place_equally_often)
{
    uint32_t count[4][4] = {{0}}, x[4];
    for (uint64_t i = 0; i < 8000; i++) {
        shuffle(test_seed(), i, x, 4);
        for (int k = 0; k < 4; k++)
            count[k][x[k]]++;
    }
    for (int k = 0; k < 4; k++)
        for (int v = 0; v < 4; v++) /* 2000 expected, sigma 39 */
            CHECK_NEAR(count[k][v], 2000, 6 * 39);
}

TEST(splits_of_one_seed_cover_the_set_without_overlap)
{
    struct arena *a = arena_new("test");
    const struct dataset ds = make_dataset(a, 103, (struct shape){2, {1, 1}}, false);
    const struct dataset_view val = dataset_split(a, &ds, 5, 0, 20);
    const struct dataset_view train = dataset_split(a, &ds, 5, 20, 83);
    CHECK_EQ(val.n, 20);
    CHECK_EQ(train.n, 83);
    int seen[103] = {0};
    for (uint32_t i = 0; i < val.n; i++)
        seen[val.index[i]]++;
    for (uint32_t i = 0; i < train.n; i++)
        seen[train.index[i]]++;
    for (int i = 0; i < 103; i++)
        CHECK_EQ(seen[i], 1);
    CHECK_EQ(dataset_split(a, &ds, 5, 103, 0).n, 0);
    const struct dataset_view all = dataset_all(a, &ds);
    CHECK_EQ(all.n, 103);
    for (uint32_t i = 0; i < all.n; i++)
        CHECK_EQ(all.index[i], i);
    arena_free(a);
}

TEST(measured_mean_and_std_normalise_bytes_and_floats)
{
    struct arena *a = arena_new("test");
    for (int floats = 0; floats < 2; floats++) {
        struct dataset ds = make_dataset(a, 50, (struct shape){4, {1, 9, 11, 3}}, floats);
        dataset_measure(&ds, 0);
        float x[9 * 11 * 3];
        double sum = 0, squares = 0;
        for (uint32_t i = 0; i < ds.n; i++) {
            dataset_sample(&ds, i, x);
            for (int k = 0; k < 297; k++) {
                sum += (double)x[k];
                squares += (double)x[k] * (double)x[k];
            }
        }
        CHECK_NEAR(sum / (50 * 297), 0, 1e-5);
        CHECK_NEAR(squares / (50 * 297), 1, 1e-5);
    }
    arena_free(a);
}

TEST(measuring_counts_only_the_samples_asked_for_and_survives_constant_data)
{
    static const uint8_t u8[] = {255, 255, 0, 0};
    struct dataset ds = {.n = 2, .sample = {2, {1, 2}}, .u8 = u8};
    dataset_measure(&ds, 1);
    CHECK_NEAR(ds.mean, 1, 1e-7);
    CHECK_NEAR(ds.std, 1, 0); /* constant */
    dataset_measure(&ds, 5);
    CHECK_NEAR(ds.mean, 0.5, 1e-7);
    CHECK_NEAR(ds.std, 0.5, 1e-7);
}

/* Normalised value of pixel (y, x, c) of sample i, raw 0 outside. */
static float value_at(const struct dataset *ds, uint32_t i, int32_t y, int32_t x, int32_t c)
{
    const int32_t h = ds->sample.dim[1], w = ds->sample.dim[2], n_c = ds->sample.dim[3];
    const size_t at = (((size_t)i * (size_t)h + (size_t)y) * (size_t)w + (size_t)x) * (size_t)n_c;
    double raw = 0;
    if (y >= 0 && y < h && x >= 0 && x < w)
        raw = ds->u8 ? ds->u8[at + (size_t)c] / 255.0 : (double)ds->f32[at + (size_t)c];
    return (float)((raw - (double)ds->mean) / (double)ds->std);
}

/* Is `got` the sample, flipped if `flip`, moved by (dy, dx)? */
static bool is_moved(const struct dataset *ds, uint32_t i, bool flip, int32_t dy, int32_t dx,
                     const float *got)
{
    const int32_t h = ds->sample.dim[1], w = ds->sample.dim[2], n_c = ds->sample.dim[3];
    for (int32_t y = 0; y < h; y++)
        for (int32_t x = 0; x < w; x++)
            for (int32_t c = 0; c < n_c; c++, got++) {
                const int32_t sx = x - dx; /* in the flipped image */
                const float want = value_at(ds, i, y - dy, flip ? w - 1 - sx : sx, c);
                if (!(fabsf(*got - want) <= 1e-5f))
                    return false;
            }
    return true;
}

/* Every augmented sample must be one of the allowed moves, and all moves must occur. */
static void check_moves(const struct dataset *ds, const struct augment *aug, int32_t reach)
{
    float got[400];
    bool occurred[2][15][15] = {{{false}}};
    for (uint32_t epoch = 0; epoch < 100; epoch++) {
        for (uint32_t i = 0; i < ds->n; i++) {
            dataset_sample_augmented(ds, i, aug, test_seed(), epoch, got);
            int matches = 0;
            for (int flip = 0; flip <= (aug->flip == FLIP_HORIZONTAL); flip++)
                for (int32_t dy = -reach; dy <= reach; dy++)
                    for (int32_t dx = -reach; dx <= reach; dx++)
                        if (is_moved(ds, i, flip, dy, dx, got)) {
                            occurred[flip][dy + reach][dx + reach] = true;
                            matches++;
                        }
            CHECK(matches >= 1);
        }
    }
    for (int flip = 0; flip <= (aug->flip == FLIP_HORIZONTAL); flip++)
        for (int32_t dy = 0; dy <= 2 * reach; dy++)
            for (int32_t dx = 0; dx <= 2 * reach; dx++)
                CHECK(occurred[flip][dy][dx]);
}

TEST(augmented_samples_are_the_allowed_moves_and_all_of_them)
{
    struct arena *a = arena_new("test");
    for (int floats = 0; floats < 2; floats++) {
        const struct dataset ds = make_dataset(a, 9, (struct shape){4, {1, 5, 7, 3}}, floats);
        check_moves(&ds, &(struct augment){.flip = FLIP_HORIZONTAL, .shift = 2}, 2);
        check_moves(&ds, &(struct augment){.crop_pad = 1}, 1);
        check_moves(&ds, &(struct augment){.flip = FLIP_HORIZONTAL}, 0);
    }
    arena_free(a);
}

TEST(shift_and_crop_add_up)
{
    struct arena *a = arena_new("test");
    const struct dataset ds = make_dataset(a, 20, (struct shape){4, {1, 9, 9, 1}}, false);
    check_moves(&ds, &(struct augment){.shift = 1, .crop_pad = 1}, 2);
    arena_free(a);
}

TEST(a_shift_larger_than_the_image_leaves_raw_zeros)
{
    struct arena *a = arena_new("test");
    const struct dataset ds = make_dataset(a, 1, (struct shape){4, {1, 2, 3, 1}}, false);
    const struct augment aug = {.flip = FLIP_HORIZONTAL, .shift = 1000};
    float got[6];
    for (uint32_t epoch = 0; epoch < 20; epoch++) {
        dataset_sample_augmented(&ds, 0, &aug, test_seed(), epoch, got);
        for (int k = 0; k < 6; k++) /* 1 in 10^5 moves leaves a pixel inside */
            CHECK_NEAR(got[k], -0.3 / 0.7, 1e-6);
    }
    arena_free(a);
}

TEST(augmentation_depends_on_seed_epoch_and_sample_alone)
{
    struct arena *a = arena_new("test");
    const struct dataset ds = make_dataset(a, 4, (struct shape){4, {1, 8, 8, 1}}, false);
    const struct augment aug = {.flip = FLIP_HORIZONTAL, .shift = 3};
    float x[64], y[64];
    dataset_sample_augmented(&ds, 2, &aug, 7, 1, x);
    dataset_sample_augmented(&ds, 3, &aug, 7, 1, y);
    dataset_sample_augmented(&ds, 2, &aug, 7, 1, y);
    CHECK_BYTES(x, y, sizeof x);
    int differing = 0;
    for (uint32_t epoch = 2; epoch < 12; epoch++) {
        dataset_sample_augmented(&ds, 2, &aug, 7, epoch, y);
        differing += memcmp(x, y, sizeof x) != 0;
    }
    CHECK(differing >= 5);
    arena_free(a);
}

TEST(no_augmentation_is_the_plain_sample_also_of_feature_vectors)
{
    struct arena *a = arena_new("test");
    const struct dataset ds = make_dataset(a, 3, (struct shape){2, {1, 13}}, true);
    float x[13], y[13];
    dataset_sample(&ds, 1, x);
    dataset_sample_augmented(&ds, 1, &(struct augment){0}, 1, 1, y);
    CHECK_BYTES(x, y, sizeof x);
    for (int k = 0; k < 13; k++)
        CHECK_NEAR(x[k], ((double)ds.f32[13 + k] - 0.3) / 0.7, 1e-5);
    arena_free(a);
}

TEST(int8_samples_are_rounded_half_away_and_clamped)
{
    static const float f32[] = {0, 0.5f, -0.5f, 1.5f, 127, 128, 1000, -1000, -130.5f, 126.5f};
    static const int8_t want[] = {-1, 0, -2, 1, 126, 127, 127, -128, -128, 126};
    struct dataset ds = {.n = 1, .sample = {2, {1, 10}}, .f32 = f32, .mean = 0, .std = 1};
    const struct quant q = {.n = 1, .scale = (const float[]){1}, .zero = (const int32_t[]){-1}};
    int8_t got[10];
    dataset_sample_s8(&ds, 0, &q, got);
    CHECK_BYTES(got, want, sizeof want);
}

TEST(int8_samples_of_bytes_are_the_quantised_float_samples)
{
    struct arena *a = arena_new("test");
    const struct dataset ds = make_dataset(a, 2, (struct shape){4, {1, 30, 30, 1}}, false);
    const struct quant q = {
        .n = 1, .scale = (const float[]){0.011f}, .zero = (const int32_t[]){-88}};
    int8_t got[900];
    float x[900];
    dataset_sample_s8(&ds, 1, &q, got);
    dataset_sample(&ds, 1, x);
    for (int k = 0; k < 900; k++) {
        const float v = roundf(x[k] / 0.011f) - 88;
        CHECK_EQ(got[k], (int)fminf(fmaxf(v, -128), 127));
    }
    arena_free(a);
}

TEST(test_classes_are_matched_by_name)
{
    struct arena *a = arena_new("test");
    const struct dataset train = {.n_classes = 3, .class_names = (const char *[]){"a", "b", "c"}};
    struct dataset test = {.n = 3,
                           .n_classes = 2,
                           .class_names = (const char *[]){"c", "b"},
                           .label = (const uint16_t[]){0, 1, 0}};
    struct diag d = {0};
    CHECK(dataset_match_classes(a, &test, &train, "test", &d));
    CHECK_EQ(test.n_classes, 3);
    CHECK_BYTES(test.label, ((const uint16_t[]){2, 1, 2}), 6);
    struct dataset other = {.n = 1,
                            .n_classes = 2,
                            .class_names = (const char *[]){"a", "z"},
                            .label = (const uint16_t[]){1}};
    CHECK(!dataset_match_classes(a, &other, &train, "test", &d));
    CHECK_STR(d.place, "test");
    CHECK_STR(d.message, "class \"z\" is none of the 3 classes of the training data");
    d = (struct diag){0};
    other.label = (const uint16_t[]){0}; /* "z" is named but has no sample */
    CHECK(dataset_match_classes(a, &other, &train, "test", &d));
    arena_free(a);
}

TEST(an_augmented_28x28_sample_takes_microseconds)
{
    struct arena *a = arena_new("test");
    const struct dataset ds = make_dataset(a, 1000, (struct shape){4, {1, 28, 28, 1}}, false);
    const struct augment aug = {.flip = FLIP_HORIZONTAL, .shift = 2};
    float out[784];
    struct timespec t0, t1;
    double best = 1e9;
    for (uint32_t epoch = 0; epoch < 20; epoch++) {
        clock_gettime(CLOCK_MONOTONIC, &t0);
        for (uint32_t i = 0; i < ds.n; i++)
            dataset_sample_augmented(&ds, i, &aug, 1, epoch, out);
        clock_gettime(CLOCK_MONOTONIC, &t1);
        const double s = (double)(t1.tv_sec - t0.tv_sec) + 1e-9 * (double)(t1.tv_nsec - t0.tv_nsec);
        if (s < best)
            best = s;
    }
    printf("  %.2f us a sample\n", 1e6 * best / ds.n);
    CHECK(best / ds.n < 100e-6); /* wide: also with sanitizers on a busy machine */
    arena_free(a);
}

TEST_MAIN(T(a_shuffle_is_a_permutation_that_repeats),
          T(a_shuffle_puts_every_item_at_every_place_equally_often),
          T(splits_of_one_seed_cover_the_set_without_overlap),
          T(measured_mean_and_std_normalise_bytes_and_floats),
          T(measuring_counts_only_the_samples_asked_for_and_survives_constant_data),
          T(augmented_samples_are_the_allowed_moves_and_all_of_them), T(shift_and_crop_add_up),
          T(a_shift_larger_than_the_image_leaves_raw_zeros),
          T(augmentation_depends_on_seed_epoch_and_sample_alone),
          T(no_augmentation_is_the_plain_sample_also_of_feature_vectors),
          T(int8_samples_are_rounded_half_away_and_clamped),
          T(int8_samples_of_bytes_are_the_quantised_float_samples),
          T(test_classes_are_matched_by_name), T(an_augmented_28x28_sample_takes_microseconds))
