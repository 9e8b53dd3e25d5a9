/* rsqrt_s16_ref.c - as docs/spec/numerics.md, sections 17 and 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/rsqrt.h"

#include "kernels/common/inverse_sqrt.h"
#include "kernels/common/requant.h"

size_t mote_rsqrt_s16_ref_scratch(const struct mote_rsqrt_s16 *op)
{
    (void)op;
    return 0;
}

/* 1 / sqrt(x) <= 1 in Q11.20, so no shift to the left by at most 10 leaves int32. */
static int16_t rsqrt(const struct mote_rsqrt_s16 *op, int32_t x)
{
    if (x <= 0) /* the largest output stands for infinity */
        return INT16_MAX;
    const struct mote_multiplier inverse = mote_inverse_sqrt(x);
    const int32_t real = mote_requant(1, inverse.mult, inverse.shift + MOTE_RSQRT_BITS);
    return mote_to_s16(mote_requant(real, op->mult, op->shift - MOTE_RSQRT_BITS), INT16_MIN,
                       INT16_MAX);
}

void mote_rsqrt_s16_ref(const struct mote_rsqrt_s16 *op, const int16_t *in, int16_t *out,
                        void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++)
        out[i] = rsqrt(op, in[i]);
}
