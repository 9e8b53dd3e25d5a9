/* mve_tall.h - depthwise convolution down images of one column, as of sound. SPDX-License-Identifier: Apache-2.0
 *
 * Windows are one column of up to 16 taps: up to four cells, a vector (depthwise_conv2d_s8_mve.c). Only
 * one window is turned at a time, since the output may overwrite the input after its row, so what counts
 * is that nothing but the inner loop runs for a block of channels: 17 instructions for every four taps
 * of 16 channels, and 25 or 31 for four outputs. Included by depthwise_conv2d_s8_mve.c only. */
#ifndef MOTE_DEPTHWISE_CONV2D_MVE_TALL_H
#define MOTE_DEPTHWISE_CONV2D_MVE_TALL_H
#include "mote/isa.h"

#include <stdint.h>

#define TALL_TAPS     16u
#define TALL_CHANNELS 256u /* whose padding has room on the stack */

#if MOTE_ISA_MVE
/* An output row, in the order of the registers that it is loaded into. */
struct tall {
    const int8_t *const
        *rows;               /* r4: where the window's rows begin, whole groups of four          */
    uint32_t n_row_groups;   /* r5                                                              */
    uint32_t is_exact;       /* r6: ROUND_EXACT                                                 */
    int8_t *out;             /* r7                                                              */
    uint32_t n_blocks;       /* r8: of 16 channels                                              */
    const int8_t *w;         /* r9                                                              */
    const int32_t *records;  /* r10                                                             */
    uint32_t last;           /* r11: first channel of the last block, which may begin earlier   */
    int8_t *turned;          /* r12: 64 bytes for each group of rows                            */
    const uint32_t *offsets; /* lr: of the cells of a vector                                    */
};

/* clang-format off */

/* On the stack: rows, n_row_groups, is_exact, last. */
static __attribute__((naked, noinline)) void tall_row(const struct tall *t __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4-r11, lr}\n"
        "vpush {d8-d15}\n"
        "ldm r0, {r4-r12, lr}\n"
        "vldrw.32 q4, [lr]\n"
        "vadd.i32 q4, q4, r12\n"
        "push {r4, r5, r6, r11}\n"
        "mov r11, #0\n"
        "1:\n" /* a block, from channel r11 on */
        "ldrd r4, lr, [sp]\n"
        "mov r5, r12\n"
        "2:\n" /* four rows are turned */
        "ldm r4!, {r0, r1, r2, r3}\n"
        "add r0, r0, r11\n"
        "vldrb.8 q0, [r0]\n"
        "add r1, r1, r11\n"
        "vldrb.8 q1, [r1]\n"
        "add r2, r2, r11\n"
        "vldrb.8 q2, [r2]\n"
        "add r3, r3, r11\n"
        "vldrb.8 q3, [r3]\n"
        "vst40.8 {q0, q1, q2, q3}, [r5]\n"
        "vst41.8 {q0, q1, q2, q3}, [r5]\n"
        "vst42.8 {q0, q1, q2, q3}, [r5]\n"
        "vst43.8 {q0, q1, q2, q3}, [r5]!\n"
        "le lr, 2b\n"
        "add r1, r7, r11\n"
        "mov r3, #16\n"
        "ldr r5, [sp, #8]\n"
        "mov lr, #4\n"
        "3:\n" /* four channels: q4 has the addresses of the first one's cells */
        "vldrw.u32 q5, [q4]\n"
        "vldrb.8 q0, [r9], #16\n"
        "vmladav.s8 r0, q5, q0\n"
        "vldrw.u32 q6, [q4, #4]\n"
        "vldrb.8 q1, [r9], #16\n"
        "vmladav.s8 r2, q6, q1\n"
        "vldrw.u32 q5, [q4, #8]\n"
        "vldrb.8 q0, [r9], #16\n"
        "vmladav.s8 r4, q5, q0\n"
        "vldrw.u32 q6, [q4, #12]\n"
        "vldrb.8 q1, [r9], #16\n"
        "vmladav.s8 r6, q6, q1\n"
        "vadd.i32 q4, q4, r3\n"
        "vldrw.32 q7, [r10], #16\n" /* bias */
        "vmov q5[2], q5[0], r0, r4\n"
        "vmov q5[3], q5[1], r2, r6\n"
        "vadd.i32 q5, q5, q7\n"
        "vldrw.32 q6, [r10], #16\n" /* mult */
        "cbnz r5, 5f\n"
        "vmulh.s32 q5, q5, q6\n"
        "4: vldrw.32 q7, [r10], #16\n" /* add */
        "vadd.i32 q5, q5, q7\n"
        "vqmovnb.s16 q5, q5\n"
        "vstrb.32 q5, [r1], #4\n"
        "le lr, 3b\n"
        "b 6f\n"
        "5: mov r0, #1\n"
        "vqrdmulh.s32 q5, q5, q6\n"
        "vldrw.32 q7, [r10], #16\n" /* shift */
        "vqdmlah.s32 q5, q5, r0\n"  /* h + (h >> 31) */
        "vrshl.s32 q5, q5, q7\n"
        "b 4b\n"
        "6: mov r3, #64\n"
        "vsub.i32 q4, q4, r3\n"
        "ldr r0, [sp, #12]\n"
        "add r11, r11, #16\n"
        "cmp r11, r0\n"
        "it hi\n"
        "movhi r11, r0\n"
        "subs r8, #1\n"
        "bne 1b\n"
        "add sp, #16\n"
        "vpop {d8-d15}\n"
        "pop {r4-r11, pc}\n");
}
/* clang-format on */
#endif
#endif
