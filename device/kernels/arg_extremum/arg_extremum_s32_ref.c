/* arg_extremum_s32_ref.c - where the largest or least int32 is. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/arg_extremum.h"

MOTE_ARG_EXTREMUM_KERNEL(s32, int32_t)
