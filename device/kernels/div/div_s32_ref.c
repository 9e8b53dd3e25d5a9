/* div_s32_ref.c - elementwise quotient of int32. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_s32.h"

static int32_t element(int32_t a, int32_t b)
{
    if (b == 0)
        return 0;
    return b == -1 ? mote_wrap_s32(0u - (uint32_t)a) : a / b;
}

MOTE_ZIP_S32(div, element)
