/* fully_connected_s8_dsp_w4.c - dense layer with weights of 4 bits for cores with two 16-bit products
 * an instruction (Cortex-M4, M7, M33). SPDX-License-Identifier: Apache-2.0
 *
 * dsp_outputs.h, with 35 instructions for 32 products as with weights of 8 bits, but five loads in place of
 * nine: a half-word of weights holds four outputs,
 *
 *     h = 2^12 * a + 2^8 * (b + 8) + 2^4 * (c + 8) + (d + 8)
 *
 * and SMLAD by h, h & 0xf0f, h & 0xff and h & 0xf sums, with X = 8 times the sum of the inputs,
 *
 *     P = 2^12 * A + 2^8 * (B + X) + 2^4 * (C + X) + (D + X)
 *     Q =            2^8 * (B + X)                 + (D + X)
 *     R =                            2^4 * (C + X) + (D + X)
 *     S =                                            (D + X)
 *
 * so A = (P - R - (Q - S)) / 2^12, B = (Q - S) / 2^8 - X, C = (R - S) / 2^4 - X, D = S - X. The masks
 * are immediates of AND. Sums start from biases put together in the same way, without X. All is
 * modulo 2^32: host/pack/octets_w4.h says which layers come apart again. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_dsp_w4_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_DSP
#define WEIGHT_BITS 4

/* Two taps, in r9, by four outputs. */
#define FOUR(at, p, q, r, s)                                                                       \
    "ldr r10, [r12, #" at "\n"                                                                     \
    "smlad " p ", r10, r9, " p "\n"                                                                \
    "and r11, r10, #0x0f0f0f0f\n"                                                                  \
    "smlad " q ", r11, r9, " q "\n"                                                                \
    "and r11, r10, #0x00ff00ff\n"                                                                  \
    "smlad " r ", r11, r9, " r "\n"                                                                \
    "and r11, r10, #0x000f000f\n"                                                                  \
    "smlad " s ", r11, r9, " s "\n"

#define PAIR(first, second) FOUR(first, "r0", "r1", "r2", "r3") FOUR(second, "r4", "r5", "r6", "r7")

/* Four inputs by eight outputs: 35 instructions, 140 bytes. */
#define GROUP_OF_TAPS                                                                              \
    "ldr r8, [lr], #4\n"                                                                           \
    "sxtb16 r9, r8\n" PAIR("4]", "8]") "sxtb16 r9, r8, ror #8\n" PAIR("12]", "16]!")
#define GROUP_CODE 140u

/* X is in r9. */
#define OUTPUTS(p, q, r, s)                                                                        \
    "sub " p ", " r "\n"                                                                           \
    "sub " q ", " s "\n"                                                                           \
    "sub " r ", " s "\n"                                                                           \
    "sub " p ", " q "\n"                                                                           \
    "asr " p ", #12\n"                                                                             \
    "rsb " q ", r9, " q ", asr #8\n"                                                               \
    "rsb " r ", r9, " r ", asr #4\n"                                                               \
    "sub " s ", r9\n"
#define TAKE_APART                                                                                 \
    "ldr r9, [r10, #36]\n" OUTPUTS("r0", "r1", "r2", "r3") OUTPUTS("r4", "r5", "r6", "r7")

#include "kernels/fully_connected/dsp_outputs.h"

void mote_fully_connected_s8_dsp_w4(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                    const uint32_t *w, const int32_t *records, int8_t *out,
                                    void *scratch)
{
    (void)scratch;
    all_rows(op, in, w, records, out);
}
#endif
