/* reduce_sum_f32_ref.c - sums and means in float. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/reduce_f32.h"

static float first(float x)
{
    (void)x;
    return 0.0f;
}

static float add(float so_far, float x)
{
    return so_far + x;
}

static float last(float y, float divisor)
{
    return y / divisor;
}

MOTE_REDUCE_F32(reduce_sum, first, add, last)
