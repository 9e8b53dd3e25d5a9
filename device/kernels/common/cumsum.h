/* cumsum.h - the two functions of a running sum of plain numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_CUMSUM_H
#define MOTE_COMMON_CUMSUM_H
#include "mote/cumsum.h"

/* The k-th element of a sum, of column i of block o. */
static inline size_t mote_cumsum_at(const struct mote_cumsum *op, uint32_t o, uint32_t k,
                                    uint32_t i)
{
    const uint32_t at = op->reverse ? op->n - 1 - k : k;
    return ((size_t)o * op->n + at) * op->inner + i;
}

/* add(sum, x) is the next sum. */
#define MOTE_CUMSUM_KERNEL(dtype, type, add)                                                       \
    size_t mote_cumsum_##dtype##_ref_scratch(const struct mote_cumsum *op)                         \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    void mote_cumsum_##dtype##_ref(const struct mote_cumsum *op, const type *in, type out[],       \
                                   void *scratch)                                                  \
    {                                                                                              \
        (void)scratch;                                                                             \
        for (uint32_t o = 0; o < op->outer; o++)                                                   \
            for (uint32_t i = 0; i < op->inner; i++) {                                             \
                type sum = 0;                                                                      \
                for (uint32_t k = 0; k < op->n; k++) {                                             \
                    const size_t at = mote_cumsum_at(op, o, k, i);                                 \
                    const type before = sum;                                                       \
                    sum = add(sum, in[at]);                                                        \
                    out[at] = op->exclusive ? before : sum;                                        \
                }                                                                                  \
            }                                                                                      \
    }
#endif
