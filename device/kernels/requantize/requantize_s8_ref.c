/* requantize_s8_ref.c - another scale, as docs/spec/numerics.md, section 14, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/requantize.h"

#include "kernels/common/requant.h"

size_t mote_requantize_s8_ref_scratch(const struct mote_requantize_s8 *op)
{
    (void)op;
    return 0;
}

void mote_requantize_s8_ref(const struct mote_requantize_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++) {
        const int32_t x = (int8_t)(in[i] ^ op->in_flip);
        const int32_t y = mote_requant(x - op->in_zero, op->mult, op->shift);
        out[i] = (int8_t)(mote_to_s8(y, op->out_zero, op->out_min, op->out_max) ^ op->out_flip);
    }
}
