/* svdf.h - a layer of filters over time: each is a product of weights over the input and weights
 * over the last `memory` calls. SPDX-License-Identifier: Apache-2.0
 *
 * Input, weights over the input and output are int8; the memory and the weights over time are
 * int8 or int16, as the kernel's name says. docs/spec/numerics.md is the definition. */
#ifndef MOTE_SVDF_H
#define MOTE_SVDF_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_svdf {
    uint32_t batches, in_n;
    uint32_t units, rank;                  /* outputs, and filters of each                     */
    uint32_t memory;                       /* calls that a filter remembers, with the present  */
    int8_t in_zero, memory_zero, out_zero; /* zero points; memory_zero 0 for int16 */
    int16_t out_min, out_max;              /* fused activation, in output units    */
    int8_t memory_shift, out_shift;        /* positive to the left, -31..30        */
    int32_t memory_mult, out_mult;         /* Q31                                  */
};

size_t mote_svdf_s8_ref_scratch(const struct mote_svdf *op);
size_t mote_svdf_s16_ref_scratch(const struct mote_svdf *op);

/* With filters = units * rank, those of a unit side by side: in [batches][in_n], feature
 * [filters][in_n], time [filters][memory], bias [units], past and next [batches][filters][memory]
 * with the oldest call first, out [batches][units]. `next` may be `past`; `out` overlaps nothing. */
void mote_svdf_s8_ref(const struct mote_svdf *op, const int8_t *in, const int8_t *feature,
                      const int8_t *time, const int32_t *bias, const int8_t *past, int8_t *out,
                      int8_t *next, void *scratch);
void mote_svdf_s16_ref(const struct mote_svdf *op, const int8_t *in, const int8_t *feature,
                       const int16_t *time, const int32_t *bias, const int16_t *past, int8_t *out,
                       int16_t *next, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
