/* test_record.c - what is packed for a channel gives the definition's byte for every sum.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "device/buffers.h"
#include "kernels/common/requant.h"
#include "pack/record.h"

#define TAPS 24

/* A layer of one channel and its arrays. */
struct drawn {
    int8_t w[TAPS];
    int32_t bias, mult;
    int8_t shift;
    struct weighted layer;
};

static void draw(struct random *r, struct drawn *d)
{
    d->mult = random_in(r, 1 << 30, INT32_MAX);
    d->shift = (int8_t)random_in(r, -13, -1);
    const int32_t range = PICK(r, 10, 1000, 50000, 1000000);
    d->bias = random_in(r, -range, range);
    random_fill(r, (unsigned char *)d->w, TAPS);
    const bool is_one_sided = random_u32(r) % 2;
    const int32_t zero = is_one_sided ? -128 : random_in(r, -128, 127);
    const int32_t low = PICK(r, -128, zero, random_in(r, -128, 127));
    d->layer = (struct weighted){.w = d->w,
                                 .bias = &d->bias,
                                 .n_channels = 1,
                                 .n_taps = (uint32_t)PICK(r, 1, 9, TAPS),
                                 .tap_step = 1,
                                 .in_zero = random_in(r, -128, 127),
                                 .out_zero = zero,
                                 .out_min = low,
                                 .out_max = PICK(r, 127, 127, random_in(r, low, 127)),
                                 .mult = &d->mult,
                                 .shift = &d->shift};
}

/* The sum that the definition speaks of: without what the record has added to the bias. */
static int32_t definition(const struct weighted *l, int64_t sum)
{
    return mote_to_s8(mote_requant((int32_t)sum, l->mult[0], l->shift[0]), l->out_zero, l->out_min,
                      l->out_max);
}

static int32_t high32(int64_t product)
{
    return (int32_t)(product >> 32);
}

static int32_t proved(const struct weighted *l, const struct record *c, int32_t sum)
{
    return mote_clamp_s32(high32((int64_t)sum * c->mult) + c->add, l->out_min, l->out_max);
}

static int32_t exact(const struct weighted *l, const struct record *c, int32_t sum)
{
    const int32_t h = high32((int64_t)sum * c->mult + (INT64_C(1) << 31)) + sum;
    return mote_clamp_s32((h + (h >> 31) + c->add) >> c->shift, l->out_min, l->out_max);
}

static int32_t scaled(const struct weighted *l, const struct record *c, int32_t sum)
{
    return mote_clamp_s32(high32((int64_t)sum * c->mult) >> 8, l->out_min, l->out_max);
}

/* What the bias is without the proof's part. */
static int64_t folded_bias(const struct weighted *l)
{
    int64_t sum = l->bias[0];
    for (uint32_t t = 0; t < l->n_taps; t++)
        sum -= l->w[t] * l->in_zero;
    return sum;
}

/* Every sum that the channel can have, if there are few, else every so many. */
static void check_record(const struct weighted *l, const struct record *c, enum rounding rounding)
{
    const int64_t shifted = c->bias - folded_bias(l);
    const int64_t step = 1 + ((int64_t)c->high - c->low) / 300000;
    for (int64_t s = c->low; s <= c->high; s += step) {
        const int32_t sum = (int32_t)s;
        const int32_t got = rounding == ROUND_PROVED ? proved(l, c, sum) : exact(l, c, sum);
        CHECK_EQ(got, definition(l, s - shifted));
    }
}

/* The same of sums that are `scale` times as large. */
static void check_scaled(const struct weighted *l, const struct record *c)
{
    const int64_t bias = folded_bias(l), step = 1 + ((int64_t)c->high - c->low) / 300000;
    for (int64_t s = c->low; s <= c->high; s += step * c->scale) {
        const int64_t products = c->scale > 0 ? (s - c->bias) / c->scale : 0;
        CHECK_EQ(products * c->scale + c->bias, s);
        CHECK_EQ(scaled(l, c, (int32_t)s), definition(l, products + bias));
        if (c->scale == 0)
            break;
    }
    for (uint32_t t = 0; t < l->n_taps; t++)
        CHECK(l->w[t] * c->scale >= INT16_MIN && l->w[t] * c->scale <= INT16_MAX);
}

TEST(a_record_gives_the_byte_of_the_definition_for_every_sum)
{
    struct random r = random_seed(test_seed());
    uint32_t n[3] = {0, 0, 0};
    for (int i = 0; i < 400; i++) {
        struct drawn d;
        draw(&r, &d);
        for (enum rounding rounding = ROUND_PROVED; rounding <= ROUND_EXACT; rounding++) {
            struct record c;
            if (!record_find(&d.layer, 0, rounding, &c))
                continue;
            check_record(&d.layer, &c, rounding);
            n[rounding]++;
        }
        struct record c;
        if (record_find(&d.layer, 0, ROUND_SCALED, &c)) {
            check_scaled(&d.layer, &c);
            n[ROUND_SCALED]++;
        }
    }
    CHECK(n[ROUND_PROVED] > 100);
    CHECK(n[ROUND_EXACT] > 350);
    CHECK(n[ROUND_SCALED] + 10 >= n[ROUND_PROVED]);
}

TEST(a_channel_without_a_multiplier_gives_its_zero_point)
{
    struct random r = random_seed(test_seed());
    struct drawn d;
    draw(&r, &d);
    d.mult = d.shift = 0;
    for (enum rounding rounding = ROUND_PROVED; rounding <= ROUND_EXACT; rounding++) {
        struct record c;
        CHECK(record_find(&d.layer, 0, rounding, &c));
        check_record(&d.layer, &c, rounding);
    }
    struct record c;
    CHECK(record_find(&d.layer, 0, ROUND_SCALED, &c));
    check_scaled(&d.layer, &c);
}

TEST(multipliers_of_one_and_more_and_sums_beyond_31_bits_have_no_record)
{
    struct random r = random_seed(test_seed());
    struct drawn d;
    draw(&r, &d);
    struct record c;
    d.shift = 1;
    CHECK(!record_find(&d.layer, 0, ROUND_PROVED, &c));
    CHECK(!record_find(&d.layer, 0, ROUND_EXACT, &c));
    d.shift = -5;
    d.bias = INT32_MAX;
    CHECK(!record_find(&d.layer, 0, ROUND_PROVED, &c));
    CHECK(!record_find(&d.layer, 0, ROUND_EXACT, &c));
}

/* Its least sum is the least that gives 23, by half away from zero. */
TEST(a_record_holds_at_the_least_sum_where_no_step_is)
{
    struct random r = random_seed(1);
    struct drawn d;
    draw(&r, &d);
    d.w[0] = -2, d.w[1] = 1, d.w[2] = 0;
    d.bias = 3443, d.mult = 2019526230, d.shift = -7;
    d.layer.n_taps = 3;
    d.layer.in_zero = 1, d.layer.out_zero = 0;
    d.layer.out_min = -128, d.layer.out_max = 127;
    struct record c;
    CHECK_EQ(definition(&d.layer, 3062), 23);
    CHECK(record_find(&d.layer, 0, ROUND_PROVED, &c));
    check_record(&d.layer, &c, ROUND_PROVED);
}

TEST_MAIN(T(a_record_gives_the_byte_of_the_definition_for_every_sum),
          T(a_channel_without_a_multiplier_gives_its_zero_point),
          T(a_record_holds_at_the_least_sum_where_no_step_is),
          T(multipliers_of_one_and_more_and_sums_beyond_31_bits_have_no_record))
