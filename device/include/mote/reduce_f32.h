/* reduce_f32.h - sums (and means), products, maxima and minima over any dimensions in float.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition. */
#ifndef MOTE_REDUCE_F32_H
#define MOTE_REDUCE_F32_H
#include "mote/reduce.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The walk is that of struct mote_reduce_s8. */
struct mote_reduce_f32 {
    uint32_t n[MOTE_REDUCE_DIMS], step[MOTE_REDUCE_DIMS];
    uint32_t over[MOTE_REDUCE_DIMS], over_step[MOTE_REDUCE_DIMS];
    float divisor; /* of sums: the number of elements for a mean, else 1 */
};

size_t mote_reduce_sum_f32_ref_scratch(const struct mote_reduce_f32 *op);
size_t mote_reduce_max_f32_ref_scratch(const struct mote_reduce_f32 *op);
size_t mote_reduce_min_f32_ref_scratch(const struct mote_reduce_f32 *op);
size_t mote_reduce_prod_f32_ref_scratch(const struct mote_reduce_f32 *op);

void mote_reduce_sum_f32_ref(const struct mote_reduce_f32 *op, const float *in, float *out,
                             void *scratch);
void mote_reduce_max_f32_ref(const struct mote_reduce_f32 *op, const float *in, float *out,
                             void *scratch);
void mote_reduce_min_f32_ref(const struct mote_reduce_f32 *op, const float *in, float *out,
                             void *scratch);
void mote_reduce_prod_f32_ref(const struct mote_reduce_f32 *op, const float *in, float *out,
                              void *scratch);

#ifdef __cplusplus
}
#endif
#endif
