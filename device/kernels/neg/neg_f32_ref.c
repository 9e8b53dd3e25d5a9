/* neg_f32_ref.c - -x.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    return -x;
}

MOTE_MAP_F32(neg, element)
