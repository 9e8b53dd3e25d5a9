/* gelu_f32.h - the complement of the error function in binary32, for gelu.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_GELU_F32_H
#define MOTE_COMMON_GELU_F32_H
#include "kernels/common/math_f32.h"

/* e^(-z^2) * g(z), z >= 1/2, where g is a polynomial in t = 1 / (1 + z). The square is taken of the
 * 12 leading bits of z, exactly, so that the exponential loses nothing by its rounding. */
static inline float mote_erfc_tail_f32(float z)
{
    if (z > 10.1f)
        return 0.0f;
    const float t = 1.0f / (1.0f + z);
    float p = -1.73869228f;
    p = p * t + 6.26690435f;
    p = p * t - 9.01059246f;
    p = p * t + 5.89548683f;
    p = p * t - 0.855140686f;
    p = p * t - 0.714913309f;
    p = p * t - 0.256824523f;
    p = p * t + 0.277729869f;
    p = p * t + 0.564513147f;
    p = p * t + 0.564180434f;
    const float high = mote_of_bits_f32(mote_bits_f32(z) & UINT32_C(0xfffff000));
    return mote_exp_f32(-high * high) * (mote_exp_f32((high - z) * (high + z)) * (p * t));
}

/* Below 8 units where the result is a normal number. */
static inline float mote_erfc_f32(float z)
{
    const float size = mote_abs_f32(z);
    if (size < 0.5f) {
        const float u = z * z;
        float p = 0.00471908273f;
        p = p * u - 0.026757732f;
        p = p * u + 0.112828314f;
        p = p * u - 0.376126081f;
        p = p * u + 1.12837911f;
        return 1.0f - z * p;
    }
    if (size != size)
        return z;
    return z < 0.0f ? 2.0f - mote_erfc_tail_f32(size) : mote_erfc_tail_f32(size);
}
#endif
