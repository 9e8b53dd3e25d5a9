/* gelu_f32_ref.c - x * P(a normal variable is below x), by the complement of the error function:
 * 1 + erf would lose all digits for large negative x.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/gelu_f32.h"
#include "kernels/common/map_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    return 0.5f * x * mote_erfc_f32(x * -0.707106781f);
}

MOTE_MAP_F32(gelu, element)
