/* floor_f32.h - quotients that are rounded down, and what they leave, in binary32.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_FLOOR_F32_H
#define MOTE_COMMON_FLOOR_F32_H
#include "kernels/common/math_f32.h"

/* The exponent of a finite float as the bits have it, 1 for those below 2^-126. */
static inline uint32_t mote_exponent_f32(uint32_t size)
{
    return size >> 23 ? size >> 23 : 1;
}

/* Its mantissa: x is mantissa * 2^(exponent - 150), below 2^24. */
static inline uint32_t mote_mantissa_f32(uint32_t size)
{
    return size >> 23 ? (size & UINT32_C(0x7fffff)) | UINT32_C(0x800000) : size;
}

/* What whole multiples of |b| leave of a, with the sign of a, exactly: fmod of ISO C. The rest of a
 * division by hand, eight bits at a time. */
static inline float mote_fmod_f32(float a, float b)
{
    const uint32_t x = mote_bits_f32(mote_abs_f32(a)), y = mote_bits_f32(mote_abs_f32(b));
    if (x >= MOTE_INFINITE_F32 || y > MOTE_INFINITE_F32 || y == 0)
        return mote_nan_f32();
    if (x < y)
        return a;
    uint32_t exponent = mote_exponent_f32(y), ahead = mote_exponent_f32(x) - exponent;
    const uint32_t by = mote_mantissa_f32(y);
    uint32_t rest = mote_mantissa_f32(x) % by;
    while (ahead > 0) {
        const uint32_t bits = ahead < 8 ? ahead : 8;
        rest = (rest << bits) % by; /* rest < 2^24 */
        ahead -= bits;
    }
    for (; rest != 0 && rest < UINT32_C(0x800000) && exponent > 1; exponent--)
        rest <<= 1;
    if (rest >= UINT32_C(0x800000))
        rest = (rest & UINT32_C(0x7fffff)) | (exponent << 23);
    return mote_of_bits_f32(rest | (mote_bits_f32(a) & UINT32_C(0x80000000)));
}

/* The same with the sign of b: one rounding where the signs differ. */
static inline float mote_floor_mod_f32(float a, float b)
{
    const float rest = mote_fmod_f32(a, b);
    return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
}

/* a / b rounded down. Below 2^23 it is exact: a quotient that has been rounded up to an integer lies
 * less than 1/4 below it, and then the rest is more than half of b. From 2^23 on it is the quotient
 * rounded to the nearest. */
static inline float mote_floor_div_f32(float a, float b)
{
    const float q = a / b, down = mote_floor_f32(q);
    if (down != q || !(mote_abs_f32(q) < 0x1p23f))
        return down;
    const float rest = mote_abs_f32(mote_floor_mod_f32(a, b));
    return rest > mote_abs_f32(b) - rest ? q - 1.0f : q;
}
#endif
