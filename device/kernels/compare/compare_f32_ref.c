/* compare_f32_ref.c - elementwise comparison; NaN stands in no relation but MOTE_UNORDERED.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/compare.h"

MOTE_COMPARE_KERNEL(f32, float, float, MOTE_COMPARE_PLAIN)
