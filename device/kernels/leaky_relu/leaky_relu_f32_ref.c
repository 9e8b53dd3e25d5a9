/* leaky_relu_f32_ref.c - x, below 0 x * alpha.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float x, float alpha)
{
    return x > 0.0f ? x : x * alpha;
}

MOTE_MAP_F32(leaky_relu, element)
