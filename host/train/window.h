/* window.h - sliding windows as strided products: how a convolution and its gradients walk over
 * padded images without copying a window.
 *
 * With a source image padded by zeros, the pixels under tap (ky, kx) of neighbouring windows lie
 * at constant distance, so one row of windows is a matrix whose rows overlap in memory. Taps that
 * stand side by side in memory form a run, which the kernel reads as one long row.
 *
 *   forward    out(oy, ox) = sum over taps of in(oy * stride + ky * dilation - pad, ...) * w(tap)
 *              : one walk.
 *   backward   in(iy, ix)  = sum over taps of out((iy + pad - ky * dilation) / stride, ...) *
 * w(tap) where the division is exact: for each remainder of (iy, ix) by the stride another set of
 * taps, so one walk per remainder. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_WINDOW_H
#define MOTE_HOST_TRAIN_WINDOW_H
#include "train/trainer.h"

struct window {
    ptrdiff_t in_h, in_w, in_c, out_h, out_w, out_c;
    ptrdiff_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
    ptrdiff_t pad_top, pad_bottom, pad_left, pad_right;
};

/* An image of h x w pixels with zeros around it. */
struct padding {
    ptrdiff_t h, w, channels;
    ptrdiff_t top, bottom, left, right;
};

/* One set of taps over one grid of destination pixels. Offsets count floats. */
struct walk {
    ptrdiff_t from; /* source pixel of the first destination pixel, without tap offset */
    ptrdiff_t from_x, from_y;
    ptrdiff_t to; /* first destination pixel */
    ptrdiff_t to_x, to_y;
    ptrdiff_t n_x, n_y;
    ptrdiff_t n_taps;
    const ptrdiff_t *tap;   /* [n_taps] source offsets, ascending                              */
    const ptrdiff_t *w_tap; /* [n_taps] ky * kernel_w + kx                                     */
    ptrdiff_t n_runs, run_taps;
    const ptrdiff_t *run; /* [n_runs] offset of each run's first tap; runs are equally long   */
};

struct window_plan {
    struct window window;
    struct padding in_pad, out_pad; /* of the input, and of the output's gradient */
    struct walk forward;
    ptrdiff_t n_backward;
    const struct walk *backward; /* [n_backward]; n_taps may be 0 */
};

/* The window of a convolution node with a kernel of kh x kw. `channels_in` and `channels_out` are
 * the channels of the padded images: a depthwise convolution has those of its output in both. */
struct window window_of(const struct trainer *t, const struct layer *l, ptrdiff_t kernel_h,
                        ptrdiff_t kernel_w);
const struct window_plan *window_plan_new(struct arena *a, const struct window *w);

/* Kernel 1x1, stride 1, no padding: all pixels of all samples are one row of windows. */
bool window_is_point(const struct window *w);

ptrdiff_t padding_floats(const struct padding *p);
/* The padded image: `src` itself when there is nothing to pad, else a copy in `room`. */
const float *padding_fill(const struct padding *p, const float *src, float *room);
#endif
