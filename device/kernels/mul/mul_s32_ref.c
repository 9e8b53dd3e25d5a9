/* mul_s32_ref.c - elementwise product of int32. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_s32.h"

static int32_t element(int32_t a, int32_t b)
{
    return mote_wrap_s32((uint32_t)a * (uint32_t)b);
}

MOTE_ZIP_S32(mul, element)
