/* resize_bilinear_s16_ref.c - as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/resize_bilinear.h"

/* |sum| <= 2^35: shifts of what is not negative, for a division of 64 bits costs hundreds of
 * instructions. */
static int32_t round_div(int64_t sum)
{
    const int64_t half = 1 << 19;
    return sum > 0 ? (int32_t)((sum + half) >> 20) : -(int32_t)((half - sum) >> 20);
}

MOTE_RESIZE_BILINEAR_KERNEL(s16, int16_t, int64_t, round_div)
