/* conv2d_s8_dsp.c - convolution for cores with two 16-bit products an instruction (Cortex-M4, M7,
 * M33). SPDX-License-Identifier: Apache-2.0
 *
 * Two pixels at a time: their windows are widened to 16 bits once, then serve all channels. The
 * inner loop computes two pixels by four channels and needs 14 instructions for 16 products beside the loop:
 *
 *     A half-word of weights holds two channels, 256 * w[a] + w[b]. SMLAD by it sums 256 * A + B,
 *     SXTB16 extracts w[b] for another SMLAD, which sums B; A = (sum - B) / 256 at the end. So
 *     weights cost one load and one SXTB16 for four, and fill flash as int8 do. All is modulo 2^32:
 *     the host packs a layer so only if A, bias included, lies in -2^23..2^23 - 1.
 *
 * The windows of two pixels, x, in groups of four taps k: the words {k, k + 2} of pixel 0, of pixel
 * 1, {k + 1, k + 3} of pixel 0, of pixel 1. The host pairs weights likewise (host/pack/pairs.h).
 *
 * What lies side by side in the image is a run: a row of a window, or a pixel of it if it is dilated.
 * The groups of taps are the words of all runs, then the bytes that are left over, run by run.
 *
 * Order: pairs of pixels in the order of the image; a pair's windows are read before it is written. */
#include "mote/conv2d.h"
#include "mote/isa.h"

#define GROUP       4   /* taps                                         */
#define STACK_BYTES 640 /* windows up to this size lie on the stack     */

static size_t taps_of(const struct mote_conv2d_s8 *op)
{
    return ((size_t)op->kh * op->kw * op->in.c + GROUP - 1) / GROUP * GROUP;
}

/* Both windows at 16 bits; where a run of bytes may be no whole groups of taps, the bytes of windows
 * that reach into the padding. */
static size_t window_bytes(const struct mote_conv2d_s8 *op)
{
    return taps_of(op) * (op->in.c % GROUP && !mote_conv2d_s8_is_flat(op) ? 6 : 4);
}

size_t mote_conv2d_s8_dsp_scratch(const struct mote_conv2d_s8 *op)
{
    const size_t bytes = window_bytes(op);
    return bytes <= STACK_BYTES ? 0 : bytes;
}

#if MOTE_ISA_DSP
#include <string.h>

#include "kernels/common/window.h"

/* What the inner loops share, by the offsets that they know it by. */
struct tile {
    uintptr_t x_end;        /*  0: less 4, as all pointers of the inner loop     */
    uint32_t skip;          /*  4: code bytes of the first round that are jumped */
    uint32_t is_exact;      /*  8: ROUND_EXACT                                   */
    uintptr_t w, w_end;     /* 12, 16: weights of all blocks of channels         */
    const int32_t *records; /* 20: of the block that is computed; moves on       */
    uintptr_t x;            /* 24: the windows                                   */
    int8_t *out0, *out1;    /* 28, 32: of the two pixels; move on                */
};

/* Two taps by two pixels by four channels. Loads stand side by side where registers allow, since
 * these cores pipeline them; one that updates its base stands last. Both pointers are four bytes
 * low. */
#define PAIR(x0, x1)                                                                               \
    "ldr r10, [r12, #4]\n"                                                                         \
    "ldr r8, [lr, #" x0 "]\n"                                                                      \
    "ldr r9, [lr, #" x1 "\n"                                                                       \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r0, r10, r8, r0\n"                                                                      \
    "smlad r1, r10, r9, r1\n"                                                                      \
    "smlad r2, r11, r8, r2\n"                                                                      \
    "smlad r3, r11, r9, r3\n"                                                                      \
    "ldr r10, [r12, #8]!\n"                                                                        \
    "sxtb16 r11, r10\n"                                                                            \
    "smlad r4, r10, r8, r4\n"                                                                      \
    "smlad r5, r10, r9, r5\n"                                                                      \
    "smlad r6, r11, r8, r6\n"                                                                      \
    "smlad r7, r11, r9, r7\n"
#define GROUP_OF_TAPS PAIR("4", "8]") PAIR("12", "16]!")
#define GROUP_CODE    112u
#define ROUND         4u /* groups in the loop */

/* One channel of both pixels: the next record, at r8, makes bytes of the sums. */
#define PROVED(p0, p1)                                                                             \
    "ldrd r9, r11, [r8], #8\n"                                                                     \
    "smmla " p0 ", " p0 ", r9, r11\n"                                                              \
    "smmla " p1 ", " p1 ", r9, r11\n"                                                              \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

#define EXACT(p0, p1)                                                                              \
    "ldm r8!, {r9, r11, lr}\n"                                                                     \
    "smmlar " p0 ", " p0 ", r9, " p0 "\n"                                                          \
    "smmlar " p1 ", " p1 ", r9, " p1 "\n"                                                          \
    "add " p0 ", " p0 ", " p0 ", asr #31\n"                                                        \
    "add " p1 ", " p1 ", " p1 ", asr #31\n"                                                        \
    "add " p0 ", r11\n"                                                                            \
    "add " p1 ", r11\n"                                                                            \
    "asr " p0 ", lr\n"                                                                             \
    "asr " p1 ", lr\n"                                                                             \
    "ssat " p0 ", #8, " p0 "\n"                                                                    \
    "ssat " p1 ", #8, " p1 "\n"

/* All blocks of channels of a pair of pixels. r0 and r1 are the sums of channel 0, ... r6 and r7 of
 * channel 3; on the stack: the tile, x_end, where to enter the loop, what follows it. */
/* clang-format off */
static __attribute__((naked, noinline)) void blocks(struct tile *t __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0-r11, lr}\n"
        "ldm r0, {r1, r2, r3, r12}\n"
        "adr r4, 2f + 1\n"
        "add r2, r4\n"
        "cmp r3, #0\n"
        "ite eq\n"
        "adreq r3, 3f + 1\n"
        "adrne r3, 4f + 1\n"
        "str r1, [sp, #4]\n"
        "str r2, [sp, #8]\n"
        "str r3, [sp, #12]\n"
        "1:\n" /* a block */
        "ldr r10, [sp]\n"
        "ldr r8, [r10, #20]\n"
        "ldr lr, [r10, #24]\n"
        "ldm r8!, {r0, r2, r4, r6}\n"
        "mov r1, r0\n"
        "mov r3, r2\n"
        "mov r5, r4\n"
        "mov r7, r6\n"
        "str r8, [r10, #20]\n"
        "ldr pc, [sp, #8]\n"
        ".balign 4\n"
        "2:\n" /* a round */
        GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS GROUP_OF_TAPS
        "ldr r10, [sp, #4]\n"
        "cmp lr, r10\n"
        "bne 2b\n"
        "sub r0, r2\n" /* the high channel of each half-word */
        "sub r1, r3\n"
        "sub r4, r6\n"
        "sub r5, r7\n"
        "asr r0, #8\n"
        "asr r1, #8\n"
        "asr r4, #8\n"
        "asr r5, #8\n"
        "ldr r10, [sp]\n"
        "ldr r8, [r10, #20]\n"
        "ldr pc, [sp, #12]\n"
        ".balign 4\n"
        "4:\n"
        EXACT("r0", "r1") EXACT("r2", "r3") EXACT("r4", "r5") EXACT("r6", "r7")
        "b 5f\n"
        ".balign 4\n"
        "3:\n"
        PROVED("r0", "r1") PROVED("r2", "r3") PROVED("r4", "r5") PROVED("r6", "r7")
        "5:\n" /* store */
        "ldr r9, [r10, #28]\n"
        "ldr r11, [r10, #32]\n"
        "strb r0, [r9], #1\n"
        "strb r2, [r9], #1\n"
        "strb r4, [r9], #1\n"
        "strb r6, [r9], #1\n"
        "strb r1, [r11], #1\n"
        "strb r3, [r11], #1\n"
        "strb r5, [r11], #1\n"
        "strb r7, [r11], #1\n"
        "str r8, [r10, #20]\n"
        "str r9, [r10, #28]\n"
        "str r11, [r10, #32]\n"
        "ldr r9, [r10, #16]\n"
        "cmp r12, r9\n"
        "bne 1b\n"
        "pop {r0-r11, pc}\n");
}
/* clang-format on */

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

static void widen_windows(const struct runs *r, const struct source from[2], int16_t *to)
{
    const int8_t *at0 = from[0].at, *at1 = from[1].at;
    for (size_t n = r->n_words > 0 ? r->n : 0; n > 0; n--) {
        to = widen(at0, at1, r->n_words, to);
        at0 += from[0].step;
        at1 += from[1].step;
    }
    at0 = from[0].at + r->n_words * GROUP;
    at1 = from[1].at + r->n_words * GROUP;
    for (size_t n = r->n_rest > 0 ? r->n : 0, i = 0; n > 0; n--) {
        for (size_t k = 0; k < r->n_rest; k++, i++) {
            int16_t *x = to + i / 4 * 8 + i % 2 * 4 + i / 2 % 2;
            x[0] = at0[k];
            x[2] = at1[k];
        }
        at0 += from[0].step;
        at1 += from[1].step;
    }
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

/* What of a tile stays from pixel to pixel. */
static struct tile tile_of(const struct mote_conv2d_s8 *op, const int16_t *x)
{
    const uint32_t n_taps = (uint32_t)taps_of(op);
    return (struct tile){.x = (uintptr_t)x - 4,
                         .x_end = (uintptr_t)(x + 2 * n_taps) - 4,
                         .skip = (ROUND - n_taps / GROUP % ROUND) % ROUND * GROUP_CODE,
                         .is_exact = !op->is_proved};
}

/* All channels of the two windows; `out1` may be the same as `out0`. */
static void all_channels(const struct mote_conv2d_s8 *op, struct tile *t, const uint32_t *w,
                         const int32_t *records, int8_t *out0, int8_t *out1)
{
    const uintptr_t block_bytes = t->x_end - t->x; /* of weights: as many as of the windows */
    const uint32_t n_blocks = op->out.c / 4u, n_rest = op->out.c % 4u;
    t->w = (uintptr_t)w - 4;
    t->w_end = t->w + n_blocks * block_bytes;
    t->records = records;
    t->out0 = out0;
    t->out1 = out1;
    if (n_blocks > 0)
        blocks(t);
    if (n_rest > 0) {
        int8_t rest[2][4];
        t->w = t->w_end;
        t->w_end += block_bytes;
        t->out0 = rest[0];
        t->out1 = rest[1];
        blocks(t);
        memcpy(out0 + op->out.c - n_rest, rest[0], n_rest);
        memcpy(out1 + op->out.c - n_rest, rest[1], n_rest);
    }
}

/* Pixels i and i + 1 of the image, in whatever row they are. */
static void pointwise(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                      const int32_t *records, int8_t *out, int16_t *x)
{
    struct tile t = tile_of(op, x);
    const struct runs runs = runs_of(op);
    const size_t n = (size_t)op->in.h * op->in.w, c = op->in.c, n_pairs = (n + 1) / 2;
    for (size_t i = 0; i < n_pairs; i++) {
        const size_t p = 2 * (op->backward ? n_pairs - 1 - i : i);
        const size_t next = p + 1 < n;
        const struct source from[2] = {{in + p * c, 0}, {in + (p + next) * c, 0}};
        widen_windows(&runs, from, x);
        int8_t *y = out + p * op->out.c;
        all_channels(op, &t, w, records, y, y + next * op->out.c);
        mote_clamp_s8(y, (1 + next) * op->out.c, op->out_min, op->out_max);
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

static void windows(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                    const int32_t *records, int8_t *out, int16_t *x)
{
    struct tile t = tile_of(op, x);
    const struct layer l = layer_of(op, in, x);
    const size_t n = (size_t)op->out.h * op->out.w, c = op->out.c;
    struct pixel at = {0};
    if (op->backward)
        at.oy = op->out.h - 1, at.ox = op->out.w - 1;
    enter_pixel(op, &at);
    for (size_t i = 0; i < n; i += 2) {
        const bool is_pair = i + 1 < n;
        struct pixel pair[2] = {at, at};
        next_pixel(op, &at);
        if (is_pair) {
            pair[1] = at;
            next_pixel(op, &at);
        }
        gather(&l, pair);
        int8_t *y0 = out + ((size_t)pair[0].oy * op->out.w + (size_t)pair[0].ox) * c;
        int8_t *y1 = out + ((size_t)pair[1].oy * op->out.w + (size_t)pair[1].ox) * c;
        all_channels(op, &t, w, records, y0, y1);
        mote_clamp_s8(y0, c, op->out_min, op->out_max);
        if (is_pair)
            mote_clamp_s8(y1, c, op->out_min, op->out_max);
    }
}

void mote_conv2d_s8_dsp(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                        const int32_t *records, int8_t *out, void *scratch)
{
    int32_t stack[STACK_BYTES / sizeof(int32_t)];
    int16_t *x = window_bytes(op) <= STACK_BYTES ? (int16_t *)stack : scratch;
    if (mote_conv2d_s8_is_flat(op))
        pointwise(op, in, w, records, out, x);
    else
        windows(op, in, w, records, out, x);
}
#endif
