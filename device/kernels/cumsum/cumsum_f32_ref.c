/* cumsum_f32_ref.c - running sums of float. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/cumsum.h"

static float add(float sum, float x)
{
    return sum + x;
}

MOTE_CUMSUM_KERNEL(f32, float, add)
