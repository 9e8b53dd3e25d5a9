/* fully_connected_s8_dsp.c - dense layer for cores with two 16-bit products an instruction
 * (Cortex-M4, M7, M33). SPDX-License-Identifier: Apache-2.0
 *
 * dsp_outputs.h: 35 instructions for four inputs, 32 products. Weights hold two outputs in a half-word:
 * conv2d_s8_dsp.c explains how that comes apart. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_dsp_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_DSP
#define WEIGHT_BITS 8

/* Two taps, in r9, by two outputs. */
#define TWO(at, a, b)                                                                              \
    "ldr r10, [r12, #" at "\n"                                                                     \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad " a ", r10, r9, " a "\n"                                                                \
    "smlad " b ", r11, r9, " b "\n"

#define PAIR(a0, a1, a2, a3)                                                                       \
    TWO(a0 "]", "r0", "r1") TWO(a1 "]", "r2", "r3") TWO(a2 "]", "r4", "r5") TWO(a3, "r6", "r7")

/* Four inputs by eight outputs: 35 instructions, 140 bytes. */
#define GROUP_OF_TAPS                                                                              \
    "ldr r8, [lr], #4\n"                                                                           \
    "sxtb16 r9, r8\n" PAIR("4", "8", "12", "16]") "sxtb16 r9, r8, ror #8\n" PAIR("20", "24", "28", \
                                                                                 "32]!")
#define GROUP_CODE 140u
/* The output in the high byte of a half-word. */
#define HIGH_OF(even, odd)                                                                         \
    "sub " even ", " odd "\n"                                                                      \
    "asr " even ", #8\n"

#define TAKE_APART HIGH_OF("r0", "r1") HIGH_OF("r2", "r3") HIGH_OF("r4", "r5") HIGH_OF("r6", "r7")

#include "kernels/fully_connected/dsp_outputs.h"

void mote_fully_connected_s8_dsp(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const uint32_t *w, const int32_t *records, int8_t *out,
                                 void *scratch)
{
    (void)scratch;
    all_rows(op, in, w, records, out);
}
#endif
