/* fully_connected_s8_ref.c - dense layer as docs/spec/numerics.md, section 8, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/fully_connected.h"

#include "kernels/common/requant.h"

size_t mote_fully_connected_s8_ref_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

void mote_fully_connected_s8_ref(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *bias, int8_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t row = 0; row < op->rows; row++)
        for (uint32_t oc = 0; oc < op->out_n; oc++) {
            const int8_t *x = in + (size_t)row * op->in_n;
            const int8_t *v = w + (size_t)oc * op->in_n;
            int32_t acc = 0; /* the host has proved that it fits int32 */
            for (uint32_t ic = 0; ic < op->in_n; ic++)
                acc += v[ic] * (x[ic] - op->in_zero);
            acc += bias[oc];
            const uint32_t i_scale = op->one_scale ? 0 : oc;
            const int32_t y = mote_requant(acc, op->mult[i_scale], op->shift[i_scale]);
            *out++ = mote_to_s8(y, op->out_zero, op->out_min, op->out_max);
        }
}
