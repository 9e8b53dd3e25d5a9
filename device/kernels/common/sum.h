/* sum.h - the operands of sums. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_SUM_H
#define MOTE_COMMON_SUM_H
#include "kernels/common/requant.h"
#include "mote/sum.h"

#define MOTE_SUM_LEFT_SHIFT 20 /* fraction bits that operands get before they are scaled */

/* |q - zero| <= 255: the wide value stays below 2^28, and scaled by at most 1/2 below 2^27. */
static inline int32_t mote_sum_operand(int32_t q, int32_t zero, int32_t mult, int32_t shift)
{
    return mote_requant((q - zero) * (1 << MOTE_SUM_LEFT_SHIFT), mult, shift);
}

#define MOTE_SUM_LEFT_SHIFT_S16 15

/* |q| <= 2^15: the wide value stays within 2^30, and scaled by at most 1/2 within 2^29. */
static inline int32_t mote_sum_operand_s16(int32_t q, int32_t mult, int32_t shift)
{
    return mote_requant(q * (1 << MOTE_SUM_LEFT_SHIFT_S16), mult, shift);
}
#endif
