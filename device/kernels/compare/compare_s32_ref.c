/* compare_s32_ref.c - elementwise comparison of numbers as they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/compare.h"

MOTE_COMPARE_KERNEL(s32, int32_t, int32_t, MOTE_COMPARE_PLAIN)
