/* add_n.h - the sum of any number of tensors of one scale. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 9, is the definition. */
#ifndef MOTE_ADD_N_H
#define MOTE_ADD_N_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_add_n_s8 {
    uint32_t n;       /* elements of each tensor                         */
    uint32_t n_in;    /* tensors                                         */
    int32_t zero_sum; /* the inputs' zero point, n_in + 1 times          */
    int32_t mult;     /* Q31                                             */
    int8_t shift;     /* -31..0, for sums with MOTE_ADD_N_BITS more bits */
    int8_t out_zero;
};

#define MOTE_ADD_N_BITS 19
#define MOTE_ADD_N_MAX  4095 /* |a sum less zero_sum|: times 2^19 it fits int32 */

size_t mote_add_n_s8_ref_scratch(const struct mote_add_n_s8 *op);
/* in[n_in] are int8 tensors; `out` may be any of them. */
void mote_add_n_s8_ref(const struct mote_add_n_s8 *op, const void *const *in, int8_t *out,
                       void *scratch);

#ifdef __cplusplus
}
#endif
#endif
