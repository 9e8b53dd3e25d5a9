/* dot.h - the inner loops of convolution and dense layers. SPDX-License-Identifier: Apache-2.0
 *
 * Sums of int8 products with each loaded byte used for several sums: two pixels by two channels
 * need 4 loads for 4 products and keep all sums and pointers in the 13 registers of a Cortex-M;
 * one pixel by four channels needs 5. Bounds: the host proved that no sum leaves int32. */
#ifndef MOTE_COMMON_DOT_H
#define MOTE_COMMON_DOT_H
#include <stddef.h>
#include <stdint.h>

/* gcc unrolls at -O2 only where it is told to. */
#ifdef __GNUC__
#define MOTE_UNROLL _Pragma("GCC unroll 8")
#else
#define MOTE_UNROLL
#endif

/* sum + the products of n weights with x - zero. */
static inline int32_t mote_dot_offset(const int8_t *w, const int8_t *x, int32_t zero, size_t n,
                                      int32_t sum)
{
    for (size_t i = 0; i < n; i++)
        sum += w[i] * (x[i] - zero);
    return sum;
}

/* sum[j] += x . w[j] over n bytes. */
static inline void mote_dot_1x4(const int8_t *x, const int8_t *const w[4], size_t n, int32_t sum[4])
{
    const int8_t *w0 = w[0], *w1 = w[1], *w2 = w[2], *w3 = w[3];
    int32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    MOTE_UNROLL
    for (size_t i = 0; i < n; i++) {
        s0 += x[i] * w0[i];
        s1 += x[i] * w1[i];
        s2 += x[i] * w2[i];
        s3 += x[i] * w3[i];
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}

/* sum[0] += x0 . w0, sum[1] += x0 . w1, sum[2] += x1 . w0, sum[3] += x1 . w1 over n bytes. */
static inline void mote_dot_2x2(const int8_t *x0, const int8_t *x1, const int8_t *w0,
                                const int8_t *w1, size_t n, int32_t sum[4])
{
    int32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    MOTE_UNROLL
    for (size_t i = 0; i < n; i++) {
        s0 += x0[i] * w0[i];
        s1 += x0[i] * w1[i];
        s2 += x1[i] * w0[i];
        s3 += x1[i] * w1[i];
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}

/* The sum of n bytes. */
static inline int32_t mote_sum_s8(const int8_t *w, size_t n)
{
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i];
    return sum;
}
#endif
