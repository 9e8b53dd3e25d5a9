/* floor_div_f32_ref.c - elementwise quotient rounded down. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/floor_f32.h"
#include "kernels/common/map_f32.h"

MOTE_ZIP_F32(floor_div, mote_floor_div_f32)
