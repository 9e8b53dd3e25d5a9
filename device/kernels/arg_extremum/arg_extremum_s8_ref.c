/* arg_extremum_s8_ref.c - where the largest or least int8 is. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/arg_extremum.h"

MOTE_ARG_EXTREMUM_KERNEL(s8, int8_t)
