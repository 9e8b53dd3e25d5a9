/* dot_w4.h - the inner loops of dot.h for weights of 4 bits, two a byte, the first in the low half.
 * SPDX-License-Identifier: Apache-2.0
 *
 * On a Cortex-M a byte of weights is loaded once and taken apart in two instructions, where two bytes
 * are loaded twice: a pixel's loads and all products are as for int8. */
#ifndef MOTE_COMMON_DOT_W4_H
#define MOTE_COMMON_DOT_W4_H
#include <stddef.h>
#include <stdint.h>

#include "kernels/common/dot.h"

static inline int32_t mote_low_w4(int8_t byte)
{
    return (int32_t)((uint32_t)byte << 28) >> 28;
}

static inline int32_t mote_high_w4(int8_t byte)
{
    return byte >> 4;
}

/* sum[j] += x . w[j] over n elements. */
static inline void mote_dot_1x4_w4(const int8_t *x, const int8_t *const w[4], size_t n,
                                   int32_t sum[4])
{
    const int8_t *w0 = w[0], *w1 = w[1], *w2 = w[2], *w3 = w[3];
    int32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    for (size_t i = 0; i < n / 2; i++) {
        const int32_t a = *x++, b = *x++;
        s0 += a * mote_low_w4(w0[i]);
        s1 += a * mote_low_w4(w1[i]);
        s2 += a * mote_low_w4(w2[i]);
        s3 += a * mote_low_w4(w3[i]);
        s0 += b * mote_high_w4(w0[i]);
        s1 += b * mote_high_w4(w1[i]);
        s2 += b * mote_high_w4(w2[i]);
        s3 += b * mote_high_w4(w3[i]);
    }
    if (n % 2 > 0) {
        const int32_t a = *x;
        s0 += a * mote_low_w4(w0[n / 2]);
        s1 += a * mote_low_w4(w1[n / 2]);
        s2 += a * mote_low_w4(w2[n / 2]);
        s3 += a * mote_low_w4(w3[n / 2]);
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}

/* sum[0] += x0 . w0, sum[1] += x0 . w1, sum[2] += x1 . w0, sum[3] += x1 . w1 over n elements. */
static inline void mote_dot_2x2_w4(const int8_t *x0, const int8_t *x1, const int8_t *w0,
                                   const int8_t *w1, size_t n, int32_t sum[4])
{
    int32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    for (size_t i = n / 2; i > 0; i--) {
        const int8_t both0 = *w0++, both1 = *w1++;
        const int32_t low0 = mote_low_w4(both0), low1 = mote_low_w4(both1);
        const int32_t a0 = *x0++, a1 = *x1++;
        s0 += a0 * low0;
        s1 += a0 * low1;
        s2 += a1 * low0;
        s3 += a1 * low1;
        const int32_t high0 = mote_high_w4(both0), high1 = mote_high_w4(both1);
        const int32_t b0 = *x0++, b1 = *x1++;
        s0 += b0 * high0;
        s1 += b0 * high1;
        s2 += b1 * high0;
        s3 += b1 * high1;
    }
    if (n % 2 > 0) {
        const int32_t low0 = mote_low_w4(*w0), low1 = mote_low_w4(*w1);
        s0 += *x0 * low0;
        s1 += *x0 * low1;
        s2 += *x1 * low0;
        s3 += *x1 * low1;
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}
#endif
