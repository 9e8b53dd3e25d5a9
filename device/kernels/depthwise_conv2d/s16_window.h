/* s16_window.h - sums of a depthwise window with activations of int16. SPDX-License-Identifier: Apache-2.0
 *
 * Four channels at a time; with DSP instructions 9 for the four products of a tap, and 4 for its
 * addresses and the loop. Taps outside the image stand for 0 and are left out. */
#ifndef MOTE_DEPTHWISE_CONV2D_S16_WINDOW_H
#define MOTE_DEPTHWISE_CONV2D_S16_WINDOW_H
#include "mote/depthwise_conv2d.h"
#include "mote/isa.h"

#include "kernels/common/window.h"

/* What of a pixel's window lies inside the image: of input channel 0, of output channel 0. */
struct window {
    const int16_t *x;
    const int8_t *w;
    int32_t n_rows, n_taps; /* n_taps of a row */
    int32_t x_tap, w_tap;   /* from one to the next, in elements */
    int32_t x_row, w_row;
};

static inline struct window window_of(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                      const int8_t *w, int32_t oy, int32_t ox)
{
    const int32_t y = oy * op->sh - op->pad_top, x = ox * op->sw - op->pad_left;
    const struct mote_taps ty = mote_taps_inside(y, op->kh, op->dh, op->in.h);
    const struct mote_taps tx = mote_taps_inside(x, op->kw, op->dw, op->in.w);
    struct window win = {.x = in,
                         .w = w + (ty.first * op->kw + tx.first) * op->out.c,
                         .n_rows = ty.end - ty.first,
                         .n_taps = tx.end - tx.first,
                         .x_tap = op->dw * op->in.c,
                         .w_tap = op->out.c,
                         .x_row = op->dh * op->in.w * op->in.c,
                         .w_row = op->kw * op->out.c};
    if (win.n_taps == 0)
        win.n_rows = 0;
    if (win.n_rows > 0)
        win.x += ((y + ty.first * op->dh) * op->in.w + x + tx.first * op->dw) * op->in.c;
    return win;
}

/* Products of one tap. */
#if MOTE_ISA_DSP
struct inputs {
    int16_t of[4];
};
struct weights {
    int8_t of[4];
};

static inline void add_tap(const int16_t *x, const int8_t *w, int32_t *s0, int32_t *s1, int32_t *s2,
                           int32_t *s3)
{
    uint32_t x01, x23, w02, w13;
    __asm__("ldr %[x01], [%[x]]\n"
            "ldr %[x23], [%[x], #4]\n"
            "ldr %[w13], [%[w]]\n"
            "sxtb16 %[w02], %[w13]\n"
            "sxtb16 %[w13], %[w13], ror #8\n"
            "smlabb %[s0], %[x01], %[w02], %[s0]\n"
            "smlatb %[s1], %[x01], %[w13], %[s1]\n"
            "smlabt %[s2], %[x23], %[w02], %[s2]\n"
            "smlatt %[s3], %[x23], %[w13], %[s3]\n"
            : [x01] "=&r"(x01), [x23] "=&r"(x23), [w02] "=&r"(w02), [w13] "=&r"(w13),
              [s0] "+r"(*s0), [s1] "+r"(*s1), [s2] "+r"(*s2), [s3] "+r"(*s3)
            : [x] "r"(x), [w] "r"(w), "m"(*(const struct inputs *)(const void *)x),
              "m"(*(const struct weights *)(const void *)w));
}
#else
static inline void add_tap(const int16_t *x, const int8_t *w, int32_t *s0, int32_t *s1, int32_t *s2,
                           int32_t *s3)
{
    *s0 += x[0] * w[0];
    *s1 += x[1] * w[1];
    *s2 += x[2] * w[2];
    *s3 += x[3] * w[3];
}
#endif

/* Add rows first to end - 1 of channels c to c + 3, whose sums stay in 32 bits. */
static inline void sum_four(const struct window *win, uint32_t c, int32_t first, int32_t end,
                            int32_t sum[4])
{
    int32_t s0 = sum[0], s1 = sum[1], s2 = sum[2], s3 = sum[3];
    for (int32_t ky = first; ky < end; ky++) {
        const int16_t *x = win->x + ky * win->x_row + c;
        const int8_t *w = win->w + ky * win->w_row + c;
        for (int32_t n = win->n_taps; n > 0; n--, x += win->x_tap, w += win->w_tap)
            add_tap(x, w, &s0, &s1, &s2, &s3);
    }
    sum[0] = s0, sum[1] = s1, sum[2] = s2, sum[3] = s3;
}

/* The sum of input channel ic and output channel oc. */
static inline int64_t sum_one(const struct window *win, uint32_t ic, uint32_t oc)
{
    int64_t sum = 0;
    for (int32_t ky = 0; ky < win->n_rows; ky++) {
        const int16_t *x = win->x + ky * win->x_row + ic;
        const int8_t *w = win->w + ky * win->w_row + oc;
        for (int32_t n = win->n_taps; n > 0; n--, x += win->x_tap, w += win->w_tap)
            sum += *x * *w;
    }
    return sum;
}
#endif
