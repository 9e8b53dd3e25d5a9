/* arg_extremum_s16_ref.c - where the largest or least int16 is. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/arg_extremum.h"

MOTE_ARG_EXTREMUM_KERNEL(s16, int16_t)
