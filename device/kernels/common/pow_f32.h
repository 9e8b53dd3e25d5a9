/* pow_f32.h - x to the power y in binary32. SPDX-License-Identifier: Apache-2.0
 *
 * The exponent y * log x reaches 104, where a unit in the last place of a float would be 2^-17 of the
 * result. So log x and the product are sums of two floats, the first of 12 bits, whose products with
 * each other are exact. Below 7 units, measured by tests/device/test_math_f32.c; most of that is the
 * rounding of the series. Special cases are those of ISO C. */
#ifndef MOTE_COMMON_POW_F32_H
#define MOTE_COMMON_POW_F32_H
#include "kernels/common/math_f32.h"

/* high + low, high of 12 bits. */
struct mote_two_f32 {
    float high, low;
};

static inline float mote_12_bits_f32(float x)
{
    return mote_of_bits_f32(mote_bits_f32(x) & UINT32_C(0xfffff000));
}

/* log x = k * ln 2 + 2 artanh(f / (2 + f)) with sqrt(1/2) <= 1 + f < sqrt 2, for x > 0 and finite. */
static inline struct mote_two_f32 mote_log_two_f32(float x)
{
    const int32_t small = x < 0x1p-126f ? 23 : 0;
    const uint32_t bits = mote_bits_f32(small ? x * 0x1p23f : x);
    const uint32_t above = bits - UINT32_C(0x3f3504f3); /* sqrt(1/2) */
    const int32_t k = (int32_t)(above >> 23) - (above >> 31 ? 512 : 0);
    const float f = mote_of_bits_f32(bits - ((uint32_t)k << 23)) - 1.0f;
    /* s = f / (2 + f), |s| < 0.172, in two parts: what the first leaves of f is exact */
    const float sum = 2.0f + f, s = f / sum;
    const float s_high = mote_12_bits_f32(s);
    const float sum_high = mote_12_bits_f32(sum), sum_low = f - (sum_high - 2.0f);
    const float s_low = ((f - s_high * sum_high) - s_high * sum_low) / sum;
    const float u = s * s;
    float p = 0.153846154f; /* 2/13, 2/11, ..., 2/3 of the series */
    p = p * u + 0.181818182f;
    p = p * u + 0.222222222f;
    p = p * u + 0.285714286f;
    p = p * u + 0.4f;
    p = p * u + 0.666666667f;
    const float e = (float)(k - small);
    /* ln 2 in 9 bits and the rest; |k ln 2| is 0 or the larger: the rounding of the sum is known */
    const float whole = e * 0.693359375f, near = 2.0f * s_high, z = whole + near;
    const float lost = e == 0.0f ? 0.0f : near - (z - whole);
    const float rest = (2.0f * s_low + u * s * p) + e * -0.000212194442f;
    const float high = mote_12_bits_f32(z);
    return (struct mote_two_f32){high, (z - high) + (lost + rest)};
}

/* x^y for x > 0, finite, and y finite. */
static inline float mote_pow_positive_f32(float x, float y)
{
    const struct mote_two_f32 log = mote_log_two_f32(x);
    const float about = y * (log.high + log.low);
    if (!(about < 89.0f))
        return mote_of_bits_f32(MOTE_INFINITE_F32);
    if (about < -105.0f)
        return 0.0f;
    const float y_high = mote_12_bits_f32(y), high = y_high * log.high;
    const float low = (y - y_high) * log.high + y * log.low;
    const float k = mote_round_f32((high + low) * 1.44269502f);
    const float r = ((high - k * 0.693359375f) - k * -0.000212194442f) + low;
    float p = 0.00139269268f; /* as mote_exp_f32 */
    p = p * r + 0.00836377405f;
    p = p * r + 0.0416665487f;
    p = p * r + 0.166665733f;
    p = p * r + 0.5f;
    const float z = (p * (r * r) + r) + 1.0f;
    const int32_t half = (int32_t)k / 2, rest = (int32_t)k - half;
    return z * mote_exp2_f32(half) * mote_exp2_f32(rest);
}

/* 0: no integer, 1: an odd one, 2: an even one, like every number from 2^24 on and an infinity. */
static inline int mote_parity_f32(float y)
{
    const float size = mote_abs_f32(y);
    if (size >= 0x1p24f)
        return 2;
    if (mote_floor_f32(size) != size)
        return 0;
    return (uint32_t)size % 2 ? 1 : 2;
}

/* |x|^y, where |x| is neither 1 nor NaN and y is neither 0 nor NaN. */
static inline float mote_pow_size_f32(float size, float y)
{
    const float infinite = mote_of_bits_f32(MOTE_INFINITE_F32);
    if (size == 0.0f || size == infinite || mote_abs_f32(y) == infinite)
        return (size > 1.0f) == (y > 0.0f) ? infinite : 0.0f;
    return mote_pow_positive_f32(size, y);
}

static inline float mote_pow_f32(float x, float y)
{
    const float size = mote_abs_f32(x);
    if (y == 0.0f || x == 1.0f)
        return 1.0f;
    if (x != x || y != y)
        return mote_nan_f32();
    const int parity = mote_parity_f32(y);
    if (x < 0.0f && parity == 0 && mote_bits_f32(size) != MOTE_INFINITE_F32)
        return mote_nan_f32();
    const float z = size == 1.0f ? 1.0f : mote_pow_size_f32(size, y);
    return mote_bits_f32(x) >> 31 && parity == 1 ? -z : z;
}
#endif
