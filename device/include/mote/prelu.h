/* prelu.h - elementwise: a where a >= 0, else a times b; shapes broadcast, int8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 18, is the definition. */
#ifndef MOTE_PRELU_H
#define MOTE_PRELU_H
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_prelu_s8 {
    struct mote_broadcast walk;
    int8_t a_zero, b_zero, out_zero;
    int8_t shift, product_shift; /* positive to the left; at most 22 and 15 */
    int32_t mult, product_mult;  /* Q31                                     */
};

size_t mote_prelu_s8_ref_scratch(const struct mote_prelu_s8 *op);

/* `out` may be `a` if that is not repeated. */
void mote_prelu_s8_ref(const struct mote_prelu_s8 *op, const int8_t *a, const int8_t *b,
                       int8_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
