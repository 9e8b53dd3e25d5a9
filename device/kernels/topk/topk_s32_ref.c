/* topk_s32_ref.c - the largest int32 of rows. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/topk.h"

MOTE_TOPK_KERNEL(s32, int32_t)
