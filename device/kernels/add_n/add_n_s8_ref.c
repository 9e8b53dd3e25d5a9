/* add_n_s8_ref.c - as docs/spec/numerics.md, section 9, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/add_n.h"

#include "kernels/common/requant.h"

size_t mote_add_n_s8_ref_scratch(const struct mote_add_n_s8 *op)
{
    (void)op;
    return 0;
}

void mote_add_n_s8_ref(const struct mote_add_n_s8 *op, const void *const *in, int8_t *out,
                       void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->shift <= 0);
    for (uint32_t i = 0; i < op->n; i++) {
        int32_t sum = -op->zero_sum;
        for (uint32_t k = 0; k < op->n_in; k++)
            sum += ((const int8_t *)in[k])[i];
        MOTE_ASSERT(sum >= -MOTE_ADD_N_MAX && sum <= MOTE_ADD_N_MAX);
        const int32_t y = mote_requant(sum * (1 << MOTE_ADD_N_BITS), op->mult, op->shift);
        out[i] = mote_to_s8(y, op->out_zero, INT8_MIN, INT8_MAX);
    }
}
