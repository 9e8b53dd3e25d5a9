/* rng.h - seeded random numbers: xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64.
 *
 * Same seed, same numbers on every machine. A stream for a purpose is made by rng_split, so that
 * drawing more in one place does not change another.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_RNG_H
#define MOTE_HOST_RNG_H
#include <stdint.h>

struct rng {
    uint64_t s[4];
};

struct rng rng_seed(uint64_t seed);
/* A stream of its own for (seed, stream): e.g. stream = epoch * 2^32 + sample. */
struct rng rng_split(uint64_t seed, uint64_t stream);
uint64_t rng_u64(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n); /* uniform in 0..n-1, n >= 1, unbiased */
float rng_f32(struct rng *r);                  /* uniform in [0, 1), 24 bits */
float rng_normal(struct rng *r);               /* mean 0, variance 1 (Box-Muller) */
#endif
