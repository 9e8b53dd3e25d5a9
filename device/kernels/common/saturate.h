/* saturate.h - numbers held in int8. SPDX-License-Identifier: Apache-2.0
 *
 * One instruction on Armv7-M, which gcc does not find. Elsewhere one comparison: out of range, the
 * sign says which end. */
#ifndef MOTE_COMMON_SATURATE_H
#define MOTE_COMMON_SATURATE_H
#include "mote/isa.h"
#include <stdint.h>

#if MOTE_ISA_V7M
static inline int8_t mote_saturate_s8(int32_t x)
{
    __asm__("ssat %0, #8, %0" : "+r"(x));
    return (int8_t)x;
}

/* x >> shift, which is a constant and not 0. */
#define mote_saturate_shifted_s8(x, shift)                                                         \
    __extension__({                                                                                \
        int32_t mote_y;                                                                            \
        __asm__("ssat %0, #8, %1, asr %2" : "=r"(mote_y) : "r"(x), "i"(shift));                    \
        (int8_t) mote_y;                                                                           \
    })
#else
static inline int8_t mote_saturate_s8(int32_t x)
{
    return (int8_t)((uint32_t)(x + 128) < 256 ? x
                                              : (x >> 31) ^ 127); /* x + 128 does not overflow */
}

#define mote_saturate_shifted_s8(x, shift) mote_saturate_s8((x) >> (shift))
#endif
#endif
