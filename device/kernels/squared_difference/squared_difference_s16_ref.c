/* squared_difference_s16_ref.c - as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/sum.h"

#include "kernels/common/requant.h"
#include "kernels/common/walk.h"

size_t mote_squared_difference_s16_ref_scratch(const struct mote_sum_s8 *op)
{
    (void)op;
    return 0;
}

static int16_t squared_difference(const struct mote_sum_s8 *op, int32_t a, int32_t b)
{
    const int32_t u = mote_requant(a, op->a_mult, op->a_shift); /* |u| <= 2^14: at most a half */
    const int32_t v = mote_requant(b, op->b_mult, op->b_shift);
    const int32_t y = mote_requant((u - v) * (u - v), op->out_mult, op->out_shift);
    return mote_to_s16(y, op->out_min, op->out_max);
}

void mote_squared_difference_s16_ref(const struct mote_sum_s8 *op, const int16_t *a,
                                     const int16_t *b, int16_t *out, void *scratch)
{
    (void)scratch;
    const struct mote_broadcast *w = &op->walk;
    const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];
    for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {
        const struct mote_walk_row row = mote_walk_row(w, i);
        for (uint32_t k = 0; k < n; k++)
            out[k] = squared_difference(op, a[row.a + k * a_step], b[row.b + k * b_step]);
    }
}
