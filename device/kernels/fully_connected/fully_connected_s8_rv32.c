/* fully_connected_s8_rv32.c - dense layer for RISC-V with 32 bits and M.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sixteen outputs at a time (kernels/fully_connected/dense.h): 17 loads, 16 MUL and 16 ADD for 16 products. No
 * weight serves twice, so that a product cannot take less than these three. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_rv32_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_RV32
#include "kernels/common/asm_rv32.h"
#include "kernels/fully_connected/dense.h"

/* clang-format off */
/* Four outputs. A load stands two instructions before its use. */
#define FOUR(w, at0, at1, at2, at3, s0, s1, s2, s3)                                                \
    "lb t0, " at0 "(" w ")\n"                                                                      \
    "lb t1, " at1 "(" w ")\n"                                                                      \
    "lb t2, " at2 "(" w ")\n"                                                                      \
    "lb t3, " at3 "(" w ")\n"                                                                      \
    "mul t0, t0, a0\n"                                                                             \
    "mul t1, t1, a0\n"                                                                             \
    "mul t2, t2, a0\n"                                                                             \
    "mul t3, t3, a0\n"                                                                             \
    "add " s0 ", " s0 ", t0\n"                                                                     \
    "add " s1 ", " s1 ", t1\n"                                                                     \
    "add " s2 ", " s2 ", t2\n"                                                                     \
    "add " s3 ", " s3 ", t3\n"

/* An input by sixteen outputs. Loads and products have four bytes each, sums two where there are
 * short instructions. */
#define TAP(x, w0, w1, w2, w3)                                                                     \
    "lb a0, " x "(a1)\n"                                                                           \
    FOUR("t4", w0, w1, w2, w3, "s0", "s1", "s2", "s3")                                             \
    FOUR("t5", w0, w1, w2, w3, "s4", "s5", "s6", "s7")                                             \
    FOUR("t6", w0, w1, w2, w3, "s8", "s9", "s10", "s11")                                           \
    FOUR("ra", w0, w1, w2, w3, "a4", "a5", "a6", "a7")
#ifdef __riscv_compressed
#define TAP_CODE 164u
#else
#define TAP_CODE 196u
#endif

#define ALL_SUMS(what)                                                                             \
    what " s0, 0(a3)\n"                                                                            \
    what " s1, 4(a3)\n"                                                                            \
    what " s2, 8(a3)\n"                                                                            \
    what " s3, 12(a3)\n"                                                                           \
    what " s4, 16(a3)\n"                                                                           \
    what " s5, 20(a3)\n"                                                                           \
    what " s6, 24(a3)\n"                                                                           \
    what " s7, 28(a3)\n"                                                                           \
    what " s8, 32(a3)\n"                                                                           \
    what " s9, 36(a3)\n"                                                                           \
    what " s10, 40(a3)\n"                                                                          \
    what " s11, 44(a3)\n"                                                                          \
    what " a4, 48(a3)\n"                                                                           \
    what " a5, 52(a3)\n"                                                                           \
    what " a6, 56(a3)\n"                                                                           \
    what " a7, 60(a3)\n"

static __attribute__((naked, noinline)) void mote_dense_sums(struct mote_dense *d
                                                             __attribute__((unused)))
{
    __asm__ volatile(
        MOTE_RV32_PUSH
        "lw a1, 0(a0)\n"
        "lw a2, 4(a0)\n"
        "lw t0, 8(a0)\n"
        "lw a3, 12(a0)\n"
        "lw t4, 16(a0)\n"
        "lw t5, 20(a0)\n"
        "lw t6, 24(a0)\n"
        "lw ra, 28(a0)\n"
        ALL_SUMS("lw")
        "lla t1, 1f\n"
        "add t0, t0, t1\n"
        "jr t0\n"
        "1:\n"
        TAP("0", "0", "1", "2", "3")
        TAP("1", "4", "5", "6", "7")
        TAP("2", "8", "9", "10", "11")
        TAP("3", "12", "13", "14", "15")
        "addi a1, a1, 4\n"
        "addi t4, t4, 16\n"
        "addi t5, t5, 16\n"
        "addi t6, t6, 16\n"
        "addi ra, ra, 16\n"
        "bne a1, a2, 1b\n"
        ALL_SUMS("sw")
        MOTE_RV32_POP_RETURN);
}
/* clang-format on */

void mote_fully_connected_s8_rv32(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *records, int8_t *out,
                                  void *scratch)
{
    static const struct mote_dense_loop loop = {
        .blocks = 4, .round = 4, .code_bytes = TAP_CODE, .low = 0};
    (void)scratch;
    mote_dense_layer(op, &loop, in, w, records, out);
}
#endif
