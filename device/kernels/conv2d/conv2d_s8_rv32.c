/* conv2d_s8_rv32.c - convolution for RISC-V with 32 bits and M. SPDX-License-Identifier: Apache-2.0
 *
 * The windows of three pixels are put together (kernels/conv2d/triples.h) and serve all channels. The
 * inner loop computes three pixels by eight channels, three sums in two registers: of the inputs x0 to x2
 * of a tap, 128 added, come two numbers, which each channel's weight multiplies:
 *
 *     p = sum of w * (x0 + 2^21 * x1)     q = sum of w * (x2 + 2^10 * x1)     modulo 2^32.
 *
 * With the three sums of products S0 to S2, p = S0 + 2^21 * S1 and q = S2 + 2^10 * S1. While they lie in
 * -2^20..2^20 - 1 they come apart again:
 *
 *     S0 is the lower 21 bits of p, with their sign; what is left of p is 2^21 * (S1 mod 2^11)
 *     q - 2^10 * (S1 mod 2^11) = S2 + 2^21 * (S1 >> 11): S2 is its lower 21 bits, and so on.
 *
 * The host knows how many taps that holds for (host/pack/fours.h, TRIPLES): mostly for all. Where there are
 * more they are summed in groups.
 *
 * A tap is 9 loads, a shift and an AND, 16 MUL and 16 ADD for 24 products. A load stands two instructions
 * before its use, which a short pipeline needs.
 *
 * Order: pixels in the order of the image, three at a time, whatever row they are in. What three
 * pixels read is put together before any is written, so this keeps to the order of rows, too. */
#include "mote/conv2d.h"
#include "mote/isa.h"

#include "kernels/conv2d/triples.h"

size_t mote_conv2d_s8_rv32_scratch(const struct mote_conv2d_s8 *op)
{
    return mote_triples_scratch(op);
}

#if MOTE_ISA_RV32
#include "kernels/common/asm_rv32.h"
#include "kernels/common/mem.h"
#include "kernels/common/requant.h"

#define PIXELS MOTE_TRIPLE
#define BLOCK  8u /* channels: two blocks of host/pack/fours.h */
#define TAPS   4u /* of a round                                */

/* What the inner loop shares, by the offsets that it knows it by. It is entered behind the taps that the
 * first round does not have; the windows and the
 * weights begin as many taps low. */
struct tile {
    uintptr_t x, x_end;          /*  0, 4: the windows                                        */
    size_t group;                /*  8: bytes of the windows of a group of taps               */
    uintptr_t w, w_end;          /* 12, 16: weights of all blocks; moves on                   */
    size_t w_step;               /* 20: bytes from one to the next; 0: the same is done twice */
    const int32_t *records;      /* 24: of the block that is computed; moves on               */
    size_t record_step;          /* 28: as w_step                                             */
    int8_t *out;                 /* 32: of the first pixel; moves on                          */
    size_t out_step[2];          /* 36: bytes from pixel to pixel; 0 where there is none      */
    uint32_t is_exact;           /* 44: ROUND_EXACT                                           */
    uintptr_t skipped_code;      /* 48: bytes of code that are jumped                         */
    uintptr_t now;               /* 52: what becomes of sums: code; and in the end            */
    uintptr_t finally;           /* 56                                                        */
    uintptr_t at[3];             /* 60: x and weights behind a group                          */
    int32_t sums[BLOCK][PIXELS]; /* 72: of the groups so far                               */
};

/* clang-format off */
#define WEIGHTS(w0, w1, w)                                                                         \
    "lb t2, " w0 "(" w ")\n"                                                                       \
    "lb t3, " w1 "(" w ")\n"

/* Four products, by two weights and two numbers. */
#define PRODUCTS(p0, q0, p1, q1)                                                                   \
    "mul t4, t2, t0\n"                                                                             \
    "mul t5, t2, t1\n"                                                                             \
    "mul t6, t3, t0\n"                                                                             \
    "mul t3, t3, t1\n"                                                                             \
    "add " p0 ", " p0 ", t4\n"                                                                     \
    "add " q0 ", " q0 ", t5\n"                                                                     \
    "add " p1 ", " p1 ", t6\n"                                                                     \
    "add " q1 ", " q1 ", t3\n"

/* One tap: the offsets of its loads. ra takes x2 away. All have four bytes each but sums, which have two
 * where there are short instructions. */
#define TAP(x, w0, w1, w2, w3)                                                                     \
    "lw t0, " x "(a0)\n"                                                                           \
    "lb t2, " w0 "(a1)\n"                                                                          \
    "lb t3, " w1 "(a1)\n"                                                                          \
    "srli t1, t0, 11\n"                                                                            \
    "and t0, t0, ra\n"                                                                             \
    PRODUCTS("s0", "s1", "s2", "s3")                                                               \
    WEIGHTS(w2, w3, "a1") PRODUCTS("s4", "s5", "s6", "s7")                                         \
    WEIGHTS(w0, w1, "a2") PRODUCTS("s8", "s9", "s10", "s11")                                       \
    WEIGHTS(w2, w3, "a2") PRODUCTS("a4", "a5", "a6", "a7")
#ifdef __riscv_compressed
#define TAP_CODE 140u
#else
#define TAP_CODE 172u
#endif

/* The sums of a channel to t0, t1 and t2. */
#define TAKE_APART(p, q)                                                                           \
    "slli t0, " p ", 11\n"                                                                         \
    "srai t0, t0, 11\n"                                                                            \
    "sub " p ", " p ", t0\n"                                                                       \
    "srli t1, " p ", 11\n"                                                                         \
    "sub " q ", " q ", t1\n"                                                                       \
    "slli t2, " q ", 11\n"                                                                         \
    "srai t2, t2, 11\n"                                                                            \
    "sub " q ", " q ", t2\n"                                                                       \
    "srli " p ", " p ", 21\n"                                                                      \
    "srai " q ", " q ", 10\n"                                                                      \
    "add t1, " p ", " q "\n"

/* What becomes of them. Pixels that are not there have the place of the one before, which is stored after
 * them; before the last group what is stored is overwritten. */
#define FINISH(bias, at)                                                                           \
    "lw t3, " bias "(a3)\n"                                                                        \
    "jalr t6, ra\n"                                                                                \
    "sb t2, " at "(a2)\n"                                                                          \
    "sb t1, " at "(a1)\n"                                                                          \
    "sb t0, " at "(a0)\n"

#define CHANNEL(p, q, bias, at) TAKE_APART(p, q) FINISH(bias, at)

/* t3 is the bias. */
#define ADD_BIAS                                                                                   \
    "add t1, t1, t3\n"                                                                             \
    "add t0, t0, t3\n"                                                                             \
    "add t2, t2, t3\n"

/* ROUND_EXACT up to the addition of `add`: t3 is `mult`, t4 and s0 are free. */
#define ROUND(y)                                                                                   \
    "mulh t4, " y ", t3\n"                                                                         \
    "mul s0, " y ", t3\n"                                                                          \
    "srli s0, s0, 31\n"                                                                            \
    "add " y ", " y ", t4\n"                                                                       \
    "add " y ", " y ", s0\n"                                                                       \
    "srai t4, " y ", 31\n"                                                                         \
    "add " y ", " y ", t4\n"

/* Held in -128..127; s0 is 256. Where it is out of range, its sign says which end. */
#define CLAMP(y)                                                                                   \
    "addi t4, " y ", 128\n"                                                                        \
    "bltu t4, s0, 9f\n"                                                                            \
    "srai " y ", " y ", 31\n"                                                                      \
    "xori " y ", " y ", 127\n"                                                                     \
    "9:\n"

#define CLAMP_AND_RETURN CLAMP("t0") CLAMP("t1") CLAMP("t2") "jr t6\n"

/* What becomes of the sums of a channel: 5 and 6, bytes by the record at t5; 7 and 8, they are kept at s1,
 * or added to what is; 3, what is kept is added to them before they become bytes. */
#define ENDINGS                                                                                    \
    "5:\n" /* ROUND_PROVED */                                                                      \
    "lw t4, 0(t5)\n"                                                                               \
    ADD_BIAS                                                                                       \
    "lw t3, 4(t5)\n"                                                                               \
    "addi t5, t5, 8\n"                                                                             \
    "mulh t0, t0, t4\n"                                                                            \
    "mulh t1, t1, t4\n"                                                                            \
    "mulh t2, t2, t4\n"                                                                            \
    "add t0, t0, t3\n"                                                                             \
    "add t1, t1, t3\n"                                                                             \
    "add t2, t2, t3\n"                                                                             \
    CLAMP_AND_RETURN                                                                               \
    "6:\n" /* ROUND_EXACT */                                                                       \
    ADD_BIAS                                                                                       \
    "lw t3, 0(t5)\n"                                                                               \
    "addi t5, t5, 12\n"                                                                            \
    ROUND("t0")                                                                                    \
    ROUND("t1")                                                                                    \
    ROUND("t2")                                                                                    \
    "lw t3, -8(t5)\n"                                                                              \
    "lw t4, -4(t5)\n"                                                                              \
    "li s0, 256\n"                                                                                 \
    "add t0, t0, t3\n"                                                                             \
    "add t1, t1, t3\n"                                                                             \
    "add t2, t2, t3\n"                                                                             \
    "sra t0, t0, t4\n"                                                                             \
    "sra t1, t1, t4\n"                                                                             \
    "sra t2, t2, t4\n"                                                                             \
    CLAMP_AND_RETURN                                                                               \
    "8:\n"                                                                                         \
    ADD_KEPT                                                                                       \
    "7:\n"                                                                                         \
    "sw t0, 0(s1)\n"                                                                               \
    "sw t1, 4(s1)\n"                                                                               \
    "sw t2, 8(s1)\n"                                                                               \
    "addi s1, s1, 12\n"                                                                            \
    "jr t6\n"                                                                                      \
    "3:\n"                                                                                         \
    ADD_KEPT                                                                                       \
    "lw t4, 52(sp)\n"                                                                              \
    "addi s1, s1, 12\n"                                                                            \
    "lw t4, 56(t4)\n"                                                                              \
    "jr t4\n"

#define ADD_KEPT                                                                                   \
    "lw t4, 0(s1)\n"                                                                               \
    "add t0, t0, t4\n"                                                                             \
    "lw t4, 4(s1)\n"                                                                               \
    "add t1, t1, t4\n"                                                                             \
    "lw t4, 8(s1)\n"                                                                               \
    "add t2, t2, t4\n"

#define START_SUMS                                                                                 \
    "li s0, 0\n"                                                                                   \
    "li s1, 0\n"                                                                                   \
    "li s2, 0\n"                                                                                   \
    "li s3, 0\n"                                                                                   \
    "li s4, 0\n"                                                                                   \
    "li s5, 0\n"                                                                                   \
    "li s6, 0\n"                                                                                   \
    "li s7, 0\n"                                                                                   \
    "li s8, 0\n"                                                                                   \
    "li s9, 0\n"                                                                                   \
    "li s10, 0\n"                                                                                  \
    "li s11, 0\n"                                                                                  \
    "li a4, 0\n"                                                                                   \
    "li a5, 0\n"                                                                                   \
    "li a6, 0\n"                                                                                   \
    "li a7, 0\n"

/* Behind a group. Once the first channel is taken apart, s0 and s1 are free. */
#define ALL_CHANNELS                                                                               \
    "lw t4, 52(sp)\n"                                                                              \
    "sw a0, 60(t4)\n"                                                                              \
    "sw a1, 64(t4)\n"                                                                              \
    "sw a2, 68(t4)\n"                                                                              \
    "lw ra, 52(t4)\n"                                                                              \
    "lw a0, 32(t4)\n"                                                                              \
    "lw a1, 36(t4)\n"                                                                              \
    "lw a2, 40(t4)\n"                                                                              \
    "lw a3, 24(t4)\n"                                                                              \
    "add a1, a1, a0\n"                                                                             \
    "add a2, a2, a1\n"                                                                             \
    "addi t5, a3, 16\n"                                                                            \
    TAKE_APART("s0", "s1")                                                                         \
    "li s0, 256\n"                                                                                 \
    "addi s1, t4, 72\n"                                                                            \
    FINISH("0", "0")                                                                               \
    CHANNEL("s2", "s3", "4", "1")                                                                  \
    CHANNEL("s4", "s5", "8", "2")                                                                  \
    CHANNEL("s6", "s7", "12", "3")                                                                 \
    "lw t4, 52(sp)\n"                                                                              \
    "lw t4, 28(t4)\n"                                                                              \
    "add a3, a3, t4\n"                                                                             \
    "addi t5, a3, 16\n"                                                                            \
    CHANNEL("s8", "s9", "0", "4")                                                                  \
    CHANNEL("s10", "s11", "4", "5")                                                                \
    CHANNEL("a4", "a5", "8", "6")                                                                  \
    CHANNEL("a6", "a7", "12", "7")

/* All blocks of channels of three pixels. p and q of the first channel are in s0 and s1, and so on. */
static __attribute__((naked, noinline)) void blocks(struct tile *t __attribute__((unused)))
{
    __asm__ volatile(
        MOTE_RV32_PUSH
        "mv t4, a0\n"
        "lw t0, 44(t4)\n"
        "lla t1, 5f\n"
        "beqz t0, 1f\n"
        "lla t1, 6f\n"
        "1:\n"
        "sw t1, 56(t4)\n"
        "1:\n" /* a block */
        "lw a0, 0(t4)\n"
        "lw t6, 4(t4)\n"
        "lw a3, 8(t4)\n"
        "lw a1, 12(t4)\n"
        "lw a2, 20(t4)\n"
        "lw t0, 56(t4)\n"
        "add a3, a3, a0\n"
        "lw t5, 48(t4)\n"
        "lla t3, 4f\n"
        "add a2, a2, a1\n"
        "add t5, t5, t3\n"
        "beq a3, t6, 2f\n"
        "lla t0, 7f\n"
        "2:\n" /* a group */
        "sw t0, 52(t4)\n"
        "li ra, 0xffe007ff\n"
        START_SUMS
        "jr t5\n"
        "4:\n" /* a round of taps */
        TAP("0", "0", "1", "2", "3")
        TAP("4", "4", "5", "6", "7")
        TAP("8", "8", "9", "10", "11")
        TAP("12", "12", "13", "14", "15")
        "addi a0, a0, 16\n"
        "addi a1, a1, 16\n"
        "addi a2, a2, 16\n"
        "bne a0, a3, 4b\n"
        ALL_CHANNELS
        "lw t4, 52(sp)\n"
        "lw t0, 12(t4)\n"
        "lw t1, 20(t4)\n"
        "lw t2, 4(t4)\n"
        "lw t5, 60(t4)\n"
        "lw t3, 16(t4)\n"
        "bne t2, t5, 1f\n"
        "add t0, t0, t1\n" /* the last group: to the next block */
        "add t0, t0, t1\n"
        "lw t1, 28(t4)\n"
        "addi a0, a0, 8\n"
        "add a3, a3, t1\n"
        "sw t0, 12(t4)\n"
        "sw a3, 24(t4)\n"
        "sw a0, 32(t4)\n"
        "bne t0, t3, 1b\n"
        MOTE_RV32_POP_RETURN
        "1:\n" /* the next group */
        "mv a0, t5\n"
        "lw a1, 64(t4)\n"
        "lw a2, 68(t4)\n"
        "lw a3, 8(t4)\n"
        "lla t0, 8f\n"
        "add a3, a3, a0\n"
        "lla t5, 4b\n"
        "bltu a3, t2, 2b\n"
        "mv a3, t2\n"
        "lla t0, 3f\n"
        "j 2b\n"
        ENDINGS);
}
/* clang-format on */

/* `group` is taps, those that are jumped among them. */
static struct tile tile_of(const struct mote_conv2d_s8 *op, const uint32_t *x, size_t group)
{
    const size_t taps = mote_triples_taps(op), skipped = -taps % TAPS, all = taps + skipped;
    return (struct tile){.x = (uintptr_t)x - skipped * sizeof *x,
                         .x_end = (uintptr_t)(x + taps),
                         .group = (all < group ? all : group) * sizeof *x,
                         .is_exact = !op->is_proved,
                         .skipped_code = skipped * TAP_CODE};
}

/* n blocks of eight channels; with steps of 0 one of four, twice. */
static void some_channels(struct tile *t, size_t n, size_t w_step, size_t record_step)
{
    t->w_step = w_step;
    t->record_step = record_step;
    t->w_end = t->w + 2 * n * w_step;
    blocks(t);
}

/* All channels of n pixels from `out` on. */
static void all_channels(const struct mote_conv2d_s8 *op, struct tile *t, const int8_t *w,
                         const int32_t *records, int8_t *out, size_t n)
{
    const size_t taps = mote_triples_taps(op), n_rest = op->out.c % BLOCK;
    const size_t w_step = 4 * taps, record_step = (op->is_proved ? 12 : 16) * sizeof *records;
    t->w = (uintptr_t)w - 4 * (-taps % TAPS);
    t->records = records;
    t->out = out;
    for (size_t i = 0; i < PIXELS - 1; i++)
        t->out_step[i] = i + 1 < n ? op->out.c : 0;
    if (op->out.c >= BLOCK)
        some_channels(t, op->out.c / BLOCK, w_step, record_step);
    if (n_rest > 0) {
        int8_t rest[PIXELS][BLOCK];
        t->out = rest[0];
        for (size_t i = 0; i < PIXELS - 1; i++)
            t->out_step[i] = sizeof rest[0];
        some_channels(t, 1, n_rest > 4 ? w_step : 0, n_rest > 4 ? record_step : 0);
        out += op->out.c - n_rest;
        for (size_t i = 0; i < n; i++, out += op->out.c)
            memcpy(out, rest[i], n_rest);
    }
}

void mote_conv2d_s8_rv32(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                         const int32_t *records, int8_t *out, void *scratch)
{
    uint32_t stack[MOTE_TRIPLES_STACK / sizeof(uint32_t)];
    uint32_t *x = mote_triples_scratch(op) ? scratch : stack;
    const struct mote_triples windows = {op, in, x, mote_conv2d_s8_is_flat(op)};
    struct tile t = tile_of(op, x, (size_t)records[0]);
    const size_t n = (size_t)op->out.h * op->out.w, n_triples = (n + PIXELS - 1) / PIXELS;
    for (size_t i = 0; i < n_triples; i++) {
        const size_t p = PIXELS * (op->backward ? n_triples - 1 - i : i);
        const size_t n_here = n - p < PIXELS ? n - p : PIXELS;
        mote_triple_of(&windows, p, n_here);
        int8_t *y = out + p * op->out.c;
        all_channels(op, &t, w, records + 1, y, n_here);
        mote_clamp_s8(y, n_here * op->out.c, op->out_min, op->out_max);
    }
}
#endif
