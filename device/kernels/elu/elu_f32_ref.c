/* elu_f32_ref.c - x, below 0 e^x - 1.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"
#include "kernels/common/math_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    return x < 0.0f ? mote_exp_f32(x) - 1.0f : x;
}

MOTE_MAP_F32(elu, element)
