/* hard_swish_f32_ref.c - x * (x + 3 held in 0..6) / 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    float gate = x + 3.0f;
    gate = gate > 0.0f ? gate : 0.0f;
    gate = gate < 6.0f ? gate : 6.0f;
    return x * gate / 6.0f;
}

MOTE_MAP_F32(hard_swish, element)
