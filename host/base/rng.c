/* rng.c - xoshiro256** and splitmix64, after the reference of Blackman and Vigna.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

#include <assert.h>
#include <math.h>

static uint64_t splitmix64(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct rng rng_seed(uint64_t seed)
{
    struct rng r;
    for (int i = 0; i < 4; i++)
        r.s[i] = splitmix64(&seed);
    return r;
}

struct rng rng_split(uint64_t seed, uint64_t stream)
{
    /* Hashing the seed first keeps (seed, stream) and (seed + 1, stream - 1) apart. */
    return rng_seed(splitmix64(&seed) ^ stream);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t rng_u64(struct rng *r)
{
    const uint64_t result = rotate_left(r->s[1] * 5, 7) * 9;
    const uint64_t t = r->s[1] << 17;
    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rotate_left(r->s[3], 45);
    return result;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    assert(n >= 1);
    /* Lemire, "Fast Random Integer Generation in an Interval", 2019: the high half of a 32 x 32
     * product, redrawn in the few cases that would make small values likelier. */
    const uint32_t limit = (uint32_t)-n % n;
    for (;;) {
        const uint64_t product = (rng_u64(r) >> 32) * n;
        if ((uint32_t)product >= limit)
            return (uint32_t)(product >> 32);
    }
}

float rng_f32(struct rng *r)
{
    return (float)(rng_u64(r) >> 40) * 0x1p-24f;
}

float rng_normal(struct rng *r)
{
    const double two_pi = 6.283185307179586;
    const double u = (double)((rng_u64(r) >> 11) + 1) * 0x1p-53; /* (0, 1]: log is finite */
    const double v = (double)(rng_u64(r) >> 11) * 0x1p-53;
    return (float)(sqrt(-2.0 * log(u)) * cos(two_pi * v));
}
