/* batch_matmul_s8_ref.c - as docs/spec/numerics.md, section 23, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/batch_matmul.h"

#include "kernels/batch_matmul/products.h"
#include "kernels/common/requant.h"

/* One product of two matrices. Returns where the next output goes. */
static int8_t *multiply(const struct mote_batch_matmul_s8 *op, const int8_t *a, const int8_t *b,
                        int8_t *out)
{
    for (uint32_t i = 0; i < op->of.m; i++)
        for (uint32_t j = 0; j < op->of.n; j++) {
            const int8_t *x = a + (size_t)i * op->of.a_row, *w = b + (size_t)j * op->of.b_column;
            int32_t acc = 0; /* the host has proved that 255 * 255 * k fits */
            for (uint32_t l = 0; l < op->of.k; l++)
                acc += (x[(size_t)l * op->of.a_step] - op->a_zero) *
                       (w[(size_t)l * op->of.b_step] - op->b_zero);
            const int32_t y = mote_requant(acc, op->mult, op->shift);
            *out++ = mote_to_s8(y, op->out_zero, INT8_MIN, INT8_MAX);
        }
    return out;
}

MOTE_BATCH_MATMUL_KERNEL(s8, int8_t, mote_batch_matmul_s8, of.walk)
