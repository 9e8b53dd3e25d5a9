/* topk_s8_ref.c - the largest int8 of rows. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/topk.h"

MOTE_TOPK_KERNEL(s8, int8_t)
