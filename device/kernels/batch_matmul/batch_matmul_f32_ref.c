/* batch_matmul_f32_ref.c - products of matrices in float, as docs/spec/ir.md, section 5, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/batch_matmul.h"

#include "kernels/batch_matmul/products.h"

/* One product of two matrices. Returns where the next output goes. */
static float *multiply(const struct mote_matmul *op, const float *a, const float *b, float *out)
{
    for (uint32_t i = 0; i < op->m; i++)
        for (uint32_t j = 0; j < op->n; j++) {
            const float *x = a + (size_t)i * op->a_row, *w = b + (size_t)j * op->b_column;
            float acc = 0.0f;
            for (uint32_t l = 0; l < op->k; l++)
                acc += x[(size_t)l * op->a_step] * w[(size_t)l * op->b_step];
            *out++ = acc;
        }
    return out;
}

MOTE_BATCH_MATMUL_KERNEL(f32, float, mote_matmul, walk)
