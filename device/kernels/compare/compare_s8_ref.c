/* compare_s8_ref.c - elementwise comparison of real values, int8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/compare.h"
#include "kernels/common/requant.h"

MOTE_COMPARE_KERNEL(s8, int8_t, int32_t, MOTE_COMPARE_SCALED)
