/* dsp_outputs.h - dense layers by eight outputs at a time, for cores with two 16-bit products an
 * instruction. SPDX-License-Identifier: Apache-2.0
 *
 * Eight outputs share the inputs. A kernel says how many bits its weights have and how they are
 * multiplied, then takes this in:
 *
 *     WEIGHT_BITS    8 or 4
 *     GROUP_OF_TAPS  code that adds four inputs to the sums of eight outputs
 *     GROUP_CODE     its bytes
 *     TAKE_APART     code that makes of r0 to r7 the sums of the outputs; r10 is the row, r8, r9 and
 *                    r11 are free
 *
 * Order: rows; within a row blocks of eight outputs. */
#ifndef MOTE_FULLY_CONNECTED_DSP_OUTPUTS_H
#define MOTE_FULLY_CONNECTED_DSP_OUTPUTS_H
#include "mote/fully_connected.h"

#include <string.h>

#include "kernels/common/asm_dsp.h"
#include "kernels/common/requant.h"

#define GROUP    4u  /* inputs                                                       */
#define BLOCK    8u  /* outputs                                                      */
#define TAIL_MAX 64u /* inputs that are not whole groups are copied: at most so many */

/* What the inner loop knows, by its offsets. */
struct row {
    const int8_t *x_end;    /*  0                                                */
    uint32_t skip;          /*  4: code bytes of the first round that are jumped */
    uint32_t ending;        /*  8: 1 for ROUND_EXACT, plus 2 where all outputs share a record */
    uintptr_t w, w_end;     /* 12, 16: less 4, as the inner loop's pointer       */
    const int32_t *records; /* 20: of the block that is computed; moves on       */
    const int8_t *x;        /* 24: the inputs                                    */
    int8_t *out;            /* 28: moves on                                      */
    const int32_t *record;  /* 32: of all outputs, where they share one          */
    int32_t eight_sums;     /* 36: 8 times the sum of the inputs, of WEIGHT_BITS 4 */
};

#define ROUND 2u /* groups in the loop */

/* Two words of a record make a byte of a sum, or three. */
#define PROVED(y) MOTE_DSP_PROVED(y, "r9", "r11")
#define EXACT(y)  MOTE_DSP_EXACT(y, "r9", "r11", "lr")

#define OWN_PROVED(y) "ldrd r9, r11, [r8], #8\n" PROVED(y)
#define OWN_EXACT(y)  "ldm r8!, {r9, r11, lr}\n" EXACT(y)

#define ALL(of) of("r0") of("r1") of("r2") of("r3") of("r4") of("r5") of("r6") of("r7")

/* All blocks of outputs. On the stack: the row, x_end, where to enter the loop, what follows it. */
/* clang-format off */
static __attribute__((naked, noinline)) void blocks(struct row *r __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0-r11, lr}\n"
        "ldm r0, {r1, r2, r3, r12}\n"
        "adr r4, 2f + 1\n"
        "add r2, r4\n"
        "adr r4, 9f\n"
        "ldr r3, [r4, r3, lsl #2]\n"
        "add r3, r4\n"
        "str r1, [sp, #4]\n"
        "str r2, [sp, #8]\n"
        "str r3, [sp, #12]\n"
        "1:\n" /* a block */
        "ldr r10, [sp]\n"
        "ldr r8, [r10, #20]\n"
        "ldr lr, [r10, #24]\n"
        "ldm r8!, {r0-r7}\n"
        "str r8, [r10, #20]\n"
        "ldr pc, [sp, #8]\n"
        ".balign 4\n"
        "9: .word 3f - 9b + 1, 4f - 9b + 1, 5f - 9b + 1, 6f - 9b + 1\n"
        "2:\n" /* a round */
        GROUP_OF_TAPS GROUP_OF_TAPS
        "ldr r10, [sp, #4]\n"
        "cmp lr, r10\n"
        "bne 2b\n"
        "ldr r10, [sp]\n"
        TAKE_APART
        "ldr r8, [r10, #20]\n"
        "ldr pc, [sp, #12]\n"
        "3:\n" /* records of their own, proved */
        ALL(OWN_PROVED)
        "str r8, [r10, #20]\n"
        "b 7f\n"
        "4:\n" /* exact */
        ALL(OWN_EXACT)
        "str r8, [r10, #20]\n"
        "b 7f\n"
        "6:\n" /* one record, exact */
        "ldr r8, [r10, #32]\n"
        "ldm r8, {r9, r11, lr}\n"
        ALL(EXACT)
        "b 7f\n"
        "5:\n" /* proved */
        "ldr r8, [r10, #32]\n"
        "ldrd r9, r11, [r8]\n"
        ALL(PROVED)
        "7:\n" /* store */
        "ldr r9, [r10, #28]\n"
        "strb r0, [r9], #8\n"
        "strb r1, [r9, #-7]\n"
        "strb r2, [r9, #-6]\n"
        "strb r3, [r9, #-5]\n"
        "strb r4, [r9, #-4]\n"
        "strb r5, [r9, #-3]\n"
        "strb r6, [r9, #-2]\n"
        "strb r7, [r9, #-1]\n"
        "str r9, [r10, #28]\n"
        "ldr r9, [r10, #16]\n"
        "cmp r12, r9\n"
        "bne 1b\n"
        "pop {r0-r11, pc}\n");
}
/* clang-format on */

/* 8 times the sum of n inputs, whole groups of them. As x + 128 they are not negative. */
static inline int32_t sum_eightfold(const int8_t *x, uint32_t n)
{
    const int8_t *end = x + n;
    uint32_t sum = 0, four;
    __asm__ volatile("1:\n"
                     "ldr %[four], [%[x]], #4\n"
                     "eor %[four], #0x80808080\n"
                     "usada8 %[sum], %[four], %[zero], %[sum]\n"
                     "cmp %[x], %[end]\n"
                     "bne 1b\n"
                     : [x] "+&r"(x), [sum] "+&r"(sum), [four] "=&r"(four)
                     : [zero] "r"(0), [end] "r"(end)
                     : "cc", "memory");
    return 8 * ((int32_t)sum - 128 * (int32_t)n);
}

/* One row whose inputs, whole groups of them, are at x. */
static void one_row(const struct mote_fully_connected_s8 *op, const int8_t *x, const uint32_t *w,
                    const int32_t *records, int8_t *out)
{
    const uint32_t n = (op->in_n + GROUP - 1) / GROUP * GROUP;
    const uint32_t n_rest = op->out_n % BLOCK, n_whole = op->out_n - n_rest;
    struct row r = {.x = x,
                    .x_end = x + n,
                    .skip = (ROUND - n / GROUP % ROUND) % ROUND * GROUP_CODE,
                    .ending = !op->is_proved + 2u * op->one_scale,
                    .w = (uintptr_t)w - 4,
                    .w_end = (uintptr_t)w - 4 + (size_t)n_whole * n * WEIGHT_BITS / 8,
                    .records = records,
                    .out = out,
                    .record = records + (op->out_n + BLOCK - 1) / BLOCK * BLOCK};
    if (WEIGHT_BITS == 4)
        r.eight_sums = sum_eightfold(x, n);
    if (n_whole > 0)
        blocks(&r);
    if (n_rest > 0) {
        int8_t rest[BLOCK];
        r.w = r.w_end;
        r.w_end += (size_t)BLOCK * n * WEIGHT_BITS / 8;
        r.out = rest;
        blocks(&r);
        memcpy(out + n_whole, rest, n_rest);
    }
    mote_clamp_s8(out, op->out_n, op->out_min, op->out_max);
}

static inline void all_rows(const struct mote_fully_connected_s8 *op, const int8_t *in,
                            const uint32_t *w, const int32_t *records, int8_t *out)
{
    int8_t whole[TAIL_MAX];
    for (uint32_t row = 0; row < op->rows; row++, in += op->in_n, out += op->out_n) {
        if (op->in_n % GROUP == 0) {
            one_row(op, in, w, records, out);
            continue;
        }
        memset(whole, 0, sizeof whole);
        memcpy(whole, in, op->in_n);
        one_row(op, whole, w, records, out);
    }
}
#endif
