/* floor_mod_s32_ref.c - elementwise what the quotient of int32, rounded down, leaves.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_s32.h"

static int32_t element(int32_t a, int32_t b)
{
    if (b == 0 || b == -1)
        return 0;
    const int32_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

MOTE_ZIP_S32(floor_mod, element)
