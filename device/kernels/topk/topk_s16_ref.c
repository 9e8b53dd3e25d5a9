/* topk_s16_ref.c - the largest int16 of rows. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/topk.h"

MOTE_TOPK_KERNEL(s16, int16_t)
