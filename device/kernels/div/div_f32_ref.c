/* div_f32_ref.c - elementwise quotient. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float a, float b)
{
    return a / b;
}

MOTE_ZIP_F32(div, element)
