/* test_fours.c - groups of taps whose sums fit 21 bits. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "device/buffers.h"
#include "pack/fours.h"

#define TAPS_MAX 700
#define CHANNELS 6

/* A layer and its arrays. */
struct drawn {
    int8_t w[TAPS_MAX * CHANNELS];
    int32_t bias[CHANNELS], mult[CHANNELS];
    int8_t shift[CHANNELS];
    struct weighted layer;
};

/* Weights from `low` to `high`. */
static void draw(struct random *r, int32_t low, int32_t high, struct drawn *d)
{
    const uint32_t n_taps = (uint32_t)random_in(r, 1, TAPS_MAX);
    for (size_t i = 0; i < sizeof d->w; i++)
        d->w[i] = (int8_t)random_in(r, low, high);
    for (size_t i = 0; i < CHANNELS; i++)
        d->mult[i] = random_in(r, 1 << 30, INT32_MAX), d->shift[i] = -9;
    d->layer = (struct weighted){.w = d->w,
                                 .bias = d->bias,
                                 .n_channels = CHANNELS,
                                 .n_taps = n_taps,
                                 .channel_step = n_taps,
                                 .tap_step = 1,
                                 .out_min = -128,
                                 .out_max = 127,
                                 .mult = d->mult,
                                 .shift = d->shift,
                                 .scale_step = 1};
}

/* Taps first to end - 1 of a channel, as they are packed; inputs are 0 to 255. */
static bool fits(const int8_t *w, uint32_t c, uint32_t first, uint32_t end, uint32_t n_taps)
{
    int32_t low = 0, high = 0;
    for (uint32_t t = first; t < end; t++) {
        const int32_t weight = w[(c / 4 * n_taps + t) * 4 + c % 4];
        low += weight < 0 ? 255 * weight : 0;
        high += weight > 0 ? 255 * weight : 0;
    }
    return low >= -(1 << 20) && high < 1 << 20;
}

static bool all_fit(const int8_t *w, uint32_t group, uint32_t n_taps)
{
    const uint32_t missing = -n_taps % 4;
    for (uint32_t c = 0; c < CHANNELS; c++)
        for (uint32_t first = 0, end = group - missing; first < n_taps; first = end, end += group)
            if (!fits(w, c, first, end < n_taps ? end : n_taps, n_taps))
                return false;
    return true;
}

TEST(groups_of_taps_fit_21_bits_and_are_as_few_as_can_be)
{
    static const int32_t ranges[][2] = {{-128, 127}, {-128, -126}, {126, 127}, {-20, 90}, {-9, 9}};
    static struct drawn d;
    static int8_t weights[2 * TAPS_MAX * CHANNELS];
    static int32_t second[100];
    struct record records[CHANNELS];
    struct random r = random_seed(test_seed());
    for (int i = 0; i < 40; i++) {
        const int32_t *range = ranges[i % 5];
        draw(&r, range[0], range[1], &d);
        struct packed_layer p;
        CHECK(pack_find(TRIPLES, &d.layer, records, &p));
        CHECK(p.n_weights <= sizeof weights && p.n_records <= 100);
        pack_write(TRIPLES, &d.layer, &p, weights, second);
        const uint32_t group = (uint32_t)second[0], n_taps = d.layer.n_taps;
        const uint32_t rounds = (n_taps + 3) / 4, n = (4 * rounds + group - 1) / group;
        CHECK(group >= 4 && group % 4 == 0);
        CHECK(all_fit(weights, group, n_taps));
        CHECK(n == 1 || !all_fit(weights, (rounds + n - 2) / (n - 1) * 4, n_taps));
    }
}

TEST(biases_of_triples_take_128_of_each_input_away)
{
    static struct drawn d;
    static int8_t weights[2 * TAPS_MAX * CHANNELS];
    static int32_t plain[100], second[100];
    struct record records[CHANNELS];
    struct random r = random_seed(test_seed());
    draw(&r, -128, 127, &d);
    struct packed_layer p;
    CHECK(pack_find(FOURS, &d.layer, records, &p));
    pack_write(FOURS, &d.layer, &p, weights, plain);
    CHECK(pack_find(TRIPLES, &d.layer, records, &p));
    pack_write(TRIPLES, &d.layer, &p, weights, second);
    for (uint32_t c = 0; c < 4; c++) {
        int32_t sum = 0;
        for (uint32_t t = 0; t < d.layer.n_taps; t++)
            sum += d.w[c * d.layer.channel_step + t];
        CHECK_EQ(second[1 + c], plain[c] - 128 * sum);
    }
}

TEST_MAIN(T(groups_of_taps_fit_21_bits_and_are_as_few_as_can_be),
          T(biases_of_triples_take_128_of_each_input_away))
