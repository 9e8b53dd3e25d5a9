/* batch_matmul.h - products of matrices, both of them activations.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 23, is the definition for integers, docs/spec/ir.md, section 5, for
 * float; see window_f32.h on fused multiply-add. */
#ifndef MOTE_BATCH_MATMUL_H
#define MOTE_BATCH_MATMUL_H
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Element [i][l] of a matrix a lies i * a_row + l * a_step behind its first, element [l][j] of a
 * matrix b l * b_step + j * b_column: so either may be stored transposed. */
struct mote_matmul {
    struct mote_broadcast walk; /* over the matrices; steps in elements of a and b */
    uint32_t m, k, n;           /* a is m by k, b is k by n                        */
    uint32_t a_row, a_step, b_step, b_column;
};

struct mote_batch_matmul_s8 {
    struct mote_matmul of;
    int8_t a_zero, b_zero, out_zero;
    int8_t shift; /* -31..30, positive to the left */
    int32_t mult; /* Q31                           */
};

size_t mote_batch_matmul_s8_ref_scratch(const struct mote_batch_matmul_s8 *op);
void mote_batch_matmul_s8_ref(const struct mote_batch_matmul_s8 *op, const int8_t *a,
                              const int8_t *b, int8_t *out, void *scratch);

/* Of int16 all zero points are 0; sums have 64 bits. */
size_t mote_batch_matmul_s16_ref_scratch(const struct mote_batch_matmul_s8 *op);
void mote_batch_matmul_s16_ref(const struct mote_batch_matmul_s8 *op, const int16_t *a,
                               const int16_t *b, int16_t *out, void *scratch);

size_t mote_batch_matmul_f32_ref_scratch(const struct mote_matmul *op);
void mote_batch_matmul_f32_ref(const struct mote_matmul *op, const float *a, const float *b,
                               float *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
