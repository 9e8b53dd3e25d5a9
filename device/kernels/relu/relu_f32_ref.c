/* relu_f32_ref.c - x, at least 0.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    return mote_act_f32(MOTE_ACT_RELU, x);
}

MOTE_MAP_F32(relu, element)
