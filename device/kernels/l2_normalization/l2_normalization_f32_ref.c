/* l2_normalization_f32_ref.c - vectors of length 1 in float, as docs/spec/ir.md, section 5, writes
 * it. SPDX-License-Identifier: Apache-2.0 */
#include "mote/l2_normalization.h"

#include "kernels/common/math_f32.h"

#define LEAST 1e-6f /* shorter vectors are divided by this */

size_t mote_l2_normalization_f32_ref_scratch(const struct mote_l2_normalization *op)
{
    (void)op;
    return 0;
}

void mote_l2_normalization_f32_ref(const struct mote_l2_normalization *op, const float *in,
                                   float *out, void *scratch)
{
    (void)scratch;
    for (uint32_t r = 0; r < op->rows; r++, in += op->n, out += op->n) {
        float square = 0.0f;
        for (uint32_t i = 0; i < op->n; i++)
            square += in[i] * in[i];
        const float root = mote_sqrt_f32(square), length = root < LEAST ? LEAST : root;
        for (uint32_t i = 0; i < op->n; i++)
            out[i] = in[i] / length;
    }
}
