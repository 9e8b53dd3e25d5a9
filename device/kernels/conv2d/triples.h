/* triples.h - the windows of three pixels in one, for inner loops that sum three pixels in two registers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A word a tap, of the three inputs x0 to x2 with 128 added: x0 + 2^11 * x2 + 2^21 * x1. A clipped tap is
 * in_zero. */
#ifndef MOTE_CONV2D_TRIPLES_H
#define MOTE_CONV2D_TRIPLES_H
#include "mote/conv2d.h"
#include "mote/isa.h"

#define MOTE_TRIPLE 3 /* pixels */

#define MOTE_TRIPLES_STACK 640 /* bytes: windows up to this size lie on the stack */

static inline size_t mote_triples_taps(const struct mote_conv2d_s8 *op)
{
    return (size_t)op->kh * op->kw * op->in.c;
}

static inline size_t mote_triples_scratch(const struct mote_conv2d_s8 *op)
{
    const size_t bytes = mote_triples_taps(op) * sizeof(uint32_t);
    return bytes <= MOTE_TRIPLES_STACK ? 0 : bytes;
}

#if MOTE_ISA_RV32
/* Adds 128 to three inputs that are in their places, as bytes. */
#define MOTE_TRIPLE_FLIP (UINT32_C(0x80) | UINT32_C(0x80) << 11 | UINT32_C(0x80) << 21)

/* n taps of three pixels, side by side in memory each. */
static inline uint32_t *mote_triple_run(const uint8_t *x0, const uint8_t *x1, const uint8_t *x2,
                                        size_t n, uint32_t *to)
{
#define MOTE_TRIPLE_AT(i)                                                                          \
    ((x0[i] | (uint32_t)x2[i] << 11 | (uint32_t)x1[i] << 21) ^ MOTE_TRIPLE_FLIP)
    for (; n >= 4; n -= 4, x0 += 4, x1 += 4, x2 += 4, to += 4) {
        to[0] = MOTE_TRIPLE_AT(0);
        to[1] = MOTE_TRIPLE_AT(1);
        to[2] = MOTE_TRIPLE_AT(2);
        to[3] = MOTE_TRIPLE_AT(3);
    }
    for (; n > 0; n--, x0++, x1++, x2++)
        *to++ = MOTE_TRIPLE_AT(0);
#undef MOTE_TRIPLE_AT
    return to;
}

/* Where a pixel's window begins. */
struct mote_corner {
    int32_t y, x;
};

static inline bool mote_corner_is_inside(const struct mote_conv2d_s8 *op, struct mote_corner at)
{
    return at.y >= 0 && at.y < op->in.h - (op->kh - 1) * op->dh && at.x >= 0 &&
           at.x < op->in.w - (op->kw - 1);
}

/* Three windows whose rows are runs that lie inside the image. */
static __attribute__((noinline, unused)) void
mote_triple_inside(const struct mote_conv2d_s8 *op, const int8_t *const from[], uint32_t *to)
{
    const size_t row = (size_t)op->dh * op->in.w * op->in.c, run = (size_t)op->kw * op->in.c;
    const uint8_t *x0 = (const uint8_t *)from[0], *x1 = (const uint8_t *)from[1],
                  *x2 = (const uint8_t *)from[2];
    for (int32_t n = op->kh; n > 0; n--, x0 += row, x1 += row, x2 += row)
        to = mote_triple_run(x0, x1, x2, run, to);
}

/* Taps of one pixel, n of them from `from` on, or as many in_zero. The first pixel makes the words. */
static inline uint32_t *mote_triple_put(const struct mote_conv2d_s8 *op, const int8_t *from,
                                        size_t n, size_t pixel, uint32_t *to)
{
    static const uint8_t shifts[MOTE_TRIPLE] = {0, 21, 11};
    const uint32_t shift = shifts[pixel], keep = pixel == 0 ? 0 : UINT32_MAX;
    const size_t step = from ? 1 : 0;
    from = from ? from : &op->in_zero;
    for (; n > 0; n--, from += step, to++)
        *to = (*to & keep) | (uint32_t)(uint8_t)(*from ^ 0x80) << shift;
    return to;
}

/* How many columns from the one at ix on are all in the image, or all not; no more than n. */
static inline int32_t mote_columns_alike(const struct mote_conv2d_s8 *op, int32_t ix, int32_t n)
{
    const int32_t m = op->dw > 1 ? 1 : ix < 0 ? -ix : ix < op->in.w ? op->in.w - ix : n;
    return m < n ? m : n;
}

/* One window, clipped. */
static __attribute__((noinline, unused)) void mote_triple_any(const struct mote_conv2d_s8 *op,
                                                              const int8_t *in,
                                                              struct mote_corner at, size_t pixel,
                                                              uint32_t *to)
{
    for (int32_t ky = 0; ky < op->kh; ky++) {
        const int32_t iy = at.y + ky * op->dh;
        const int8_t *row = in + (ptrdiff_t)iy * op->in.w * op->in.c;
        for (int32_t kx = 0, n; kx < op->kw; kx += n) {
            const int32_t ix = at.x + kx * op->dw;
            const bool is_inside = iy >= 0 && iy < op->in.h && ix >= 0 && ix < op->in.w;
            n = mote_columns_alike(op, ix, op->kw - kx);
            to = mote_triple_put(op, is_inside ? row + (size_t)ix * op->in.c : NULL,
                                 (size_t)n * op->in.c, pixel, to);
        }
    }
}

/* What the windows of a layer share. */
struct mote_triples {
    const struct mote_conv2d_s8 *op;
    const int8_t *in;
    uint32_t *words;
    bool is_flat; /* pixel i is made of pixel i alone */
};

static inline void mote_triple_of_windows(const struct mote_triples *t, size_t i, size_t n)
{
    const struct mote_conv2d_s8 *op = t->op;
    struct mote_corner at[MOTE_TRIPLE];
    const int8_t *from[MOTE_TRIPLE];
    int32_t oy = (int32_t)(i / op->out.w), ox = (int32_t)(i % op->out.w);
    bool is_inside = op->dw == 1;
    for (size_t p = 0; p < MOTE_TRIPLE; p++) {
        at[p] = (struct mote_corner){oy * op->sh - op->pad_top, ox * op->sw - op->pad_left};
        is_inside = is_inside && mote_corner_is_inside(op, at[p]);
        from[p] = is_inside ? t->in + ((ptrdiff_t)at[p].y * op->in.w + at[p].x) * op->in.c : t->in;
        if (p + 1 < n && ++ox == op->out.w)
            ox = 0, oy++;
    }
    if (is_inside)
        mote_triple_inside(op, from, t->words);
    for (size_t p = 0; p < MOTE_TRIPLE && !is_inside; p++)
        mote_triple_any(op, t->in, at[p], p, t->words);
}

/* Pixels i..i + n - 1 of the image; where n is less than three, the last one again. */
static inline void mote_triple_of(const struct mote_triples *t, size_t i, size_t n)
{
    const size_t c = t->op->in.c;
    const uint8_t *x0 = (const uint8_t *)t->in + i * c;
    const uint8_t *x1 = n > 1 ? x0 + c : x0, *x2 = n > 2 ? x1 + c : x1;
    if (t->is_flat)
        mote_triple_run(x0, x1, x2, c, t->words);
    else
        mote_triple_of_windows(t, i, n);
}
#endif
#endif
