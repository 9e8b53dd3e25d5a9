/* leaky_relu_s16_ref.c - as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/leaky_relu.h"

#include "kernels/common/requant.h"

size_t mote_leaky_relu_s16_ref_scratch(const struct mote_leaky_relu_s16 *op)
{
    (void)op;
    return 0;
}

void mote_leaky_relu_s16_ref(const struct mote_leaky_relu_s16 *op, const int16_t *in, int16_t *out,
                             void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t x = in[i];
        const int32_t y = x >= 0 ? mote_requant(x, op->mult, op->shift)
                                 : mote_requant(x, op->negative_mult, op->negative_shift);
        out[i] = mote_to_s16(y, INT16_MIN, INT16_MAX);
    }
}
