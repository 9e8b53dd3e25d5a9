/* conv2d_s8_dsp.c - convolution for cores with two 16-bit products an instruction (Cortex-M4, M7,
 * M33). SPDX-License-Identifier: Apache-2.0
 *
 * Two pixels at a time, as kernels/conv2d/pixel_pairs.h says. The inner loop computes two pixels by
 * four channels and needs 14 instructions for 16 products beside the loop:
 *
 *     A half-word of weights holds two channels, 256 * w[a] + w[b]. SMLAD by it sums 256 * A + B,
 *     SXTB16 extracts w[b] for another SMLAD, which sums B; A = (sum - B) / 256 at the end. So
 *     weights cost one load and one SXTB16 for four, and fill flash as int8 do. All is modulo 2^32:
 *     the host packs a layer so only if A, bias included, lies in -2^23..2^23 - 1. */
#include "kernels/conv2d/pixel_pairs.h"

size_t mote_conv2d_s8_dsp_scratch(const struct mote_conv2d_s8 *op)
{
    return mote_pairs_scratch(op);
}

#if MOTE_ISA_DSP
/* Two taps by two pixels by four channels. Loads stand side by side where registers allow, since
 * these cores pipeline them; one that updates its base stands last. Both pointers are four bytes
 * low. */
#define PAIR(x0, x1)                                                                               \
    "ldr r10, [r12, #4]\n"                                                                         \
    "ldr r8, [lr, #" x0 "]\n"                                                                      \
    "ldr r9, [lr, #" x1 "\n"                                                                       \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r0, r10, r8, r0\n"                                                                      \
    "smlad r1, r10, r9, r1\n"                                                                      \
    "smlad r2, r11, r8, r2\n"                                                                      \
    "smlad r3, r11, r9, r3\n"                                                                      \
    "ldr r10, [r12, #8]!\n"                                                                        \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r4, r10, r8, r4\n"                                                                      \
    "smlad r5, r10, r9, r5\n"                                                                      \
    "smlad r6, r11, r8, r6\n"                                                                      \
    "smlad r7, r11, r9, r7\n"
#define GROUP_OF_TAPS PAIR("4", "8]") PAIR("12", "16]!")
#define CODING                                                                                     \
    {                                                                                              \
        .round = 4, .group_bytes = 112, .tap_bytes = 4                                             \
    }

/* The high channel of each half-word. */
#define TAKE_APART                                                                                 \
    "sub r0, r2\n"                                                                                 \
    "sub r1, r3\n"                                                                                 \
    "sub r4, r6\n"                                                                                 \
    "sub r5, r7\n"                                                                                 \
    "asr r0, #8\n"                                                                                 \
    "asr r1, #8\n"                                                                                 \
    "asr r4, #8\n"                                                                                 \
    "asr r5, #8\n"

static __attribute__((naked, noinline)) void blocks(const struct tile *t __attribute__((unused)),
                                                    int8_t *out0 __attribute__((unused)),
                                                    int8_t *out1 __attribute__((unused)))
{
    __asm__ volatile(BLOCKS(GROUP_OF_TAPS, TAKE_APART));
}

void mote_conv2d_s8_dsp(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                        const int32_t *records, int8_t *out, void *scratch)
{
    static const struct coding by = CODING;
    pairs_of_pixels(op, &by, in, w, records, out, scratch);
}
#endif
