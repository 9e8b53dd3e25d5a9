/* compare_s16_ref.c - elementwise comparison of real values, int16.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/compare.h"
#include "kernels/common/requant.h"

MOTE_COMPARE_KERNEL(s16, int16_t, int32_t, MOTE_COMPARE_SCALED)
