/* opt_window.h - windows of a convolution as one run of bytes each, in portable C.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_CONV2D_OPT_WINDOW_H
#define MOTE_CONV2D_OPT_WINDOW_H
#include "mote/conv2d.h"

#include "kernels/common/window.h"

/* Requantise channel oc of two pixels. */
static inline void store_2(const struct mote_conv2d_s8 *op, int32_t oc, int32_t acc0, int32_t acc1,
                           int8_t *out0, int8_t *out1)
{
    const struct mote_scale s = mote_scale_of(op->mult[oc], op->shift[oc]);
    const int32_t zero = op->out_zero, low = op->out_min, high = op->out_max;
    *out0 = mote_to_s8(mote_requant_by(s, acc0), zero, low, high);
    *out1 = mote_to_s8(mote_requant_by(s, acc1), zero, low, high);
}

/* A 1x1 kernel, every tap inside: its windows lie in the image as they are. */
static inline bool is_pointwise(const struct mote_conv2d_s8 *op)
{
    return op->kh == 1 && op->kw == 1 && op->pad_top == 0 && op->pad_left == 0 &&
           (op->out.h - 1) * op->sh < op->in.h && (op->out.w - 1) * op->sw < op->in.w;
}

/* Copy the window of one pixel, kh * kw * in.c bytes. */
static void copy_window(const struct mote_conv2d_s8 *op, const int8_t *in, int32_t oy, int32_t ox,
                        int8_t *to)
{
    const int32_t y0 = oy * op->sh - op->pad_top, x0 = ox * op->sw - op->pad_left;
    const int32_t c = op->in.c;
    for (int32_t ky = 0; ky < op->kh; ky++) {
        const int32_t iy = y0 + ky * op->dh;
        const bool row_inside = iy >= 0 && iy < op->in.h;
        const int8_t *row = in + (row_inside ? (size_t)iy * op->in.w * (size_t)c : 0);
        for (int32_t kx = 0; kx < op->kw; kx++) {
            const int32_t ix = x0 + kx * op->dw;
            const bool inside = row_inside && ix >= 0 && ix < op->in.w;
            const int8_t *x = row + (inside ? (size_t)ix * (size_t)c : 0);
            for (int32_t ic = 0; ic < c; ic++)
                *to++ = inside ? x[ic] : op->in_zero;
        }
    }
}
#endif
