/* fully_connected_s16_ref.c - dense layer of int16 as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/fully_connected.h"

#include "kernels/common/wide.h"

size_t mote_fully_connected_s16_ref_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

void mote_fully_connected_s16_ref(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                  const int8_t *w, const void *bias, int16_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t row = 0; row < op->rows; row++)
        for (uint32_t oc = 0; oc < op->out_n; oc++) {
            const int16_t *x = in + (size_t)row * op->in_n;
            const int8_t *v = w + (size_t)oc * op->in_n;
            int64_t acc = 0;
            for (uint32_t ic = 0; ic < op->in_n; ic++)
                acc += v[ic] * x[ic];
            const uint32_t i_scale = op->one_scale ? 0 : oc;
            const int32_t y =
                mote_requant_sum(op->wide, acc, bias, oc, op->mult[i_scale], op->shift[i_scale]);
            *out++ = mote_to_s16(y, op->out_min, op->out_max);
        }
}
