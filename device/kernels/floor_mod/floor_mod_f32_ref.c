/* floor_mod_f32_ref.c - elementwise what the quotient rounded down leaves. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/floor_f32.h"
#include "kernels/common/map_f32.h"

MOTE_ZIP_F32(floor_mod, mote_floor_mod_f32)
