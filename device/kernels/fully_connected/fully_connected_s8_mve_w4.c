/* fully_connected_s8_mve_w4.c - dense layer with weights of 4 bits for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * mve_outputs.h: 17 instructions for 128 products, as with weights of 8 bits, but five loads in place of
 * nine. A byte holds the weights of two outputs, 16 * a + b. Multiplied as it is it sums 16 * A + B;
 * VRSHR by 4 rounds to a, which sums A. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_mve_w4_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_MVE
#define WEIGHT_BITS 4

#define TWO(mac, a, b)                                                                             \
    "vldrb.8 q1, [r3], #16\n" mac ".s8 " b ", q0, q1\n"                                            \
    "vrshr.s8 q2, q1, #4\n" mac ".s8 " a ", q0, q2\n"
#define TAKE_APART                                                                                 \
    "sub r2, r2, r0, lsl #4\n"                                                                     \
    "sub r6, r6, r4, lsl #4\n"                                                                     \
    "sub r10, r10, r8, lsl #4\n"                                                                   \
    "sub lr, lr, r12, lsl #4\n"

#include "kernels/fully_connected/mve_outputs.h"

void mote_fully_connected_s8_mve_w4(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                    const int8_t *w, const int32_t *records, int8_t *out,
                                    void *scratch)
{
    (void)scratch;
    all_rows(op, in, w, records, out);
}
#endif
