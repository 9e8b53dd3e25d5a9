/* fully_connected_s8_mve.c - dense layer for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * mve_outputs.h: 17 instructions for 128 products, every one of them a load or a multiplication. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_mve_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_MVE
#define WEIGHT_BYTES 16

#define TWO(mac, a, b)                                                                             \
    "vldrb.8 q1, [r3], #16\n" mac ".s8 " a ", q0, q1\n"                                            \
    "vldrb.8 q2, [r3], #16\n" mac ".s8 " b ", q0, q2\n"
#define TAKE_APART
#define BEFORE_BLOCKS
#define CORRECT(y)
#define AFTER_BLOCKS

#include "kernels/fully_connected/mve_bytes.h"
#include "kernels/fully_connected/mve_outputs.h"

void mote_fully_connected_s8_mve(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *records, int8_t *out,
                                 void *scratch)
{
    (void)scratch;
    all_rows(op, in, w, records, out);
}
#endif
