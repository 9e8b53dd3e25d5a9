/* add.h - elementwise sum of two int8 tensors of one shape. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md is the definition: both inputs are scaled up by 2^20, brought to twice
 * the larger scale, added and scaled to the output. */
#ifndef MOTE_ADD_H
#define MOTE_ADD_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_add_s8 {
    uint32_t n; /* elements */
    int8_t a_zero, b_zero, out_zero;
    int16_t out_min, out_max;
    int8_t a_shift, b_shift, out_shift; /* <= 0: to the right */
    int32_t a_mult, b_mult, out_mult;   /* Q31                */
    int32_t a_factor, b_factor, offset; /* sum, dsp: host/pack/sum.h */
};

size_t mote_add_s8_ref_scratch(const struct mote_add_s8 *op);
size_t mote_add_s16_ref_scratch(const struct mote_add_s8 *op);
size_t mote_add_s8_opt_scratch(const struct mote_add_s8 *op);
size_t mote_add_s8_sum_scratch(const struct mote_add_s8 *op);
size_t mote_add_s8_dsp_scratch(const struct mote_add_s8 *op);

/* `out` may be `a` or `b`. */
void mote_add_s8_ref(const struct mote_add_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch);
void mote_add_s8_opt(const struct mote_add_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch);
void mote_add_s8_sum(const struct mote_add_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch);
void mote_add_s8_dsp(const struct mote_add_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch);
void mote_add_s16_ref(const struct mote_add_s8 *op, const int16_t *a, const int16_t *b,
                      int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
