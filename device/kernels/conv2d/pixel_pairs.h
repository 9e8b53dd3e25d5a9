/* pixel_pairs.h - what kernels of convolution have in common that compute two pixels at a time with
 * DSP instructions: they differ in how weights are packed. SPDX-License-Identifier: Apache-2.0
 *
 * The windows of two pixels are widened to 16 bits once, x, then serve all channels. In groups of four
 * taps k: the words {k, k + 2} of pixel 0, of pixel 1, {k + 1, k + 3} of pixel 0, of pixel 1. The
 * host orders weights likewise (host/pack/pairs.h, host/pack/quartets.h).
 *
 * What lies side by side in the image is a run: a row of a window, or a pixel of it if it is dilated.
 * The groups of taps are the words of all runs, then the bytes that are left over, run by run.
 *
 * Order: pairs of pixels in the order of the image; a pair's windows are read before it is written.
 *
 * Who includes this defines `blocks`, by BLOCKS with its own inner loop, and what it says of its code
 * and constants. */
#ifndef MOTE_CONV2D_PIXEL_PAIRS_H
#define MOTE_CONV2D_PIXEL_PAIRS_H
#include "mote/conv2d.h"
#include "mote/isa.h"

#define GROUP       4   /* taps                                         */
#define STACK_BYTES 640 /* windows up to this size lie on the stack     */

static inline size_t taps_of(const struct mote_conv2d_s8 *op)
{
    return ((size_t)op->kh * op->kw * op->in.c + GROUP - 1) / GROUP * GROUP;
}

/* Both windows at 16 bits; where a run of bytes may be no whole groups of taps, the bytes of windows
 * that reach into the padding. */
static inline size_t window_bytes(const struct mote_conv2d_s8 *op)
{
    return taps_of(op) * (op->in.c % GROUP && !mote_conv2d_s8_is_flat(op) ? 6 : 4);
}

static inline size_t mote_pairs_scratch(const struct mote_conv2d_s8 *op)
{
    const size_t bytes = window_bytes(op);
    return bytes <= STACK_BYTES ? 0 : bytes;
}

#if MOTE_ISA_DSP
#include <string.h>

#include "kernels/common/asm_dsp.h"
#include "kernels/common/window.h"

/* What stays from pixel to pixel, by the offsets that the code below knows it by. */
struct tile {
    uintptr_t x_end;        /*  0: less 4, as all pointers of the inner loop     */
    uint32_t skip;          /*  4: code bytes of the first round that are jumped */
    uint32_t is_exact;      /*  8: ROUND_EXACT                                   */
    const int32_t *records; /* 12: of the first block of channels                */
    uintptr_t x;            /* 16: the windows                                   */
    uintptr_t w_end, w;     /* 20, 24: weights of all blocks of channels         */
};

/* All blocks of four channels of the windows, at least one, to out0 and out1: these may be equal. */
static void blocks(const struct tile *t, int8_t *out0, int8_t *out1);

/* One channel of both pixels: the next record, at r8, makes bytes of the sums. */
#define PROVED(p0, p1) "ldrd r9, r11, [r8], #8\n" MOTE_DSP_PROVED_2(p0, p1, "r9", "r11")
#define EXACT(p0, p1)  "ldm r8!, {r9, r11, lr}\n" MOTE_DSP_EXACT_2(p0, p1, "r9", "r11", "lr")

/* The code of `blocks`. r0 and r1 become the sums of channel 0, ... r6 and r7 of channel 3: group_of_taps
 * adds products of windows, at lr, by weights, at r12, with r8-r11 free; at the end of the windows
 * take_apart makes sums of what has come of that. On the stack:
 *
 *     [sp] x_end   [4] where to enter the loop   [8] what follows it   [12] the next record
 *     [16] x   [20] w_end   [24], [28] the next outputs */
/* clang-format off */
#define BLOCKS(group_of_taps, take_apart)                                                          \
    "push {r1, r2, r4-r11, lr}\n"                                                                  \
    "ldm r0, {r1-r6, r12}\n"                                                                       \
    "adr r7, 2f + 1\n"                                                                             \
    "add r2, r7\n"                                                                                 \
    "cmp r3, #0\n"                                                                                 \
    "ite eq\n"                                                                                     \
    "adreq r3, 3f + 1\n"                                                                           \
    "adrne r3, 4f + 1\n"                                                                           \
    "push {r1-r6}\n"                                                                               \
    "1:\n" /* a block */                                                                           \
    "ldr r8, [sp, #12]\n"                                                                          \
    "ldr lr, [sp, #16]\n"                                                                          \
    "ldm r8!, {r0, r2, r4, r6}\n"                                                                  \
    "str r8, [sp, #12]\n"                                                                          \
    "mov r1, r0\n"                                                                                 \
    "mov r3, r2\n"                                                                                 \
    "mov r5, r4\n"                                                                                 \
    "mov r7, r6\n"                                                                                 \
    "ldr pc, [sp, #4]\n"                                                                           \
    ".balign 4\n"                                                                                  \
    "2:\n" /* a round */                                                                           \
    group_of_taps group_of_taps group_of_taps group_of_taps                                        \
    "ldr r10, [sp]\n"                                                                              \
    "cmp lr, r10\n"                                                                                \
    "bne 2b\n"                                                                                     \
    take_apart                                                                                     \
    "ldr r8, [sp, #12]\n"                                                                          \
    "ldr pc, [sp, #8]\n"                                                                           \
    ".balign 4\n"                                                                                  \
    "4:\n"                                                                                         \
    EXACT("r0", "r1") EXACT("r2", "r3") EXACT("r4", "r5") EXACT("r6", "r7")                        \
    "b 5f\n"                                                                                       \
    ".balign 4\n"                                                                                  \
    "3:\n"                                                                                         \
    PROVED("r0", "r1") PROVED("r2", "r3") PROVED("r4", "r5") PROVED("r6", "r7")                    \
    "5:\n" /* store */                                                                             \
    "ldrd r9, r11, [sp, #24]\n"                                                                    \
    "ldr r10, [sp, #20]\n"                                                                         \
    "strb r0, [r9], #4\n"                                                                          \
    "strb r2, [r9, #-3]\n"                                                                         \
    "strb r4, [r9, #-2]\n"                                                                         \
    "strb r6, [r9, #-1]\n"                                                                         \
    "strb r1, [r11], #4\n"                                                                         \
    "strb r3, [r11, #-3]\n"                                                                        \
    "strb r5, [r11, #-2]\n"                                                                        \
    "strb r7, [r11, #-1]\n"                                                                        \
    "str r8, [sp, #12]\n"                                                                          \
    "strd r9, r11, [sp, #24]\n"                                                                    \
    "cmp r12, r10\n"                                                                               \
    "bne 1b\n"                                                                                     \
    "add sp, #32\n"                                                                                \
    "pop {r4-r11, pc}\n"
/* clang-format on */

/* What tiles are made by. */
struct coding {
    uint32_t round;       /* groups of taps in the inner loop               */
    uint32_t group_bytes; /* of its code for a group of taps                */
    uint32_t tap_bytes;   /* of weights, a tap of a block                   */
};

/* n words of two windows: {k, k + 2} of either, {k + 1, k + 3} of either. Where the next ones go. */
static inline int16_t *widen(const int8_t *from0, const int8_t *from1, size_t n, int16_t *to)
{
    uint32_t a, b, c, d;
    __asm__ volatile("1:\n"
                     "ldr %[a], [%[from0]], #4\n"
                     "ldr %[b], [%[from1]], #4\n"
                     "subs %[n], #1\n"
                     "sxtb16 %[c], %[a]\n"
                     "sxtb16 %[d], %[b]\n"
                     "sxtb16 %[a], %[a], ror #8\n"
                     "sxtb16 %[b], %[b], ror #8\n"
                     "str %[c], [%[to]], #16\n"
                     "str %[d], [%[to], #-12]\n"
                     "str %[a], [%[to], #-8]\n"
                     "str %[b], [%[to], #-4]\n"
                     "bne 1b\n"
                     : [from0] "+r"(from0), [from1] "+r"(from1), [to] "+r"(to), [n] "+r"(n),
                       [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d)
                     :
                     : "cc", "memory");
    return to;
}

/* The same of one window; words lie `step` bytes apart. */
static inline int16_t *widen_one(const int8_t *from, size_t step, size_t n, int16_t *to)
{
    uint32_t a, b;
    __asm__ volatile("1:\n"
                     "ldr %[a], [%[from]]\n"
                     "subs %[n], #1\n"
                     "add %[from], %[step]\n"
                     "sxtb16 %[b], %[a]\n"
                     "sxtb16 %[a], %[a], ror #8\n"
                     "str %[b], [%[to]], #16\n"
                     "str %[a], [%[to], #-8]\n"
                     "bne 1b\n"
                     : [from] "+r"(from), [to] "+r"(to), [n] "+r"(n), [a] "=&r"(a), [b] "=&r"(b)
                     : [step] "r"(step)
                     : "cc", "memory");
    return to;
}

/* The runs of a layer's windows: whole groups of taps, and bytes left over, of each. */
struct runs {
    size_t n, n_words, n_rest;
};

static struct runs runs_of(const struct mote_conv2d_s8 *op)
{
    const bool is_row = op->dw == 1;
    const size_t bytes = is_row ? (size_t)op->kw * op->in.c : op->in.c;
    return (struct runs){.n = is_row ? op->kh : (size_t)op->kh * op->kw,
                         .n_words = bytes / GROUP,
                         .n_rest = bytes % GROUP};
}

/* Where a window is read: its runs begin `step` bytes apart. */
struct source {
    const int8_t *at;
    size_t step;
};

/* The bytes that are left over of each run. */
static __attribute__((noinline)) void widen_rest(const struct runs *r, const struct source from[2],
                                                 int16_t *to)
{
    const int8_t *at0 = from[0].at + r->n_words * GROUP, *at1 = from[1].at + r->n_words * GROUP;
    for (size_t n = r->n, i = 0; n > 0; n--) {
        for (size_t k = 0; k < r->n_rest; k++, i++) {
            int16_t *x = to + i / 4 * 8 + i % 2 * 4 + i / 2 % 2;
            x[0] = at0[k];
            x[2] = at1[k];
        }
        at0 += from[0].step;
        at1 += from[1].step;
    }
}

static inline void widen_windows(const struct runs *r, const struct source from[2], int16_t *to)
{
    const int8_t *at0 = from[0].at, *at1 = from[1].at;
    if (r->n_words > 0)
        for (size_t n = r->n; n > 0; n--) {
            to = widen(at0, at1, r->n_words, to);
            at0 += from[0].step;
            at1 += from[1].step;
        }
    if (r->n_rest > 0)
        widen_rest(r, from, to);
}

/* A pixel whose window is next, in the order of the image or against it. */
struct pixel {
    int32_t oy, ox;
    int32_t y, x; /* where its window begins in the image */
};

/* A layer with more than one tap, stride or padding. */
struct layer {
    const struct mote_conv2d_s8 *op;
    const int8_t *in;
    struct runs runs;
    int32_t y_end,
        x_end;  /* windows that begin below both lie inside the image; 0: none is taken for that */
    int16_t *x; /* both windows, then the bytes of either                      */
};

static void enter_pixel(const struct mote_conv2d_s8 *op, struct pixel *p)
{
    p->y = p->oy * op->sh - op->pad_top;
    p->x = p->ox * op->sw - op->pad_left;
}

static void next_pixel(const struct mote_conv2d_s8 *op, struct pixel *p)
{
    const int32_t step = op->backward ? -1 : 1;
    p->ox += step;
    p->x += step * op->sw;
    if (p->ox >= 0 && p->ox < op->out.w)
        return;
    p->ox = op->backward ? op->out.w - 1 : 0;
    p->oy += step;
    enter_pixel(op, p);
}

/* The bytes of a tap, NULL where it is padding. */
static const int8_t *find_tap(const struct layer *l, const struct pixel *p, int32_t ky, int32_t kx)
{
    const struct mote_conv2d_s8 *op = l->op;
    const int32_t y = p->y + ky * op->dh, x = p->x + kx * op->dw;
    if (y < 0 || y >= op->in.h || x < 0 || x >= op->in.w)
        return NULL;
    return l->in + ((size_t)y * op->in.w + (size_t)x) * op->in.c;
}

/* A window that reaches into the padding, one run behind the other. */
static void copy_border(const struct layer *l, const struct pixel *p, int8_t *to)
{
    for (int32_t ky = 0; ky < l->op->kh; ky++)
        for (int32_t kx = 0; kx < l->op->kw; kx++) {
            const int8_t *tap = find_tap(l, p, ky, kx);
            for (size_t ic = 0; ic < l->op->in.c; ic++)
                *to++ = tap ? tap[ic] : l->op->in_zero;
        }
}

/* One of the two windows where taps are whole groups. */
static void widen_border(const struct layer *l, const struct pixel *p, int16_t *to)
{
    int8_t zeros[GROUP];
    memset(zeros, l->op->in_zero, sizeof zeros);
    for (int32_t ky = 0; ky < l->op->kh; ky++)
        for (int32_t kx = 0; kx < l->op->kw; kx++) {
            const int8_t *tap = find_tap(l, p, ky, kx);
            to = widen_one(tap ? tap : zeros, tap ? GROUP : 0, l->op->in.c / GROUP, to);
        }
}

static void gather(const struct layer *l, const struct pixel pixels[2])
{
    const struct mote_conv2d_s8 *op = l->op;
    const size_t c = op->in.c, row = op->in.w * c, n_bytes = taps_of(op);
    int8_t *copy = (int8_t *)(l->x + 2 * n_bytes);
    struct source from[2];
    bool has_border = false;
    for (int i = 0; i < 2; i++, copy += n_bytes) {
        const struct pixel *p = &pixels[i];
        const bool is_inside = p->y >= 0 && p->y < l->y_end && p->x >= 0 && p->x < l->x_end;
        if (is_inside) {
            from[i] = (struct source){l->in + (size_t)p->y * row + (size_t)p->x * c, op->dh * row};
        } else if (c % GROUP != 0) {
            copy_border(l, p, copy);
            from[i] = (struct source){copy, l->runs.n_words * GROUP + l->runs.n_rest};
        }
        has_border |= !is_inside;
    }
    if (!has_border || c % GROUP != 0) {
        widen_windows(&l->runs, from, l->x);
        return;
    }
    widen_border(l, &pixels[0], l->x);
    widen_border(l, &pixels[1], l->x + 2);
}

/* Whole blocks of channels, then those that are left over, in a block of their own. */
struct tiles {
    struct tile whole, rest;
    uint32_t n_rest;
};

static struct tiles tiles_of(const struct mote_conv2d_s8 *op, const struct coding *by,
                             const int16_t *x, const uint32_t *w, const int32_t *records)
{
    const uint32_t n_taps = (uint32_t)taps_of(op), n_blocks = op->out.c / 4u;
    const uintptr_t block_bytes = by->tap_bytes * n_taps;
    struct tile t = {.x = (uintptr_t)x - 4,
                     .x_end = (uintptr_t)(x + 2 * n_taps) - 4,
                     .skip = (by->round - n_taps / GROUP % by->round) % by->round * by->group_bytes,
                     .is_exact = !op->is_proved,
                     .w = (uintptr_t)w - 4,
                     .w_end = (uintptr_t)w - 4 + n_blocks * block_bytes,
                     .records = records};
    struct tiles both = {.whole = t, .n_rest = op->out.c % 4u};
    t.w = t.w_end;
    t.w_end += block_bytes;
    t.records += n_blocks * 4 * (op->is_proved ? 3 : 4); /* bias, mult, add, shift of a channel */
    both.rest = t;
    return both;
}

static __attribute__((noinline)) void rest_of_channels(const struct tiles *t, int8_t *out0,
                                                       int8_t *out1)
{
    int8_t rest[2][4];
    blocks(&t->rest, rest[0], rest[1]);
    for (uint32_t i = 0; i < t->n_rest; i++) {
        out0[i] = rest[0][i];
        out1[i] = rest[1][i];
    }
}

/* All channels of the two windows; `out1` may be the same as `out0`. */
static inline void all_channels(const struct tiles *t, uint32_t n_channels, int8_t *out0,
                                int8_t *out1)
{
    if (n_channels >= 4)
        blocks(&t->whole, out0, out1);
    if (t->n_rest > 0)
        rest_of_channels(t, out0 + n_channels - t->n_rest, out1 + n_channels - t->n_rest);
}

/* Pixels i and i + 1 of the image, in whatever row they are. */
static void pointwise(const struct mote_conv2d_s8 *op, const int8_t *in, const struct tiles *t,
                      int8_t *out, int16_t *x)
{
    const struct runs runs = runs_of(op);
    const size_t c = op->in.c, n_out = op->out.c, n = (size_t)op->in.h * op->in.w;
    const size_t n_pairs = (n + 1) / 2;
    for (size_t i = 0; i < n_pairs; i++) {
        const size_t p = 2 * (op->backward ? n_pairs - 1 - i : i);
        const size_t next = p + 1 < n;
        const int8_t *x0 = in + p * c;
        int8_t *y0 = out + p * n_out;
        const struct source from[2] = {{x0, 0}, {x0 + (next ? c : 0), 0}};
        widen_windows(&runs, from, x);
        all_channels(t, (uint32_t)n_out, y0, y0 + (next ? n_out : 0));
    }
}

static struct layer layer_of(const struct mote_conv2d_s8 *op, const int8_t *in, int16_t *x)
{
    const bool is_row = op->dw == 1; /* then taps lie side by side */
    return (struct layer){.op = op,
                          .in = in,
                          .runs = runs_of(op),
                          .y_end = op->in.h - (op->kh - 1) * op->dh,
                          .x_end = is_row ? op->in.w - (op->kw - 1) : 0,
                          .x = x};
}

static void windows(const struct mote_conv2d_s8 *op, const int8_t *in, const struct tiles *t,
                    int8_t *out, int16_t *x)
{
    const struct layer l = layer_of(op, in, x);
    const size_t n = (size_t)op->out.h * op->out.w;
    const uint32_t c = op->out.c;
    struct pixel at = {0};
    ptrdiff_t step = (ptrdiff_t)c;
    if (op->backward) {
        at.oy = op->out.h - 1, at.ox = op->out.w - 1;
        out += (n - 1) * c;
        step = -step;
    }
    enter_pixel(op, &at);
    for (size_t i = 0; i < n; i += 2, out += 2 * step) {
        const bool is_pair = i + 1 < n;
        struct pixel pair[2] = {at, at};
        next_pixel(op, &at);
        if (is_pair) {
            pair[1] = at;
            next_pixel(op, &at);
        }
        gather(&l, pair);
        all_channels(t, c, out, is_pair ? out + step : out);
    }
}

static void pairs_of_pixels(const struct mote_conv2d_s8 *op, const struct coding *by,
                            const int8_t *in, const uint32_t *w, const int32_t *records,
                            int8_t *out, void *scratch)
{
    int32_t stack[STACK_BYTES / sizeof(int32_t)];
    int16_t *x = window_bytes(op) <= STACK_BYTES ? (int16_t *)stack : scratch;
    const struct tiles t = tiles_of(op, by, x, w, records);
    if (mote_conv2d_s8_is_flat(op))
        pointwise(op, in, &t, out, x);
    else
        windows(op, in, &t, out, x);
    mote_clamp_s8(out, (size_t)op->out.h * op->out.w * op->out.c, op->out_min, op->out_max);
}
#endif
#endif
