/* mve_blocks.h - the inner loops of convolution for Helium: some windows by all channels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * VMLADAVA multiplies 16 taps of a window, eight of int16, by those of a channel and adds them to a sum
 * in a core register. A load overlaps with the multiplication before it, so what counts is how many of these
 * there are. Two passes over two channels fill the four lanes of a vector a pixel; lanes become bytes
 * together. host/pack/dots.h says how weights and records lie.
 *
 *     steps of 16 taps   pixels   windows                     instructions for 16 products
 *     1                  3        stay in vectors             1.33
 *     2                  2        stay in vectors             1.5
 *     3 to 5             3        loaded, in line             1.83
 *     more               3        loaded, in rounds of four   1.88
 *
 * and about 2 for each output. A kernel says what its inputs and weights are and how they are multiplied,
 * then takes this in:
 *
 *     WEIGHT_BYTES      of a channel beside a vector of inputs: 16, or 8
 *     ELEMENT_BYTES     of an input and of an output: 1, or 2
 *     MULH(y, k)        code that multiplies sums y by k and keeps the high words, of proved layers
 *     STORE(y, out)     code that narrows four outputs and stores them at `out`, which it moves on
 *     CLAMP             function that holds outputs at the ends of a fused activation
 *     W, N              registers: of weights, and of a number; r11 and r7, or the other way round where
 *                       weights widen, for which they want a low register
 *     PLACE             code that takes W from r11 and N from r8
 *     END_IF_ZERO(label)  code that goes to a label further on if N is 0; flags stay as they are
 *     ONE_PASS          code that multiplies windows of one step, q0, q1 and q2, with the next weights, at
 *                       W, of two channels: sums r0 and r2, r4 and r6, r8 and r10; q3 and q4 are free
 *     TWO_PASS          the same of two steps and two pixels, q1 and q0, q3 and q2, where the second
 *                       step comes first; q4 and q7 are free
 *     BEFORE_STEPS      code before the first step: it loads weights ahead
 *     STEP_BY(mac, x0, x1, x2)  a step of three pixels at these offsets from r9; `mac` is VMLADAV to begin
 *                       the sums, VMLADAVA to go on. What BEFORE_STEPS left in q3 and q4 it leaves there
 *                       for the next step; q0, q1 and q2 are free
 *     STEP_CODE         its bytes
 *     APART(b)          code that makes of a second sum that of the second channel; it leaves the flags as
 *                       they are */
#ifndef MOTE_CONV2D_MVE_BLOCKS_H
#define MOTE_CONV2D_MVE_BLOCKS_H
#include "mote/isa.h"

#include <stdint.h>

#define STEP        16u /* bytes of inputs of a vector                  */
#define BLOCK       4u  /* channels of a vector of sums                 */
#define PIXELS      3u  /* side by side, but for two steps              */
#define SLOT        (PIXELS * STEP)
#define FEW_STEPS   2u /* windows stay in vectors                      */
#define SHORT_STEPS 5u /* loads reach them from one address            */
#define ROUND       4u /* steps                                        */

#if MOTE_ISA_MVE
/* r7 may be the frame pointer, which compilers do not lend: it is saved by hand. */
#define CLOBBERS                                                                                   \
    "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory",     \
        "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7"

/* clang-format off */

/* ---- sums of three or two pixels, in q5, q6, q7, become bytes: host/pack/vectors.h ---- */

#define RECORD(k)      "vldrw.32 " k ", [r12], #16\n"
#define ADD(y, k)      "vadd.i32 " y ", " y ", " k "\n"
#define RMULH(y, k)    "vqrdmulh.s32 " y ", " y ", " k "\n"
#define AWAY(y)        "vqdmlah.s32 " y ", " y ", r0\n" /* h + high32(2 * h * 1) = h + (h >> 31) */
#define SHIFT(y, k)    "vrshl.s32 " y ", " y ", " k "\n"

#define STORE_3 STORE("q5", "r1") STORE("q6", "r3") STORE("q7", "r5")
#define PROVED_3(k0, k1)                                                                           \
    RECORD(k0) ADD("q5", k0) RECORD(k1) MULH("q5", k1) ADD("q6", k0) MULH("q6", k1) ADD("q7", k0)  \
    RECORD(k0) MULH("q7", k1) ADD("q5", k0) ADD("q6", k0) ADD("q7", k0) STORE_3
#define EXACT_3(k0, k1)                                                                            \
    RECORD(k0) ADD("q5", k0) RECORD(k1) RMULH("q5", k1) ADD("q6", k0) RMULH("q6", k1)              \
    ADD("q7", k0) RMULH("q7", k1) "mov r0, #1\n" RECORD(k0) AWAY("q5") AWAY("q6") SHIFT("q5", k0)  \
    RECORD(k1) AWAY("q7") SHIFT("q6", k0) ADD("q5", k1) SHIFT("q7", k0) ADD("q6", k1)              \
    ADD("q7", k1) STORE_3

#define STORE_2 STORE("q5", "r1") STORE("q6", "r3")
#define PROVED_2(k0, k1)                                                                           \
    RECORD(k0) ADD("q5", k0) RECORD(k1) MULH("q5", k1) ADD("q6", k0) RECORD(k0) MULH("q6", k1)     \
    ADD("q5", k0) ADD("q6", k0) STORE_2
#define EXACT_2(k0, k1)                                                                            \
    RECORD(k0) ADD("q5", k0) RECORD(k1) RMULH("q5", k1) ADD("q6", k0) RMULH("q6", k1)              \
    "mov r0, #1\n" RECORD(k0) AWAY("q5") AWAY("q6") SHIFT("q5", k0) RECORD(k1) SHIFT("q6", k0)     \
    ADD("q5", k1) ADD("q6", k1) STORE_2

/* The sums of a pass into lanes. */
#define LANES_3(second, first)                                                                     \
    APART("r2") APART("r6") APART("r10")                                                           \
    "vmov q5[" second "], q5[" first "], r0, r2\n"                                                 \
    "vmov q6[" second "], q6[" first "], r4, r6\n"                                                 \
    "vmov q7[" second "], q7[" first "], r8, r10\n"
#define LANES_2(second, first)                                                                     \
    APART("r2") APART("r6")                                                                        \
    "vmov q5[" second "], q5[" first "], r0, r2\n"                                                 \
    "vmov q6[" second "], q6[" first "], r4, r6\n"

/* ---- one or two steps: many groups of pixels, each with its windows in vectors ---- */

/* In the order of the registers that it is loaded into. */
struct few {
    int8_t *out;            /* r1: of the first group                                      */
    uint32_t is_exact;      /* r2: ROUND_EXACT                                             */
    uint32_t out_pixel;     /* r3: from a pixel to the next                                */
    uint32_t x_pixel;       /* r4                                                          */
    int32_t x_group;        /* r5: from the last pixel of a group to the first of the next */
    int32_t out_group;      /* r6: from the first one                                      */
    uint32_t n_blocks;      /* r8: of channels                                             */
    const int8_t *x;        /* r9: of the first group                                      */
    uint32_t n_last;        /* r10: bytes of the last step that may be read                */
    const int8_t *w;        /* r11                                                         */
    const int32_t *records; /* r12                                                         */
    uint32_t n_groups;      /* lr                                                          */
};

/* On the stack: out, is_exact, out_pixel, x_pixel, x_group, out_group, r7, n_blocks, w, records. */
#define FEW_BEGIN                                                                                  \
    "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10, r11, r12, lr}\n"                                \
    "push {r1, r2, r3, r4, r5, r6, r7, r8, r11, r12}\n"                                            \
    "mov " N ", lr\n"                                                                               \
    "vctp.8 r10\n"                                                                                 \
    "cmp r2, #0\n" /* nothing below sets flags */                                                  \
    "1:\n"                                                                                         \
    "ldrd r0, r2, [sp, #12]\n"                                                                     \
    "add r4, r9, r0\n"
#define FEW_GROUP                                                                                  \
    "ldr r1, [sp]\n"                                                                               \
    "ldr r0, [sp, #8]\n"                                                                           \
    "ldr r2, [sp, #20]\n"                                                                          \
    "add r3, r1, r0\n"                                                                             \
    "add r5, r3, r0\n"                                                                             \
    "add r2, r2, r1\n"                                                                             \
    "str r2, [sp]\n"                                                                               \
    "ldrd " W ", r12, [sp, #32]\n"                                                                 \
    "ldr lr, [sp, #28]\n"                                                                          \
    "2:\n"
#define FEW_END(proved, exact)                                                                     \
    "bne 4f\n" proved                                                                              \
    "3: le lr, 2b\n"                                                                               \
    "sub " N ", " N ", #1\n"                                                                       \
    END_IF_ZERO("5f")                                                                              \
    "b 1b\n"                                                                                       \
    "4:\n" exact                                                                                   \
    "b 3b\n"                                                                                       \
    "5: ldr r7, [sp, #24]\n"                                                                       \
    "add sp, #40\n"

static __attribute__((noinline)) void blocks_one(const struct few *t)
{
    register const struct few *r0 __asm__("r0") = t;
    __asm__ volatile(
        FEW_BEGIN
        "add r6, r4, r0\n"
        "vpsttt\n"
        "vldrbt.8 q0, [r9]\n"
        "vldrbt.8 q1, [r4]\n"
        "vldrbt.8 q2, [r6]\n"
        "add r9, r6, r2\n"
        FEW_GROUP
        ONE_PASS LANES_3("2", "0")
        ONE_PASS LANES_3("3", "1")
        FEW_END(PROVED_3("q3", "q4"), EXACT_3("q3", "q4"))
        : "+r"(r0) : : CLOBBERS);
}

static __attribute__((noinline)) void blocks_two(const struct few *t)
{
    register const struct few *r0 __asm__("r0") = t;
    __asm__ volatile(
        FEW_BEGIN
        "vldrb.8 q1, [r9]\n"
        "vldrb.8 q3, [r4]\n"
        "vpstt\n"
        "vldrbt.8 q0, [r9, #16]\n"
        "vldrbt.8 q2, [r4, #16]\n"
        "add r9, r4, r2\n"
        FEW_GROUP
        TWO_PASS LANES_2("2", "0")
        TWO_PASS LANES_2("3", "1")
        FEW_END(PROVED_2("q4", "q7"), EXACT_2("q4", "q7"))
        : "+r"(r0) : : CLOBBERS);
}

/* ---- more steps: one group of three pixels ---- */

/* In the order of the registers that it is loaded into. Stores of bytes of words want low registers for
 * their addresses. The windows lie as x[step][pixel][16]. */
struct tile {
    int8_t *out0;           /* r1                                                         */
    uint32_t is_exact;      /* r2: ROUND_EXACT                                            */
    int8_t *out1;           /* r3                                                         */
    const int8_t *x_last;   /* r4: long: the last step                                    */
    int8_t *out2;           /* r5                                                         */
    const int8_t *w_end;    /* r6: long: of the last block                                */
    uint32_t skip;          /* r8: code bytes that a pass jumps over                      */
    const int8_t *x;        /* r9: middle of five steps; long: of the first round         */
    const int8_t *w;        /* r11                                                        */
    const int32_t *records; /* r12                                                        */
    uint32_t n;             /* lr: blocks; long: rounds                                   */
};
#define LOAD_TILE "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r11, r12, lr}\n"

#define FIRST_STEP(x0, x1, x2) STEP_BY("vmladav", x0, x1, x2)
#define NEXT_STEP(x0, x1, x2)  STEP_BY("vmladava", x0, x1, x2)

/* Over N bytes of code: pc reads as four bytes further on. */
#define JUMP "add pc, " N "\n" "nop\n"

/* Up to five steps: the last one, then those before it. */
#define SHORT_MIDDLE 112
#define SHORT_PASS                                                                                 \
    FIRST_STEP("80", "96", "112")                                                                  \
    JUMP                                                                                           \
    NEXT_STEP("-112", "-96", "-80")                                                                \
    NEXT_STEP("-64", "-48", "-32")                                                                 \
    NEXT_STEP("-16", "0", "16")                                                                    \
    NEXT_STEP("32", "48", "64")

static inline void blocks_short(const struct tile *t)
{
    register const struct tile *r0 __asm__("r0") = t;
    __asm__ volatile(
        LOAD_TILE
        "push {r7}\n"
        PLACE
        "cmp r2, #0\n" /* nothing below sets flags */
        BEFORE_STEPS
        "1:\n"
        SHORT_PASS LANES_3("2", "0")
        SHORT_PASS LANES_3("3", "1")
        "bne 3f\n" PROVED_3("q0", "q1")
        "2: le lr, 1b\n"
        "b 4f\n"
        "3:\n" EXACT_3("q0", "q1")
        "b 2b\n"
        "4: pop {r7}\n"
        : "+r"(r0) : : CLOBBERS);
}

/* More: after the last one rounds of four. On the stack: is_exact, x_last, w_end, r7, x, rounds. */
#define LONG_MIDDLE 96
#define LONG_PASS                                                                                  \
    "ldr r9, [sp, #4]\n"                                                                           \
    FIRST_STEP("0", "16", "32")                                                                    \
    "ldr r9, [sp, #16]\n"                                                                          \
    "ldr lr, [sp, #20]\n"                                                                          \
    JUMP                                                                                           \
    "5:\n"                                                                                         \
    NEXT_STEP("-96", "-80", "-64")                                                                 \
    NEXT_STEP("-48", "-32", "-16")                                                                 \
    NEXT_STEP("0", "16", "32")                                                                     \
    NEXT_STEP("48", "64", "80")                                                                    \
    "add r9, r9, #192\n"                                                                           \
    "le lr, 5b\n"

static inline void blocks_long(const struct tile *t)
{
    register const struct tile *r0 __asm__("r0") = t;
    __asm__ volatile(
        LOAD_TILE
        "push {r2, r4, r6, r7, r9, lr}\n"
        PLACE
        BEFORE_STEPS
        "1:\n"
        LONG_PASS LANES_3("2", "0")
        LONG_PASS LANES_3("3", "1")
        "ldr r0, [sp]\n"
        "cmp r0, #0\n"
        "bne 3f\n" PROVED_3("q0", "q1")
        "2: ldr r0, [sp, #8]\n"
        "cmp " W ", r0\n"
        "bls 1b\n" /* W is one vector ahead */
        "b 4f\n"
        "3:\n" EXACT_3("q0", "q1")
        "b 2b\n"
        "4: ldr r7, [sp, #12]\n"
        "add sp, #24\n"
        : "+r"(r0) : : CLOBBERS);
}
/* clang-format on */
#endif
#endif
