/* inverse_sqrt.h - 1 / sqrt(v) in fixed point, for l2_normalization and for the host's tables.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 17, is the definition. */
#ifndef MOTE_COMMON_INVERSE_SQRT_H
#define MOTE_COMMON_INVERSE_SQRT_H
#include "kernels/common/fixed_exp.h"

#define MOTE_SQRT_HALF 1518500250 /* Q0.31 */

/* The real number mult / 2^31 * 2^shift. */
struct mote_multiplier {
    int32_t mult, shift;
};

/* Five Newton steps from x = 1 in Q3.28, on v scaled to 1..4 by a power of 4. v <= 1 counts as 1. */
static inline struct mote_multiplier mote_inverse_sqrt(int32_t v)
{
    struct mote_multiplier y = {INT32_MAX, 0};
    int32_t right = 11;
    if (v <= 1)
        return y;
    for (; v >= 1 << 29; v /= 4)
        right++;
    const int32_t pairs = (mote_clz((uint32_t)v) - 1) / 2 - 1;
    const int32_t scaled = (v << (2 * pairs)) >> 1, half = mote_rdbpot(scaled, 1);
    const int32_t half_three = (1 << 28) + (1 << 27);
    int32_t x = 1 << 28;
    for (int i = 0; i < 5; i++) {
        const int32_t x3 = mote_shift_left_sat(mote_srdhm(mote_srdhm(x, x), x), 6);
        x = mote_shift_left_sat(mote_srdhm(half_three, x) - mote_srdhm(half, x3), 3);
    }
    x = mote_srdhm(x, MOTE_SQRT_HALF);
    right -= pairs;
    y.mult = right < 0 ? x << -right : x;
    y.shift = right < 0 ? 0 : -right;
    return y;
}
#endif
