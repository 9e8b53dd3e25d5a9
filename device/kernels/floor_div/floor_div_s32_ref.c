/* floor_div_s32_ref.c - elementwise quotient of int32, rounded down.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_s32.h"

static int32_t element(int32_t a, int32_t b)
{
    if (b == 0)
        return 0;
    if (b == -1)
        return mote_wrap_s32(0u - (uint32_t)a);
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

MOTE_ZIP_S32(floor_div, element)
