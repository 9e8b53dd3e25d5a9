/* dequantize_f32_ref.c - int8 or int16 to float as docs/spec/numerics.md, section 15, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/quantize.h"

#include "kernels/common/element.h"

size_t mote_dequantize_f32_ref_scratch(const struct mote_quantize_f32 *op)
{
    (void)op;
    return 0;
}

void mote_dequantize_f32_ref(const struct mote_quantize_f32 *op, const void *in, float *out,
                             void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++)
        out[i] = op->scale * /* |q - zero| < 2^17: one rounding */
                 (float)(mote_load(in, op->wide ? 2 : 1, i) - op->zero);
}
