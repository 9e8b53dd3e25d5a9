/* arg_extremum_f32_ref.c - where the largest or least float is. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/arg_extremum.h"

MOTE_ARG_EXTREMUM_KERNEL(f32, float)
