/* sub_s16_ref.c - elementwise difference of int16 as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/sum.h"

#include "kernels/common/sum.h"
#include "kernels/common/walk.h"

size_t mote_sub_s16_ref_scratch(const struct mote_sum_s8 *op)
{
    (void)op;
    return 0;
}

void mote_sub_s16_ref(const struct mote_sum_s8 *op, const int16_t *a, const int16_t *b,
                      int16_t *out, void *scratch)
{
    (void)scratch;
    const struct mote_broadcast *w = &op->walk;
    const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];
    for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {
        const struct mote_walk_row row = mote_walk_row(w, i);
        for (uint32_t k = 0; k < n; k++) {
            const int32_t u = mote_sum_operand_s16(a[row.a + k * a_step], op->a_mult, op->a_shift);
            const int32_t v = mote_sum_operand_s16(b[row.b + k * b_step], op->b_mult, op->b_shift);
            const int32_t y = mote_requant(u - v, op->out_mult, op->out_shift);
            out[k] = mote_to_s16(y, op->out_min, op->out_max);
        }
    }
}
