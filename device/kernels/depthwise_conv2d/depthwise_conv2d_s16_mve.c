/* depthwise_conv2d_s16_mve.c - depthwise convolution of int16 for cores with Helium (Cortex-M55).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Eight channels at a time: a tap is two loads, which widen weights, two products of vectors, VMULLB and
 * VMULLT, and two additions to sums of 32 bits; with its addresses and the loop 9 instructions for eight
 * products. host/pack/eights.h says how records lie; the host has proved that sums fit (shorts.h).
 *
 * Order: output rows; within a row the pixels; within a pixel eight channels after eight, of which the
 * last begin earlier where they would not be whole. */
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

size_t mote_depthwise_conv2d_s16_mve_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_MVE
#include "kernels/common/mve.h"
#include "kernels/common/window.h"

#define BLOCK 8u

/* Of one pixel; steps in bytes. In the order of the registers that it is loaded into. */
struct pixel {
    const int16_t *x;       /* r1: the first tap inside the image                */
    const int8_t *w;        /* r2                                                */
    uint32_t x_tap, w_tap;  /* r3, r4                                            */
    uint32_t x_row, w_row;  /* r5, r6: from the end of a row of taps to the next */
    uint32_t n_taps;        /* r8: of a row                                      */
    const int32_t *records; /* r9                                                */
    int16_t *out;           /* r10                                               */
    uint32_t is_exact;      /* r11: ROUND_EXACT                                  */
    uint32_t n_rows;        /* r12: may be 0                                     */
    uint32_t n_blocks;      /* lr                                                */
};

/* clang-format off */

/* Sums of even channels in q0, of odd ones in q1; on the stack x, w, r7, n_rows, n_blocks. */
static inline void blocks(const struct pixel *p)
{
    register const struct pixel *r0 __asm__("r0") = p;
    __asm__ volatile(
        "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10, r11, r12, lr}\n"
        "push {r1, r2, r7, r12, lr}\n"
        "mov r7, r12\n"
        "1:\n"
        "vldrw.32 q0, [r9], #16\n"
        "vldrw.32 q1, [r9], #16\n"
        "cbz r7, 4f\n"
        "2: dls lr, r8\n"
        "3: vldrh.16 q2, [r1]\n"
        "add r1, r3\n"
        "vldrb.s16 q3, [r2]\n"
        "vmullb.s16 q4, q2, q3\n"
        "add r2, r4\n"
        "vmullt.s16 q5, q2, q3\n"
        "vadd.i32 q0, q0, q4\n"
        "vadd.i32 q1, q1, q5\n"
        "le lr, 3b\n"
        "add r1, r5\n"
        "add r2, r6\n"
        "subs r7, #1\n"
        "bne 2b\n"
        "4: vldrw.32 q2, [r9], #16\n"
        "vldrw.32 q3, [r9], #16\n"
        "cmp r11, #0\n"
        "bne 6f\n"
        "vrmulh.s32 q0, q0, q2\n"
        "vrmulh.s32 q1, q1, q3\n"
        "5: vqmovnb.s32 q0, q0\n"
        "ldrd r1, r2, [sp]\n"
        "ldrd r7, lr, [sp, #12]\n"
        "adds r1, #16\n"
        "vqmovnt.s32 q0, q1\n"
        "adds r2, #8\n"
        "strd r1, r2, [sp]\n"
        "vstrh.16 q0, [r10], #16\n"
        "subs lr, lr, #1\n"
        "str lr, [sp, #16]\n"
        "bne 1b\n"
        "b 7f\n"
        "6: vldrw.32 q4, [r9], #16\n"
        "vldrw.32 q5, [r9], #16\n"
        "vqrdmulh.s32 q0, q0, q2\n"
        "vqrdmulh.s32 q1, q1, q3\n"
        "mov r0, #1\n"
        "vqdmlah.s32 q0, q0, r0\n" /* h + (h >> 31) */
        "vqdmlah.s32 q1, q1, r0\n"
        "vrshl.s32 q0, q0, q4\n"
        "vrshl.s32 q1, q1, q5\n"
        "b 5b\n"
        "7: ldr r7, [sp, #8]\n"
        "add sp, #20\n"
        : "+r"(r0)
        :
        : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory", "q0",
          "q1", "q2", "q3", "q4", "q5");
}
/* clang-format on */

/* All channels of a pixel, of which whole blocks are in *p. */
static inline void channels(const struct mote_depthwise_conv2d_s8 *op, struct pixel *p)
{
    const uint32_t n_rest = p->n_blocks * BLOCK < op->out.c ? op->out.c - BLOCK : 0;
    blocks(p);
    if (n_rest == 0)
        return;
    struct pixel last = *p;
    last.x += n_rest, last.w += n_rest, last.out += n_rest;
    last.records += p->n_blocks * BLOCK * (op->is_proved ? 2 : 3);
    last.n_blocks = 1;
    blocks(&last);
}

static void one_row(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                    const struct pixel *any, int32_t oy, int16_t *out)
{
    const int32_t c = op->out.c, y = oy * op->sh - op->pad_top;
    const struct mote_taps ty = mote_taps_inside(y, op->kh, op->dh, op->in.h);
    for (int32_t ox = 0; ox < op->out.w; ox++, out += c) {
        const int32_t x = ox * op->sw - op->pad_left;
        const struct mote_taps tx = mote_taps_inside(x, op->kw, op->dw, op->in.w);
        const int32_t n_taps = tx.end - tx.first, n_rows = n_taps > 0 ? ty.end - ty.first : 0;
        struct pixel p = *any;
        p.x = in;
        if (n_rows > 0)
            p.x += ((y + ty.first * op->dh) * op->in.w + x + tx.first * op->dw) * c;
        p.w = w + (ty.first * op->kw + tx.first) * c;
        p.x_row = (uint32_t)((op->dh * op->in.w - n_taps * op->dw) * c) * (uint32_t)sizeof *in;
        p.w_row = (uint32_t)((op->kw - n_taps) * c);
        p.n_taps = (uint32_t)n_taps, p.n_rows = (uint32_t)n_rows;
        p.out = out;
        channels(op, &p);
    }
}

void mote_depthwise_conv2d_s16_mve(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const int32_t *records, int16_t *out,
                                   void *scratch)
{
    (void)scratch;
    const uint32_t c = op->out.c, row = op->out.w * c;
    const struct pixel any = {.x_tap = op->dw * c * (uint32_t)sizeof *in,
                              .w_tap = c,
                              .records = records,
                              .is_exact = !op->is_proved,
                              .n_blocks = c / BLOCK};
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        one_row(op, in, w, &any, oy, out + (uint32_t)oy * row);
    }
    mve_clamp_s16(op->out_min, op->out_max, op->out.h * row, out);
}
#endif
