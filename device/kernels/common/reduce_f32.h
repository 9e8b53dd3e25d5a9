/* reduce_f32.h - the walk of reductions in float. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_REDUCE_F32_H
#define MOTE_COMMON_REDUCE_F32_H
#include "mote/reduce_f32.h"

/* The two functions of a kernel that makes each output of y = first(in[0]), then y = add(y, x) for
 * all its elements x in memory order, then last(y, divisor). Macros: see map_f32.h. */
#define MOTE_REDUCE_F32(name, first, add, last)                                                    \
    size_t mote_##name##_f32_ref_scratch(const struct mote_reduce_f32 *op)                         \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    static float reduce_one(const struct mote_reduce_f32 *op, const float *in)                     \
    {                                                                                              \
        const uint32_t *n = op->over, *step = op->over_step;                                       \
        float y = first(in[0]);                                                                    \
        for (size_t j0 = 0; j0 < n[0]; j0++)                                                       \
            for (size_t j1 = 0; j1 < n[1]; j1++)                                                   \
                for (size_t j2 = 0; j2 < n[2]; j2++)                                               \
                    y = add(y, in[j0 * step[0] + j1 * step[1] + j2 * step[2]]);                    \
        return last(y, op->divisor);                                                               \
    }                                                                                              \
    void mote_##name##_f32_ref(const struct mote_reduce_f32 *op, const float *in, float *out,      \
                               void *scratch)                                                      \
    {                                                                                              \
        const uint32_t *n = op->n, *step = op->step;                                               \
        (void)scratch;                                                                             \
        for (size_t i0 = 0; i0 < n[0]; i0++)                                                       \
            for (size_t i1 = 0; i1 < n[1]; i1++)                                                   \
                for (size_t i2 = 0; i2 < n[2]; i2++)                                               \
                    *out++ = reduce_one(op, in + i0 * step[0] + i1 * step[1] + i2 * step[2]);      \
    }
#endif
