/* dot_s16.h - inner loops of layers with activations of int16 and weights of int8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A product is at most 2^22, so 508 of them fit int32: sums are 64 bits wide only from block to
 * block. With DSP instructions 27 for four taps by four channels, 16 products. */
#ifndef MOTE_COMMON_DOT_S16_H
#define MOTE_COMMON_DOT_S16_H
#include <stddef.h>
#include <stdint.h>

#include "mote/isa.h"

#define MOTE_S16_GROUP  4u   /* taps                                    */
#define MOTE_S16_GROUPS 127u /* most of a block: 508 products of 2^22 */

/* Rows of groups of taps, at least one of each, and the sums of four channels. */
struct mote_block_s16 {
    uint32_t n_groups; /* of a row */
    int32_t sum[4];
    uint32_t n_rows;        /* is 1 at the end                            */
    int32_t x_skip, w_skip; /* from the end of a row to the next, in bytes */
};

#if MOTE_ISA_DSP
/* clang-format off */
#define MOTE_S16_CHANNEL(w, sum)                                                                   \
    "ldr r8, " w "\n"                                                                              \
    "sxtb16 r11, r8\n"                                                                             \
    "sxtb16 r8, r8, ror #8\n"                                                                      \
    "smlad " sum ", r11, r10, " sum "\n"                                                           \
    "smlad " sum ", r8, r9, " sum "\n"

/* Channel j has its weights j * step bytes behind w. */
static __attribute__((naked, noinline)) void mote_sum_block_s16(
    const int16_t *x __attribute__((unused)), const int8_t *w __attribute__((unused)),
    size_t step __attribute__((unused)), struct mote_block_s16 *b __attribute__((unused)))
{
    __asm__ volatile(
        "push {r3-r11, lr}\n"
        "ldr r12, [r3], #4\n"
        "ldm r3, {r4-r7}\n"
        "add lr, r2, r2, lsl #1\n"
        "1:\n"
        "ldr r8, [r0], #4\n"
        "ldr r9, [r0], #4\n"
        "pkhbt r10, r8, r9, lsl #16\n" /* taps 0 and 2, 1 and 3 */
        "pkhtb r9, r9, r8, asr #16\n"
        MOTE_S16_CHANNEL("[r1]", "r4")
        MOTE_S16_CHANNEL("[r1, r2]", "r5")
        MOTE_S16_CHANNEL("[r1, r2, lsl #1]", "r6")
        MOTE_S16_CHANNEL("[r1, lr]", "r7")
        "add r1, #4\n"
        "subs r12, #1\n"
        "bne 1b\n"
        "ldr r8, [r3, #16]\n"
        "subs r8, #1\n"
        "beq 2f\n"
        "str r8, [r3, #16]\n"
        "ldrd r8, r9, [r3, #20]\n"
        "ldr r12, [r3, #-4]\n"
        "add r0, r8\n"
        "add r1, r9\n"
        "b 1b\n"
        "2:\n"
        "stm r3, {r4-r7}\n"
        "pop {r3-r11, pc}\n");
}
/* clang-format on */
#else
static inline void mote_sum_block_s16(const int16_t *x, const int8_t *w, size_t step,
                                      struct mote_block_s16 *b)
{
    const uint32_t n = b->n_groups * MOTE_S16_GROUP;
    int32_t s0 = b->sum[0], s1 = b->sum[1], s2 = b->sum[2], s3 = b->sum[3];
    for (;;) {
        const int8_t *w1 = w + step, *w2 = w1 + step, *w3 = w2 + step;
        for (uint32_t i = 0; i < n; i++) {
            s0 += x[i] * w[i];
            s1 += x[i] * w1[i];
            s2 += x[i] * w2[i];
            s3 += x[i] * w3[i];
        }
        if (b->n_rows == 1)
            break;
        b->n_rows--;
        x += (int32_t)n + b->x_skip / (int32_t)sizeof *x;
        w += (int32_t)n + b->w_skip;
    }
    b->sum[0] = s0;
    b->sum[1] = s1;
    b->sum[2] = s2;
    b->sum[3] = s3;
}
#endif

/* sum + x . w over n taps. */
static inline int64_t mote_dot_s16(const int16_t *x, const int8_t *w, size_t n, int64_t sum)
{
    for (size_t i = 0; i < n; i++)
        sum += x[i] * w[i];
    return sum;
}

/* b->sum[j] += x . w[j] over n taps, where sums stay in 32 bits; otherwise as below. */
static inline void mote_dot_s16_narrow(const int16_t *x, const int8_t *w, size_t step, size_t n,
                                       struct mote_block_s16 *b)
{
    b->n_groups = (uint32_t)(n / MOTE_S16_GROUP);
    b->n_rows = 1;
    if (b->n_groups > 0)
        mote_sum_block_s16(x, w, step, b);
    for (size_t i = b->n_groups * MOTE_S16_GROUP; i < n; i++)
        for (size_t j = 0; j < 4; j++)
            b->sum[j] += x[i] * w[j * step + i];
}

/* sum[j] += x . w[j] over n taps; channel j has its weights j * step bytes behind w. */
static inline void mote_dot_s16_1x4(const int16_t *x, const int8_t *w, size_t step, size_t n,
                                    int64_t sum[4])
{
    while (n >= MOTE_S16_GROUP) {
        const size_t n_groups = n / MOTE_S16_GROUP;
        struct mote_block_s16 b = {.n_rows = 1};
        b.n_groups = (uint32_t)(n_groups < MOTE_S16_GROUPS ? n_groups : MOTE_S16_GROUPS);
        mote_sum_block_s16(x, w, step, &b);
        for (int j = 0; j < 4; j++)
            sum[j] += b.sum[j];
        x += b.n_groups * MOTE_S16_GROUP;
        w += b.n_groups * MOTE_S16_GROUP;
        n -= b.n_groups * MOTE_S16_GROUP;
    }
    for (size_t j = 0; j < 4 && n > 0; j++)
        sum[j] = mote_dot_s16(x, w + j * step, n, sum[j]);
}
#endif
