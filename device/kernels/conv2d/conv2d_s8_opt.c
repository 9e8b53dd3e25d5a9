/* conv2d_s8_opt.c - convolution in portable C without im2col. SPDX-License-Identifier: Apache-2.0
 *
 * The host folds the input's zero point into the bias, so the inner loops multiply plain bytes.
 *
 * A small window, such as a first layer's, is copied to the stack with in_zero for the clipped
 * taps; the copy serves all channels. A pointwise layer needs no copy.
 *
 * A large window is read in place: a kernel row is one contiguous run of input and of weights
 * unless it is dilated. A clipped tap then misses its in_zero * w, which is added back: for
 * clipped rows once per output row, for clipped columns at the few pixels that have them.
 *
 * Order: output rows; within a row the pixels (small) or blocks of four channels (large). */
#include "mote/conv2d.h"

#include "kernels/common/dot.h"
#include "kernels/conv2d/opt_window.h"

#define COPY_BYTES 80 /* the largest window that is copied; there are two copies on the stack */

/* Up to four channels of one output row: all that does not change along the row. */
struct block {
    const struct mote_conv2d_s8 *op;
    const int8_t *w[4]; /* weights of each channel; past out.c the last one is repeated */
    int32_t base[4];    /* folded bias, corrected for the clipped rows                  */
    int32_t oc, n_oc;   /* first channel, number of channels                            */
    const int8_t *in;   /* the window's first row that is inside, column 0              */
    int8_t *out;        /* the row of output                                            */
    size_t row_bytes;   /* from one kernel row's input to the next                      */
    int32_t ky, n_ky;   /* kernel rows that are inside                                  */
};

/* A kernel row as contiguous runs. */
struct runs {
    int32_t n;
    size_t bytes, step; /* of one run; from one to the next in the input */
};

static struct runs runs_of(const struct mote_conv2d_s8 *op, int32_t n_taps)
{
    struct runs r = {1, (size_t)n_taps * op->in.c, 0};
    if (op->dw > 1) {
        r.n = n_taps;
        r.bytes = op->in.c;
        r.step = (size_t)op->dw * op->in.c;
    }
    return r;
}

/* All channels of two pixels whose windows are x0 and x1, n bytes each. Past the last channel it
 * is computed once more and not stored. */
static void all_channels(const struct mote_conv2d_s8 *op, const int8_t *x0, const int8_t *x1,
                         size_t n, const int8_t *w, const int32_t *bias, int8_t *out0, int8_t *out1)
{
    const int32_t n_oc = op->out.c;
    for (int32_t oc = 0; oc < n_oc; oc += 2) {
        const int32_t next = oc + 1 < n_oc;
        int32_t acc[4] = {bias[oc], bias[oc + next], bias[oc], bias[oc + next]};
        mote_dot_2x2(x0, x1, w, next ? w + n : w, n, acc);
        store_2(op, oc, acc[0], acc[2], out0 + oc, out1 + oc);
        if (next)
            store_2(op, oc + 1, acc[1], acc[3], out0 + oc + 1, out1 + oc + 1);
        w += 2 * n;
    }
}

/* One output row by windows that are contiguous: copies, or the image itself for a 1x1 kernel. A
 * last odd pixel is its own partner. */
static void row_of_windows(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                           const int32_t *bias, int32_t oy, int8_t *out)
{
    int8_t copy[2][COPY_BYTES];
    const size_t n = (size_t)op->kh * op->kw * op->in.c;
    const bool is_direct = is_pointwise(op);
    for (int32_t ox = 0; ox < op->out.w; ox += 2) {
        const int32_t next = ox + 1 < op->out.w;
        const int8_t *x0 = copy[0], *x1 = copy[1];
        if (is_direct) {
            x0 = in + ((size_t)(oy * op->sh) * op->in.w + (size_t)(ox * op->sw)) * n;
            x1 = x0 + (size_t)(next * op->sw) * n;
        } else {
            copy_window(op, in, oy, ox, copy[0]);
            copy_window(op, in, oy, ox + next, copy[1]);
        }
        int8_t *y = out + (size_t)ox * op->out.c;
        all_channels(op, x0, x1, n, w, bias, y, y + next * op->out.c);
    }
}

/* The sum of channel j's weights in columns first..end-1 of the rows that are inside. */
static int32_t sum_columns(const struct block *b, int32_t j, int32_t first, int32_t end)
{
    const size_t c = b->op->in.c;
    int32_t sum = 0;
    for (int32_t ky = b->ky; ky < b->ky + b->n_ky; ky++)
        sum += mote_sum_s8(b->w[j] + ((size_t)ky * b->op->kw + (size_t)first) * c,
                           (size_t)(end - first) * c);
    return sum;
}

/* One pixel, anywhere. */
static void pixel(const struct block *b, int32_t ox)
{
    const struct mote_conv2d_s8 *op = b->op;
    const int32_t x0 = ox * op->sw - op->pad_left;
    const struct mote_taps t = mote_taps_inside(x0, op->kw, op->dw, op->in.w);
    int32_t acc[4];
    for (int32_t j = 0; j < 4; j++) {
        acc[j] = b->base[j];
        if (t.first > 0 || t.end < op->kw)
            acc[j] +=
                op->in_zero * (sum_columns(b, j, 0, t.first) + sum_columns(b, j, t.end, op->kw));
    }
    if (t.first < t.end) {
        const struct runs r = runs_of(op, t.end - t.first);
        const int8_t *row = b->in + (size_t)(x0 + t.first * op->dw) * op->in.c;
        size_t i_w = ((size_t)b->ky * op->kw + (size_t)t.first) * op->in.c;
        for (int32_t ky = 0; ky < b->n_ky; ky++) {
            for (int32_t i = 0; i < r.n; i++) {
                const size_t at = i_w + (size_t)i * r.bytes;
                const int8_t *const w[4] = {b->w[0] + at, b->w[1] + at, b->w[2] + at, b->w[3] + at};
                mote_dot_1x4(row + (size_t)i * r.step, w, r.bytes, acc);
            }
            row += b->row_bytes;
            i_w += (size_t)op->kw * op->in.c;
        }
    }
    int8_t *y = b->out + (size_t)ox * op->out.c + (size_t)b->oc;
    for (int32_t j = 0; j < b->n_oc; j++)
        store_2(op, b->oc + j, acc[j], acc[j], y + j, y + j);
}

/* Pixels ox and ox + 1, both with every column inside, channels j and j + 1 of the block. */
static void pixel_pair(const struct block *b, int32_t ox, int32_t j)
{
    const struct mote_conv2d_s8 *op = b->op;
    const struct runs r = runs_of(op, op->kw);
    const size_t apart = (size_t)op->sw * op->in.c;
    const int8_t *row = b->in + (size_t)(ox * op->sw - op->pad_left) * op->in.c;
    size_t i_w = (size_t)b->ky * op->kw * op->in.c;
    int32_t acc[4] = {b->base[j], b->base[j + 1], b->base[j], b->base[j + 1]};
    for (int32_t ky = 0; ky < b->n_ky; ky++) {
        const int8_t *x = row;
        for (int32_t i = 0; i < r.n; i++) {
            mote_dot_2x2(x, x + apart, b->w[j] + i_w, b->w[j + 1] + i_w, r.bytes, acc);
            x += r.step;
            i_w += r.bytes;
        }
        row += b->row_bytes;
    }
    int8_t *y = b->out + (size_t)ox * op->out.c + (size_t)(b->oc + j);
    store_2(op, b->oc + j, acc[0], acc[2], y, y + op->out.c);
    if (j + 1 < b->n_oc)
        store_2(op, b->oc + j + 1, acc[1], acc[3], y + 1, y + 1 + op->out.c);
}

/* All pixels of the block; those of `whole` have every column inside. */
static void row_of_block(const struct block *b, struct mote_taps whole)
{
    int32_t ox = 0;
    for (; ox < whole.first; ox++)
        pixel(b, ox);
    for (; ox + 1 < whole.end; ox += 2)
        for (int32_t j = 0; j < b->n_oc; j += 2)
            pixel_pair(b, ox, j);
    for (; ox < b->op->out.w; ox++)
        pixel(b, ox);
}

size_t mote_conv2d_s8_opt_scratch(const struct mote_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

/* Fill in the channels of a block. */
static void begin_block(struct block *b, const int8_t *w, const int32_t *bias, int32_t oc)
{
    const struct mote_conv2d_s8 *op = b->op;
    const size_t w_row = (size_t)op->kw * op->in.c;
    const int32_t end = b->ky + b->n_ky;
    b->oc = oc;
    b->n_oc = mote_min_s32(4, op->out.c - oc);
    for (int32_t j = 0; j < 4; j++) {
        const int32_t c = oc + mote_min_s32(j, b->n_oc - 1);
        b->w[j] = w + (size_t)c * op->kh * w_row;
        b->base[j] = bias[c];
        if (b->n_ky < op->kh)
            b->base[j] += op->in_zero * (mote_sum_s8(b->w[j], (size_t)b->ky * w_row) +
                                         mote_sum_s8(b->w[j] + (size_t)end * w_row,
                                                     (size_t)(op->kh - end) * w_row));
    }
}

void mote_conv2d_s8_opt(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *bias, int8_t *out, void *scratch)
{
    (void)scratch;
    const size_t in_row = (size_t)op->in.w * op->in.c, out_row = (size_t)op->out.w * op->out.c;
    const bool by_windows = is_pointwise(op) || (size_t)op->kh * op->kw * op->in.c <= COPY_BYTES;
    const struct mote_taps whole =
        mote_outputs_inside(op->out.w, op->in.w, op->sw, op->pad_left, (op->kw - 1) * op->dw);
    struct block b = {.op = op, .row_bytes = op->dh * in_row};
    for (int32_t i = 0; i < op->out.h; i++) {
        const int32_t oy = mote_row(i, op->out.h, op->backward);
        b.out = out + (size_t)oy * out_row;
        if (by_windows) {
            row_of_windows(op, in, w, bias, oy, b.out);
            continue;
        }
        const int32_t y0 = oy * op->sh - op->pad_top;
        const struct mote_taps t = mote_taps_inside(y0, op->kh, op->dh, op->in.h);
        b.in = in + (t.first < t.end ? (size_t)(y0 + t.first * op->dh) * in_row : 0);
        b.ky = t.first;
        b.n_ky = t.end - t.first;
        for (int32_t oc = 0; oc < op->out.c; oc += 4) {
            begin_block(&b, w, bias, oc);
            row_of_block(&b, whole);
        }
    }
}
