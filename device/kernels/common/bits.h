/* bits.h - bit counts and shifts of the audio front end. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_KERNELS_COMMON_BITS_H
#define MOTE_KERNELS_COMMON_BITS_H
#include <stdint.h>

/* Bits up to and with the highest one that is set; 0 for 0. */
static inline uint32_t mote_bit_length(uint64_t x)
{
    uint32_t n = 0;
    for (uint32_t step = 32; step > 0; step /= 2)
        if (x >> step) {
            x >>= step;
            n += step;
        }
    return n + (x > 0);
}

/* floor(x / 2^n), 0 <= n < 32, also for x < 0. */
static inline int32_t mote_shift_right(int32_t x, uint32_t n)
{
    return x < 0 ? -1 - (int32_t)((uint32_t)(-1 - x) >> n) : (int32_t)((uint32_t)x >> n);
}

static inline int64_t mote_shift_right_s64(int64_t x, uint32_t n)
{
    return x < 0 ? -1 - (int64_t)((uint64_t)(-1 - x) >> n) : (int64_t)((uint64_t)x >> n);
}

/* The int16 with the low 16 bits of x, as two's complement wraps. */
static inline int16_t mote_wrap_s16(int32_t x)
{
    const uint16_t low = (uint16_t)((uint32_t)x & 0xffffu);
    return (int16_t)(low > INT16_MAX ? (int32_t)low - 65536 : (int32_t)low);
}
#endif
