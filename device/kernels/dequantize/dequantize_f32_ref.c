/* dequantize_f32_ref.c - int8 to float as docs/spec/numerics.md, section 15, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/quantize.h"

size_t mote_dequantize_f32_ref_scratch(const struct mote_quantize_f32 *op)
{
    (void)op;
    return 0;
}

void mote_dequantize_f32_ref(const struct mote_quantize_f32 *op, const int8_t *in, float *out,
                             void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++)
        out[i] = op->scale * (float)(in[i] - op->zero); /* |q - zero| <= 255: one rounding */
}
