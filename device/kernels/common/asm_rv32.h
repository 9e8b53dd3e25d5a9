/* asm_rv32.h - pieces of assembly for RISC-V with 32 bits and M.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Arguments are names of registers. */
#ifndef MOTE_COMMON_ASM_RV32_H
#define MOTE_COMMON_ASM_RV32_H

/* All registers that a function must keep; a0 lies at 52(sp). */
#define MOTE_RV32_PUSH                                                                             \
    "addi sp, sp, -64\n"                                                                           \
    "sw ra, 0(sp)\n"                                                                               \
    "sw s0, 4(sp)\n"                                                                               \
    "sw s1, 8(sp)\n"                                                                               \
    "sw s2, 12(sp)\n"                                                                              \
    "sw s3, 16(sp)\n"                                                                              \
    "sw s4, 20(sp)\n"                                                                              \
    "sw s5, 24(sp)\n"                                                                              \
    "sw s6, 28(sp)\n"                                                                              \
    "sw s7, 32(sp)\n"                                                                              \
    "sw s8, 36(sp)\n"                                                                              \
    "sw s9, 40(sp)\n"                                                                              \
    "sw s10, 44(sp)\n"                                                                             \
    "sw s11, 48(sp)\n"                                                                             \
    "sw a0, 52(sp)\n"

#define MOTE_RV32_POP_RETURN                                                                       \
    "lw ra, 0(sp)\n"                                                                               \
    "lw s0, 4(sp)\n"                                                                               \
    "lw s1, 8(sp)\n"                                                                               \
    "lw s2, 12(sp)\n"                                                                              \
    "lw s3, 16(sp)\n"                                                                              \
    "lw s4, 20(sp)\n"                                                                              \
    "lw s5, 24(sp)\n"                                                                              \
    "lw s6, 28(sp)\n"                                                                              \
    "lw s7, 32(sp)\n"                                                                              \
    "lw s8, 36(sp)\n"                                                                              \
    "lw s9, 40(sp)\n"                                                                              \
    "lw s10, 44(sp)\n"                                                                             \
    "lw s11, 48(sp)\n"                                                                             \
    "addi sp, sp, 64\n"                                                                            \
    "ret\n"

/* ROUND_PROVED, but for the clamp: high32(y * mult) + add. */
#define MOTE_RV32_PROVED(y, mult, add)                                                             \
    "mulh " y ", " y ", " mult "\n"                                                                \
    "add " y ", " y ", " add "\n"

/* ROUND_EXACT, but for the clamp: h = high32(y * mult + 2^31) + y, where bit 31 of the low word is
 * what the sum carries; then (h + (h >> 31) + add) >> shift. `t` and `u` are free. */
#define MOTE_RV32_EXACT(y, mult, add, shift, t, u)                                                 \
    "mulh " t ", " y ", " mult "\n"                                                                \
    "mul " u ", " y ", " mult "\n"                                                                 \
    "srli " u ", " u ", 31\n"                                                                      \
    "add " y ", " y ", " t "\n"                                                                    \
    "add " y ", " y ", " u "\n"                                                                    \
    "srai " t ", " y ", 31\n"                                                                      \
    "add " y ", " y ", " t "\n"                                                                    \
    "add " y ", " y ", " add "\n"                                                                  \
    "sra " y ", " y ", " shift "\n"

/* Store a number as a byte, held in -128..127; `c256` is 256, `t` is free. Where it is out of range,
 * its sign says which end. */
#define MOTE_RV32_STORE(y, at, t, c256)                                                            \
    "addi " t ", " y ", 128\n"                                                                     \
    "bltu " t ", " c256 ", 9f\n"                                                                   \
    "srai " y ", " y ", 31\n"                                                                      \
    "xori " y ", " y ", 127\n"                                                                     \
    "9: sb " y ", " at "\n"
#endif
