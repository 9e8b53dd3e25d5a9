/* sub_f32_ref.c - elementwise difference. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float a, float b)
{
    return a - b;
}

MOTE_ZIP_F32(sub, element)
