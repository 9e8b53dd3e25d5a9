/* add_s16_ref.c - elementwise sum of int16 as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/add.h"

#include "kernels/common/sum.h"

size_t mote_add_s16_ref_scratch(const struct mote_add_s8 *op)
{
    (void)op;
    return 0;
}

void mote_add_s16_ref(const struct mote_add_s8 *op, const int16_t *a, const int16_t *b,
                      int16_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t sum = mote_sum_operand_s16(a[i], op->a_mult, op->a_shift) +
                            mote_sum_operand_s16(b[i], op->b_mult, op->b_shift);
        const int32_t y = mote_requant(sum, op->out_mult, op->out_shift);
        out[i] = mote_to_s16(y, op->out_min, op->out_max);
    }
}
