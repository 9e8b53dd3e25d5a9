/* mul.h - elementwise product and quotient of two int8 tensors whose shapes broadcast.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_MUL_H
#define MOTE_MUL_H
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_mul_s8 {
    struct mote_broadcast walk;
    int8_t a_zero, b_zero, out_zero;
    int16_t out_min, out_max;
    int8_t shift; /* positive to the left; at most 15, of s16 0, of div 23 */
    int32_t mult; /* Q31                           */
};

size_t mote_mul_s8_ref_scratch(const struct mote_mul_s8 *op);
size_t mote_mul_s16_ref_scratch(const struct mote_mul_s8 *op);
size_t mote_div_s8_ref_scratch(const struct mote_mul_s8 *op);

/* `out` may be `a` if that is not repeated. */
void mote_mul_s8_ref(const struct mote_mul_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch);
void mote_div_s8_ref(const struct mote_mul_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch);
void mote_mul_s16_ref(const struct mote_mul_s8 *op, const int16_t *a, const int16_t *b,
                      int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
