/* depthwise_conv2d_s8_v7m.c - depthwise convolution for cores with a multiply-accumulate but no SIMD
 * (Cortex-M3). SPDX-License-Identifier: Apache-2.0
 *
 * What up to eight pixels of a row read of four channels is copied to a strip, words at a time
 * (kernels/common/strip.h). Then channel by channel: a weight is loaded once for the pixels. In a
 * 3x3 kernel without stride a row of weights stays in registers while the columns go by, each of
 * which serves three pixels: 37 loads and MLA for 24 products. Any other kernel goes tap by tap.
 *
 * Order: output rows; within a row four channels, the strips, the channels. */
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

size_t mote_depthwise_conv2d_s8_v7m_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_V7M
#include "kernels/common/asm_v7m.h"
#include "kernels/depthwise_conv2d/lanes.h"

/* clang-format off */
/* A column of a kernel row is the third of pixel c - 2, the second of c - 1, the first of c. */
#define COLUMN(at, third, second, first)                                                           \
    "ldrsb r11, [r12, #" at "]\n"                                                                  \
    "mla " third ", r11, r10, " third "\n"                                                         \
    "mla " second ", r11, r9, " second "\n"                                                        \
    "mla " first ", r11, r8, " first "\n"

/* A row of the strip, begun with the last column that is there. */
#define ROW(entry, label, w0, w1, w2, c9, c8, c7, c6, c5, c4, c3, c2, c1, c0)                      \
    "ldrsb r8, [lr, #" w0 "]\n"                                                                    \
    "ldrsb r9, [lr, #" w1 "]\n"                                                                    \
    "ldrsb r10, [lr, #" w2 "]\n"                                                                   \
    "ldr pc, [sp, #" entry "]\n"                                                                   \
    ".balign 4\n" label ":\n"                                                                      \
    "ldrsb r11, [r12, #" c9 "]\n"                                                                  \
    "mla r7, r11, r10, r7\n"                                                                       \
    "ldrsb r11, [r12, #" c8 "]\n"                                                                  \
    "mla r6, r11, r10, r6\n"                                                                       \
    "mla r7, r11, r9, r7\n"                                                                        \
    COLUMN(c7, "r5", "r6", "r7")                                                                   \
    COLUMN(c6, "r4", "r5", "r6")                                                                   \
    COLUMN(c5, "r3", "r4", "r5")                                                                   \
    COLUMN(c4, "r2", "r3", "r4")                                                                   \
    COLUMN(c3, "r1", "r2", "r3")                                                                   \
    COLUMN(c2, "r0", "r1", "r2")                                                                   \
    "ldrsb r11, [r12, #" c1 "]\n"                                                                  \
    "mla r0, r11, r9, r0\n"                                                                        \
    "mla r1, r11, r8, r1\n"                                                                        \
    "ldrsb r11, [r12, #" c0 "]\n"                                                                  \
    "mla r0, r11, r8, r0\n"

/* A pixel's part of a tap, 8 bytes of code. */
#define LANE(sum, at)                                                                              \
    "ldrsb r12, [lr, #" at "]\n"                                                                   \
    "mla " sum ", r11, r12, " sum "\n"

/* 20 bytes of code. */
#define PIXEL(y)                                                                                   \
    MOTE_V7M_PROVED(y, "r8", "r9", "r10")                                                          \
    "ssat " y ", #8, " y "\n"                                                                      \
    "strb.w " y ", [lr]\n"                                                                         \
    "sub.w lr, lr, r12\n"

/* Where loops are entered when there are less than eight pixels. Columns have 0, 8, 20 bytes of
 * code, then 16 bytes more each. */
#define FIND_ENTRIES                                                                               \
    "ldr r1, [r0, #68]\n"                                                                          \
    "rsb r1, #8\n"                                                                                 \
    "ldr r2, [r0, #64]\n"                                                                          \
    "cbz r2, 1f\n"                                                                                 \
    "lsls r2, r1, #4\n"                                                                            \
    "beq 2f\n"                                                                                     \
    "sub r2, #12\n"                                                                                \
    "cmp r1, #1\n"                                                                                 \
    "it eq\n"                                                                                      \
    "moveq r2, #8\n"                                                                               \
    "2:\n"                                                                                         \
    "adr r3, 21f + 1\n"                                                                            \
    "add r3, r2\n"                                                                                 \
    "adr r4, 22f + 1\n"                                                                            \
    "add r4, r2\n"                                                                                 \
    "adr r5, 23f + 1\n"                                                                            \
    "add r5, r2\n"                                                                                 \
    "adr r7, 20f + 1\n"                                                                            \
    "b 3f\n"                                                                                       \
    "1:\n"                                                                                         \
    "adr r3, 31f + 1\n"                                                                            \
    "add r3, r3, r1, lsl #3\n"                                                                     \
    "adr r7, 30f + 1\n"                                                                            \
    "3:\n"                                                                                         \
    "ldr r2, [r0, #52]\n"                                                                          \
    "add r1, r1, r1, lsl #2\n"                                                                     \
    "adr r6, 41f + 1\n"                                                                            \
    "add r6, r6, r1, lsl #2\n"                                                                     \
    "cbz r2, 4f\n"                                                                                 \
    "adr r6, 42f + 1\n"                                                                            \
    "4:\n"                                                                                         \
    "ldr r8, [r0, #60]\n"                                                                          \
    "stm sp, {r3-r8}\n"

/* Copy a block's runs to the strip, two words at a time. */
#define FILL_STRIP                                                                                 \
    "ldrd r1, r2, [r11, #24]\n"                                                                    \
    "ldr r3, [r11, #32]\n"                                                                         \
    "ldr r12, [r11]\n"                                                                             \
    "add r4, r1, #4\n"                                                                             \
    "str r4, [r11, #24]\n"                                                                         \
    "11:\n"                                                                                        \
    "ldr r4, [r3], #8\n"                                                                           \
    "ldrh r5, [r3, #-4]\n"                                                                         \
    "ldrh r6, [r3, #-2]\n"                                                                         \
    "add r4, r1\n"                                                                                 \
    "add r5, r12\n"                                                                                \
    "lsrs r6, #1\n"                                                                                \
    "bcc 12f\n"                                                                                    \
    "ldr r7, [r4]\n"                                                                               \
    "add r4, r2\n"                                                                                 \
    "str r7, [r5], #4\n"                                                                           \
    "12:\n"                                                                                        \
    "cbz r6, 14f\n"                                                                                \
    "15:\n"                                                                                        \
    "ldr r7, [r4]\n"                                                                               \
    "ldr r8, [r4, r2]\n"                                                                           \
    "add r4, r4, r2, lsl #1\n"                                                                     \
    "strd r7, r8, [r5], #8\n"                                                                      \
    "subs r6, #1\n"                                                                                \
    "bne 15b\n"                                                                                    \
    "14:\n"                                                                                        \
    "subs r0, #1\n"                                                                                \
    "bne 11b\n"

/* Tap by tap: its weight r11, the taps left to do r10. */
#define ANY_TAPS                                                                                   \
    "mov r8, r12\n"                                                                                \
    "mov r9, lr\n"                                                                                 \
    "ldr r10, [r11, #56]\n"                                                                        \
    "32:\n"                                                                                        \
    "ldrb lr, [r10], #1\n"                                                                         \
    "ldrsb r11, [r9], #4\n"                                                                        \
    "add lr, r8, lr, lsl #2\n"                                                                     \
    "ldr pc, [sp]\n"                                                                               \
    ".balign 4\n"                                                                                  \
    "31:\n"                                                                                        \
    LANE("r7", "28")                                                                               \
    LANE("r6", "24")                                                                               \
    LANE("r5", "20")                                                                               \
    LANE("r4", "16")                                                                               \
    LANE("r3", "12")                                                                               \
    LANE("r2", "8")                                                                                \
    LANE("r1", "4")                                                                                \
    LANE("r0", "0")                                                                                \
    "ldr r12, [sp, #20]\n"                                                                         \
    "cmp r10, r12\n"                                                                               \
    "bne 32b\n"

#define PLAIN_ROWS                                                                                 \
    ROW("0", "21", "0", "4", "8", "36", "32", "28", "24", "20", "16", "12", "8", "4", "0")         \
    ROW("4", "22", "12", "16", "20", "76", "72", "68", "64", "60", "56", "52", "48", "44", "40")   \
    ROW("8", "23", "24", "28", "32", "116", "112", "108", "104", "100", "96", "92", "88",          \
    "84", "80")

/* Strip, weights, biases, records. */
#define NEXT_BLOCK                                                                                 \
    "ldm r11, {r3-r6}\n"                                                                           \
    "ldr r7, [r11, #48]\n"                                                                         \
    "sub r3, #4\n"                                                                                 \
    "sub r4, #4\n"                                                                                 \
    "add r4, r7\n"                                                                                 \
    "add r5, #32\n"                                                                                \
    "add r6, #16\n"                                                                                \
    "stm r11, {r3-r6}\n"

/* r0-r7 are the sums of the pixels. All loops begin with the last pixel that is there: they are
 * entered at addresses on the stack, those of a plain strip's rows at 0, 4, 8, of a tap at 0, of the
 * last steps at 12. At 16: where the sums of a channel begin, at 20: where taps end; at 24: `l`. */
static __attribute__((naked, noinline)) void mote_lanes_run(struct mote_lanes *l
                                                            __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0, r4-r11, lr}\n"
        "sub sp, #24\n"
        FIND_ENTRIES
        "10:\n" /* a block: fill the strip */
        "ldr r11, [sp, #24]\n"
        "ldr r0, [r11, #36]\n"
        "cbz r0, 13f\n"
        FILL_STRIP
        "13:\n"
        "ldr r0, [r11, #40]\n"
        "str r0, [r11, #72]\n"
        "16:\n" /* a channel */
        "ldm r11, {r3, r4, r5}\n"
        "ldr r0, [r5], #4\n"
        "mov r12, r3\n"
        "mov lr, r4\n"
        "add r3, #1\n"
        "add r4, #1\n"
        "stm r11, {r3, r4, r5}\n"
        "mov r1, r0\n"
        "mov r2, r0\n"
        "mov r3, r0\n"
        "mov r4, r0\n"
        "mov r5, r0\n"
        "mov r6, r0\n"
        "mov r7, r0\n"
        "ldr pc, [sp, #16]\n"
        ".balign 4\n"
        "30:\n" /* any taps */
        ANY_TAPS
        "b 40f\n"
        ".balign 4\n"
        "20:\n" /* a plain strip */
        PLAIN_ROWS
        "40:\n"
        "ldr r11, [sp, #24]\n"
        "ldr r10, [r11, #12]\n"
        "ldrd lr, r12, [r11, #16]\n"
        "ldrd r8, r9, [r10], #8\n"
        "str r10, [r11, #12]\n"
        "add r10, lr, #1\n"
        "str r10, [r11, #16]\n"
        "ldr pc, [sp, #12]\n"
        ".balign 4\n"
        "42:\n" /* ROUND_EXACT: the sums as they are */
        "ldr r12, [r11, #52]\n"
        "stm r12, {r0-r7}\n"
        "b 43f\n"
        ".balign 4\n"
        "41:\n" /* ROUND_PROVED */
        PIXEL("r7")
        PIXEL("r6")
        PIXEL("r5")
        PIXEL("r4")
        PIXEL("r3")
        PIXEL("r2")
        PIXEL("r1")
        PIXEL("r0")
        "43:\n"
        "ldr r10, [r11, #72]\n"
        "subs r10, #1\n"
        "str r10, [r11, #72]\n"
        "bne 16b\n"
        "ldr r10, [r11, #44]\n"
        "subs r10, #1\n"
        "str r10, [r11, #44]\n"
        "beq 50f\n"
        NEXT_BLOCK
        "b 10b\n"
        "50:\n"
        "add sp, #28\n"
        "pop {r4-r11, pc}\n");
}

/* The next record, at r10, makes bytes of the sums, stored at lr. */
#define PROVED(y)                                                                                  \
    "ldrd r4, r5, [r10], #8\n"                                                                     \
    MOTE_V7M_PROVED(y, "r4", "r5", "r6")                                                           \
    "ssat " y ", #8, " y "\n"                                                                      \
    "strb " y ", [lr], #1\n"

#define EXACT(y)                                                                                   \
    "ldm r10!, {r4, r5, r8}\n"                                                                     \
    MOTE_V7M_EXACT(y, "r4", "r5", "r6", "r7")                                                      \
    "asr " y ", r8\n"                                                                              \
    "ssat " y ", #8, " y "\n"                                                                      \
    "strb " y ", [lr], #1\n"

/* r0-r3 are the sums of the channels. */
static __attribute__((naked, noinline)) void mote_column_run(struct mote_column *c
                                                             __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4-r11, lr}\n"
        "mov r11, r0\n"
        "ldrd r12, r10, [r0, #8]\n"
        "1:\n" /* a block */
        "ldrd lr, r8, [r11]\n"
        "ldr r9, [r11, #20]\n"
        "ldm r10!, {r0-r3}\n"
        "add r4, lr, #4\n"
        "str r4, [r11]\n"
        "2:\n" /* a tap */
        "ldrsb r4, [lr]\n"
        "ldrsb r5, [lr, #1]\n"
        "ldrsb r6, [r12]\n"
        "ldrsb r7, [r12, #1]\n"
        "mla r0, r4, r6, r0\n"
        "mla r1, r5, r7, r1\n"
        "ldrsb r4, [lr, #2]\n"
        "ldrsb r5, [lr, #3]\n"
        "ldrsb r6, [r12, #2]\n"
        "ldrsb r7, [r12, #3]\n"
        "mla r2, r4, r6, r2\n"
        "mla r3, r5, r7, r3\n"
        "add lr, r8\n"
        "add r12, #4\n"
        "subs r9, #1\n"
        "bne 2b\n"
        "ldr r4, [r11, #28]\n"
        "ldr lr, [r11, #16]\n"
        "cbnz r4, 3f\n"
        PROVED("r0")
        PROVED("r1")
        PROVED("r2")
        PROVED("r3")
        "b 4f\n"
        "3:\n"
        EXACT("r0")
        EXACT("r1")
        EXACT("r2")
        EXACT("r3")
        "4:\n"
        "ldr r4, [r11, #24]\n"
        "str lr, [r11, #16]\n"
        "subs r4, #1\n"
        "str r4, [r11, #24]\n"
        "bne 1b\n"
        "pop {r4-r11, pc}\n");
}
/* clang-format on */

void mote_depthwise_conv2d_s8_v7m(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *records, int8_t *out,
                                  void *scratch)
{
    (void)scratch;
    mote_depthwise_by_strips(op, in, w, records, out);
}
#endif
