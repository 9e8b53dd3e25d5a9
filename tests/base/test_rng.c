/* test_rng.c - rng.h: known answers, ranges, moments. SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/rng.h"
#include "check.h"

TEST(the_seed_is_expanded_by_splitmix64)
{
    /* First outputs of the reference splitmix64.c for the seeds 0 and 1234567. */
    static const struct {
        uint64_t seed, s[4];
    } cases[] = {
        {0,
         {UINT64_C(0xe220a8397b1dcdaf), UINT64_C(0x6e789e6aa1b965f4), UINT64_C(0x06c45d188009454f),
          UINT64_C(0xf88bb8a8724c81ec)}},
        {1234567,
         {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
          UINT64_C(9817491932198370423), UINT64_C(4593380528125082431)}},
    };
    for (size_t k = 0; k < 2; k++) {
        const struct rng r = rng_seed(cases[k].seed);
        for (int i = 0; i < 4; i++)
            CHECK(r.s[i] == cases[k].s[i]);
    }
}

TEST(the_numbers_are_those_of_xoshiro256starstar)
{
    /* Outputs of the reference xoshiro256starstar.c from the state 1, 2, 3, 4. */
    static const uint64_t want[] = {UINT64_C(11520),
                                    UINT64_C(0),
                                    UINT64_C(1509978240),
                                    UINT64_C(1215971899390074240),
                                    UINT64_C(1216172134540287360),
                                    UINT64_C(607988272756665600),
                                    UINT64_C(16172922978634559625),
                                    UINT64_C(8476171486693032832),
                                    UINT64_C(10595114339597558777),
                                    UINT64_C(2904607092377533576)};
    struct rng r = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const uint64_t got = rng_u64(&r);
        if (got != want[i])
            test_fail(__FILE__, __LINE__, "number %zu is %" PRIu64, i, got);
    }
}

TEST(streams_of_a_seed_differ_and_repeat)
{
    uint64_t first[64];
    for (uint64_t i = 0; i < 64; i++) {
        struct rng r = rng_split(test_seed() + i / 8, i % 8);
        first[i] = rng_u64(&r);
        struct rng again = rng_split(test_seed() + i / 8, i % 8);
        CHECK(rng_u64(&again) == first[i]);
        for (uint64_t k = 0; k < i; k++)
            CHECK(first[k] != first[i]);
    }
}

TEST(below_stays_below_and_is_even)
{
    struct rng r = rng_seed(test_seed());
    enum { N = 7, DRAWS = 70000 };
    int count[N] = {0};
    for (int i = 0; i < DRAWS; i++) {
        const uint32_t x = rng_below(&r, N);
        CHECK(x < N);
        count[x]++;
    }
    for (int i = 0; i < N; i++) /* 10000 expected, sigma 93 */
        CHECK_NEAR(count[i], 10000, 6 * 93);
    for (int i = 0; i < 100; i++)
        CHECK_EQ(rng_below(&r, 1), 0);
    bool upper_half = false;
    for (int i = 0; i < 100; i++)
        upper_half = upper_half || rng_below(&r, UINT32_MAX) > UINT32_MAX / 2;
    CHECK(upper_half);
}

TEST(uniform_and_normal_have_their_moments)
{
    struct rng r = rng_seed(test_seed());
    enum { N = 200000 };
    double sum_u = 0, sum_n = 0, sum_nn = 0, sum_n4 = 0;
    for (int i = 0; i < N; i++) {
        const double u = (double)rng_f32(&r), x = (double)rng_normal(&r);
        CHECK(u >= 0 && u < 1);
        sum_u += u;
        sum_n += x;
        sum_nn += x * x;
        sum_n4 += x * x * x * x;
    }
    CHECK_NEAR(sum_u / N, 0.5, 6 * 0.289 / 447);
    CHECK_NEAR(sum_n / N, 0, 6.0 / 447);
    CHECK_NEAR(sum_nn / N, 1, 6 * 1.414 / 447);
    CHECK_NEAR(sum_n4 / N, 3, 6 * 9.8 / 447);
}

TEST_MAIN(T(the_seed_is_expanded_by_splitmix64), T(the_numbers_are_those_of_xoshiro256starstar),
          T(streams_of_a_seed_differ_and_repeat), T(below_stays_below_and_is_even),
          T(uniform_and_normal_have_their_moments))
