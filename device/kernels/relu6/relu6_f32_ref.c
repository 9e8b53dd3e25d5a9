/* relu6_f32_ref.c - x held in 0..6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    return mote_act_f32(MOTE_ACT_RELU6, x);
}

MOTE_MAP_F32(relu6, element)
