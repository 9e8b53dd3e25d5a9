/* add_s8_opt.c - elementwise sum in portable C: the reference with all that is the same for every
 * element taken out of the loop. SPDX-License-Identifier: Apache-2.0 */
#include "mote/add.h"

#include "kernels/common/requant.h"

size_t mote_add_s8_opt_scratch(const struct mote_add_s8 *op)
{
    (void)op;
    return 0;
}

void mote_add_s8_opt(const struct mote_add_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch)
{
    (void)scratch;
    const struct mote_scale a_scale = mote_scale_of(op->a_mult, op->a_shift);
    const struct mote_scale b_scale = mote_scale_of(op->b_mult, op->b_shift);
    const struct mote_scale scale = mote_scale_of(op->out_mult, op->out_shift);
    const int32_t a_zero = op->a_zero, b_zero = op->b_zero;
    const int32_t zero = op->out_zero, low = op->out_min, high = op->out_max;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t wide_a = (a[i] - a_zero) * (1 << 20), wide_b = (b[i] - b_zero) * (1 << 20);
        const int32_t sum = mote_requant_by(a_scale, wide_a) + mote_requant_by(b_scale, wide_b);
        out[i] = mote_to_s8(mote_requant_by(scale, sum), zero, low, high);
    }
}
