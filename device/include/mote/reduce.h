/* reduce.h - sums (and means), products, maxima and minima over any dimensions, int8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 19, is the definition. */
#ifndef MOTE_REDUCE_H
#define MOTE_REDUCE_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MOTE_REDUCE_DIMS 3

/* Output element [i0][i1][i2] takes the input elements sum of i * step + sum of j * over_step, for
 * all j below `over`. The host merges dimensions, so that most of them are 1. */
struct mote_reduce_s8 {
    uint32_t n[MOTE_REDUCE_DIMS], step[MOTE_REDUCE_DIMS];
    uint32_t over[MOTE_REDUCE_DIMS], over_step[MOTE_REDUCE_DIMS];
    int32_t zero_sum; /* of sums: the input's zero point times the number of elements; of */
                      /* products: the zero point                                         */
    int32_t mult;     /* of sums: Q31, with 1 / number of elements in it for a mean; of   */
                      /* products: of each factor                                         */
    int8_t shift;     /* positive to the left                                             */
    int8_t out_zero;
};

size_t mote_reduce_sum_s8_ref_scratch(const struct mote_reduce_s8 *op);
size_t mote_reduce_sum_s16_ref_scratch(const struct mote_reduce_s8 *op);
size_t mote_reduce_max_s8_ref_scratch(const struct mote_reduce_s8 *op);
size_t mote_reduce_max_s16_ref_scratch(const struct mote_reduce_s8 *op);
size_t mote_reduce_min_s8_ref_scratch(const struct mote_reduce_s8 *op);
size_t mote_reduce_min_s16_ref_scratch(const struct mote_reduce_s8 *op);
size_t mote_reduce_prod_s8_ref_scratch(const struct mote_reduce_s8 *op);
size_t mote_reduce_prod_s16_ref_scratch(const struct mote_reduce_s8 *op);

void mote_reduce_sum_s8_ref(const struct mote_reduce_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch);
void mote_reduce_max_s8_ref(const struct mote_reduce_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch);
void mote_reduce_min_s8_ref(const struct mote_reduce_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch);
void mote_reduce_sum_s16_ref(const struct mote_reduce_s8 *op, const int16_t *in, int16_t *out,
                             void *scratch);
void mote_reduce_max_s16_ref(const struct mote_reduce_s8 *op, const int16_t *in, int16_t *out,
                             void *scratch);
void mote_reduce_min_s16_ref(const struct mote_reduce_s8 *op, const int16_t *in, int16_t *out,
                             void *scratch);
void mote_reduce_prod_s8_ref(const struct mote_reduce_s8 *op, const int8_t *in, int8_t *out,
                             void *scratch);
void mote_reduce_prod_s16_ref(const struct mote_reduce_s8 *op, const int16_t *in, int16_t *out,
                              void *scratch);

#ifdef __cplusplus
}
#endif
#endif
