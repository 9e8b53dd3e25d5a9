/* conv2d_s8_v7m.c - convolution for cores with a multiply-accumulate but no SIMD (Cortex-M3).
 * SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of two pixels' windows lie side by side (kernels/conv2d/gather.h) and serve all
 * channels. The inner loop computes two pixels by four channels: a tap is 6 loads of bytes and 8
 * MLA for 8 products, and takes all 14 registers: 8 sums, 2 inputs, 2 weights, 2 pointers. Where the
 * loop ends lies on the stack.
 *
 * Order: pixels in the order of the image, two at a time, whatever row they are in. What two pixels
 * read is gathered before either is written, so this keeps to the order of rows, too. */
#include "mote/conv2d.h"
#include "mote/isa.h"

#include "kernels/conv2d/gather.h"

#define PIXELS 2
#define ROUND  8 /* taps in the loop                         */

size_t mote_conv2d_s8_v7m_scratch(const struct mote_conv2d_s8 *op)
{
    return mote_gather_scratch(op, PIXELS);
}

#if MOTE_ISA_V7M
#include "kernels/common/asm_v7m.h"
#include "kernels/common/mem.h"
#include "kernels/common/requant.h"

/* What the inner loop shares, by the offsets that it knows it by. The loop begins with a round that
 * is entered behind the taps it does not have: pointers are as many taps low, and one byte, since
 * loads that move a pointer move it first. */
struct tile {
    uintptr_t x_end;        /*  0                                              */
    uint32_t skipped_code;  /*  4: bytes of the first round that are jumped    */
    uint32_t skipped_w;     /*  8: weights of those taps                       */
    uint32_t is_exact;      /* 12: ROUND_EXACT                                 */
    uintptr_t w, w_end;     /* 16, 20: weights of all blocks of channels       */
    const int32_t *records; /* 24: of the block that is computed; moves on     */
    uintptr_t x;            /* 28: the windows                                 */
    int8_t *out0, *out1;    /* 32, 36: of the two pixels; move on              */
};

/* clang-format off */
/* One tap: the operands of its loads. 56 bytes. */
#define TAP(x0, x1, w0, w1, w2, w3)                                                                \
    "ldrsb r8, [lr, #" x0 "]\n"                                                                    \
    "ldrsb r9, [lr, #" x1 "\n"                                                                     \
    "ldrsb r10, [r12, #" w0 "]\n"                                                                  \
    "ldrsb r11, [r12, #" w1 "]\n"                                                                  \
    "mla r0, r10, r8, r0\n"                                                                        \
    "mla r1, r10, r9, r1\n"                                                                        \
    "mla r2, r11, r8, r2\n"                                                                        \
    "mla r3, r11, r9, r3\n"                                                                        \
    "ldrsb r10, [r12, #" w2 "]\n"                                                                  \
    "ldrsb r11, [r12, #" w3 "\n"                                                                   \
    "mla r4, r10, r8, r4\n"                                                                        \
    "mla r5, r10, r9, r5\n"                                                                        \
    "mla r6, r11, r8, r6\n"                                                                        \
    "mla r7, r11, r9, r7\n"
#define TAP_CODE 56u
#define ROUND_OF_TAPS                                                                              \
    TAP("1", "5]", "1", "2", "3", "4]")                                                            \
    TAP("2", "6]", "5", "6", "7", "8]")                                                            \
    TAP("3", "7]", "9", "10", "11", "12]")                                                         \
    TAP("4", "8]", "13", "14", "15", "16]")                                                        \
    TAP("9", "13]", "17", "18", "19", "20]")                                                       \
    TAP("10", "14]", "21", "22", "23", "24]")                                                      \
    TAP("11", "15]", "25", "26", "27", "28]")                                                      \
    TAP("12", "16]!", "29", "30", "31", "32]!")

/* One channel of both pixels: the next record, at lr, makes bytes of the sums. */
#define PROVED(p0, p1)                                                                             \
    "ldrd r8, r9, [lr], #8\n"                                                                      \
    MOTE_V7M_PROVED(p0, "r8", "r9", "r11")                                                         \
    MOTE_V7M_PROVED(p1, "r8", "r9", "r11")                                                         \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

#define EXACT(p0, p1)                                                                              \
    "ldrd r8, r9, [lr], #8\n"                                                                      \
    MOTE_V7M_EXACT(p0, "r8", "r9", "r10", "r11")                                                   \
    MOTE_V7M_EXACT(p1, "r8", "r9", "r10", "r11")                                                   \
    "ldr r8, [lr], #4\n"                                                                           \
    "asr " p0 ", r8\n"                                                                             \
    "asr " p1 ", r8\n"                                                                             \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

/* All blocks of channels of a pair of pixels. r0 and r1 are the sums of channel 0, ... r6 and r7 of
 * channel 3; on the stack: the tile, x_end, where to enter the loop, what follows it. */
static __attribute__((naked, noinline)) void blocks(struct tile *t __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0-r11, lr}\n"
        "ldrd r1, r2, [r0]\n"
        "ldr r3, [r0, #12]\n"
        "ldr r12, [r0, #16]\n"
        "adr r4, 2f + 1\n"
        "add r2, r4\n"
        "cmp r3, #0\n"
        "ite eq\n"
        "adreq r3, 3f + 1\n"
        "adrne r3, 4f + 1\n"
        "str r1, [sp, #4]\n"
        "str r2, [sp, #8]\n"
        "str r3, [sp, #12]\n"
        "1:\n" /* a block */
        "ldr r10, [sp]\n"
        "ldr r8, [r10, #24]\n"
        "ldr lr, [r10, #28]\n"
        "ldm r8!, {r0, r2, r4, r6}\n"
        "mov r1, r0\n"
        "mov r3, r2\n"
        "mov r5, r4\n"
        "mov r7, r6\n"
        "str r8, [r10, #24]\n"
        "ldr pc, [sp, #8]\n"
        ".balign 4\n"
        "2:\n" /* a round */
        ROUND_OF_TAPS
        "ldr r10, [sp, #4]\n"
        "cmp lr, r10\n"
        "bne 2b\n"
        "ldr r10, [sp]\n"
        "ldr lr, [r10, #24]\n"
        "ldr pc, [sp, #12]\n"
        ".balign 4\n"
        "4:\n"
        EXACT("r0", "r1")
        EXACT("r2", "r3")
        EXACT("r4", "r5")
        EXACT("r6", "r7")
        "ldr r10, [sp]\n"
        "b 5f\n"
        ".balign 4\n"
        "3:\n"
        PROVED("r0", "r1")
        PROVED("r2", "r3")
        PROVED("r4", "r5")
        PROVED("r6", "r7")
        "5:\n"
        "ldrd r8, r9, [r10, #32]\n"
        "strb r1, [r9], #1\n"
        "strb r3, [r9], #1\n"
        "strb r5, [r9], #1\n"
        "strb r7, [r9], #1\n"
        "strb r0, [r8], #1\n"
        "strb r2, [r8], #1\n"
        "strb r4, [r8], #1\n"
        "strb r6, [r8], #1\n"
        "str lr, [r10, #24]\n"
        "strd r8, r9, [r10, #32]\n"
        "ldr r11, [r10, #8]\n"
        "sub r12, r11\n"
        "ldr r11, [r10, #20]\n"
        "cmp r12, r11\n"
        "bne 1b\n"
        "pop {r0-r11, pc}\n");
}
/* clang-format on */

static struct tile tile_of(const struct mote_conv2d_s8 *op, const uint32_t *x)
{
    const uint32_t skipped = (uint32_t)(-mote_taps_of(op) % ROUND);
    return (struct tile){.x = (uintptr_t)x - 1 - skipped / MOTE_GROUP * MOTE_GROUP * PIXELS,
                         .x_end = (uintptr_t)(x + PIXELS * mote_groups_of(op)) - 1,
                         .skipped_code = skipped * TAP_CODE,
                         .skipped_w = skipped * 4u,
                         .is_exact = !op->is_proved};
}

/* All channels of the two windows. `out1` may be the same as `out0`, which is written last. */
static void all_channels(const struct mote_conv2d_s8 *op, struct tile *t, const int8_t *w,
                         const int32_t *records, int8_t *out0, int8_t *out1)
{
    const size_t block_bytes = 4 * mote_taps_of(op);
    const uint32_t n_blocks = op->out.c / 4u, n_rest = op->out.c % 4u;
    t->w = (uintptr_t)w - 1 - t->skipped_w;
    t->w_end = t->w + n_blocks * block_bytes;
    t->records = records;
    t->out0 = out0;
    t->out1 = out1;
    if (n_blocks > 0)
        blocks(t);
    if (n_rest > 0) {
        int8_t rest[PIXELS][4];
        t->w = t->w_end;
        t->w_end += block_bytes;
        t->out0 = rest[0];
        t->out1 = rest[1];
        blocks(t);
        memcpy(out1 + op->out.c - n_rest, rest[1], n_rest);
        memcpy(out0 + op->out.c - n_rest, rest[0], n_rest);
    }
}

void mote_conv2d_s8_v7m(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *records, int8_t *out, void *scratch)
{
    uint32_t stack[MOTE_GATHER_STACK / sizeof(uint32_t)];
    uint32_t *x = mote_gather_scratch(op, PIXELS) ? scratch : stack;
    const struct mote_gather g = mote_gather_of(op, in, x, PIXELS);
    struct tile t = tile_of(op, x);
    const size_t n = (size_t)op->out.h * op->out.w, n_pairs = (n + 1) / PIXELS;
    for (size_t i = 0; i < n_pairs; i++) {
        const size_t p = PIXELS * (op->backward ? n_pairs - 1 - i : i);
        const size_t n_here = p + 1 < n ? 2 : 1;
        mote_gather_pixels(&g, p, n_here);
        int8_t *y = out + p * op->out.c;
        all_channels(op, &t, w, records, y, y + (n_here - 1) * op->out.c);
        mote_clamp_s8(y, n_here * op->out.c, op->out_min, op->out_max);
    }
}
#endif
