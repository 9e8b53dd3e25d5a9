/* pow_f32_ref.c - elementwise power. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/map_f32.h"
#include "kernels/common/pow_f32.h"

MOTE_ZIP_F32(pow, mote_pow_f32)
