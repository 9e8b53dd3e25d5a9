/* batch_matmul_s16_ref.c - as docs/spec/numerics.md, section 30, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/batch_matmul.h"

#include "kernels/batch_matmul/products.h"
#include "kernels/common/requant.h"

/* One product of two matrices. Returns where the next output goes. */
static int16_t *multiply(const struct mote_batch_matmul_s8 *op, const int16_t *a, const int16_t *b,
                         int16_t *out)
{
    for (uint32_t i = 0; i < op->of.m; i++)
        for (uint32_t j = 0; j < op->of.n; j++) {
            const int16_t *x = a + (size_t)i * op->of.a_row, *w = b + (size_t)j * op->of.b_column;
            int64_t acc = 0; /* the host has proved that 2^30 * k < 2^47 */
            for (uint32_t l = 0; l < op->of.k; l++)
                acc += x[(size_t)l * op->of.a_step] * w[(size_t)l * op->of.b_step];
            const int32_t y = mote_requant_s64(acc, op->mult, op->shift);
            *out++ = mote_to_s16(y, INT16_MIN, INT16_MAX);
        }
    return out;
}

MOTE_BATCH_MATMUL_KERNEL(s16, int16_t, mote_batch_matmul_s8, of.walk)
