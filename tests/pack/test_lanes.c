/* test_lanes.c - groups whose sums fit 16 bits hold all weights. SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "device/buffers.h"
#include "pack/lanes.h"

#define TAPS_MAX     600
#define CHANNELS_MAX 20
#define BLOCK        8u

/* A layer and its arrays. */
struct drawn {
    int8_t w[TAPS_MAX * CHANNELS_MAX];
    int32_t bias[CHANNELS_MAX], mult;
    int8_t shift;
    struct weighted layer;
};

/* Small weights, `heavy` of 100 any. */
static void draw(struct random *r, uint32_t heavy, struct drawn *d)
{
    const uint32_t n_taps = (uint32_t)random_in(r, 8, TAPS_MAX);
    for (size_t i = 0; i < sizeof d->w; i++)
        d->w[i] = (int8_t)(random_u32(r) % 100 < heavy ? PICK(r, -128, 127) : random_in(r, -6, 6));
    d->mult = random_in(r, 1 << 30, INT32_MAX);
    d->shift = -9;
    d->layer = (struct weighted){.w = d->w,
                                 .bias = d->bias,
                                 .n_channels = (uint32_t)random_in(r, 1, CHANNELS_MAX),
                                 .n_taps = n_taps,
                                 .channel_step = n_taps,
                                 .tap_step = 1,
                                 .out_min = -128,
                                 .out_max = 127,
                                 .mult = &d->mult,
                                 .shift = &d->shift};
}

/* What a block's words say its weights are, group by group. */
struct walk {
    const uint32_t *w;
    const uint8_t *list;
    int32_t sums[BLOCK][TAPS_MAX]; /* of the weights of a tap */
};

static int32_t weight_at(const uint32_t *w, uint32_t i)
{
    return (int32_t)(w[i / 4] >> (8 * (i % 4)) & 255) - 128;
}

/* Of one output; inputs at the end that makes the most of it, and the least. */
static void check_range(const struct walk *k, uint32_t i, uint32_t n)
{
    int32_t low = 0, high = 0;
    for (uint32_t t = 0; t < n; t++) {
        const int32_t w = weight_at(k->w + 2 * t, i);
        low += w > 0 ? -128 * w : 127 * w;
        high += w > 0 ? 127 * w : -128 * w;
    }
    CHECK(low >= INT16_MIN && high <= INT16_MAX);
}

static void take_taps(struct walk *k, uint32_t first, uint32_t n)
{
    for (uint32_t t = first; t < first + n; t++, k->w += 2)
        for (uint32_t i = 0; i < BLOCK; i++)
            k->sums[i][t] += weight_at(k->w, i);
}

static void check_block(const struct weighted *l, uint32_t block, struct walk *k)
{
    uint32_t at = 0;
    memset(k->sums, 0, sizeof k->sums);
    for (; *k->list; k->list++) {
        const uint32_t n = *k->list & ~1u;
        at -= *k->list & 1 ? 4 : 0;
        CHECK(at + n <= l->n_taps && n % 4 == 0);
        for (uint32_t i = 0; i < BLOCK; i++)
            check_range(k, i, n);
        take_taps(k, at, n);
        at += n;
    }
    k->list++;
    CHECK_EQ(at, l->n_taps / 4 * 4);
    take_taps(k, at, l->n_taps % 4);
    for (uint32_t i = 0; i < BLOCK; i++) {
        const uint32_t c = block * BLOCK + i;
        for (uint32_t t = 0; t < l->n_taps; t++)
            CHECK_EQ(k->sums[i][t], c < l->n_channels ? l->w[c * l->channel_step + t] : 0);
    }
}

TEST(groups_fit_16_bits_and_hold_all_weights)
{
    static uint32_t words[TAPS_MAX * CHANNELS_MAX];
    static int32_t second[8 * CHANNELS_MAX];
    static struct record records[CHANNELS_MAX];
    static struct drawn d;
    static struct walk k;
    struct random r = random_seed(test_seed());
    int n = 0;
    for (int i = 0; i < 60; i++) {
        draw(&r, (uint32_t)PICK(&r, 0, 1, 2), &d);
        struct packed_layer p;
        if (!pack_find(LANES, &d.layer, records, &p))
            continue;
        CHECK(p.n_weights <= TAPS_MAX * CHANNELS_MAX && p.n_records <= 8 * CHANNELS_MAX);
        pack_write(LANES, &d.layer, &p, words, second);
        k.w = words, k.list = (const uint8_t *)(words + second[0]);
        for (uint32_t b = 0; b * BLOCK < d.layer.n_channels; b++)
            check_block(&d.layer, b, &k);
        CHECK_EQ(k.w - words, second[0]);
        CHECK(k.list <= (const uint8_t *)(words + p.n_weights));
        n++;
    }
    CHECK(n >= 30);
}

TEST(heavy_weights_and_few_inputs_have_no_lanes)
{
    static struct record records[CHANNELS_MAX];
    static struct drawn d;
    struct random r = random_seed(test_seed());
    struct packed_layer p;
    draw(&r, 0, &d);
    CHECK(pack_find(LANES, &d.layer, records, &p));
    d.layer.n_taps = 7;
    CHECK(!pack_find(LANES, &d.layer, records, &p));
    draw(&r, 100, &d);
    CHECK(!pack_find(LANES, &d.layer, records, &p));
}

TEST_MAIN(T(groups_fit_16_bits_and_hold_all_weights), T(heavy_weights_and_few_inputs_have_no_lanes))
