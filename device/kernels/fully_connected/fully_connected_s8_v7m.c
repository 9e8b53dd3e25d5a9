/* fully_connected_s8_v7m.c - dense layer for cores with a multiply-accumulate but no SIMD
 * (Cortex-M3). SPDX-License-Identifier: Apache-2.0
 *
 * Eight outputs at a time (kernels/fully_connected/dense.h): 9 loads and 8 MLA for 8 products. No weight
 * serves twice, so that a product cannot take less than a load and an MLA. */
#include "mote/fully_connected.h"
#include "mote/isa.h"

size_t mote_fully_connected_s8_v7m_scratch(const struct mote_fully_connected_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_V7M
#include "kernels/fully_connected/dense.h"

/* clang-format off */
/* Two outputs; loads in pairs, since a load after a load takes one cycle. */
#define TWO(w, at0, at1, s0, s1)                                                                   \
    "ldrsb r9, [" w ", #" at0 "]\n"                                                                \
    "ldrsb r10, [" w ", #" at1 "\n"                                                                \
    "mla " s0 ", r9, r8, " s0 "\n"                                                                 \
    "mla " s1 ", r10, r8, " s1 "\n"

/* An input by eight outputs: 68 bytes. */
#define TAP(x, w0, w1, w2, w3)                                                                     \
    "ldrsb r8, [lr, #" x "\n"                                                                      \
    TWO("r11", w0, w1 "]", "r0", "r1")                                                             \
    TWO("r11", w2, w3, "r2", "r3")                                                                 \
    TWO("r12", w0, w1 "]", "r4", "r5")                                                             \
    TWO("r12", w2, w3, "r6", "r7")

/* r0-r7 are the sums; on the stack: d, x_end. Loads that move a pointer move it first. */
static __attribute__((naked, noinline)) void mote_dense_sums(struct mote_dense *d
                                                             __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0, r4-r11, lr}\n"
        "ldrd lr, r9, [r0]\n"
        "ldrd r8, r10, [r0, #8]\n"
        "ldrd r11, r12, [r0, #16]\n"
        "push {r9}\n"
        "adr r9, 1f + 1\n"
        "add r8, r9\n"
        "ldm r10, {r0-r7}\n"
        "bx r8\n"
        ".balign 4\n"
        "1:\n"
        TAP("1]", "1", "2", "3", "4]")
        TAP("2]", "5", "6", "7", "8]")
        TAP("3]", "9", "10", "11", "12]")
        TAP("4]", "13", "14", "15", "16]")
        TAP("5]", "17", "18", "19", "20]")
        TAP("6]", "21", "22", "23", "24]")
        TAP("7]", "25", "26", "27", "28]")
        TAP("8]!", "29", "30", "31", "32]!")
        "ldr r9, [sp]\n"
        "cmp lr, r9\n"
        "bne 1b\n"
        "ldr r8, [sp, #4]\n"
        "ldr r8, [r8, #12]\n"
        "stm r8, {r0-r7}\n"
        "add sp, #8\n"
        "pop {r4-r11, pc}\n");
}
/* clang-format on */

void mote_fully_connected_s8_v7m(const struct mote_fully_connected_s8 *op, const int8_t *in,
                                 const int8_t *w, const int32_t *records, int8_t *out,
                                 void *scratch)
{
    static const struct mote_dense_loop loop = {
        .blocks = 2, .round = 8, .code_bytes = 68, .low = 1};
    (void)scratch;
    mote_dense_layer(op, &loop, in, w, records, out);
}
#endif
