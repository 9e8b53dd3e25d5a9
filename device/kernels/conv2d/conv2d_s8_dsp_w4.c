/* conv2d_s8_dsp_w4.c - convolution with weights of four bits for cores with two 16-bit products an
 * instruction (Cortex-M4, M7, M33). SPDX-License-Identifier: Apache-2.0
 *
 * Two pixels at a time, as kernels/conv2d/pixel_pairs.h says. Nibbles are never taken apart one by
 * one: a half-word holds the weights of four channels,
 *
 *     h = 4096 * d + 256 * c + 16 * b + a       its low byte   16 * b + a
 *     h << 4 = 4096 * c + 256 * b + 16 * a      its low byte   16 * a
 *
 * and SMLAD by these four sums S3, S1, S2, S0, whatever else is in them, modulo 2^32. At the end
 *
 *     A = S0 / 16    B = (S1 - A) / 16    C = (S2 - 16 * S1) / 4096    D = (S3 - S1 - 256 * C) / 4096
 *
 * So a word serves two taps by four channels by two pixels with 15 instructions, 16 products: one more
 * than for eight bits (conv2d_s8_dsp.c), with half the loads of weights. The host packs a layer so
 * only if C and D, bias included, lie in -2^19..2^19 - 1, A and B in -2^27..2^27 - 1
 * (host/pack/quartets.h). */
#include "kernels/conv2d/pixel_pairs.h"

size_t mote_conv2d_s8_dsp_w4_scratch(const struct mote_conv2d_s8 *op)
{
    return mote_pairs_scratch(op);
}

#if MOTE_ISA_DSP
/* Two taps by two pixels by four channels. Loads stand side by side, since these cores pipeline
 * them. Both pointers are four bytes low. */
#define PAIR(w, x0, x1)                                                                            \
    "ldr r10, [r12, #" w "\n"                                                                      \
    "ldr r8, [lr, #" x0 "]\n"                                                                      \
    "ldr r9, [lr, #" x1 "\n"                                                                       \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r6, r10, r8, r6\n"                                                                      \
    "smlad r7, r10, r9, r7\n"                                                                      \
    "lsl.w r10, r10, #4\n"                                                                         \
    "smlad r2, r11, r8, r2\n"                                                                      \
    "smlad r3, r11, r9, r3\n"                                                                      \
    "bic r10, r10, #0x000f0000\n"                                                                  \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r4, r10, r8, r4\n"                                                                      \
    "smlad r5, r10, r9, r5\n"                                                                      \
    "smlad r0, r11, r8, r0\n"                                                                      \
    "smlad r1, r11, r9, r1\n"
#define GROUP_OF_TAPS PAIR("4]", "4", "8]") PAIR("8]!", "12", "16]!")
#define CODING                                                                                     \
    {                                                                                              \
        .round = 4, .group_bytes = 120, .tap_bytes = 2                                             \
    }

/* The sums of one pixel, of channels 0 to 3, out of those of the loop. */
#define TAKE_APART(c0, c1, c2, c3)                                                                 \
    "asr " c0 ", #4\n"                                                                             \
    "sub " c2 ", " c2 ", " c1 ", lsl #4\n"                                                         \
    "sub " c3 ", " c1 "\n"                                                                         \
    "asr " c2 ", #12\n"                                                                            \
    "sub " c1 ", " c0 "\n"                                                                         \
    "sub " c3 ", " c3 ", " c2 ", lsl #8\n"                                                         \
    "asr " c1 ", #4\n"                                                                             \
    "asr " c3 ", #12\n"

#define TAKE_BOTH_APART TAKE_APART("r0", "r2", "r4", "r6") TAKE_APART("r1", "r3", "r5", "r7")

static __attribute__((naked, noinline)) void blocks(const struct tile *t __attribute__((unused)),
                                                    int8_t *out0 __attribute__((unused)),
                                                    int8_t *out1 __attribute__((unused)))
{
    __asm__ volatile(BLOCKS(GROUP_OF_TAPS, TAKE_BOTH_APART));
}

void mote_conv2d_s8_dsp_w4(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                           const int32_t *records, int8_t *out, void *scratch)
{
    static const struct coding by = CODING;
    pairs_of_pixels(op, &by, in, w, records, out, scratch);
}
#endif
