/* topk_f32_ref.c - the largest floats of rows. SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/topk.h"

MOTE_TOPK_KERNEL(f32, float)
