/* mve.h - what kernels for Helium share. Included where MOTE_ISA_MVE only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_MVE_H
#define MOTE_COMMON_MVE_H
#include <stdint.h>

/* Vectors of 16 bytes: loops that predicate the lanes past the end, and so read and write nothing
 * there. */

static inline void mve_copy(const int8_t *from, uint32_t n, int8_t *to)
{
    __asm__ volatile("wlstp.8 lr, %[n], 2f\n"
                     "1: vldrb.8 q0, [%[from]], #16\n"
                     "vstrb.8 q0, [%[to]], #16\n"
                     "letp lr, 1b\n"
                     "2:\n"
                     : [from] "+r"(from), [to] "+r"(to)
                     : [n] "r"(n)
                     : "lr", "memory", "q0");
}

static inline void mve_fill(int8_t value, uint32_t n, int8_t *to)
{
    __asm__ volatile("vdup.8 q0, %[value]\n"
                     "wlstp.8 lr, %[n], 2f\n"
                     "1: vstrb.8 q0, [%[to]], #16\n"
                     "letp lr, 1b\n"
                     "2:\n"
                     : [to] "+r"(to)
                     : [value] "r"(value), [n] "r"(n)
                     : "lr", "memory", "q0");
}

/* Outputs were held at the ends of int8; hold them at those of a fused activation. */
static inline void mve_clamp(int32_t low, int32_t high, uint32_t n, int8_t *out)
{
    if (low <= INT8_MIN && high >= INT8_MAX)
        return;
    __asm__ volatile("vdup.8 q1, %[low]\n"
                     "vdup.8 q2, %[high]\n"
                     "wlstp.8 lr, %[n], 2f\n"
                     "1: vldrb.8 q0, [%[out]]\n"
                     "vmax.s8 q0, q0, q1\n"
                     "vmin.s8 q0, q0, q2\n"
                     "vstrb.8 q0, [%[out]], #16\n"
                     "letp lr, 1b\n"
                     "2:\n"
                     : [out] "+r"(out)
                     : [low] "r"(low), [high] "r"(high), [n] "r"(n)
                     : "lr", "memory", "q0", "q1", "q2");
}

/* The same at those of int16. */
static inline void mve_clamp_s16(int32_t low, int32_t high, uint32_t n, void *out)
{
    if (low <= INT16_MIN && high >= INT16_MAX)
        return;
    __asm__ volatile("vdup.16 q1, %[low]\n"
                     "vdup.16 q2, %[high]\n"
                     "wlstp.16 lr, %[n], 2f\n"
                     "1: vldrh.16 q0, [%[out]]\n"
                     "vmax.s16 q0, q0, q1\n"
                     "vmin.s16 q0, q0, q2\n"
                     "vstrh.16 q0, [%[out]], #16\n"
                     "letp lr, 1b\n"
                     "2:\n"
                     : [out] "+r"(out)
                     : [low] "r"(low), [high] "r"(high), [n] "r"(n)
                     : "lr", "memory", "q0", "q1", "q2");
}
#endif
