/* gelu_tanh_f32_ref.c - gelu, approximated by a hyperbolic tangent; 0.797... is sqrt(2 / pi).
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"
#include "kernels/common/math_f32.h"

static float element(float x, float alpha)
{
    (void)alpha;
    const float inner = 0.797884561f * x * (1.0f + 0.044715f * x * x);
    return 0.5f * x * (1.0f + mote_tanh_f32(inner));
}

MOTE_MAP_F32(gelu_tanh, element)
