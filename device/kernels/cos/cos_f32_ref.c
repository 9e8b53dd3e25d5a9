/* cos_f32_ref.c - the cosine.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"
#include "kernels/common/trig_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    return mote_sine_f32(x, 1);
}

MOTE_MAP_F32(cos, element)
