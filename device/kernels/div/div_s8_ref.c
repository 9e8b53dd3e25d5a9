/* div_s8_ref.c - elementwise quotient, as docs/spec/numerics.md, section 18, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/mul.h"

#include "kernels/common/fixed_exp.h"
#include "kernels/common/walk.h"

size_t mote_div_s8_ref_scratch(const struct mote_mul_s8 *op)
{
    (void)op;
    return 0;
}

/* x / v times the multiplier, v > 0: x and 1 / v get all the bits that fit before they meet. */
static int32_t quotient(const struct mote_mul_s8 *op, int32_t x, int32_t v)
{
    const int32_t unused = mote_clz((uint32_t)v); /* v = (1 + f) * 2^(31 - unused) */
    const int32_t f = (int32_t)(((uint32_t)v << (unused & 31)) - (UINT32_C(1) << 31));
    const int32_t left = mote_clz((uint32_t)(x >= 0 ? x : -x - 1)) - 1; /* x * 2^left fits */
    const int32_t q = mote_srdhm(mote_shift_left(x, left), mote_reciprocal_one_plus(f));
    const int32_t right = 31 - unused + left - op->shift; /* >= 0: the shift is at most 23 */
    return right > 31 ? 0 : mote_rdbpot(mote_srdhm(q, op->mult), right);
}

/* Divided by 0, a number other than 0 is as large as can be. */
static int8_t divide(const struct mote_mul_s8 *op, int32_t a, int32_t b)
{
    const int32_t x = a - op->a_zero, v = b - op->b_zero;
    int32_t y = x > 0 ? 512 : x < 0 ? -512 : 0;
    if (v != 0)
        y = quotient(op, v > 0 ? x : -x, v > 0 ? v : -v);
    return mote_to_s8(y, op->out_zero, op->out_min, op->out_max);
}

void mote_div_s8_ref(const struct mote_mul_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch)
{
    (void)scratch;
    const struct mote_broadcast *w = &op->walk;
    const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];
    for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {
        const struct mote_walk_row row = mote_walk_row(w, i);
        for (uint32_t k = 0; k < n; k++)
            out[k] = divide(op, a[row.a + k * a_step], b[row.b + k * b_step]);
    }
}
