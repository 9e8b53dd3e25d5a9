/* reduce_prod_f32_ref.c - products in float. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/reduce_f32.h"

static float first(float x)
{
    (void)x;
    return 1.0f;
}

static float times(float so_far, float x)
{
    return so_far * x;
}

static float last(float y, float divisor)
{
    (void)divisor;
    return y;
}

MOTE_REDUCE_F32(reduce_prod, first, times, last)
