/* asm_v7m.h - pieces of assembly for Armv7-M without DSP instructions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Arguments are names of registers. SMULL takes three to seven cycles on a Cortex-M3, but where
 * the high word of a product is wanted there is no other way. */
#ifndef MOTE_COMMON_ASM_V7M_H
#define MOTE_COMMON_ASM_V7M_H

/* ROUND_PROVED, but for the clamp: high32(y * mult) + add; `low` is free. */
#define MOTE_V7M_PROVED(y, mult, add, low)                                                         \
    "smull " low ", " y ", " y ", " mult "\n"                                                      \
    "add.w " y ", " y ", " add "\n"

/* ROUND_EXACT, but for shift and clamp: h = high32(y * mult + 2^31) + y, where bit 31 of the low word
 * is what the sum carries; then h + (h >> 31) + add. `low` and `high` are free. */
#define MOTE_V7M_EXACT(y, mult, add, low, high)                                                    \
    "smull " low ", " high ", " y ", " mult "\n"                                                   \
    "lsls " low ", " low ", #1\n"                                                                  \
    "adc " y ", " y ", " high "\n"                                                                 \
    "add " y ", " y ", " y ", asr #31\n"                                                           \
    "add " y ", " add "\n"
#endif
