/* gather.h - the windows of several pixels side by side, for inner loops that multiply bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Taps come in groups of four: those of group g and pixel p are the bytes of word g * pixels + p. So
 * one pointer with constant offsets serves all pixels. Where the taps are no multiple of four, the
 * first bytes of the first group are not used. A clipped tap is in_zero. */
#ifndef MOTE_CONV2D_GATHER_H
#define MOTE_CONV2D_GATHER_H
#include "mote/conv2d.h"
#include "mote/isa.h"

#define MOTE_GROUP 4 /* taps */

static inline size_t mote_taps_of(const struct mote_conv2d_s8 *op)
{
    return (size_t)op->kh * op->kw * op->in.c;
}

static inline size_t mote_groups_of(const struct mote_conv2d_s8 *op)
{
    return (mote_taps_of(op) + MOTE_GROUP - 1) / MOTE_GROUP;
}

/* Words for the windows of some pixels. Where runs of taps are no words, one window is first
 * gathered byte by byte, behind the others. */
static inline size_t mote_gather_words(const struct mote_conv2d_s8 *op, size_t pixels)
{
    return mote_groups_of(op) * (op->in.c % MOTE_GROUP == 0 ? pixels : pixels + 1);
}

#define MOTE_GATHER_STACK 640 /* bytes: windows up to this size lie on the stack */

static inline size_t mote_gather_scratch(const struct mote_conv2d_s8 *op, size_t pixels)
{
    const size_t bytes = mote_gather_words(op, pixels) * sizeof(uint32_t);
    return bytes <= MOTE_GATHER_STACK ? 0 : bytes;
}

#if MOTE_ISA_V7M
/* n words, from an address that is a multiple of four, `step` words apart. */
static inline uint32_t *mote_spread(const int8_t *from, size_t n, uint32_t *to, size_t step)
{
    const uint32_t *words = (const uint32_t *)__builtin_assume_aligned(from, sizeof *words);
    for (; n >= 4; n -= 4, words += 4, to += 4 * step) {
        const uint32_t w0 = words[0], w1 = words[1], w2 = words[2], w3 = words[3];
        to[0] = w0, to[step] = w1, to[2 * step] = w2, to[3 * step] = w3;
    }
    for (; n > 0; n--, to += step)
        *to = *words++;
    return to;
}

static inline int8_t *mote_copy_run(const int8_t *from, size_t n, int8_t *to)
{
    for (; n >= 4; n -= 4, from += 4, to += 4)
        __builtin_memcpy(to, from, 4); /* two instructions, or eight where words must be aligned */
    if (n & 2) {
        *to++ = *from++;
        *to++ = *from++;
    }
    if (n & 1)
        *to++ = *from;
    return to;
}

/* What the windows of a layer share. */
struct mote_gather {
    const struct mote_conv2d_s8 *op;
    const int8_t *in;
    uint32_t *x;          /* the windows                                            */
    int8_t *bytes;        /* behind them the taps of one; NULL where runs are words */
    size_t pixels;        /* how many windows                                       */
    int32_t y_end, x_end; /* a window that begins before these ends inside          */
};

static inline struct mote_gather mote_gather_of(const struct mote_conv2d_s8 *op, const int8_t *in,
                                                uint32_t *x, size_t pixels)
{
    const size_t n_groups = mote_groups_of(op);
    int8_t *bytes = (int8_t *)(x + pixels * n_groups) + n_groups * MOTE_GROUP - mote_taps_of(op);
    return (struct mote_gather){.op = op,
                                .in = in,
                                .x = x,
                                .bytes = op->in.c % MOTE_GROUP == 0 ? NULL : bytes,
                                .pixels = pixels,
                                .y_end = op->in.h - (op->kh - 1) * op->dh,
                                .x_end = op->dw > 1 ? 0 : op->in.w - (op->kw - 1)};
}

static inline void mote_spread_bytes(const struct mote_gather *g, uint32_t *to)
{
    const size_t n_groups = mote_groups_of(g->op);
    mote_spread((const int8_t *)(g->x + g->pixels * n_groups), n_groups, to, g->pixels);
}

/* A window whose rows are runs that lie inside the image. */
static __attribute__((noinline, unused)) void mote_gather_inside(const struct mote_gather *g,
                                                                 const int8_t *from, uint32_t *to)
{
    const struct mote_conv2d_s8 *op = g->op;
    const size_t c = op->in.c, row = op->dh * op->in.w * c, run = op->kw * c, pixels = g->pixels;
    int8_t *bytes = g->bytes;
    int32_t n = op->kh;
    if (!bytes) {
        for (; n > 0; n--, from += row)
            to = mote_spread(from, run / MOTE_GROUP, to, pixels);
        return;
    }
    for (; n > 0; n--, from += row)
        bytes = mote_copy_run(from, run, bytes);
    mote_spread_bytes(g, to);
}

/* One column of a window. */
static inline void mote_gather_column(const struct mote_gather *g, const int8_t *from, size_t tap,
                                      uint32_t *to)
{
    const size_t c = g->op->in.c;
    const uint32_t *words = (const uint32_t *)(const void *)from;
    if (g->bytes)
        for (size_t i = 0; i < c; i++)
            g->bytes[tap + i] = from ? from[i] : g->op->in_zero;
    else
        for (size_t i = 0; i < c / MOTE_GROUP; i++)
            to[(tap / MOTE_GROUP + i) * g->pixels] =
                from ? words[i] : (uint8_t)g->op->in_zero * UINT32_C(0x01010101);
}

static __attribute__((noinline, unused)) void mote_gather_any(const struct mote_gather *g,
                                                              int32_t y, int32_t x, uint32_t *to)
{
    const struct mote_conv2d_s8 *op = g->op;
    size_t tap = 0;
    for (int32_t ky = 0; ky < op->kh; ky++) {
        const int32_t iy = y + ky * op->dh;
        const int8_t *row = g->in + (ptrdiff_t)iy * op->in.w * op->in.c;
        for (int32_t kx = 0; kx < op->kw; kx++, tap += op->in.c) {
            const int32_t ix = x + kx * op->dw;
            const bool is_inside = iy >= 0 && iy < op->in.h && ix >= 0 && ix < op->in.w;
            mote_gather_column(g, is_inside ? row + (size_t)ix * op->in.c : NULL, tap, to);
        }
    }
    if (g->bytes)
        mote_spread_bytes(g, to);
}

/* Pixels i..i + n - 1 of the image, n <= g->pixels. Where in.c is a multiple of four, so is the
 * image's address. */
static inline void mote_gather_pixels(const struct mote_gather *g, size_t i, size_t n)
{
    const struct mote_conv2d_s8 *op = g->op;
    if (!g->bytes && mote_conv2d_s8_is_flat(op)) {
        for (size_t p = 0; p < n; p++)
            mote_spread(g->in + (i + p) * op->in.c, op->in.c / 4u, g->x + p, g->pixels);
        return;
    }
    int32_t oy = (int32_t)(i / op->out.w), ox = (int32_t)(i % op->out.w);
    for (size_t p = 0; p < n; p++) {
        const int32_t y = oy * op->sh - op->pad_top, x = ox * op->sw - op->pad_left;
        if (y >= 0 && y < g->y_end && x >= 0 && x < g->x_end)
            mote_gather_inside(g, g->in + ((size_t)y * op->in.w + (size_t)x) * op->in.c, g->x + p);
        else
            mote_gather_any(g, y, x, g->x + p);
        if (++ox == op->out.w)
            ox = 0, oy++;
    }
}
#endif
#endif
