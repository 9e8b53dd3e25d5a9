/* reduce_min_f32_ref.c - minima in float. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/reduce_f32.h"

static float first(float x)
{
    return x;
}

static float add(float so_far, float x)
{
    return x < so_far ? x : so_far;
}

static float last(float y, float divisor)
{
    (void)divisor;
    return y;
}

MOTE_REDUCE_F32(reduce_min, first, add, last)
