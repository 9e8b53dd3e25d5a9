/* conv2d_s8_rv32.c - convolution for RISC-V with 32 bits and M. SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of four pixels' windows lie side by side (kernels/conv2d/gather.h) and serve all
 * channels. The inner loop computes four pixels by four channels: a tap is 8 loads of bytes, 16 MUL
 * and 16 ADD for 16 products; the 16 sums fill most of the 28 registers that a function may use. A
 * load stands two instructions before its use, which a short pipeline needs.
 *
 * Order: pixels in the order of the image, four at a time, whatever row they are in. What four
 * pixels read is gathered before any is written, so this keeps to the order of rows, too. */
#include "mote/conv2d.h"
#include "mote/isa.h"

#include "kernels/conv2d/gather.h"

#define PIXELS 4

size_t mote_conv2d_s8_rv32_scratch(const struct mote_conv2d_s8 *op)
{
    return mote_gather_scratch(op, PIXELS);
}

#if MOTE_ISA_RV32
#include "kernels/common/asm_rv32.h"
#include "kernels/common/mem.h"
#include "kernels/common/requant.h"

/* What the inner loop shares, by the offsets that it knows it by. Its first group of taps is entered
 * behind those that it does not have; the weights begin as many taps low. */
struct tile {
    uintptr_t x, x_end;     /*  0, 4: the windows                                     */
    uintptr_t w, w_end;     /*  8, 12: weights of all blocks of channels              */
    const int32_t *records; /* 16: of the block that is computed; moves on            */
    int8_t *out;            /* 20: of the first pixel; moves on                       */
    size_t out_step[3];     /* 24: bytes from pixel to pixel; 0 where there is none   */
    uint32_t is_exact;      /* 36: ROUND_EXACT                                        */
    uint32_t skipped_w;     /* 40: weights of the taps that are jumped                */
    uintptr_t skipped_code; /* 44: their bytes of code; then, where the loop is entered */
};

/* clang-format off */
/* Four products of one input. */
#define PRODUCTS(x, s0, s1, s2, s3)                                                                \
    "mul t5, " x ", t0\n"                                                                          \
    "mul t6, " x ", t1\n"                                                                          \
    "add " s0 ", " s0 ", t5\n"                                                                     \
    "add " s1 ", " s1 ", t6\n"                                                                     \
    "mul t5, " x ", t2\n"                                                                          \
    "mul t6, " x ", t3\n"                                                                          \
    "add " s2 ", " s2 ", t5\n"                                                                     \
    "add " s3 ", " s3 ", t6\n"

/* One tap: the offsets of its loads. Loads and products have four bytes each, sums two where there
 * are short instructions. */
#define TAP(x0, x1, x2, x3, w0, w1, w2, w3)                                                        \
    "lb t0, " w0 "(a1)\n"                                                                          \
    "lb t1, " w1 "(a1)\n"                                                                          \
    "lb t4, " x0 "(a0)\n"                                                                          \
    "lb t2, " w2 "(a1)\n"                                                                          \
    "lb t3, " w3 "(a1)\n"                                                                          \
    "lb ra, " x1 "(a0)\n"                                                                          \
    PRODUCTS("t4", "s0", "s1", "s2", "s3")                                                         \
    "lb t4, " x2 "(a0)\n"                                                                          \
    PRODUCTS("ra", "s4", "s5", "s6", "s7")                                                         \
    "lb ra, " x3 "(a0)\n"                                                                          \
    PRODUCTS("t4", "s8", "s9", "s10", "s11")                                                       \
    PRODUCTS("ra", "a4", "a5", "a6", "a7")
#ifdef __riscv_compressed
#define TAP_CODE 128u
#else
#define TAP_CODE 160u
#endif

/* Four sums of a channel, its record at t4. */
#define PROVED(s0, s1, s2, s3)                                                                     \
    "lw t0, 0(t4)\n"                                                                               \
    "lw t1, 4(t4)\n"                                                                               \
    "addi t4, t4, 8\n"                                                                             \
    "mulh " s0 ", " s0 ", t0\n"                                                                    \
    "mulh " s1 ", " s1 ", t0\n"                                                                    \
    "mulh " s2 ", " s2 ", t0\n"                                                                    \
    "mulh " s3 ", " s3 ", t0\n"                                                                    \
    "add " s0 ", " s0 ", t1\n"                                                                     \
    "add " s1 ", " s1 ", t1\n"                                                                     \
    "add " s2 ", " s2 ", t1\n"                                                                     \
    "add " s3 ", " s3 ", t1\n"

#define EXACT_1(s) MOTE_RV32_EXACT(s, "t0", "t1", "t2", "t5", "t6")

#define EXACT(s0, s1, s2, s3)                                                                      \
    "lw t0, 0(t4)\n"                                                                               \
    "lw t1, 4(t4)\n"                                                                               \
    "lw t2, 8(t4)\n"                                                                               \
    "addi t4, t4, 12\n" EXACT_1(s0) EXACT_1(s1) EXACT_1(s2) EXACT_1(s3)

#define OF_CHANNELS(what)                                                                          \
    what("s0", "s4", "s8", "a4") what("s1", "s5", "s9", "a5") what("s2", "s6", "s10", "a6")        \
        what("s3", "s7", "s11", "a7")

/* t3 is 256. */
#define STORE(y, at) MOTE_RV32_STORE(y, at, "t2", "t3")

#define STORE_4(y0, y1, y2, y3, pixel)                                                             \
    STORE(y0, "0(" pixel ")")                                                                      \
    STORE(y1, "1(" pixel ")")                                                                      \
    STORE(y2, "2(" pixel ")")                                                                      \
    STORE(y3, "3(" pixel ")")

/* The biases of a block, for each pixel. */
#define START_SUMS                                                                                 \
    "lw s0, 0(t4)\n"                                                                               \
    "lw s1, 4(t4)\n"                                                                               \
    "lw s2, 8(t4)\n"                                                                               \
    "lw s3, 12(t4)\n"                                                                              \
    "mv s4, s0\n"                                                                                  \
    "mv s8, s0\n"                                                                                  \
    "mv a4, s0\n"                                                                                  \
    "mv s5, s1\n"                                                                                  \
    "mv s9, s1\n"                                                                                  \
    "mv a5, s1\n"                                                                                  \
    "mv s6, s2\n"                                                                                  \
    "mv s10, s2\n"                                                                                 \
    "mv a6, s2\n"                                                                                  \
    "mv s7, s3\n"                                                                                  \
    "mv s11, s3\n"                                                                                 \
    "mv a7, s3\n"

/* Pixels that are not there have the place of the one before, which is stored after them. */
#define STORE_ALL                                                                                  \
    "lw t4, 20(a3)\n"                                                                              \
    "lw t5, 24(a3)\n"                                                                              \
    "lw t6, 28(a3)\n"                                                                              \
    "lw ra, 32(a3)\n"                                                                              \
    "add t5, t5, t4\n"                                                                             \
    "add t6, t6, t5\n"                                                                             \
    "add ra, ra, t6\n"                                                                             \
    "li t3, 256\n"                                                                                 \
    STORE_4("a4", "a5", "a6", "a7", "ra")                                                          \
    STORE_4("s8", "s9", "s10", "s11", "t6")                                                        \
    STORE_4("s4", "s5", "s6", "s7", "t5")                                                          \
    STORE_4("s0", "s1", "s2", "s3", "t4")

/* All blocks of channels of four pixels. Those of the first pixel have their sums in s0-s3, of the
 * second in s4-s7, of the third in s8-s11, of the last in a4-a7. */
static __attribute__((naked, noinline)) void blocks(struct tile *t __attribute__((unused)))
{
    __asm__ volatile(
        MOTE_RV32_PUSH
        "mv a3, a0\n"
        "lw a1, 8(a3)\n"
        "lw a2, 4(a3)\n"
        "1:\n" /* a block */
        "lw t4, 16(a3)\n"
        "lw t5, 44(a3)\n"
        "lw a0, 0(a3)\n"
        "lla t6, 2f\n"
        "add t5, t5, t6\n"
        START_SUMS
        "jr t5\n"
        "2:\n" /* a group of taps */
        TAP("0", "4", "8", "12", "0", "1", "2", "3")
        TAP("1", "5", "9", "13", "4", "5", "6", "7")
        TAP("2", "6", "10", "14", "8", "9", "10", "11")
        TAP("3", "7", "11", "15", "12", "13", "14", "15")
        "addi a0, a0, 16\n"
        "addi a1, a1, 16\n"
        "bne a0, a2, 2b\n"
        "lw t4, 16(a3)\n"
        "lw t5, 36(a3)\n"
        "addi t4, t4, 16\n"
        "bnez t5, 4f\n"
        OF_CHANNELS(PROVED)
        "j 5f\n"
        "4:\n"
        OF_CHANNELS(EXACT)
        "5:\n"
        "sw t4, 16(a3)\n"
        STORE_ALL
        "lw t0, 40(a3)\n"
        "lw t1, 12(a3)\n"
        "addi t4, t4, 4\n"
        "sw t4, 20(a3)\n"
        "sub a1, a1, t0\n"
        "bne a1, t1, 1b\n"
        MOTE_RV32_POP_RETURN);
}
/* clang-format on */

static struct tile tile_of(const struct mote_conv2d_s8 *op, const uint32_t *x)
{
    const uint32_t skipped = (uint32_t)(-mote_taps_of(op) % MOTE_GROUP);
    return (struct tile){.x = (uintptr_t)x,
                         .x_end = (uintptr_t)(x + PIXELS * mote_groups_of(op)),
                         .is_exact = !op->is_proved,
                         .skipped_w = skipped * 4u,
                         .skipped_code = skipped * TAP_CODE};
}

/* All channels of n pixels from `out` on. */
static void all_channels(const struct mote_conv2d_s8 *op, struct tile *t, const int8_t *w,
                         const int32_t *records, int8_t *out, size_t n)
{
    const size_t block_bytes = 4 * mote_taps_of(op);
    const uint32_t n_blocks = op->out.c / 4u, n_rest = op->out.c % 4u;
    t->w = (uintptr_t)w - t->skipped_w;
    t->w_end = t->w + n_blocks * block_bytes;
    t->records = records;
    t->out = out;
    for (size_t i = 0; i < PIXELS - 1; i++)
        t->out_step[i] = i + 1 < n ? op->out.c : 0;
    if (n_blocks > 0)
        blocks(t);
    if (n_rest > 0) {
        int8_t rest[PIXELS][4];
        t->w = t->w_end;
        t->w_end += block_bytes;
        t->out = rest[0];
        for (size_t i = 0; i < PIXELS - 1; i++)
            t->out_step[i] = sizeof rest[0];
        blocks(t);
        out += op->out.c - n_rest;
        for (size_t i = 0; i < n; i++, out += op->out.c)
            memcpy(out, rest[i], n_rest);
    }
}

void mote_conv2d_s8_rv32(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                         const int32_t *records, int8_t *out, void *scratch)
{
    uint32_t stack[MOTE_GATHER_STACK / sizeof(uint32_t)];
    uint32_t *x = mote_gather_scratch(op, PIXELS) ? scratch : stack;
    const struct mote_gather g = mote_gather_of(op, in, x, PIXELS);
    struct tile t = tile_of(op, x);
    const size_t n = (size_t)op->out.h * op->out.w, n_fours = (n + PIXELS - 1) / PIXELS;
    for (size_t i = 0; i < n_fours; i++) {
        const size_t p = PIXELS * (op->backward ? n_fours - 1 - i : i);
        const size_t n_here = n - p < PIXELS ? n - p : PIXELS;
        mote_gather_pixels(&g, p, n_here);
        int8_t *y = out + p * op->out.c;
        all_channels(op, &t, w, records, y, n_here);
        mote_clamp_s8(y, n_here * op->out.c, op->out_min, op->out_max);
    }
}
#endif
