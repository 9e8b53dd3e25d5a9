/* depthwise_conv2d_s8_opt.c - depthwise convolution in portable C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The host folds the input's zero point into the bias; a clipped tap's in_zero * w is added back
 * as in conv2d_s8_opt.c. Four pixels of one channel share each weight, and a channel's scale is
 * taken apart once per row.
 *
 * Order: output rows; within a row the channels; within a channel the pixels. */
#include "mote/depthwise_conv2d.h"

#include "kernels/common/window.h"

/* One channel of one output row. */
struct lane {
    const struct mote_depthwise_conv2d_s8 *op;
    const int8_t *in; /* the window's first row that is inside, column 0, this channel   */
    const int8_t *w;  /* that kernel row's weights of this channel                       */
    int8_t *out;      /* the first output of the row, this channel                       */
    struct mote_scale scale;
    int32_t base;     /* folded bias, corrected for the clipped rows                     */
    int32_t n_ky;     /* kernel rows that are inside                                     */
    size_t row_bytes; /* from one kernel row's input to the next                         */
};

static void store(const struct lane *l, int32_t ox, int32_t acc)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const int32_t y = mote_requant_by(l->scale, acc);
    l->out[(size_t)ox * op->out.c] = mote_to_s8(y, op->out_zero, op->out_min, op->out_max);
}

/* One pixel, anywhere. */
static void pixel(const struct lane *l, int32_t ox)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const int32_t x0 = ox * op->sw - op->pad_left;
    const struct mote_taps t = mote_taps_inside(x0, op->kw, op->dw, op->in.w);
    int32_t acc = l->base, clipped = 0;
    for (int32_t ky = 0; ky < l->n_ky; ky++) {
        const int8_t *w = l->w + (size_t)ky * op->kw * op->out.c;
        const int8_t *row = l->in + (size_t)ky * l->row_bytes;
        for (int32_t kx = 0; kx < op->kw; kx++, w += op->out.c)
            if (kx >= t.first && kx < t.end)
                acc += *w * row[(size_t)(x0 + kx * op->dw) * op->in.c];
            else
                clipped += *w;
    }
    store(l, ox, acc + op->in_zero * clipped);
}

/* sum[i] += one kernel row for pixels i = 0..3, `apart` bytes from each other. */
static void row_of_4(const struct lane *l, const int8_t *x, const int8_t *w, size_t apart,
                     int32_t sum[4])
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const size_t step = (size_t)op->dw * op->in.c;
    for (int32_t kx = 0; kx < op->kw; kx++) {
        const int8_t *p = x;
        for (int32_t i = 0; i < 4; i++, p += apart)
            sum[i] += *w * *p;
        x += step;
        w += op->out.c;
    }
}

/* The same for three taps, stride 1, no dilation: six inputs serve twelve products. */
static void row3_of_4(const struct lane *l, const int8_t *x, const int8_t *w, int32_t sum[4])
{
    const size_t step = l->op->in.c, w_step = l->op->out.c;
    const int32_t w0 = w[0], w1 = w[w_step], w2 = w[2 * w_step];
    int32_t a = x[0], b = x[step];
    x += 2 * step;
    for (int32_t i = 0; i < 4; i++, x += step) {
        const int32_t c = *x;
        sum[i] += w0 * a + w1 * b + w2 * c;
        a = b;
        b = c;
    }
}

/* Pixels ox..ox + 3, all with every column inside. */
static void four_pixels(const struct lane *l, int32_t ox)
{
    const struct mote_depthwise_conv2d_s8 *op = l->op;
    const size_t apart = (size_t)op->sw * op->in.c;
    const bool is_plain_3 = op->kw == 3 && op->sw == 1 && op->dw == 1;
    const int8_t *x = l->in + (size_t)(ox * op->sw - op->pad_left) * op->in.c;
    const int8_t *w = l->w;
    int32_t acc[4] = {l->base, l->base, l->base, l->base};
    for (int32_t ky = 0; ky < l->n_ky; ky++) {
        if (is_plain_3)
            row3_of_4(l, x, w, acc);
        else
            row_of_4(l, x, w, apart, acc);
        x += l->row_bytes;
        w += (size_t)op->kw * op->out.c;
    }
    for (int32_t i = 0; i < 4; i++)
        store(l, ox + i, acc[i]);
}

/* in_zero times the weights of one channel in the kernel rows outside `t`. */
static int32_t clipped_rows(const struct mote_depthwise_conv2d_s8 *op, const int8_t *w,
                            struct mote_taps t)
{
    int32_t sum = 0;
    for (int32_t ky = 0; ky < op->kh; ky++)
        for (int32_t kx = 0; kx < op->kw; kx++, w += op->out.c)
            if (ky < t.first || ky >= t.end)
                sum += *w;
    return op->in_zero * sum;
}

/* All pixels of the lane; those of `whole` have every column inside. */
static void row_of_lane(const struct lane *l, struct mote_taps whole)
{
    int32_t ox = 0;
    for (; ox < whole.first; ox++)
        pixel(l, ox);
    for (; ox + 3 < whole.end; ox += 4)
        four_pixels(l, ox);
    for (; ox < l->op->out.w; ox++)
        pixel(l, ox);
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
    const size_t in_row = (size_t)op->in.w * op->in.c;
    const struct mote_taps whole =
        mote_outputs_inside(op->out.w, op->in.w, op->sw, op->pad_left, (op->kw - 1) * op->dw);
    struct lane l = {.op = op, .row_bytes = op->dh * in_row};
    for (int32_t oy = 0; oy < op->out.h; oy++) {
        const int32_t y0 = oy * op->sh - op->pad_top;
        const struct mote_taps t = mote_taps_inside(y0, op->kh, op->dh, op->in.h);
        const size_t first = t.first < t.end ? (size_t)(y0 + t.first * op->dh) * in_row : 0;
        l.n_ky = t.end - t.first;
        for (int32_t ic = 0, oc = 0; ic < op->in.c; ic++)
            for (int32_t i = 0; i < op->multiplier; i++, oc++) {
                l.in = in + first + ic;
                l.w = w + (size_t)t.first * op->kw * op->out.c + oc;
                l.out = out + (size_t)oy * op->out.w * op->out.c + oc;
                l.scale = mote_scale_of(op->mult[oc], op->shift[oc]);
                l.base = bias[oc];
                if (l.n_ky < op->kh)
                    l.base += clipped_rows(op, w + oc, t);
                row_of_lane(&l, whole);
            }
    }
}
