/* prelu_s8_ref.c - a leaky clamp with a slope for each element, as docs/spec/numerics.md, section 18, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/prelu.h"

#include "kernels/common/requant.h"
#include "kernels/common/walk.h"

size_t mote_prelu_s8_ref_scratch(const struct mote_prelu_s8 *op)
{
    (void)op;
    return 0;
}

static int8_t prelu(const struct mote_prelu_s8 *op, int32_t a, int32_t b)
{
    const int32_t x = a - op->a_zero; /* |x| <= 255, and the product < 2^16 */
    const int32_t y = x >= 0
                          ? mote_requant(x, op->mult, op->shift)
                          : mote_requant(x * (b - op->b_zero), op->product_mult, op->product_shift);
    return mote_to_s8(y, op->out_zero, INT8_MIN, INT8_MAX);
}

void mote_prelu_s8_ref(const struct mote_prelu_s8 *op, const int8_t *a, const int8_t *b,
                       int8_t *out, void *scratch)
{
    (void)scratch;
    const struct mote_broadcast *w = &op->walk;
    const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];
    for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {
        const struct mote_walk_row row = mote_walk_row(w, i);
        for (uint32_t k = 0; k < n; k++)
            out[k] = prelu(op, a[row.a + k * a_step], b[row.b + k * b_step]);
    }
}
