/* mve_outputs.h - dense layers by eight outputs at a time, for cores with Helium.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Eight outputs share a vector of inputs, which are read where they lie. A kernel says how wide its inputs
 * and weights are and how they are multiplied, then takes this in:
 *
 *     WEIGHT_BYTES    of an output beside a vector of inputs: 16, or 8
 *     ELEMENT_BYTES   of an input and of an output: 1, or 2
 *     MULH(y, k)      code that multiplies sums y by k and keeps the high words, of proved layers
 *     STORE(y)        code that narrows four outputs and stores them at r7, which it moves on
 *     CLAMP           function that holds outputs at the ends of a fused activation
 *     TWO(mac, a, b)  code of 16 bytes that multiplies the inputs, q0, with the next weights, at r3, of two
 *                     outputs and adds to the sums a and b; q1 and q2 are free
 *     TAKE_APART      code that makes of r0, r2, ... lr the sums of the outputs
 *     BEFORE_BLOCKS   code that keeps in q7 what sums are to be corrected by: r1, r2 and r6 as in `row`;
 *                     r0, r12 and lr are free
 *     CORRECT(y)      code that corrects the sums of four outputs by q7
 *     AFTER_BLOCKS    code that gives q7 back
 *
 * host/pack/dots.h says how weights and records lie; the last step, whose inputs may be fewer,
 * is computed first.
 *
 * Order: rows; within a row blocks of eight outputs, of which the last one begins earlier where it would
 * not be whole. */
#ifndef MOTE_FULLY_CONNECTED_MVE_OUTPUTS_H
#define MOTE_FULLY_CONNECTED_MVE_OUTPUTS_H
#include "mote/fully_connected.h"

#include "kernels/common/mve.h"

#define STEP  16u /* bytes of a vector of inputs */
#define BLOCK 8u  /* outputs                     */
#define ROUND 4u  /* steps in the loop           */

/* In the order of the registers that it is loaded into. */
struct row {
    const int8_t *x_last;     /* r1: inputs of the last step                                    */
    const int8_t *x;          /* r2                                                             */
    uint32_t n_rounds;        /* r3: 1 at least                                                 */
    uint32_t ending;          /* r4: 1 for ROUND_EXACT, plus 2 where all outputs share a record */
    const int8_t *w_end;      /* r5                                                             */
    uint32_t n_last;          /* r6: bytes of the last step                                     */
    int8_t *out;              /* r7                                                             */
    const int8_t *w;          /* r8                                                             */
    const int32_t *bias;      /* r9                                                             */
    const int32_t *constants; /* r10                                                            */
    uint32_t skip;            /* r11: code bytes of the first round that are jumped             */
};

/* clang-format off */

/* A vector of inputs by eight outputs: 17 instructions, 68 bytes. `mac` is VMLADAV to begin the sums, VMLADAVA
 * to go on. */
#define EIGHT(mac)                                                                                 \
    TWO(mac, "r0", "r2") TWO(mac, "r4", "r6") TWO(mac, "r8", "r10") TWO(mac, "r12", "lr")
#define NEXT_STEP "vldrb.8 q0, [r1], #16\n" EIGHT("vmladava")
#define STEP_CODE 68u

/* Four sums become bytes: host/pack/vectors.h. q4 multiplies, q5 is added, q6 shifts. */
#define PROVED(y)                                                                                  \
    MULH(y, "q4")                                                                                  \
    "vadd.i32 " y ", " y ", q5\n"
#define EXACT(y)                                                                                   \
    "vqrdmulh.s32 " y ", " y ", q4\n"                                                              \
    "vqdmlah.s32 " y ", " y ", r5\n" /* r5 is 1: h + (h >> 31) */                                  \
    "vrshl.s32 " y ", " y ", q6\n"                                                                 \
    "vadd.i32 " y ", " y ", q5\n"
#define OWN_PROVED(y) "vldrw.32 q4, [r1], #16\n" "vldrw.32 q5, [r1], #16\n" PROVED(y)
#define OWN_EXACT(y)                                                                               \
    "vldrw.32 q4, [r1], #16\n"                                                                     \
    "vldrw.32 q5, [r1], #16\n"                                                                     \
    "vldrw.32 q6, [r1], #16\n" EXACT(y)

/* All blocks. On the stack: x_last, x, n_rounds, where a block ends, w_end, constants. */
static __attribute__((naked, noinline)) void blocks(const struct row *r __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4-r11, lr}\n"
        "vpush {d8-d13}\n"
        "ldm r0, {r1-r11}\n"
        BEFORE_BLOCKS
        "vctp.8 r6\n"
        "vldrw.32 q4, [r10]\n"
        "vldrw.32 q5, [r10, #16]\n"
        "lsls r0, r4, #31\n"
        "beq 1f\n"
        "vldrw.32 q6, [r10, #32]\n"
        "1: adr r0, 9f\n"
        "ldr r4, [r0, r4, lsl #2]\n"
        "add r4, r4, r0\n"
        "push {r1-r5, r10}\n"
        "mov r3, r8\n"
        "1:\n" /* a block */
        "ldr r1, [sp]\n"
        "vpst\n"
        "vldrbt.8 q0, [r1]\n"
        EIGHT("vmladav")
        "ldrd r1, r5, [sp, #4]\n"
        "add pc, r11\n" /* pc reads as four bytes further on */
        "nop\n"
        "2:\n" /* a round */
        NEXT_STEP NEXT_STEP NEXT_STEP NEXT_STEP
        "subs r5, #1\n"
        "bne 2b\n"
        TAKE_APART
        "vmov q2[2], q2[0], r0, r2\n"
        "vmov q2[3], q2[1], r4, r6\n"
        "vldrw.32 q0, [r9], #16\n"
        "vmov q3[2], q3[0], r8, r10\n"
        "vmov q3[3], q3[1], r12, lr\n"
        "vldrw.32 q1, [r9], #16\n"
        "vadd.i32 q2, q2, q0\n"
        "vadd.i32 q3, q3, q1\n"
        CORRECT("q2") CORRECT("q3")
        "ldr pc, [sp, #12]\n"
        ".balign 4\n"
        "9: .word 3f - 9b + 1, 4f - 9b + 1, 6f - 9b + 1, 5f - 9b + 1\n"
        "3:\n" /* records of their own, proved */
        "ldr r1, [sp, #20]\n"
        OWN_PROVED("q2") OWN_PROVED("q3")
        "str r1, [sp, #20]\n"
        "b 7f\n"
        "4:\n" /* exact */
        "ldr r1, [sp, #20]\n"
        "mov r5, #1\n"
        OWN_EXACT("q2") OWN_EXACT("q3")
        "str r1, [sp, #20]\n"
        "b 7f\n"
        "5:\n" /* one record, exact */
        "mov r5, #1\n"
        EXACT("q2") EXACT("q3")
        "b 7f\n"
        "6:\n" /* proved */
        PROVED("q2") PROVED("q3")
        "7:\n" /* store */
        "ldr r1, [sp, #16]\n"
        STORE("q2") STORE("q3")
        "cmp r3, r1\n"
        "bne 1b\n"
        "add sp, #24\n"
        AFTER_BLOCKS
        "vpop {d8-d13}\n"
        "pop {r4-r11, pc}\n");
}
/* clang-format on */

/* Words of constants of eight outputs with records of their own. */
static uint32_t constant_words(const struct mote_fully_connected_s8 *op)
{
    return op->one_scale ? 0 : (op->is_proved ? 2 : 3) * BLOCK;
}

static void one_row(const struct mote_fully_connected_s8 *op, const struct row *first,
                    const int8_t *in, int8_t *out)
{
    const uint32_t n_steps = (op->in_n * ELEMENT_BYTES + STEP - 1) / STEP;
    const uint32_t n_whole = op->out_n / BLOCK, block_bytes = n_steps * BLOCK * WEIGHT_BYTES;
    struct row r = *first;
    r.x = in;
    r.x_last = in + (n_steps - 1) * STEP;
    r.out = out;
    r.w_end = r.w + n_whole * block_bytes;
    if (n_whole > 0)
        blocks(&r);
    if (op->out_n % BLOCK == 0)
        return;
    int8_t few[BLOCK * ELEMENT_BYTES];
    r.w = r.w_end;
    r.w_end += block_bytes;
    r.bias += n_whole * BLOCK;
    r.constants += n_whole * constant_words(op);
    r.out = n_whole > 0 ? out + (op->out_n - BLOCK) * ELEMENT_BYTES : few;
    blocks(&r);
    if (n_whole == 0)
        mve_copy(few, op->out_n * ELEMENT_BYTES, out);
}

static inline void all_rows(const struct mote_fully_connected_s8 *op, const int8_t *in,
                            const int8_t *w, const int32_t *records, int8_t *out)
{
    const uint32_t in_bytes = op->in_n * ELEMENT_BYTES, out_bytes = op->out_n * ELEMENT_BYTES;
    const uint32_t n_more = (in_bytes - 1) / STEP; /* steps after the first one */
    const uint32_t n_rounds = n_more > 0 ? (n_more + ROUND - 1) / ROUND : 1;
    const struct row first = {
        .n_rounds = n_rounds,
        .ending = !op->is_proved + 2u * (op->one_scale != 0),
        .n_last = in_bytes - n_more * STEP,
        .w = w,
        .bias = records,
        .constants = records + (op->out_n + BLOCK - 1) / BLOCK * BLOCK,
        .skip = (n_rounds * ROUND - n_more) * STEP_CODE,
    };
    for (uint32_t row = 0; row < op->rows; row++)
        one_row(op, &first, in + row * in_bytes, out + row * out_bytes);
    CLAMP(op->out_min, op->out_max, op->rows * op->out_n, out);
}
#endif
