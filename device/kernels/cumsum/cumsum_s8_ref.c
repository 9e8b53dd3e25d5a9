/* cumsum_s8_ref.c - running sums of int8, as docs/spec/numerics.md, section 28, writes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/cumsum.h"
#include "kernels/common/map_s32.h"
#include "kernels/common/requant.h"

#define FRACTION_BITS 19

/* x in the format of the sums: |x| <= 255, so below 2^27. */
static uint32_t widen(int32_t x)
{
    return (uint32_t)x << FRACTION_BITS;
}

size_t mote_cumsum_s8_ref_scratch(const struct mote_cumsum_s8 *op)
{
    (void)op;
    return 0;
}

static void sum_column(const struct mote_cumsum_s8 *op, const int8_t *in, int8_t *out, uint32_t o,
                       uint32_t i)
{
    const struct mote_scale scale = mote_scale_of(op->mult, op->shift);
    uint32_t sum = widen(-op->in_zero);
    for (uint32_t k = 0; k < op->of.n; k++) {
        const size_t at = mote_cumsum_at(&op->of, o, k, i);
        const uint32_t before = sum;
        sum += widen(in[at] - op->in_zero);
        const int32_t y = mote_requant_by(scale, mote_wrap_s32(op->of.exclusive ? before : sum));
        out[at] = mote_to_s8(y, op->out_zero, INT8_MIN, INT8_MAX);
    }
}

void mote_cumsum_s8_ref(const struct mote_cumsum_s8 *op, const int8_t *in, int8_t *out,
                        void *scratch)
{
    (void)scratch;
    for (uint32_t o = 0; o < op->of.outer; o++)
        for (uint32_t i = 0; i < op->of.inner; i++)
            sum_column(op, in, out, o, i);
}
