/* sum.h - a + b, a - b and (a - b)^2 of two int8 tensors whose shapes broadcast.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 18, is the definition; add.h is for equal shapes. */
#ifndef MOTE_SUM_H
#define MOTE_SUM_H
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_sum_s8 {
    struct mote_broadcast walk;
    int8_t a_zero, b_zero, out_zero;
    int16_t out_min, out_max;
    int8_t a_shift, b_shift, out_shift; /* <= 0: to the right */
    int32_t a_mult, b_mult, out_mult;   /* Q31                */
};

size_t mote_add_broadcast_s8_ref_scratch(const struct mote_sum_s8 *op);
size_t mote_add_broadcast_s16_ref_scratch(const struct mote_sum_s8 *op);
size_t mote_sub_s8_ref_scratch(const struct mote_sum_s8 *op);
size_t mote_squared_difference_s8_ref_scratch(const struct mote_sum_s8 *op);
size_t mote_squared_difference_s16_ref_scratch(const struct mote_sum_s8 *op);
size_t mote_sub_s16_ref_scratch(const struct mote_sum_s8 *op);

/* `out` may be `a` if that is not repeated. */
void mote_add_broadcast_s8_ref(const struct mote_sum_s8 *op, const int8_t *a, const int8_t *b,
                               int8_t *out, void *scratch);
void mote_sub_s8_ref(const struct mote_sum_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch);
void mote_squared_difference_s8_ref(const struct mote_sum_s8 *op, const int8_t *a, const int8_t *b,
                                    int8_t *out, void *scratch);
void mote_add_broadcast_s16_ref(const struct mote_sum_s8 *op, const int16_t *a, const int16_t *b,
                                int16_t *out, void *scratch);
void mote_squared_difference_s16_ref(const struct mote_sum_s8 *op, const int16_t *a,
                                     const int16_t *b, int16_t *out, void *scratch);
void mote_sub_s16_ref(const struct mote_sum_s8 *op, const int16_t *a, const int16_t *b,
                      int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
