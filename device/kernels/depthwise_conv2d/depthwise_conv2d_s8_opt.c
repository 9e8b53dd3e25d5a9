/* depthwise_conv2d_s8_opt.c - depthwise convolution in portable C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The host folds the input's zero point into the bias, so a clipped tap counts as in_zero. Four
 * pixels of one channel are computed together and share each weight. A row is cut into chunks; a
 * chunk that crosses the border, or ends in fewer than four pixels, reads a copy of the channel's
 * columns with in_zero outside the image. Where four windows exceed the copy, pixel by pixel.
 *
 * Order: output rows; within a row the channels; within a channel the pixels. */
#include "mote/depthwise_conv2d.h"

#include "kernels/common/window.h"

#define COPY_BYTES 128 /* on the stack: kh rows of the columns that a chunk spans */

/* One channel of one output row. */
struct lane {
    const struct mote_depthwise_conv2d_s8 *op;
    const int8_t *in; /* the image, this channel              */
    const int8_t *w;  /* the first tap's weight               */
    int8_t *out;      /* the row's first output, this channel */
    struct mote_scale scale;
    int32_t bias;  /* folded                                 */
    int32_t y0;    /* input row of the first kernel row      */
    int32_t reach; /* columns of one window                  */
};

/* Where four windows are read: the image or a copy. */
struct source {
    const int8_t *at;   /* first tap of the first window            */
    size_t column, row; /* bytes from a column, a kernel row, to the next */
};

/* The value of a tap, anywhere. */
static int32_t tap(const struct lane *l, int32_t iy, int32_t ix)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    if (iy < 0 || iy >= op->in.h || ix < 0 || ix >= op->in.w)
        return op->in_zero;
    return l->in[((size_t)iy * op->in.w + (size_t)ix) * op->in.c];
}

/* Columns x0..x0 + span - 1 of the kernel's rows. */
static void copy_columns(const struct lane *l, int32_t x0, int32_t span, int8_t *to)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const size_t step = op->in.c;
    const int8_t zero = op->in_zero;
    const int32_t first = mote_clamp_s32(-x0, 0, span);
    const int32_t end = mote_clamp_s32(op->in.w - x0, first, span);
    for (int32_t ky = 0; ky < op->kh; ky++) {
        const int32_t iy = l->y0 + ky * op->dh;
        const bool row_inside = iy >= 0 && iy < op->in.h;
        const int32_t n_left = row_inside ? first : span;
        int32_t i = 0;
        for (; i < n_left; i++)
            *to++ = zero;
        const int8_t *x = l->in + (i < end ? ((size_t)iy * op->in.w + (size_t)(x0 + i)) * step : 0);
        for (; i < end; i++, x += step)
            *to++ = *x;
        for (; i < span; i++)
            *to++ = zero;
    }
}

/* One pixel, anywhere. */
static int32_t sum_1(const struct lane *l, int32_t x0)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const int8_t *w = l->w;
    int32_t sum = l->bias;
    for (int32_t ky = 0; ky < op->kh; ky++)
        for (int32_t kx = 0; kx < op->kw; kx++, w += op->out.c)
            sum += *w * tap(l, l->y0 + ky * op->dh, x0 + kx * op->dw);
    return sum;
}

/* Four pixels. */
static void sum_4(const struct lane *l, struct source from, int32_t sum[4])
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const size_t apart = op->sw * from.column, step = op->dw * from.column, w_step = op->out.c;
    const int8_t *w = l->w;
    int32_t s0 = l->bias, s1 = s0, s2 = s0, s3 = s0;
    for (int32_t ky = 0; ky < op->kh; ky++) {
        const int8_t *x = from.at + (size_t)ky * from.row;
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const int32_t v = *w;
            s0 += v * x[0];
            s1 += v * x[apart];
            s2 += v * x[2 * apart];
            s3 += v * x[3 * apart];
            x += step;
            w += w_step;
        }
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}

/* Four pixels with three taps a row, stride 1, no dilation: six inputs serve twelve products. */
static void sum_4_of_3(const struct lane *l, struct source from, int32_t sum[4])
{
    const size_t step = from.column, w_step = l->op->out.c;
    const int8_t *w = l->w, *row = from.at;
    int32_t s0 = l->bias, s1 = s0, s2 = s0, s3 = s0;
    for (int32_t ky = 0; ky < l->op->kh; ky++) {
        const int32_t w0 = w[0], w1 = w[w_step], w2 = w[2 * w_step];
        const int8_t *x = row;
        int32_t a = *x, b = *(x += step), c = *(x += step);
        s0 += w0 * a + w1 * b + w2 * c;
        a = *(x += step);
        s1 += w0 * b + w1 * c + w2 * a;
        b = *(x += step);
        s2 += w0 * c + w1 * a + w2 * b;
        c = x[step];
        s3 += w0 * a + w1 * b + w2 * c;
        w += 3 * w_step;
        row += from.row;
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
}

static void store(const struct lane *l, int32_t ox, const int32_t *sum, int32_t n)
{
    const struct mote_scale scale = l->scale;
    const int32_t zero = l->op->out_zero, low = l->op->out_min, high = l->op->out_max;
    const size_t step = l->op->out.c;
    int8_t *out = l->out + (size_t)ox * step;
    for (int32_t i = 0; i < n; i++, out += step)
        *out = mote_to_s8(mote_requant_by(scale, sum[i]), zero, low, high);
}

/* Columns that n windows span. */
static int32_t span_of(const struct lane *l, int32_t n)
{
    return (n - 1) * l->op->sw + l->reach;
}

/* Pixels per chunk: the most that fit the copy, a multiple of four, at least four. */
static int32_t chunk_of(const struct lane *l)
{
    int32_t n = 4;
    while (n < l->op->out.w && l->op->kh * span_of(l, n + 4) <= COPY_BYTES)
        n += 4;
    return n;
}

/* The pixels of a chunk in fours; the last four may be fewer. */
static void fours(const struct lane *l, int32_t ox, int32_t n, struct source from)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const bool is_plain_3 = op->kw == 3 && op->sw == 1 && op->dw == 1;
    for (int32_t i = 0; i < n; i += 4) {
        int32_t sum[4];
        if (is_plain_3)
            sum_4_of_3(l, from, sum);
        else
            sum_4(l, from, sum);
        store(l, ox + i, sum, mote_min_s32(4, n - i));
        from.at += 4 * op->sw * from.column;
    }
}

/* Pixels ox..ox + n - 1. */
static void chunk(const struct lane *l, int32_t ox, int32_t n)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const int32_t x0 = ox * op->sw - op->pad_left, span = span_of(l, (n + 3) & ~3);
    const bool rows_inside = l->y0 >= 0 && l->y0 + (op->kh - 1) * op->dh < op->in.h;
    if (rows_inside && x0 >= 0 && x0 + span <= op->in.w) {
        const size_t row = (size_t)op->in.w * op->in.c;
        const struct source image = {l->in + (size_t)l->y0 * row + (size_t)x0 * op->in.c, op->in.c,
                                     op->dh * row};
        fours(l, ox, n, image);
    } else if (op->kh * span <= COPY_BYTES) {
        int8_t copy[COPY_BYTES];
        const struct source copied = {copy, 1, (size_t)span};
        copy_columns(l, x0, span, copy);
        fours(l, ox, n, copied);
    } else {
        for (int32_t i = 0; i < n; i++) {
            const int32_t sum = sum_1(l, x0 + i * op->sw);
            store(l, ox + i, &sum, 1);
        }
    }
}

size_t mote_depthwise_conv2d_s8_opt_scratch(const struct mote_depthwise_conv2d_s8 *op)
{
    (void)op;
    return 0;
}

void mote_depthwise_conv2d_s8_opt(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *bias, int8_t *out, void *scratch)
{
    (void)scratch;
    MOTE_ASSERT(op->out.c == op->in.c * op->multiplier);
    struct lane l = {.op = op, .reach = (op->kw - 1) * op->dw + 1};
    const int32_t n_chunk = chunk_of(&l);
    for (int32_t i_row = 0; i_row < op->out.h; i_row++) {
        const int32_t oy = mote_row(i_row, op->out.h, op->backward);
        l.y0 = oy * op->sh - op->pad_top;
        l.out = out + (size_t)oy * op->out.w * op->out.c;
        for (int32_t ic = 0, oc = 0; ic < op->in.c; ic++)
            for (int32_t i = 0; i < op->multiplier; i++, oc++, l.out++) {
                l.in = in + ic;
                l.w = w + oc;
                l.scale = mote_scale_of(op->mult[oc], op->shift[oc]);
                l.bias = bias[oc];
                for (int32_t ox = 0; ox < op->out.w; ox += n_chunk)
                    chunk(&l, ox, mote_min_s32(n_chunk, op->out.w - ox));
            }
    }
}
