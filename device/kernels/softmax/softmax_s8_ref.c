/* softmax_s8_ref.c - softmax as docs/spec/numerics.md, section 12, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/softmax.h"

size_t mote_softmax_s8_ref_scratch(const struct mote_softmax_s8 *op)
{
    (void)op;
    return 0;
}

void mote_softmax_s8_ref(const struct mote_softmax_s8 *op, const int8_t *in, int8_t *out,
                         void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->n >= 1 && op->n <= 4095);
    for (uint32_t r = 0; r < op->rows; r++, in += op->n, out += op->n) {
        const struct mote_softmax_row row = mote_softmax_row_of(op, in);
        for (uint32_t i = 0; i < op->n; i++)
            out[i] = mote_to_s8(mote_softmax_of(op, &row, in[i], 8), INT8_MIN, INT8_MIN, INT8_MAX);
    }
}
