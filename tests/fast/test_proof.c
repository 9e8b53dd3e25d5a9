/* test_proof.c - a proved float form is the definition, for every sum.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/rng.h"
#include "check.h"
#include "fast/proof.h"
#include "kernels/common/requant.h"

static int32_t defined(const struct staircase *s, int32_t sum)
{
    return mote_clamp_s32(mote_requant(sum, s->mult, s->shift), s->low, s->high);
}

static int32_t by_float(const struct staircase *s, int32_t sum, float scale, float half)
{
    const float x = (float)sum;
    return mote_clamp_s32((int32_t)fmaf(x, scale, copysignf(half, x)), s->low, s->high);
}

/* A multiplier of about 2^-10..2^-4 and what sums can reach. */
static struct staircase random_staircase(struct rng *r)
{
    struct staircase s = {
        .mult = (int32_t)((1u << 30) + rng_below(r, 1u << 30)),
        .shift = -4 - (int32_t)rng_below(r, 6),
        .low = -(int32_t)rng_below(r, 256),
    };
    s.high = s.low + 255;
    s.first = -(int32_t)rng_below(r, 100000);
    s.last = (int32_t)rng_below(r, 100000);
    return s;
}

TEST(a_proved_form_is_right_for_every_sum)
{
    struct rng r = rng_seed(test_seed());
    int n_proved = 0;
    for (int i = 0; i < 200; i++) {
        const struct staircase s = random_staircase(&r);
        float scale, half;
        if (!prove_float(&s, &scale, &half))
            continue;
        n_proved++;
        for (int32_t sum = s.first; sum <= s.last; sum++)
            if (by_float(&s, sum, scale, half) != defined(&s, sum))
                test_fail(__FILE__, __LINE__, "sum %d: %d, expected %d", sum,
                          by_float(&s, sum, scale, half), defined(&s, sum));
    }
    CHECK(n_proved > 150); /* else the form would not be worth its code */
}

TEST(multipliers_of_powers_of_two_have_ties_and_are_proved_or_refused)
{
    for (int32_t shift = -12; shift <= 3; shift++) {
        const struct staircase s = {1 << 30, shift, -128, 127, -60000, 60000};
        float scale, half;
        if (!prove_float(&s, &scale, &half))
            continue;
        for (int32_t sum = s.first; sum <= s.last; sum++)
            CHECK_EQ(by_float(&s, sum, scale, half), defined(&s, sum));
    }
}

TEST(a_multiplier_of_0_is_a_staircase_without_steps)
{
    const struct staircase s = {0, 0, -128, 127, -1000000, 1000000};
    float scale, half;
    CHECK(prove_float(&s, &scale, &half));
    CHECK_EQ(by_float(&s, 1000000, scale, half), 0);
}

TEST(a_fine_staircase_is_refused)
{
    /* steps of 2^24 sums, where floats are further apart than sums are */
    const struct staircase s = {1431655765, -24, -128, 127, INT32_MIN / 2, INT32_MAX / 2};
    float scale, half;
    CHECK(!prove_float(&s, &scale, &half));
}

TEST(sums_beyond_what_floats_convert_are_refused)
{
    const struct staircase s = {1 << 30, 0, -128, 127, INT32_MIN / 2, INT32_MAX / 2};
    float scale, half;
    CHECK(!prove_float(&s, &scale, &half));
}

TEST_MAIN(T(a_proved_form_is_right_for_every_sum),
          T(multipliers_of_powers_of_two_have_ties_and_are_proved_or_refused),
          T(a_multiplier_of_0_is_a_staircase_without_steps), T(a_fine_staircase_is_refused),
          T(sums_beyond_what_floats_convert_are_refused))
