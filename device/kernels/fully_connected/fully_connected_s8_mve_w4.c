/* fully_connected_s8_mve_w4.c - dense layer with weights of 4 bits for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * mve_outputs.h: 17 instructions for 128 products, as with weights of 8 bits, but five loads in place of
 * nine. A byte holds the weights of two outputs, 16 * a + b + 8. VSHR by 4 makes a, which sums A; the byte
 * as it is sums 16 * A + B + 8 * X, where X is the sum of the inputs. VSHR lies in the shadow of a
 * multiplication, as a load does. Sums may wrap around: A and B fit 32 bits, so that what is left of them
 * is right. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_mve_w4_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_MVE
#define WEIGHT_BYTES 8

#define TWO(mac, a, b)                                                                             \
    "vldrb.8 q1, [r3], #16\n" mac ".s8 " b ", q0, q1\n"                                            \
    "vshr.s8 q2, q1, #4\n" mac ".s8 " a ", q0, q2\n"
#define TAKE_APART                                                                                 \
    "sub r2, r2, r0, lsl #4\n"                                                                     \
    "sub r6, r6, r4, lsl #4\n"                                                                     \
    "sub r10, r10, r8, lsl #4\n"                                                                   \
    "sub lr, lr, r12, lsl #4\n"
/* 8 * X where b is, in lanes 2 and 3. */
#define BEFORE_BLOCKS                                                                              \
    "vpush {d14-d15}\n"                                                                            \
    "mov r0, r2\n"                                                                                 \
    "sub r12, r1, r2\n"                                                                            \
    "add r12, r12, r6\n"                                                                           \
    "dlstp.8 lr, r12\n"                                                                            \
    "mov r12, #0\n"                                                                                \
    "1: vldrb.8 q0, [r0], #16\n"                                                                   \
    "vaddva.s8 r12, q0\n"                                                                          \
    "letp lr, 1b\n"                                                                                \
    "lsl r12, r12, #3\n"                                                                           \
    "vmov.i32 q7, #0\n"                                                                            \
    "vmov d15, r12, r12\n"
#define CORRECT(y)   "vsub.i32 " y ", " y ", q7\n"
#define AFTER_BLOCKS "vpop {d14-d15}\n"

#include "kernels/fully_connected/mve_bytes.h"
#include "kernels/fully_connected/mve_outputs.h"

void mote_fully_connected_s8_mve_w4(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                    const int8_t *w, const int32_t *records, int8_t *out,
                                    void *scratch)
{
    (void)scratch;
    all_rows(op, in, w, records, out);
}
#endif
