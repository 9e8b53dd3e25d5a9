/* depthwise_conv2d_s8_dsp.c - depthwise convolution with any window for cores with products of 16-bit
 * halves (Cortex-M4, M7, M33). SPDX-License-Identifier: Apache-2.0
 *
 * Four channels of one pixel at a time, straight from the image: a tap is 11 instructions for four
 * products. SXTAB16 takes the zero point off on the way, so that padding adds nothing and is left
 * out: a window of 7 x 7 on an image of 3 x 3 costs nine taps.
 *
 * What is inside the image of a window is a list of segments, taps at one distance from each other. It
 * serves all channels of the pixel. Where channels are no multiple of four, the last four are computed
 * once more. host/pack/quads.h has the weights, and what is refused.
 *
 * Order: output rows; within a row the pixels; within a pixel the channels. */
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

size_t mote_depthwise_conv2d_s8_dsp_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

#if MOTE_ISA_DSP
#include "kernels/common/asm_dsp.h"
#include "kernels/common/window.h"

#define SEGMENTS_MAX 17 /* QUADS_ROWS_MAX of them and the end */

/* Taps at one distance. The code below knows it and the next struct by the offsets. */
struct segment {
    intptr_t step;   /*  0: bytes from a tap to the next in the image                   */
    uint32_t rounds; /*  4: of the loop                                                 */
    intptr_t x_gap;  /*  8: from behind the last segment to this one, in the image      */
    intptr_t w_gap;  /* 12: the same in the weights                                     */
    intptr_t entry;  /* 16: where the first round is entered; 0 at the end of the list */
};

/* One pixel. */
struct pixel {
    const struct segment *segments; /*  0                                   */
    const int8_t *x;                /*  4: the first channel                */
    const uint32_t *w;              /*  8: of the first block of channels   */
    uint32_t minus_zero;            /* 12: twice the zero point, negated    */
    const int32_t *records;         /* 16: of the next block                */
    int8_t *out, *out_end;          /* 20, 24                               */
    uint32_t is_exact;              /* 28: ROUND_EXACT of host/pack/record.h */
};

/* clang-format off */
#define TAP                                                                                        \
    "ldr.w r8, [r4]\n"                                                                             \
    "ldr.w r10, [r7], #4\n"                                                                        \
    "add.n r4, r5\n"                                                                               \
    "sxtab16 r9, lr, r8, ror #8\n"                                                                 \
    "sxtb16 r11, r10, ror #8\n"                                                                    \
    "sxtab16 r8, lr, r8\n"                                                                         \
    "sxtb16 r10, r10\n"                                                                            \
    "smlabb r0, r8, r10, r0\n"                                                                     \
    "smlabb r1, r9, r11, r1\n"                                                                     \
    "smlatt r2, r8, r10, r2\n"                                                                     \
    "smlatt r3, r9, r11, r3\n"
#define TAP_CODE 42 /* bytes */
#define ROUND    4u /* taps  */
#define BACK     (4 * TAP_CODE + 18) /* from the jump's target for 0 to the loop */

#define PROVED(y) "ldrd r5, r6, [r8], #8\n" MOTE_DSP_PROVED(y, "r5", "r6")
#define EXACT(y)  "ldm r8!, {r5, r6, r9}\n" MOTE_DSP_EXACT(y, "r5", "r6", "r9")

/* Blocks of four channels of a pixel, at least one: r0 to r3 are their sums. */
static __attribute__((naked, noinline)) void blocks(struct pixel *p __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0, r4-r11, lr}\n"
        "ldr r4, [r0, #4]\n"
        "ldr r7, [r0, #8]\n"
        "ldr lr, [r0, #12]\n"
        "1:\n" /* a block */
        "ldr r11, [sp]\n"
        "ldr r8, [r11, #16]\n"
        "ldr r12, [r11]\n"
        "ldm r8!, {r0-r3}\n"
        "str r8, [r11, #16]\n"
        "b 3f\n"
        "2:\n" /* a round */
        TAP TAP TAP TAP
        "subs.n r6, #1\n"
        "bne.w 2b\n"
        "3:\n" /* a segment */
        "ldm.w r12!, {r5, r6, r8, r9, r10}\n"
        "add.n r4, r8\n"
        "add.n r7, r9\n"
        "add.n pc, r10\n"
        "nop.n\n"
        "4:\n" /* the end of the list */
        ".if 4b - 2b - 186\n"
        ".error \"BACK\"\n"
        ".endif\n"
        "ldr r11, [sp]\n"
        "ldr r8, [r11, #16]\n"
        "ldr r9, [r11, #28]\n"
        "cmp r9, #0\n"
        "bne 5f\n"
        PROVED("r0") PROVED("r1") PROVED("r2") PROVED("r3")
        "b 6f\n"
        "5:\n"
        EXACT("r0") EXACT("r1") EXACT("r2") EXACT("r3")
        "6:\n"
        "ldr r9, [r11, #20]\n"
        "strb r0, [r9], #4\n"
        "strb r1, [r9, #-3]\n"
        "strb r2, [r9, #-2]\n"
        "strb r3, [r9, #-1]\n"
        "str r8, [r11, #16]\n"
        "str r9, [r11, #20]\n"
        "ldr r10, [r11, #24]\n"
        "cmp r9, r10\n"
        "bne 1b\n"
        "pop {r0, r4-r11, pc}\n");
}
/* clang-format on */

/* A list of segments that grows, and where the one before has ended. */
struct list {
    struct segment at[SEGMENTS_MAX];
    uint32_t n;
    intptr_t x, w;
};

static void append(struct list *l, intptr_t x, intptr_t w, intptr_t step, int32_t n)
{
    const uint32_t rounds = ((uint32_t)n + ROUND - 1) / ROUND;
    const int32_t skipped = (int32_t)(rounds * ROUND) - n;
    MOTE_ASSERT(l->n < SEGMENTS_MAX);
    l->at[l->n++] =
        (struct segment){step, rounds, x - l->x, w - l->w, n > 0 ? skipped * TAP_CODE - BACK : 0};
    l->x = x + n * step;
    l->w = w + n * 4;
}

/* The window of a pixel, from the image's first byte on. */
static void list_window(const struct mote_depthwise_conv2d_s8 *op, int32_t y, int32_t x,
                        struct list *l)
{
    const struct mote_taps ty = mote_taps_inside(y, op->kh, op->dh, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x, op->kw, op->dw, op->in.w);
    const int32_t c = op->in.c, row = op->in.w * c, n = tx.end - tx.first;
    const intptr_t from = (intptr_t)y * row + (intptr_t)(x + tx.first * op->dw) * c;
    l->n = 0, l->x = 0, l->w = 0;
    if (op->kw == 1 && n == 1 && ty.end > ty.first)
        append(l, from + (intptr_t)ty.first * op->dh * row, ty.first * 4, (intptr_t)op->dh * row,
               ty.end - ty.first);
    else if (n > 0)
        for (int32_t ky = ty.first; ky < ty.end; ky++)
            append(l, from + (intptr_t)ky * op->dh * row, (ky * op->kw + tx.first) * 4,
                   (intptr_t)op->dw * c, n);
    append(l, 4, 4 * op->kh * op->kw, 0, 0);
}

static void one_pixel(const struct mote_depthwise_conv2d_s8 *op, const struct list *l,
                      const int8_t *in, const uint32_t *w, const int32_t *records, int8_t *out)
{
    const uint32_t c = op->in.c, n_blocks = c / 4, n_taps = (uint32_t)op->kh * op->kw;
    struct pixel p = {.segments = l->at,
                      .x = in,
                      .w = w,
                      .minus_zero = (uint32_t)(uint16_t)-op->in_zero * 0x10001u,
                      .records = records,
                      .out = out,
                      .out_end = out + n_blocks * 4,
                      .is_exact = !op->is_proved};
    blocks(&p);
    if (c % 4 == 0)
        return;
    p.x = in + c - 4;
    p.w = w + (size_t)n_blocks * n_taps;
    p.out = out + c - 4;
    p.out_end = out + c;
    blocks(&p);
}

void mote_depthwise_conv2d_s8_dsp(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const uint32_t *w, const int32_t *records, int8_t *out,
                                  void *scratch)
{
    (void)scratch;
    struct list l;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *row = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ox = 0; ox < op->out.w; ox++) {
            list_window(op, oy * op->sh - op->pad_top, ox * op->sw - op->pad_left, &l);
            one_pixel(op, &l, in, w, records, row + (size_t)ox * op->out.c);
        }
        mote_clamp_s8(row, (size_t)op->out.w * op->out.c, op->out_min, op->out_max);
    }
}
#endif
