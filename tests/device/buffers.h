/* buffers.h - what the kernel tests share: random numbers, and buffers with canaries on both
 * sides that the address sanitizer guards too. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TESTS_DEVICE_BUFFERS_H
#define MOTE_TESTS_DEVICE_BUFFERS_H
#include <stdlib.h>

#include "check.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define CANARY_BYTES 64
#define CANARY       0xa5

/* n bytes at `at`, with CANARY_BYTES of canary before and after. */
struct guarded {
    unsigned char *block, *at;
    size_t n;
};

static inline struct guarded guarded_new(size_t n)
{
    struct guarded g = {malloc(n + 2 * (size_t)CANARY_BYTES), NULL, n};
    CHECK(g.block != NULL);
    memset(g.block, CANARY, n + 2 * (size_t)CANARY_BYTES);
    g.at = g.block + CANARY_BYTES;
    POISON(g.block, CANARY_BYTES);
    POISON(g.at + n, CANARY_BYTES);
    return g;
}

/* Fails the test when a canary was overwritten; releases the buffer. */
static inline void guarded_free(struct guarded g)
{
    int n_bad = 0;
    UNPOISON(g.block, g.n + 2 * (size_t)CANARY_BYTES);
    for (size_t i = 0; i < CANARY_BYTES; i++)
        n_bad += (g.block[i] != CANARY) + (g.at[g.n + i] != CANARY);
    free(g.block);
    CHECK_EQ(n_bad, 0);
}

/* xorshift64*: the device library has no random numbers of its own. */
struct random {
    uint64_t state;
};

static inline struct random random_seed(uint64_t seed)
{
    struct random r = {(seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1};
    return r;
}

static inline uint32_t random_u32(struct random *r)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return (uint32_t)((r->state * UINT64_C(0x2545f4914f6cdd1d)) >> 32);
}

/* low..high, both included. */
static inline int32_t random_in(struct random *r, int32_t low, int32_t high)
{
    return (int32_t)(low + (int64_t)(random_u32(r) % ((uint64_t)((int64_t)high - low) + 1)));
}

/* One of n values. */
#define PICK(r, ...)                                                                               \
    ((const int32_t[]){                                                                            \
        __VA_ARGS__}[random_u32(r) % (sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))])

/* Bytes of any value; every fourth buffer only has the ends of the range. */
static inline void random_fill(struct random *r, unsigned char *at, size_t n)
{
    const bool is_extreme = random_u32(r) % 4 == 0;
    for (size_t i = 0; i < n; i++)
        at[i] = is_extreme ? (random_u32(r) & 1 ? 0x80 : 0x7f) : (unsigned char)random_u32(r);
}
#endif
