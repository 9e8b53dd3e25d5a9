/* cumsum_s32_ref.c - running sums of int32 modulo 2^32. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/cumsum.h"
#include "kernels/common/map_s32.h"

static int32_t add(int32_t sum, int32_t x)
{
    return mote_wrap_s32((uint32_t)sum + (uint32_t)x);
}

MOTE_CUMSUM_KERNEL(s32, int32_t, add)
