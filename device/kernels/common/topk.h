/* topk.h - the two functions of a kernel that finds the largest elements of rows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_TOPK_H
#define MOTE_COMMON_TOPK_H
#include "mote/topk.h"

/* Each element goes in front of all that are smaller, of the k largest so far. */
#define MOTE_TOPK_KERNEL(dtype, type)                                                              \
    size_t mote_topk_##dtype##_ref_scratch(const struct mote_topk *op)                             \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    static void topk_row(const struct mote_topk *op, const type *in, type out[], int32_t *places)  \
    {                                                                                              \
        for (uint32_t i = 0; i < op->n; i++) {                                                     \
            uint32_t at = i < op->k ? i : op->k;                                                   \
            if (at == op->k && !(in[i] > out[--at]))                                               \
                continue;                                                                          \
            for (; at > 0 && in[i] > out[at - 1]; at--) {                                          \
                out[at] = out[at - 1];                                                             \
                places[at] = places[at - 1];                                                       \
            }                                                                                      \
            out[at] = in[i];                                                                       \
            places[at] = (int32_t)i;                                                               \
        }                                                                                          \
    }                                                                                              \
    void mote_topk_##dtype##_ref(const struct mote_topk *op, const type *in, type out[],           \
                                 int32_t *places, void *scratch)                                   \
    {                                                                                              \
        (void)scratch;                                                                             \
        for (uint32_t r = 0; r < op->rows; r++)                                                    \
            topk_row(op, in + (size_t)r * op->n, out + (size_t)r * op->k,                          \
                     places + (size_t)r * op->k);                                                  \
    }
#endif
