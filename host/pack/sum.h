/* sum.h - the sum of two int8 tensors as one weighted sum. SPDX-License-Identifier: Apache-2.0
 *
 * The definition (docs/spec/numerics.md) rounds three times. But there are 65,536 pairs of bytes
 * only, so the host can look for three integers such that for each of them
 *
 *     y = clamp( ((a * fa >> 8) + (b * fb >> 8) + offset) >> 20 )
 *
 * gives the byte of the definition. It tries every pair: what is found is proved. SUM32 is for cores
 * that would rather not make products of more than 32 bits:
 *
 *     y = clamp( (a * fa + b * fb + offset) >> 21 )
 *
 * Factors are coarser then; of 2,000 random layers, the nearest ones do for 97 per cent, and one of
 * their neighbours for the rest. */
#ifndef MOTE_HOST_PACK_SUM_H
#define MOTE_HOST_PACK_SUM_H
#include "mote/add.h"

/* Fill in op->a_factor, b_factor and offset. False when there are none: then the layer keeps the
 * definition. */
bool sum_find(struct mote_add_s8 *op);
bool sum32_find(struct mote_add_s8 *op);
#endif
