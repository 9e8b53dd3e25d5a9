/* reduce.h - the walk of reductions. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_REDUCE_H
#define MOTE_COMMON_REDUCE_H
#include "kernels/common/element.h"
#include "kernels/common/requant.h"
#include "mote/reduce.h"

/* One more element. */
typedef int32_t mote_reduce_fn(int32_t so_far, int32_t x);

static inline uint32_t mote_reduce_outputs(const struct mote_reduce_s8 *op)
{
    return op->n[0] * op->n[1] * op->n[2];
}

/* Where the input elements of output i begin. */
static inline uint32_t mote_reduce_at(const struct mote_reduce_s8 *op, uint32_t i)
{
    const uint32_t i2 = i % op->n[2], i1 = i / op->n[2] % op->n[1], i0 = i / op->n[2] / op->n[1];
    return i0 * op->step[0] + i1 * op->step[1] + i2 * op->step[2];
}

/* All input elements of output i; an element has `bytes` bytes. */
static inline int32_t mote_reduce_one(const struct mote_reduce_s8 *op, const void *in,
                                      uint32_t bytes, uint32_t i, int32_t start,
                                      mote_reduce_fn *add)
{
    const uint32_t at = mote_reduce_at(op, i);
    int32_t y = start;
    for (uint32_t j0 = 0; j0 < op->over[0]; j0++)
        for (uint32_t j1 = 0; j1 < op->over[1]; j1++)
            for (uint32_t j2 = 0; j2 < op->over[2]; j2++)
                y = add(y, mote_load(in, bytes,
                                     at + j0 * op->over_step[0] + j1 * op->over_step[1] +
                                         j2 * op->over_step[2]));
    return y;
}

/* The product of all input elements of output i, each less the zero point: rescaled with every factor,
 * modulo 2^32, and once more in the end. |y * (x - zero)| < 2^31 * 2^16, as mote_requant_s64 asks. */
static inline int32_t mote_reduce_product(const struct mote_reduce_s8 *op, const void *in,
                                          uint32_t bytes, uint32_t i)
{
    const uint32_t at = mote_reduce_at(op, i);
    int32_t y = 0;
    bool is_first = true;
    for (uint32_t j0 = 0; j0 < op->over[0]; j0++)
        for (uint32_t j1 = 0; j1 < op->over[1]; j1++)
            for (uint32_t j2 = 0; j2 < op->over[2]; j2++) {
                const uint32_t j =
                    j0 * op->over_step[0] + j1 * op->over_step[1] + j2 * op->over_step[2];
                const int32_t x = mote_load(in, bytes, at + j) - op->zero_sum;
                y = is_first ? x : mote_requant_s64((int64_t)y * x, op->mult, op->shift);
                is_first = false;
            }
    return mote_requant_s64(y, op->mult, op->shift);
}
#endif
