/* sigmoid_s16_ref.c - logistic and tanh as docs/spec/numerics.md, section 30, writes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/sigmoid.h"

#include "kernels/common/sigmoid16.h"

size_t mote_sigmoid_s16_ref_scratch(const struct mote_sigmoid_s16 *op)
{
    (void)op;
    return 0;
}

/* |x * mult| <= 2^15 * (2^15 - 1), and half of 2^31 fits beside it. */
void mote_sigmoid_s16_ref(const struct mote_sigmoid_s16 *op, const int16_t *in, int16_t *out,
                          void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->mult <= INT16_MAX && op->shift <= 31);
    const int32_t half = op->shift > 0 ? (int32_t)(UINT32_C(1) << (op->shift - 1)) : 0;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t x = (in[i] * op->mult + half) >> op->shift;
        out[i] = (int16_t)(op->is_tanh ? mote_tanh16(x) : mote_sigmoid16(x));
    }
}
