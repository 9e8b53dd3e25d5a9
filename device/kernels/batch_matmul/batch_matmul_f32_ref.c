/* batch_matmul_f32_ref.c - products of matrices in float, as docs/spec/ir.md, section 5, writes it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/batch_matmul.h"

#include "kernels/common/walk.h"

size_t mote_batch_matmul_f32_ref_scratch(const struct mote_matmul *op)
{
    (void)op;
    return 0;
}

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

void mote_batch_matmul_f32_ref(const struct mote_matmul *op, const float *a, const float *b,
                               float *out, void *scratch)
{
    (void)scratch;
    const struct mote_broadcast *w = &op->walk;
    for (uint32_t i = 0; i < mote_walk_rows(w); i++) {
        const struct mote_walk_row row = mote_walk_row(w, i);
        for (uint32_t k = 0; k < w->n[3]; k++)
            out = multiply(op, a + row.a + (size_t)k * w->a_step[3],
                           b + row.b + (size_t)k * w->b_step[3], out);
    }
}
