/* fully_connected_f32_ref.c - dense layer in float, as docs/spec/ir.md, section 5, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/fully_connected_f32.h"

#include "kernels/common/act_f32.h"

size_t mote_fully_connected_f32_ref_scratch(const struct mote_fully_connected_f32 *op)
{
    (void)op;
    return 0;
}

void mote_fully_connected_f32_ref(const struct mote_fully_connected_f32 *op, const float *in,
                                  const float *w, const float *bias, float *out, void *scratch)
{
    (void)scratch;
    for (uint32_t r = 0; r < op->rows; r++, in += op->in_n)
        for (uint32_t o = 0; o < op->out_n; o++) {
            const float *v = w + (size_t)o * op->in_n;
            float acc = bias[o];
            for (uint32_t i = 0; i < op->in_n; i++)
                acc += in[i] * v[i];
            *out++ = mote_act_f32(op->act, acc);
        }
}
