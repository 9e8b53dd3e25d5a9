/* topk.h - the largest elements along the last dimension, and where they are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_TOPK_H
#define MOTE_TOPK_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* in[rows][n], out[rows][k], places[rows][k], the largest first; of equal ones the first. */
struct mote_topk {
    uint32_t rows, n, k; /* 1 <= k <= n */
};

/* Each declares its two functions. `out` and `places` overlap nothing. */
#define MOTE_TOPK(dtype, type)                                                                     \
    size_t mote_topk_##dtype##_ref_scratch(const struct mote_topk *op);                            \
    void mote_topk_##dtype##_ref(const struct mote_topk *op, const type *in, type out[],           \
                                 int32_t *places, void *scratch);
MOTE_TOPK(s8, int8_t)
MOTE_TOPK(s16, int16_t)
MOTE_TOPK(s32, int32_t)
MOTE_TOPK(f32, float)
#undef MOTE_TOPK

#ifdef __cplusplus
}
#endif
#endif
