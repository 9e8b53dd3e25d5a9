/* minimum_s32_ref.c - elementwise minimum of int32. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_s32.h"

static int32_t element(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

MOTE_ZIP_S32(minimum, element)
