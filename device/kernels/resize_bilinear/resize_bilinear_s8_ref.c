/* resize_bilinear_s8_ref.c - as docs/spec/numerics.md, section 22, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/resize_bilinear.h"

/* |sum| <= 2^27 */
static int32_t round_div(int32_t sum)
{
    return mote_round_div(sum, 1 << 20);
}

MOTE_RESIZE_BILINEAR_KERNEL(s8, int8_t, int32_t, round_div)
