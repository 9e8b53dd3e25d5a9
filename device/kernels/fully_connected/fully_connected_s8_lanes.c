/* fully_connected_s8_lanes.c - dense layer for RISC-V with 32 bits and M, two sums in a register.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Four outputs share a word of weights, W = E + 2^8 * O, where E = w0 + 2^16 * w2 and O = w1 + 2^16 * w3
 * (host/pack/lanes.h). A shift and an AND give O. With two products an input,
 *
 *     e = sum of x * W     o = sum of x * O     modulo 2^32,
 *
 * e - 2^8 * o is the sum of x * E. Weights have 128 added, so that they are bytes without a sign; the
 * sum of the inputs times 128 * (1 + 2^16) takes that off again. What is left are two sums with signs,
 * low + 2^16 * high, and while `low` lies in -2^15..2^15 - 1, as the host has seen to for each group of
 * taps, and so does `high`,
 *
 *     high = (low + 2^16 * high + 2^15) >> 16.
 *
 * So behind each group `high` is added up in 32 bits, and so is low + 2^16 * high, modulo 2^32: in the end
 * that gives the sum of `low`.
 *
 * Eight outputs at a time: a tap is 16 instructions for 8 products, the end of a group some 35. Order:
 * rows; within a row blocks of eight. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_lanes_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_RV32
#include "kernels/common/asm_rv32.h"
#include "kernels/common/record.h"

#define BLOCK 8u /* outputs */
#define UNIT  4u /* taps    */

/* What the inner loop knows, by these offsets. */
struct lanes {
    uintptr_t x;         /*  0: the inputs; moves to those of the rest */
    const uint32_t *w;   /*  4: of a block; moves to those of the rest */
    const uint8_t *list; /*  8: its groups; moves to the next block's  */
    int32_t sums[BLOCK]; /* 12                                         */
};

/* clang-format off */
/* An input by eight outputs: the offsets of its loads. a5 is 255 * (1 + 2^16); a4 sums the inputs, s8 and
 * s9 are e and o of the first four outputs, s10 and s11 of the others. */
#define TAP(x, w0, w1)                                                                             \
    "lw t0, " w0 "(a2)\n"                                                                          \
    "lb a0, " x "(a1)\n"                                                                           \
    "lw t2, " w1 "(a2)\n"                                                                          \
    "srli t1, t0, 8\n"                                                                             \
    "and t1, t1, a5\n"                                                                             \
    "srli t3, t2, 8\n"                                                                             \
    "mul t0, t0, a0\n"                                                                             \
    "and t3, t3, a5\n"                                                                             \
    "mul t1, t1, a0\n"                                                                             \
    "add a4, a4, a0\n"                                                                             \
    "mul t2, t2, a0\n"                                                                             \
    "add s8, s8, t0\n"                                                                             \
    "mul t3, t3, a0\n"                                                                             \
    "add s9, s9, t1\n"                                                                             \
    "add s10, s10, t2\n"                                                                           \
    "add s11, s11, t3\n"

/* Behind a group: add up and begin anew. t0 is what to take off, less 2^15. */
#define ADD_UP(e, o, all_e, all_o, high_e, high_o)                                                 \
    "slli t1, " o ", 8\n"                                                                          \
    "sub t1, " e ", t1\n"                                                                          \
    "add " all_e ", " all_e ", t1\n"                                                               \
    "add " all_o ", " all_o ", " o "\n"                                                            \
    "sub t1, t1, t0\n"                                                                             \
    "sub t2, " o ", t0\n"                                                                          \
    "srai t1, t1, 16\n"                                                                            \
    "srai t2, t2, 16\n"                                                                            \
    "add " high_e ", " high_e ", t1\n"                                                             \
    "add " high_o ", " high_o ", t2\n"                                                             \
    "li " e ", 0\n"                                                                                \
    "li " o ", 0\n"

/* `all` becomes the sum of its lower half. t0 is what to take off. */
#define LOW(all, high)                                                                             \
    "slli t1, " high ", 16\n"                                                                      \
    "sub " all ", " all ", t0\n"                                                                   \
    "sub " all ", " all ", t1\n"

/* Four sums; those of e are of outputs 0 and 2. */
#define TAKE_APART(all_e, all_o, high_e, high_o, at0, at1, at2, at3)                               \
    LOW(all_e, high_e)                                                                             \
    LOW(all_o, high_o)                                                                             \
    "sw " all_e ", " at0 "(t3)\n"                                                                  \
    "sw " all_o ", " at1 "(t3)\n"                                                                  \
    "sw " high_e ", " at2 "(t3)\n"                                                                 \
    "sw " high_o ", " at3 "(t3)\n"

/* All groups of a block. */
static __attribute__((naked, noinline)) void block_sums(struct lanes *l __attribute__((unused)))
{
    __asm__ volatile(
        MOTE_RV32_PUSH
        "lw a1, 0(a0)\n"
        "lw a2, 4(a0)\n"
        "lw a6, 8(a0)\n"
        "li a5, 0x00ff00ff\n"
        "li a7, 0x00800080\n"
        "li t5, 0x8000\n"
        "li t6, 0\n" /* the inputs of all groups */
        "li a4, 0\n"
        "li s0, 0\n"
        "li s1, 0\n"
        "li s2, 0\n"
        "li s3, 0\n"
        "li s4, 0\n"
        "li s5, 0\n"
        "li s6, 0\n"
        "li s7, 0\n"
        "li s8, 0\n"
        "li s9, 0\n"
        "li s10, 0\n"
        "li s11, 0\n"
        "1:\n" /* a group */
        "lbu t1, 0(a6)\n"
        "addi a6, a6, 1\n"
        "andi t2, t1, 1\n"
        "beqz t2, 2f\n"
        "addi a1, a1, -4\n" /* its first unit again */
        "addi t1, t1, -1\n"
        "2:\n"
        "add a3, a1, t1\n"
        "beqz t1, 4f\n"
        "3:\n"
        TAP("0", "0", "4")
        TAP("1", "8", "12")
        TAP("2", "16", "20")
        TAP("3", "24", "28")
        "addi a1, a1, 4\n"
        "addi a2, a2, 32\n"
        "bne a1, a3, 3b\n"
        "mul t0, a4, a7\n"
        "add t6, t6, a4\n"
        "li a4, 0\n"
        "sub t0, t0, t5\n"
        ADD_UP("s8", "s9", "s0", "s1", "s2", "s3")
        ADD_UP("s10", "s11", "s4", "s5", "s6", "s7")
        "j 1b\n"
        "4:\n"
        "lw t3, 52(sp)\n"
        "mul t0, t6, a7\n"
        "sw a1, 0(t3)\n"
        "sw a2, 4(t3)\n"
        "sw a6, 8(t3)\n"
        TAKE_APART("s0", "s1", "s2", "s3", "12", "16", "20", "24")
        TAKE_APART("s4", "s5", "s6", "s7", "28", "32", "36", "40")
        MOTE_RV32_POP_RETURN);
}
/* clang-format on */

/* The taps that are in no group, fewer than a unit. */
static void add_rest(struct lanes *l, uint32_t n)
{
    const int8_t *x = (const int8_t *)l->x;
    for (uint32_t t = 0; t < n; t++)
        for (uint32_t i = 0; i < BLOCK; i += 4) {
            const uint32_t w = *l->w++;
            for (uint32_t k = 0; k < 4; k++)
                l->sums[i + k] += x[t] * ((int32_t)(w >> 8 * k & 255) - 128);
        }
}

/* n outputs, their biases and the first one's record. */
static void write_bytes(const struct mote_fully_connected_s8 *op, const int32_t *sums,
                        const int32_t *biases, const int32_t *record, uint32_t n, int8_t *out)
{
    const bool is_proved = op->is_proved;
    const size_t step = op->one_scale ? 0 : mote_record_words(is_proved);
    for (const int8_t *end = out + n; out < end; record += step)
        *out++ = mote_by_record(record, is_proved, *sums++ + *biases++);
}

static void one_row(const struct mote_fully_connected_s8 *op, struct lanes *l, const int8_t *in,
                    const int32_t *records, int8_t *out)
{
    const uint32_t n_blocks = (op->out_n + BLOCK - 1) / BLOCK;
    const size_t own = op->one_scale ? 0 : BLOCK * mote_record_words(op->is_proved);
    const int32_t *all = records + BLOCK * n_blocks;
    for (uint32_t i = 0; i < op->out_n; i += BLOCK, records += BLOCK + own) {
        const uint32_t left = op->out_n - i;
        l->x = (uintptr_t)in;
        block_sums(l);
        add_rest(l, op->in_n % UNIT);
        write_bytes(op, l->sums, records, op->one_scale ? all : records + BLOCK,
                    left < BLOCK ? left : BLOCK, out + i);
    }
}

void mote_fully_connected_s8_lanes(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                   const uint32_t *w, const int32_t *records, int8_t *out,
                                   void *scratch)
{
    (void)scratch;
    for (uint32_t row = 0; row < op->rows; row++, in += op->in_n, out += op->out_n) {
        struct lanes l = {.w = w, .list = (const uint8_t *)(w + records[0])};
        one_row(op, &l, in, records + 1, out);
        mote_clamp_s8(out, op->out_n, op->out_min, op->out_max);
    }
}
#endif
