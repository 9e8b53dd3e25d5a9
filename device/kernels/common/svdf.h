/* svdf.h - the one body of the kernels of svdf. SPDX-License-Identifier: Apache-2.0
 *
 * A kernel defines MEMORY, the type of what filters remember, and its ends MEMORY_MIN and
 * MEMORY_MAX, and includes this file. docs/spec/numerics.md is the definition. */
#ifndef MOTE_COMMON_SVDF_H
#define MOTE_COMMON_SVDF_H
#include "kernels/common/dot.h"
#include "kernels/common/requant.h"
#include "mote/svdf.h"

/* What a filter makes of one input vector, in units of the memory. */
static inline MEMORY svdf_newest(const struct mote_svdf *op, const int8_t *feature,
                                 const int8_t *in)
{
    const int32_t zero = op->memory_zero;
    const int32_t sum = mote_dot_offset(feature, in, op->in_zero, op->in_n, 0);
    const int32_t y = mote_requant(sum, op->memory_mult, op->memory_shift);
    return (MEMORY)(mote_clamp_s32(y, MEMORY_MIN - zero, MEMORY_MAX - zero) + zero);
}

/* A sum over time goes on modulo 2^32: what the reference computes when it leaves int32. */
static inline uint32_t svdf_add(const struct mote_svdf *op, uint32_t sum, MEMORY w, MEMORY x)
{
    return sum + (uint32_t)(int32_t)w * (uint32_t)(x - op->memory_zero);
}

/* Forget the oldest call, remember `newest`, and add the filter's part to the sum. `next` may be
 * `past`: an element is read before its place is written. */
static inline uint32_t svdf_remember(const struct mote_svdf *op, const MEMORY *time,
                                     const MEMORY *past, MEMORY *next, MEMORY newest, uint32_t sum)
{
    const uint32_t last = op->memory - 1;
    for (uint32_t i = 0; i < last; i++) {
        next[i] = past[i + 1];
        sum = svdf_add(op, sum, time[i], next[i]);
    }
    next[last] = newest;
    return svdf_add(op, sum, time[last], newest);
}

static inline void svdf_run(const struct mote_svdf *op, const int8_t *in, const int8_t *feature,
                            const MEMORY *time, const int32_t *bias, const MEMORY *past,
                            int8_t *out, MEMORY *next)
{
    for (uint32_t b = 0; b < op->batches; b++, in += op->in_n)
        for (uint32_t u = 0; u < op->units; u++) {
            uint32_t sum = (uint32_t)bias[u];
            for (uint32_t f = u * op->rank; f < (u + 1) * op->rank; f++) {
                const MEMORY newest = svdf_newest(op, feature + (size_t)f * op->in_n, in);
                sum = svdf_remember(op, time + (size_t)f * op->memory, past, next, newest, sum);
                past += op->memory;
                next += op->memory;
            }
            const int32_t y = mote_requant((int32_t)sum, op->out_mult, op->out_shift);
            *out++ = mote_to_s8(y, op->out_zero, op->out_min, op->out_max);
        }
}
#endif
