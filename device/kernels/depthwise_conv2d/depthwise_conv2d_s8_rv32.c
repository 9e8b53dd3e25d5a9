/* depthwise_conv2d_s8_rv32.c - depthwise convolution for RISC-V with 32 bits and M.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What some pixels of a row read of four channels is copied to a strip (kernels/common/strip.h and
 * lanes.h), then it is channel by channel. In a 3x3 kernel all nine weights and nine inputs
 * stay in registers; a pixel has three inputs that the one before it had not, or six where the stride
 * is two: 29 or 32 instructions for 9 products and the byte. Any other kernel goes tap by tap: eight pixels share a weight. */
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

size_t mote_depthwise_conv2d_s8_rv32_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_RV32
#include "kernels/common/asm_rv32.h"
#include "kernels/depthwise_conv2d/lanes.h"

/* clang-format off */
/* A pixel: its columns x, y and z; ra is where the first one would have its byte. */
#define NINE(x0, x1, x2, y0, y1, y2, z0, z1, z2)                                                   \
    "mul t0, " y0 ", s1\n"                                                                         \
    "mul t1, " z0 ", s2\n"                                                                         \
    "add t0, t0, t4\n"                                                                             \
    "add t0, t0, t1\n"                                                                             \
    "mul t1, " y1 ", s4\n"                                                                         \
    "add t0, t0, t1\n"                                                                             \
    "mul t1, " z1 ", s5\n"                                                                         \
    "add t0, t0, t1\n"                                                                             \
    "mul t1, " y2 ", s7\n"                                                                         \
    "add t0, t0, t1\n"                                                                             \
    "mul t1, " z2 ", s8\n"                                                                         \
    "add t0, t0, t1\n"                                                                             \
    "mul t1, " x0 ", s0\n"                                                                         \
    "add t0, t0, t1\n"                                                                             \
    "mul t1, " x1 ", s3\n"                                                                         \
    "add t0, t0, t1\n"                                                                             \
    "mul t1, " x2 ", s6\n"                                                                         \
    "add t0, t0, t1\n"                                                                             \
    MOTE_RV32_PROVED("t0", "t2", "t3")                                                             \
    MOTE_RV32_STORE("t0", "(t5)", "t1", "a0")                                                      \
    "sub t5, t5, t6\n"                                                                             \
    "beq t5, ra, 43f\n"

/* The next pixel to the left: its first column x is loaded, the second y and the third z are those
 * of the pixel before. */
#define SLIDE(at0, at1, at2, x0, x1, x2, y0, y1, y2, z0, z1, z2)                                   \
    "lb " x0 ", " at0 "(s11)\n"                                                                    \
    "lb " x1 ", " at1 "(s11)\n"                                                                    \
    "lb " x2 ", " at2 "(s11)\n"                                                                    \
    NINE(x0, x1, x2, y0, y1, y2, z0, z1, z2)

/* The same where pixels are two columns apart: only the third column, z, is there already, as the
 * first of the pixel before. */
#define SLIDE_2(x_at0, x_at1, x_at2, y_at0, y_at1, y_at2, x0, x1, x2, z0, z1, z2)                  \
    "lb a7, " y_at0 "(s11)\n"                                                                      \
    "lb s9, " y_at1 "(s11)\n"                                                                      \
    "lb s10, " y_at2 "(s11)\n"                                                                     \
    "lb " x0 ", " x_at0 "(s11)\n"                                                                  \
    "lb " x1 ", " x_at1 "(s11)\n"                                                                  \
    "lb " x2 ", " x_at2 "(s11)\n"                                                                  \
    NINE(x0, x1, x2, "a7", "s9", "s10", z0, z1, z2)

/* A pixel's part of a tap, 12 bytes of code. */
#define LANE(sum, at)                                                                              \
    "lb a7, " at "(t3)\n"                                                                          \
    "mul a7, a7, t4\n"                                                                             \
    "add " sum ", " sum ", a7\n"

/* 32 bytes of code. */
#define PIXEL(y)                                                                                   \
    MOTE_RV32_PROVED(y, "t2", "t3")                                                                \
    MOTE_RV32_STORE(y, "(t5)", "t1", "a0")                                                                   \
    "sub t5, t5, t6\n"

/* Copy a block's runs to the strip, two words at a time or, where they are not aligned, by bytes. */
#define FILL_STRIP                                                                                 \
    "addi a1, t1, 4\n"                                                                             \
    "sw a1, 24(a0)\n"                                                                              \
    "lw t5, 76(a0)\n"                                                                              \
    "11:\n"                                                                                        \
    "lw a1, 0(t3)\n"                                                                               \
    "lhu a2, 4(t3)\n"                                                                              \
    "lhu a3, 6(t3)\n"                                                                              \
    "addi t3, t3, 8\n"                                                                             \
    "add a1, a1, t1\n"                                                                             \
    "add a2, a2, t4\n"                                                                             \
    "bnez t5, 17f\n"                                                                               \
    "andi a4, a3, 1\n"                                                                             \
    "srli a3, a3, 1\n"                                                                             \
    "beqz a4, 12f\n"                                                                               \
    "lw a5, 0(a1)\n"                                                                               \
    "add a1, a1, t2\n"                                                                             \
    "sw a5, 0(a2)\n"                                                                               \
    "addi a2, a2, 4\n"                                                                             \
    "12:\n"                                                                                        \
    "beqz a3, 14f\n"                                                                               \
    "13:\n"                                                                                        \
    "lw a5, 0(a1)\n"                                                                               \
    "add a1, a1, t2\n"                                                                             \
    "lw a6, 0(a1)\n"                                                                               \
    "add a1, a1, t2\n"                                                                             \
    "sw a5, 0(a2)\n"                                                                               \
    "sw a6, 4(a2)\n"                                                                               \
    "addi a3, a3, -1\n"                                                                            \
    "addi a2, a2, 8\n"                                                                             \
    "bnez a3, 13b\n"                                                                               \
    "14:\n"                                                                                        \
    "addi t0, t0, -1\n"                                                                            \
    "bnez t0, 11b\n"                                                                               \
    "j 15f\n"                                                                                      \
    "17:\n"                                                                                        \
    "lbu a4, 0(a1)\n"                                                                              \
    "lbu a5, 1(a1)\n"                                                                              \
    "lbu a6, 2(a1)\n"                                                                              \
    "lbu a7, 3(a1)\n"                                                                              \
    "add a1, a1, t2\n"                                                                             \
    "sb a4, 0(a2)\n"                                                                               \
    "sb a5, 1(a2)\n"                                                                               \
    "sb a6, 2(a2)\n"                                                                               \
    "sb a7, 3(a2)\n"                                                                               \
    "addi a3, a3, -1\n"                                                                            \
    "addi a2, a2, 4\n"                                                                             \
    "bnez a3, 17b\n"                                                                               \
    "j 14b\n"

/* What points to a channel moves on. Strip s11, weights a1, record a3, output t5, its step t6. */
#define NEXT_CHANNEL                                                                               \
    "lw s11, 0(a0)\n"                                                                              \
    "lw a1, 4(a0)\n"                                                                               \
    "lw a2, 8(a0)\n"                                                                               \
    "lw a3, 12(a0)\n"                                                                              \
    "lw t5, 16(a0)\n"                                                                              \
    "lw t6, 20(a0)\n"                                                                              \
    "lw a4, 68(a0)\n"                                                                              \
    "lw a5, 64(a0)\n"                                                                              \
    "lw a6, 52(a0)\n"                                                                              \
    "addi t0, s11, 1\n"                                                                            \
    "addi t1, a1, 1\n"                                                                             \
    "sw t0, 0(a0)\n"                                                                               \
    "sw t1, 4(a0)\n"                                                                               \
    "addi t0, a2, 4\n"                                                                             \
    "addi t1, a3, 8\n"                                                                             \
    "sw t0, 8(a0)\n"                                                                               \
    "sw t1, 12(a0)\n"                                                                              \
    "addi t0, t5, 1\n"                                                                             \
    "sw t0, 16(a0)\n"

/* The weights in s0-s8, the two columns right of the last pixel in a4-a6 and a7, s9, s10. */
#define PLAIN_STRIP                                                                                \
    "lb s0, 0(a1)\n"                                                                               \
    "lb s1, 4(a1)\n"                                                                               \
    "lb s2, 8(a1)\n"                                                                               \
    "lb s3, 12(a1)\n"                                                                              \
    "lb s4, 16(a1)\n"                                                                              \
    "lb s5, 20(a1)\n"                                                                              \
    "lb s6, 24(a1)\n"                                                                              \
    "lb s7, 28(a1)\n"                                                                              \
    "lb s8, 32(a1)\n"                                                                              \
    "mul ra, a4, t6\n"                                                                             \
    "addi a5, a5, 1\n"                                                                             \
    "sll a4, a4, a5\n"                                                                             \
    "addi t0, a5, -2\n"                                                                            \
    "add s11, s11, a4\n"                                                                           \
    "sub ra, t5, ra\n"                                                                             \
    "lb a4, 0(s11)\n"                                                                              \
    "lb a5, 104(s11)\n"                                                                            \
    "lb a6, 208(s11)\n"                                                                            \
    "li a0, 256\n"                                                                                 \
    "bnez t0, 25f\n"                                                                               \
    "lb a7, 4(s11)\n"                                                                              \
    "lb s9, 108(s11)\n"                                                                            \
    "lb s10, 212(s11)\n"                                                                           \
    "20:\n"                                                                                        \
    SLIDE("-4", "100", "204", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s9", "s10")               \
    SLIDE("-8", "96", "200", "a7", "s9", "s10", "a1", "a2", "a3", "a4", "a5", "a6")                \
    SLIDE("-12", "92", "196", "a4", "a5", "a6", "a7", "s9", "s10", "a1", "a2", "a3")               \
    "addi s11, s11, -12\n"                                                                         \
    "j 20b\n"                                                                                      \
    "25:\n"                                                                                        \
    SLIDE_2("-8", "96", "200", "-4", "100", "204", "a1", "a2", "a3", "a4", "a5", "a6")             \
    SLIDE_2("-16", "88", "192", "-12", "92", "196", "a4", "a5", "a6", "a1", "a2", "a3")            \
    "addi s11, s11, -16\n"                                                                         \
    "j 25b\n"

/* Tap by tap. */
#define ANY_TAPS                                                                                   \
    "lw t0, 56(a0)\n"                                                                              \
    "lw t1, 60(a0)\n"                                                                              \
    "mv s0, t4\n"                                                                                  \
    "mv s1, t4\n"                                                                                  \
    "mv s2, t4\n"                                                                                  \
    "mv s3, t4\n"                                                                                  \
    "mv s4, t4\n"                                                                                  \
    "mv s5, t4\n"                                                                                  \
    "mv s6, t4\n"                                                                                  \
    "mv s7, t4\n"                                                                                  \
    "li a2, 8\n"                                                                                   \
    "sub a4, a2, a4\n"                                                                             \
    "slli a2, a4, 3\n"                                                                             \
    "slli a5, a4, 2\n"                                                                             \
    "add a2, a2, a5\n"                                                                             \
    "lla t2, 33f\n"                                                                                \
    "add t2, t2, a2\n"                                                                             \
    "32:\n"                                                                                        \
    "lbu t3, 0(t0)\n"                                                                              \
    "lb t4, 0(a1)\n"                                                                               \
    "addi t0, t0, 1\n"                                                                             \
    "slli t3, t3, 2\n"                                                                             \
    "addi a1, a1, 4\n"                                                                             \
    "add t3, t3, s11\n"                                                                            \
    "jr t2\n"                                                                                      \
    ".option push\n"                                                                               \
    ".option norvc\n"                                                                              \
    "33:\n"                                                                                        \
    LANE("s7", "28")                                                                               \
    LANE("s6", "24")                                                                               \
    LANE("s5", "20")                                                                               \
    LANE("s4", "16")                                                                               \
    LANE("s3", "12")                                                                               \
    LANE("s2", "8")                                                                                \
    LANE("s1", "4")                                                                                \
    LANE("s0", "0")                                                                                \
    ".option pop\n"                                                                                \
    "bne t0, t1, 32b\n"

#define PROVED_PIXELS                                                                              \
    "slli a4, a4, 5\n"                                                                             \
    "lla t4, 41f\n"                                                                                \
    "add t4, t4, a4\n"                                                                             \
    "lw t2, 0(a3)\n"                                                                               \
    "lw t3, 4(a3)\n"                                                                               \
    "li a0, 256\n"                                                                                 \
    "jr t4\n"                                                                                      \
    ".option push\n"                                                                               \
    ".option norvc\n"                                                                              \
    "41:\n"                                                                                        \
    PIXEL("s7")                                                                                    \
    PIXEL("s6")                                                                                    \
    PIXEL("s5")                                                                                    \
    PIXEL("s4")                                                                                    \
    PIXEL("s3")                                                                                    \
    PIXEL("s2")                                                                                    \
    PIXEL("s1")                                                                                    \
    PIXEL("s0")                                                                                    \
    ".option pop\n"

#define STORE_SUMS                                                                                 \
    "sw s0, 0(a6)\n"                                                                               \
    "sw s1, 4(a6)\n"                                                                               \
    "sw s2, 8(a6)\n"                                                                               \
    "sw s3, 12(a6)\n"                                                                              \
    "sw s4, 16(a6)\n"                                                                              \
    "sw s5, 20(a6)\n"                                                                              \
    "sw s6, 24(a6)\n"                                                                              \
    "sw s7, 28(a6)\n"

/* Strip, weights, biases, records. */
#define NEXT_BLOCK                                                                                 \
    "lw t0, 0(a0)\n"                                                                               \
    "lw t1, 4(a0)\n"                                                                               \
    "lw t2, 48(a0)\n"                                                                              \
    "lw t3, 8(a0)\n"                                                                               \
    "lw t4, 12(a0)\n"                                                                              \
    "addi t0, t0, -4\n"                                                                            \
    "addi t1, t1, -4\n"                                                                            \
    "add t1, t1, t2\n"                                                                             \
    "addi t3, t3, 32\n"                                                                            \
    "addi t4, t4, 16\n"                                                                            \
    "sw t0, 0(a0)\n"                                                                               \
    "sw t1, 4(a0)\n"                                                                               \
    "sw t3, 8(a0)\n"                                                                               \
    "sw t4, 12(a0)\n"

/* At 52 on the stack: `l`. Loops over pixels begin with the last one that is there. */
static __attribute__((naked, noinline)) void mote_lanes_run(struct mote_lanes *l
                                                            __attribute__((unused)))
{
    __asm__ volatile(
        MOTE_RV32_PUSH
        "10:\n" /* a block: fill the strip */
        "lw a0, 52(sp)\n"
        "lw t0, 36(a0)\n"
        "lw t1, 24(a0)\n"
        "lw t2, 28(a0)\n"
        "lw t3, 32(a0)\n"
        "lw t4, 0(a0)\n"
        "beqz t0, 15f\n"
        FILL_STRIP
        "15:\n"
        "lw t0, 40(a0)\n"
        "sw t0, 72(a0)\n"
        "16:\n" /* a channel; what points to it moves on */
        "lw a0, 52(sp)\n"
        NEXT_CHANNEL
        "lw t4, 0(a2)\n"
        "bnez a6, 30f\n"
        "lw t2, 0(a3)\n"
        "lw t3, 4(a3)\n"
        "beqz a5, 30f\n"
        PLAIN_STRIP
        "30:\n" /* any taps */
        ANY_TAPS
        "bnez a6, 42f\n"
        PROVED_PIXELS
        "j 43f\n"
        "42:\n" /* ROUND_EXACT: the sums as they are */
        STORE_SUMS
        "43:\n"
        "lw a0, 52(sp)\n"
        "lw t0, 72(a0)\n"
        "addi t0, t0, -1\n"
        "sw t0, 72(a0)\n"
        "bnez t0, 16b\n"
        "lw t0, 44(a0)\n"
        "addi t0, t0, -1\n"
        "sw t0, 44(a0)\n"
        "beqz t0, 50f\n"
        NEXT_BLOCK
        "j 10b\n"
        "50:\n"
        MOTE_RV32_POP_RETURN);
}

/* The next record, at t3, makes a byte of a sum. */
#define PROVED(y, at)                                                                              \
    "lw a5, 0(t3)\n"                                                                               \
    "lw a6, 4(t3)\n"                                                                               \
    "addi t3, t3, 8\n"                                                                             \
    MOTE_RV32_PROVED(y, "a5", "a6")                                                                \
    MOTE_RV32_STORE(y, at "(t0)", "a7", "t1")

#define EXACT(y, at)                                                                               \
    "lw a5, 0(t3)\n"                                                                               \
    "lw a6, 4(t3)\n"                                                                               \
    "lw a7, 8(t3)\n"                                                                               \
    "addi t3, t3, 12\n"                                                                            \
    MOTE_RV32_EXACT(y, "a5", "a6", "a7", "t5", "t6")                                               \
    MOTE_RV32_STORE(y, at "(t0)", "a7", "t1")

/* a1-a4 are the sums of the channels. */
static __attribute__((naked, noinline)) void mote_column_run(struct mote_column *c
                                                             __attribute__((unused)))
{
    __asm__ volatile(
        "lw t2, 8(a0)\n"
        "lw t3, 12(a0)\n"
        "1:\n" /* a block */
        "lw t0, 0(a0)\n"
        "lw t1, 4(a0)\n"
        "lw t4, 20(a0)\n"
        "lw a1, 0(t3)\n"
        "lw a2, 4(t3)\n"
        "lw a3, 8(t3)\n"
        "lw a4, 12(t3)\n"
        "addi t3, t3, 16\n"
        "addi a5, t0, 4\n"
        "sw a5, 0(a0)\n"
        "2:\n" /* a tap */
        "lb a5, 0(t0)\n"
        "lb a6, 0(t2)\n"
        "lb a7, 1(t0)\n"
        "lb t5, 1(t2)\n"
        "mul a5, a5, a6\n"
        "lb t6, 2(t0)\n"
        "mul a7, a7, t5\n"
        "add a1, a1, a5\n"
        "lb a6, 2(t2)\n"
        "lb a5, 3(t0)\n"
        "lb t5, 3(t2)\n"
        "add a2, a2, a7\n"
        "mul t6, t6, a6\n"
        "mul a5, a5, t5\n"
        "add t0, t0, t1\n"
        "addi t2, t2, 4\n"
        "add a3, a3, t6\n"
        "add a4, a4, a5\n"
        "addi t4, t4, -1\n"
        "bnez t4, 2b\n"
        "lw a5, 28(a0)\n"
        "lw t0, 16(a0)\n"
        "li t1, 256\n"
        "bnez a5, 3f\n"
        PROVED("a1", "0")
        PROVED("a2", "1")
        PROVED("a3", "2")
        PROVED("a4", "3")
        "j 4f\n"
        "3:\n"
        EXACT("a1", "0")
        EXACT("a2", "1")
        EXACT("a3", "2")
        EXACT("a4", "3")
        "4:\n"
        "lw t4, 24(a0)\n"
        "addi t0, t0, 4\n"
        "sw t0, 16(a0)\n"
        "addi t4, t4, -1\n"
        "sw t4, 24(a0)\n"
        "bnez t4, 1b\n"
        "ret\n");
}
/* clang-format on */

void mote_depthwise_conv2d_s8_rv32(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                   const int8_t *w, const int32_t *records, int8_t *out,
                                   void *scratch)
{
    (void)scratch;
    mote_depthwise_by_strips(op, in, w, records, out);
}
#endif
