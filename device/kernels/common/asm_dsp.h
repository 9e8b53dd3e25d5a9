/* asm_dsp.h - pieces of assembly for cores with DSP instructions. SPDX-License-Identifier: Apache-2.0
 *
 * Arguments are names of registers. A sum y becomes a byte; `_2` makes bytes of two that share a
 * record, side by side, so that no instruction waits for the one before it. */
#ifndef MOTE_COMMON_ASM_DSP_H
#define MOTE_COMMON_ASM_DSP_H

/* ROUND_PROVED: high32(y * mult) + add. */
#define MOTE_DSP_PROVED(y, mult, add)                                                              \
    "smmla " y ", " y ", " mult ", " add "\n"                                                      \
    "ssat " y ", #8, " y "\n"

#define MOTE_DSP_PROVED_2(y0, y1, mult, add)                                                       \
    "smmla " y0 ", " y0 ", " mult ", " add "\n"                                                    \
    "smmla " y1 ", " y1 ", " mult ", " add "\n"                                                    \
    "ssat " y0 ", #8, " y0 "\n"                                                                    \
    "ssat " y1 ", #8, " y1 "\n"

/* ROUND_EXACT: h = high32(y * mult + 2^31) + y, then (h + (h >> 31) + add) >> shift. */
#define MOTE_DSP_EXACT(y, mult, add, shift)                                                        \
    "smmlar " y ", " y ", " mult ", " y "\n"                                                       \
    "add " y ", " y ", " y ", asr #31\n"                                                           \
    "add " y ", " add "\n"                                                                         \
    "asr " y ", " shift "\n"                                                                       \
    "ssat " y ", #8, " y "\n"

#define MOTE_DSP_EXACT_2(y0, y1, mult, add, shift)                                                 \
    "smmlar " y0 ", " y0 ", " mult ", " y0 "\n"                                                    \
    "smmlar " y1 ", " y1 ", " mult ", " y1 "\n"                                                    \
    "add " y0 ", " y0 ", " y0 ", asr #31\n"                                                        \
    "add " y1 ", " y1 ", " y1 ", asr #31\n"                                                        \
    "add " y0 ", " add "\n"                                                                        \
    "add " y1 ", " add "\n"                                                                        \
    "asr " y0 ", " shift "\n"                                                                      \
    "asr " y1 ", " shift "\n"                                                                      \
    "ssat " y0 ", #8, " y0 "\n"                                                                    \
    "ssat " y1 ", #8, " y1 "\n"
#endif
