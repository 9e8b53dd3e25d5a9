/* lanes.h - depthwise convolution by strips (strip.h), all but its inner loops: the file that
 * includes this has them. SPDX-License-Identifier: Apache-2.0
 *
 * Order: output rows; within a row the strips; within a strip four channels. */
#ifndef MOTE_DEPTHWISE_CONV2D_LANES_H
#define MOTE_DEPTHWISE_CONV2D_LANES_H
#include "kernels/common/record.h"
#include "kernels/common/strip.h"
#include "kernels/common/window.h"
#include "mote/isa.h"

/* Words side by side in a strip that are a constant distance apart in the image. */
struct mote_run {
    uint32_t from;  /* bytes from `in`              */
    uint16_t to, n; /* bytes from the strip's begin */
};

/* What the inner loops know of a strip, by these offsets. Whole blocks of four channels go by one
 * after another, and pointers move on; else it is some channels of one block. */
struct mote_lanes {
    int8_t *strip;               /*  0: where the first channel's bytes are                */
    const int8_t *w;             /*  4: the first channel's, four bytes from tap to tap    */
    const int32_t *bias;         /*  8                                                     */
    const int32_t *record;       /* 12: mult and add of ROUND_PROVED                       */
    int8_t *out;                 /* 16: the last pixel's                                   */
    size_t out_step;             /* 20: from pixel to pixel                                */
    const int8_t *in;            /* 24                                                     */
    size_t in_step;              /* 28: from column to column of a phase                   */
    const struct mote_run *runs; /* 32                                                     */
    uint32_t n_runs;             /* 36: 0 when the strip is filled already                 */
    uint32_t n_channels;         /* 40: of a block                                         */
    uint32_t n_blocks;           /* 44                                                     */
    size_t w_step;               /* 48: bytes from a block's weights to the next one's     */
    int32_t *sums;               /* 52: for ROUND_EXACT, where MOTE_LANES go; else NULL    */
    const uint8_t *taps, *end;   /* 56, 60: words from the strip's begin; if not plain     */
    uint32_t plain_step;         /* 64: 0 where the strip is not plain                     */
    uint32_t n;                  /* 68: pixels                                             */
    uint32_t n_left;             /* 72: channels of the block that are not computed yet    */
    uint32_t by_bytes;           /* 76: words of the image must not be loaded as such      */
};

/* A column of taps, four channels by four. */
struct mote_column {
    const int8_t *x;        /*  0: the first tap; moves on    */
    size_t x_step;          /*  4: bytes from tap to tap      */
    const int8_t *w;        /*  8: moves on                   */
    const int32_t *records; /* 12: moves on                   */
    int8_t *out;            /* 16: moves on                   */
    uint32_t n_taps;        /* 20                             */
    uint32_t n_blocks;      /* 24: counts down                */
    uint32_t is_exact;      /* 28: ROUND_EXACT                */
};

/* The inner loops. */
static void mote_lanes_run(struct mote_lanes *l);
static void mote_column_run(struct mote_column *c);

/* A layer on its way. */
struct mote_depthwise {
    const struct mote_depthwise_conv2d_s8 *op;
    const int8_t *in, *w;
    const int32_t *records;
    struct mote_strip strip;
    bool by_words; /* blocks of four channels lie alike in input and output, and can be copied so */
    uint32_t n_runs;
    struct mote_lanes lanes;
    uint32_t words[MOTE_STRIP_WORDS];
    uint8_t taps[MOTE_STRIP_WORDS];
    struct mote_run runs[MOTE_STRIP_RUNS];
};

/* Where the first pixel's taps lie. */
static inline void mote_find_taps(struct mote_depthwise *d)
{
    const struct mote_depthwise_conv2d_s8 *op = d->op;
    const struct mote_strip *s = &d->strip;
    uint8_t *tap = d->taps;
    for (int32_t ky = 0; ky < op->kh; ky++)
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const int32_t x = kx * op->dw;
            *tap++ = (uint8_t)(ky * s->row + x % s->stride * s->phase + x / s->stride);
        }
}

/* The runs of n pixels whose first window begins at (y, x). What lies outside the image becomes
 * in_zero and stays so from block to block. */
static inline void mote_find_runs(struct mote_depthwise *d, int32_t y, int32_t x, int32_t n)
{
    const struct mote_depthwise_conv2d_s8 *op = d->op;
    const struct mote_strip s = d->strip;
    const int32_t span = (n - 1) * s.step + (op->kw - 1) * op->dw + 1;
    const struct mote_taps rows = mote_taps_inside(y, op->kh, op->dh, op->in.h);
    if (rows.end - rows.first < op->kh || x < 0 || x + span > op->in.w)
        for (int32_t i = 0; i < op->kh * s.row; i++)
            d->words[i] = (uint8_t)op->in_zero * UINT32_C(0x01010101);
    struct mote_run *run = d->runs;
    for (int32_t phase = 0; phase < s.stride; phase++, x++) {
        int32_t first = 0, end = s.stride == 1 ? span : (span - phase + s.stride - 1) / s.stride;
        while (first < end && x + first * s.stride < 0)
            first++;
        while (end > first && x + (end - 1) * s.stride >= op->in.w)
            end--;
        for (int32_t ky = rows.first; ky < rows.end && first < end; ky++, run++) {
            const size_t iy = (size_t)(y + ky * op->dh), ix = (size_t)(x + first * s.stride);
            run->from = (uint32_t)((iy * op->in.w + ix) * op->in.c);
            run->to = (uint16_t)(4 * (ky * s.row + phase * s.phase + first));
            run->n = (uint16_t)(end - first);
        }
    }
    d->n_runs = (uint32_t)(run - d->runs);
}

/* Fill the strip byte by byte, from input channel c on. */
static inline void mote_fill_bytes(struct mote_depthwise *d, int32_t c)
{
    const int32_t n_bytes = mote_min_s32(4, d->op->in.c - c);
    for (const struct mote_run *run = d->runs, *end = run + d->n_runs; run < end; run++) {
        const int8_t *from = d->in + run->from + c;
        int8_t *to = (int8_t *)d->words + run->to;
        for (uint32_t i = run->n; i > 0; i--, from += d->lanes.in_step, to += 4)
            for (int32_t j = 0; j < n_bytes; j++)
                to[j] = from[j];
    }
}

/* n_channels from c on, within one block; or whole blocks. `out` is the first pixel, channel 0. */
static void mote_run_lanes(struct mote_depthwise *d, int32_t c, int32_t n_channels,
                           int32_t n_blocks, int8_t *out)
{
    const struct mote_depthwise_conv2d_s8 *op = d->op;
    struct mote_lanes *l = &d->lanes;
    const int32_t n_words = op->is_proved ? 2 : 3, first = c & ~3, j = c & 3;
    const int32_t *records = d->records + first * (1 + n_words),
                  *record = records + 4 + j * n_words;
    int32_t sums[MOTE_LANES];
    l->strip = (int8_t *)d->words + (c / op->multiplier - first / op->multiplier);
    l->w = d->w + first * op->kh * op->kw + j;
    l->bias = records + j;
    l->record = record;
    l->out = out + (l->n - 1) * l->out_step + c;
    l->n_channels = (uint32_t)n_channels;
    l->n_blocks = (uint32_t)n_blocks;
    l->sums = op->is_proved ? NULL : sums;
    mote_lanes_run(l);
    if (!op->is_proved)
        for (uint32_t i = 0; i < l->n; i++)
            out[i * l->out_step + (uint32_t)c] = mote_by_record(record, false, sums[i]);
}

/* A strip of n pixels. */
static inline void mote_one_strip(struct mote_depthwise *d, int32_t y, int32_t x, int32_t n,
                                  int8_t *out)
{
    const struct mote_depthwise_conv2d_s8 *op = d->op;
    struct mote_lanes *l = &d->lanes;
    mote_find_runs(d, y, x, n);
    l->n = (uint32_t)n;
    int32_t c = 0;
    if (d->by_words && op->out.c >= 4) {
        c = op->out.c & ~3;
        l->in = d->in;
        l->n_runs = d->n_runs;
        mote_run_lanes(d, 0, 4, c / 4, out);
    }
    for (l->n_runs = 0; c < op->out.c; c++) {
        if (c % 4 == 0)
            mote_fill_bytes(d, c / op->multiplier);
        mote_run_lanes(d, c, 1, 1, out);
    }
}

/* A pixel whose kernel has one column, inside the image: no input and no weight serves twice, so a
 * strip would not help. */
static inline bool mote_is_column(const struct mote_depthwise_conv2d_s8 *op, int32_t y)
{
    return op->out.w == 1 && op->kw == 1 && op->pad_left == 0 && op->multiplier == 1 &&
           op->out.c % 4 == 0 && y >= 0 && y + (op->kh - 1) * op->dh < op->in.h;
}

static inline void mote_one_column(const struct mote_depthwise *d, int32_t y, int8_t *out)
{
    const struct mote_depthwise_conv2d_s8 *op = d->op;
    const size_t row_bytes = (size_t)op->in.w * op->in.c;
    struct mote_column column = {.x = d->in + (size_t)y * row_bytes,
                                 .x_step = op->dh * row_bytes,
                                 .w = d->w,
                                 .records = d->records,
                                 .out = out,
                                 .n_taps = op->kh,
                                 .n_blocks = op->out.c / 4u,
                                 .is_exact = !op->is_proved};
    mote_column_run(&column);
}

/* The whole layer. */
static inline void mote_depthwise_by_strips(const struct mote_depthwise_conv2d_s8 *op,
                                            const int8_t *in, const int8_t *w,
                                            const int32_t *records, int8_t *out)
{
    struct mote_depthwise d;
    d.op = op, d.in = in, d.w = w, d.records = records;
    d.strip = mote_strip_of(op);
    d.by_words = op->is_proved && op->multiplier == 1;
    d.lanes.by_bytes = !MOTE_ISA_V7M && (((uintptr_t)in | op->in.c) & 3) != 0;
    d.lanes.out_step = op->out.c;
    d.lanes.in_step = (size_t)(d.strip.stride * op->in.c);
    d.lanes.runs = d.runs;
    d.lanes.w_step = (size_t)(op->kh * op->kw * 4);
    d.lanes.taps = d.taps;
    d.lanes.end = d.taps + op->kh * op->kw;
    d.lanes.plain_step = d.strip.is_plain ? (uint32_t)d.strip.step : 0;
    mote_find_taps(&d);
    const size_t row_bytes = (size_t)op->out.w * op->out.c;
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        int8_t *row = out + (size_t)oy * row_bytes;
        const int32_t y = oy * op->sh - op->pad_top;
        if (mote_is_column(op, y))
            mote_one_column(&d, y, row);
        else
            for (int32_t ox = 0; ox < op->out.w; ox += d.strip.n)
                mote_one_strip(&d, y, ox * op->sw - op->pad_left,
                               mote_min_s32(d.strip.n, op->out.w - ox), row + ox * op->out.c);
        mote_clamp_s8(row, row_bytes, op->out_min, op->out_max);
    }
}
#endif
