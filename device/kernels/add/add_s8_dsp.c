/* add_s8_dsp.c - elementwise sum for cores that multiply 32 by 16 bits (Cortex-M4, M7, M33).
 * SPDX-License-Identifier: Apache-2.0
 *
 * The host has proved that one weighted sum gives the bytes of the definition (host/pack/sum.h):
 * SMLAWB and SMLAWT take an operand from either half of a word, and drop 16 bits of the product:
 * eight of the factor and the eight that the element, the high byte of its half, is too large by.
 * 24 instructions for four elements. */
#include "mote/add.h"
#include "mote/isa.h"

size_t mote_add_s8_dsp_scratch(const struct mote_add_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_DSP
#include "kernels/common/requant.h"

/* What the loop knows, by its offsets. */
struct four {
    const int8_t *a, *b, *a_end;
    int8_t *out;
    int32_t a_factor, b_factor, offset;
};

#define ELEMENT(half, a, b, y)                                                                     \
    "smlaw" half " " y ", r4, " a ", r6\n"                                                         \
    "smlaw" half " " y ", r5, " b ", " y "\n"                                                      \
    "ssat " y ", #8, " y ", asr #20\n"

/* Groups of four elements, at least one. `out` may be `a` or `b`. */
/* clang-format off */
static __attribute__((naked, noinline)) void groups(const struct four *f __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4-r11, lr}\n"
        "ldm r0, {r0-r6}\n" /* a, b, a_end, out, factors, offset */
        "push {r2}\n"
        "mvn r2, #0x00ff00ff\n"
        "1:\n"
        "ldr r7, [r0], #4\n"
        "ldr r8, [r1], #4\n"
        "and r9, r2, r7, lsl #8\n"
        "and r10, r2, r8, lsl #8\n"
        "and r7, r2\n"
        "and r8, r2\n"
        ELEMENT("b", "r9", "r10", "r11")
        ELEMENT("b", "r7", "r8", "r12")
        ELEMENT("t", "r9", "r10", "lr")
        ELEMENT("t", "r7", "r8", "r7")
        "bfi r11, r12, #8, #8\n"
        "bfi r11, lr, #16, #8\n"
        "bfi r11, r7, #24, #8\n"
        "str r11, [r3], #4\n"
        "ldr r7, [sp]\n"
        "cmp r0, r7\n"
        "bne 1b\n"
        "pop {r2, r4-r11, pc}\n");
}
/* clang-format on */

static int8_t element(const struct mote_add_s8 *op, int32_t a, int32_t b)
{
    const int64_t a_part = (int64_t)a * op->a_factor >> 8;
    const int64_t b_part = (int64_t)b * op->b_factor >> 8;
    return mote_to_s8((int32_t)((a_part + b_part + op->offset) >> 20), 0, -128, 127);
}

void mote_add_s8_dsp(const struct mote_add_s8 *op, const int8_t *a, const int8_t *b, int8_t *out,
                     void *scratch)
{
    (void)scratch;
    const uint32_t n_whole = op->n / 4 * 4;
    const struct four f = {a, b, a + n_whole, out, op->a_factor, op->b_factor, op->offset};
    if (n_whole > 0)
        groups(&f);
    for (uint32_t i = n_whole; i < op->n; i++)
        out[i] = element(op, a[i], b[i]);
    mote_clamp_s8(out, op->n, op->out_min, op->out_max);
}
#endif
