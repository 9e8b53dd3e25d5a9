/* products.h - the products of a batch, one after another. SPDX-License-Identifier: Apache-2.0
 *
 * multiply(op, a, b, out) computes one of them and returns where the next output goes; the
 * member `walk` of op says where their matrices lie. */
#ifndef MOTE_BATCH_MATMUL_PRODUCTS_H
#define MOTE_BATCH_MATMUL_PRODUCTS_H
#include "kernels/common/walk.h"

#define MOTE_BATCH_MATMUL_KERNEL(dtype, type, op_type, walk)                                       \
    size_t mote_batch_matmul_##dtype##_ref_scratch(const struct op_type *op)                       \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    void mote_batch_matmul_##dtype##_ref(const struct op_type *op, const type *a, const type *b,   \
                                         type out[], void *scratch)                                \
    {                                                                                              \
        (void)scratch;                                                                             \
        const struct mote_broadcast *w = &op->walk;                                                \
        for (uint32_t i = 0; i < mote_walk_rows(w); i++) {                                         \
            const struct mote_walk_row row = mote_walk_row(w, i);                                  \
            for (uint32_t k = 0; k < w->n[3]; k++)                                                 \
                out = multiply(op, a + row.a + (size_t)k * w->a_step[3],                           \
                               b + row.b + (size_t)k * w->b_step[3], out);                         \
        }                                                                                          \
    }
#endif
