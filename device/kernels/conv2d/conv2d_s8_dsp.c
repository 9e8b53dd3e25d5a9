/* conv2d_s8_dsp.c - convolution for cores with two 16-bit products an instruction (Cortex-M4, M7,
 * M33). SPDX-License-Identifier: Apache-2.0
 *
 * Two pixels at a time, as kernels/common/pixel_pairs.h says. The inner loop computes two pixels by
 * four channels and needs 14 instructions for 16 products beside the loop:
 *
 *     A half-word of weights holds two channels, 256 * w[a] + w[b]. SMLAD by it sums 256 * A + B,
 *     SXTB16 extracts w[b] for another SMLAD, which sums B; A = (sum - B) / 256 at the end. So
 *     weights cost one load and one SXTB16 for four, and fill flash as int8 do. All is modulo 2^32:
 *     the host packs a layer so only if A, bias included, lies in -2^23..2^23 - 1. */
#include "kernels/common/pixel_pairs.h"

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

/* One channel of both pixels: the next record, at r8, makes bytes of the sums. */
#define PROVED(p0, p1)                                                                             \
    "ldrd r9, r11, [r8], #8\n"                                                                     \
    "smmla " p0 ", " p0 ", r9, r11\n"                                                              \
    "smmla " p1 ", " p1 ", r9, r11\n"                                                              \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

#define EXACT(p0, p1)                                                                              \
    "ldm r8!, {r9, r11, lr}\n"                                                                     \
    "smmlar " p0 ", " p0 ", r9, " p0 "\n"                                                          \
    "smmlar " p1 ", " p1 ", r9, " p1 "\n"                                                          \
    "add " p0 ", " p0 ", " p0 ", asr #31\n"                                                        \
    "add " p1 ", " p1 ", " p1 ", asr #31\n"                                                        \
    "add " p0 ", r11\n"                                                                            \
    "add " p1 ", r11\n"                                                                            \
    "asr " p0 ", lr\n"                                                                             \
    "asr " p1 ", lr\n"                                                                             \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

/* All blocks of channels of a pair of pixels, written to out0 and out1. r0 and r1 are the sums of
 * channel 0, ... r6 and r7 of channel 3. On the stack:
 *
 *     [sp] x_end   [4] where to enter the loop   [8] what follows it   [12] the next record
 *     [16] x   [20] w_end   [24], [28] the next outputs */
/* clang-format off */
static __attribute__((naked, noinline)) void blocks(const struct tile *t __attribute__((unused)),
                                                    int8_t *out0 __attribute__((unused)),
                                                    int8_t *out1 __attribute__((unused)))
{
    __asm__ volatile(
        "push {r1, r2, r4-r11, lr}\n"
        "ldm r0, {r1-r6, r12}\n"
        "adr r7, 2f + 1\n"
        "add r2, r7\n"
        "cmp r3, #0\n"
        "ite eq\n"
        "adreq r3, 3f + 1\n"
        "adrne r3, 4f + 1\n"
        "push {r1-r6}\n"
        "1:\n" /* a block */
        "ldr r8, [sp, #12]\n"
        "ldr lr, [sp, #16]\n"
        "ldm r8!, {r0, r2, r4, r6}\n"
        "str r8, [sp, #12]\n"
        "mov r1, r0\n"
        "mov r3, r2\n"
        "mov r5, r4\n"
        "mov r7, r6\n"
        "ldr pc, [sp, #4]\n"
        ".balign 4\n"
        "2:\n" /* a round */
        GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS
        "ldr r10, [sp]\n"
        "cmp lr, r10\n"
        "bne 2b\n"
        "sub r0, r2\n" /* the high channel of each half-word */
        "sub r1, r3\n"
        "sub r4, r6\n"
        "sub r5, r7\n"
        "asr r0, #8\n"
        "asr r1, #8\n"
        "asr r4, #8\n"
        "asr r5, #8\n"
        "ldr r8, [sp, #12]\n"
        "ldr pc, [sp, #8]\n"
        ".balign 4\n"
        "4:\n"
        EXACT("r0", "r1") EXACT("r2", "r3") EXACT("r4", "r5") EXACT("r6", "r7")
        "b 5f\n"
        ".balign 4\n"
        "3:\n"
        PROVED("r0", "r1") PROVED("r2", "r3") PROVED("r4", "r5") PROVED("r6", "r7")
        "5:\n" /* store */
        "ldrd r9, r11, [sp, #24]\n"
        "ldr r10, [sp, #20]\n"
        "strb r0, [r9], #4\n"
        "strb r2, [r9, #-3]\n"
        "strb r4, [r9, #-2]\n"
        "strb r6, [r9, #-1]\n"
        "strb r1, [r11], #4\n"
        "strb r3, [r11, #-3]\n"
        "strb r5, [r11, #-2]\n"
        "strb r7, [r11, #-1]\n"
        "str r8, [sp, #12]\n"
        "strd r9, r11, [sp, #24]\n"
        "cmp r12, r10\n"
        "bne 1b\n"
        "add sp, #32\n"
        "pop {r4-r11, pc}\n");
}
/* clang-format on */

void mote_conv2d_s8_dsp(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                        const int32_t *records, int8_t *out, void *scratch)
{
    static const struct coding by = CODING;
    pairs_of_pixels(op, &by, in, w, records, out, scratch);
}
#endif
