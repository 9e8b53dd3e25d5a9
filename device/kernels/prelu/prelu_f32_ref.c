/* prelu_f32_ref.c - x, below 0 x times a slope. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float a, float b)
{
    return a >= 0.0f ? a : a * b;
}

MOTE_ZIP_F32(prelu, element)
