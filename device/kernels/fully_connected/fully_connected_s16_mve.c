/* fully_connected_s16_mve.c - dense layer of int16 for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * mve_outputs.h with eight inputs in a vector, 17 instructions for 64 products; weights of 8 bits widen
 * while they are loaded. The host has proved that sums fit 32 bits: host/pack/shorts.h. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s16_mve_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_MVE
#define WEIGHT_BYTES  8
#define ELEMENT_BYTES 2

#define MULH(y, k) "vrmulh.s32 " y ", " y ", " k "\n"
#define STORE(y)                                                                                   \
    "vqmovnb.s32 " y ", " y "\n"                                                                   \
    "vstrh.32 " y ", [r7], #8\n"
#define CLAMP mve_clamp_s16

#define TWO(mac, a, b)                                                                             \
    "vldrb.s16 q1, [r3], #8\n" mac ".s16 " a ", q0, q1\n"                                          \
    "vldrb.s16 q2, [r3], #8\n" mac ".s16 " b ", q0, q2\n"
#define TAKE_APART
#define BEFORE_BLOCKS
#define CORRECT(y)
#define AFTER_BLOCKS

#include "kernels/fully_connected/mve_outputs.h"

void mote_fully_connected_s16_mve(const struct mote_fully_connected_s8 *op, const int16_t *in,
                                  const int8_t *w, const int32_t *records, int16_t *out,
                                  void *scratch)
{
    (void)scratch;
    all_rows(op, (const int8_t *)in, w, records, (int8_t *)out);
}
#endif
