/* floor_f32_ref.c - the next integer below.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"
#include "kernels/common/math_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    return mote_floor_f32(x);
}

MOTE_MAP_F32(floor, element)
