/* math_f32.h - elementary functions in binary32, for chips without a math library.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Additions, multiplications and divisions of binary32, each rounded once, so that every machine
 * gives the same bytes. Polynomials are minimax fits on the reduced range. The errors stated, in
 * units in the last place of the exact result, are what tests/device/test_math_f32.c measures over
 * the whole range. */
#ifndef MOTE_COMMON_MATH_F32_H
#define MOTE_COMMON_MATH_F32_H
#include <stdint.h>

union mote_bits_f32 {
    float value;
    uint32_t bits;
};

static inline uint32_t mote_bits_f32(float x)
{
    const union mote_bits_f32 u = {.value = x};
    return u.bits;
}

static inline float mote_of_bits_f32(uint32_t bits)
{
    const union mote_bits_f32 u = {.bits = bits};
    return u.value;
}

#define MOTE_INFINITE_F32 UINT32_C(0x7f800000)

static inline float mote_nan_f32(void)
{
    return mote_of_bits_f32(UINT32_C(0x7fc00000));
}

static inline float mote_abs_f32(float x)
{
    return mote_of_bits_f32(mote_bits_f32(x) & UINT32_C(0x7fffffff));
}

/* 2^k, -126 <= k <= 127 */
static inline float mote_exp2_f32(int32_t k)
{
    return mote_of_bits_f32((uint32_t)(k + 127) << 23);
}

/* The nearest integer, halves to the even one: above 2^23 there is nothing but integers. */
static inline float mote_round_f32(float x)
{
    const float whole = x < 0.0f ? -0x1p23f : 0x1p23f;
    return mote_abs_f32(x) < 0x1p23f ? (x + whole) - whole : x;
}

static inline float mote_floor_f32(float x)
{
    const float near = mote_round_f32(x);
    return near > x ? near - 1.0f : near;
}

static inline float mote_ceil_f32(float x)
{
    const float near = mote_round_f32(x);
    return near < x ? near + 1.0f : near;
}

/* e^x = 2^k * e^r with |r| <= ln 2 / 2; the first part of ln 2 has 9 bits, so that k times it is
 * exact. Below 1 unit; results below 2^-126 may lose another. */
static inline float mote_exp_f32(float x)
{
    if (!(x < 88.8f)) /* NaN, too */
        return x >= 88.8f ? mote_of_bits_f32(MOTE_INFINITE_F32) : x;
    if (x < -104.0f)
        return 0.0f;
    const float k = mote_round_f32(x * 1.44269502f); /* -150..128 */
    const float r = (x - k * 0.693359375f) - k * -0.000212194442f;
    float p = 0.00139269268f;
    p = p * r + 0.00836377405f;
    p = p * r + 0.0416665487f;
    p = p * r + 0.166665733f;
    p = p * r + 0.5f;
    const float y = (p * (r * r) + r) + 1.0f;
    const int32_t half = (int32_t)k / 2, rest = (int32_t)k - half;
    return y * mote_exp2_f32(half) * mote_exp2_f32(rest);
}

/* log x = k * ln 2 + log(1 + f) with sqrt(1/2) <= 1 + f < sqrt 2. Below 1 unit. */
static inline float mote_log_f32(float x)
{
    if (!(x > 0.0f))
        return x == 0.0f ? -mote_of_bits_f32(MOTE_INFINITE_F32) : mote_nan_f32();
    if (mote_bits_f32(x) == MOTE_INFINITE_F32)
        return x;
    const int32_t small = x < 0x1p-126f ? 23 : 0;
    const uint32_t bits = mote_bits_f32(small ? x * 0x1p23f : x);
    const uint32_t above = bits - UINT32_C(0x3f3504f3); /* sqrt(1/2) */
    const int32_t k = (int32_t)(above >> 23) - (above >> 31 ? 512 : 0);
    const float f = mote_of_bits_f32(bits - ((uint32_t)k << 23)) - 1.0f;
    float p = 0.0697161183f;
    p = p * f - 0.114797339f;
    p = p * f + 0.116854198f;
    p = p * f - 0.124256872f;
    p = p * f + 0.142490581f;
    p = p * f - 0.166678026f;
    p = p * f + 0.200007156f;
    p = p * f - 0.24999997f;
    p = p * f + 0.333333313f;
    const float e = (float)(k - small), square = f * f;
    return (f + (p * f * square + (-0.5f * square + e * -0.000212194442f))) + e * 0.693359375f;
}

/* Below 2 units. */
static inline float mote_tanh_f32(float x)
{
    const float size = mote_abs_f32(x);
    if (size < 0.6f) {
        const float u = x * x;
        float p = -0.00626911968f;
        p = p * u + 0.0211109594f;
        p = p * u - 0.0538739488f;
        p = p * u + 0.133329153f;
        p = p * u - 0.333333313f;
        return x + x * (u * p);
    }
    if (size != size)
        return x;
    const float y = 1.0f - 2.0f / (mote_exp_f32(size < 10.0f ? 2.0f * size : 20.0f) + 1.0f);
    return x < 0.0f ? -y : y;
}

/* 1 / (1 + e^-x), by e^-|x|, which does not overflow. Below 2.5 units. */
static inline float mote_logistic_f32(float x)
{
    const float e = mote_exp_f32(-mote_abs_f32(x));
    return x < 0.0f ? e / (1.0f + e) : 1.0f / (1.0f + e);
}

/* Bit by bit, correctly rounded: chips without an instruction for it get the same bytes. */
static inline float mote_sqrt_f32(float x)
{
    if (!(x > 0.0f) || mote_bits_f32(x) == MOTE_INFINITE_F32)
        return x < 0.0f ? mote_nan_f32() : x;
    const int32_t small = x < 0x1p-126f ? 24 : 0;
    const uint32_t bits = mote_bits_f32(small ? x * 0x1p24f : x);
    const int32_t exponent = (int32_t)(bits >> 23) - 127;
    const uint32_t mantissa = (bits & UINT32_C(0x7fffff)) | UINT32_C(0x800000);
    /* rest and root in units of 2^-24: root^2 + what is left is the mantissa, at every bit */
    uint32_t rest = mantissa << (1 + (exponent & 1)), root = 0, twice = 0;
    for (uint32_t bit = UINT32_C(1) << 24; bit != 0; bit >>= 1) {
        if (rest >= twice + bit) {
            rest -= twice + bit;
            twice += 2 * bit;
            root += bit;
        }
        rest <<= 1;
    }
    if (rest != 0) /* an exact root has no bit to round */
        root += root & 1;
    const int32_t half = ((exponent & 1 ? exponent - 1 : exponent) - small) / 2;
    return mote_of_bits_f32((root >> 1) + ((uint32_t)(half + 126) << 23));
}
#endif
