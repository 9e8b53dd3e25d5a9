/* act_f32.h - fused activations in float. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_ACT_F32_H
#define MOTE_COMMON_ACT_F32_H
#include "mote/act.h"

/* NaN and -0 become +0 under a clamp. */
static inline float mote_act_f32(unsigned act, float x)
{
    if (act != MOTE_ACT_NONE && !(x > 0.0f))
        return 0.0f;
    if (act == MOTE_ACT_RELU6 && x > 6.0f)
        return 6.0f;
    return x;
}
#endif
