/* trig_f32.h - sine and cosine in binary32. SPDX-License-Identifier: Apache-2.0
 *
 * Any argument is brought into -pi/4..pi/4 exactly, by the bits of 2 / pi that matter for its
 * exponent (Payne and Hanek). Below 3 units in the last place. */
#ifndef MOTE_COMMON_TRIG_F32_H
#define MOTE_COMMON_TRIG_F32_H
#include "kernels/common/math_f32.h"

/* x = quadrant * pi/2 + rest, the quadrant modulo 4, |rest| <= pi/4 */
struct mote_angle_f32 {
    uint32_t quadrant;
    float rest;
};

/* A fraction of a quadrant in Q0.64, -1/2..1/2, times pi/2: its 31 leading bits are taken. */
static inline float mote_quadrants_f32(int64_t fraction)
{
    uint64_t size = fraction < 0 ? 0u - (uint64_t)fraction : (uint64_t)fraction;
    int32_t shift = 0;
    if (size == 0)
        return 0.0f;
    for (; size >> 63 == 0; shift++)
        size <<= 1;
    const float leading = (float)(int32_t)(size >> 33); /* 2^30..2^31 */
    const float rest = leading * mote_exp2_f32(-31 - shift) * 1.57079637f;
    return fraction < 0 ? -rest : rest;
}

/* x = m * 2^e with a whole m of 24 bits; of the bits of 2 / pi those at 2^2 and above after
 * multiplication do not matter, and the 96 next ones are enough. */
static inline struct mote_angle_f32 mote_angle_f32(float x)
{
    static const uint32_t two_over_pi[8] = {0,           0xa2f9836eu, 0x4e441529u, 0xfc2757d1u,
                                            0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu};
    const uint32_t bits = mote_bits_f32(x) & UINT32_C(0x7fffffff);
    struct mote_angle_f32 a = {0, x};
    if (bits <= UINT32_C(0x3f490fdb)) /* pi/4 */
        return a;
    const uint32_t m = (bits & UINT32_C(0x7fffff)) | UINT32_C(0x800000);
    const uint32_t first = (bits >> 23) - 120; /* e + 30, 6..134: the bit to begin with */
    uint32_t w[3];
    for (uint32_t i = 0; i < 3; i++) {
        const uint64_t pair = (uint64_t)two_over_pi[first / 32 + i] << 32;
        const uint32_t next = first / 32 + i + 1 < 8 ? two_over_pi[first / 32 + i + 1] : 0;
        w[i] = (uint32_t)((pair | next) << (first % 32) >> 32);
    }
    const uint64_t low = (uint64_t)m * w[2], mid = (uint64_t)m * w[1] + (low >> 32);
    const uint64_t turns = ((uint64_t)(m * w[0] + (uint32_t)(mid >> 32)) << 32) | (uint32_t)mid;
    const uint64_t nearest = turns + (UINT64_C(1) << 61); /* Q2.62 quadrants */
    const uint64_t over = (turns - (nearest & (UINT64_C(3) << 62))) << 2;
    a.rest = mote_quadrants_f32(over >> 63 ? -(int64_t)(0u - over) : (int64_t)over);
    a.quadrant = (uint32_t)(nearest >> 62);
    if (x < 0.0f) {
        a.rest = -a.rest;
        a.quadrant = (4 - a.quadrant) & 3;
    }
    return a;
}

/* The sine of `turn` quadrants and x. */
static inline float mote_sine_f32(float x, uint32_t turn)
{
    if ((mote_bits_f32(x) & MOTE_INFINITE_F32) == MOTE_INFINITE_F32)
        return mote_nan_f32();
    const struct mote_angle_f32 a = mote_angle_f32(x);
    const uint32_t quadrant = a.quadrant + turn;
    const float u = a.rest * a.rest;
    float y;
    if (quadrant & 1) {
        const float p = (2.45454194e-05f * u - 0.00138882909f) * u + 0.0416666642f;
        y = 1.0f - (0.5f * u - u * u * p);
    } else {
        const float p = (-0.000195853732f * u + 0.00833273679f) * u - 0.166666642f;
        y = a.rest + a.rest * (u * p);
    }
    return quadrant & 2 ? -y : y;
}
#endif
