/* kernels.h - the inner loops of training, in one variant per instruction set.
 *
 * kernels.inc holds the text once; kernels_avx512.c, kernels_avx2.c and kernels_c.c compile it for
 * their vectors. The variant is chosen at run time. Results are the same bytes from run to run and
 * for any number of threads on machines with the same variant; between variants they differ by
 * rounding, since sums run in another order or with fused multiply-add.
 *
 * All strides and offsets count floats. Matrices are row-major; activations NHWC, so that "rows"
 * are pixels and columns channels.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_HOST_TRAIN_KERNELS_H
#define MOTE_HOST_TRAIN_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Floats that may be read, never used, behind the last element of `b` of a product. */
#define KERNEL_SLACK 64

enum store { STORE_SET, STORE_ADD };

/* n_y products of one b:
 *
 *     c[y][i][j]  =  bias[j] + sum over s < n_seg, k < seg_len of
 *                    a[y * a_y + seg[s] + i * a_row + k * a_step] * b[s * b_seg + k * b_step + j]
 *
 * with i < m, j < n. Rows of `a` may overlap: a convolution is a product whose rows are the
 * windows of a padded image, so nothing is copied for it (see conv_plan.h). */
struct product {
    const float *a;
    ptrdiff_t a_row, a_step, a_y;
    const ptrdiff_t *seg; /* [n_seg] */
    ptrdiff_t n_seg, seg_len;
    const float *b; /* KERNEL_SLACK readable floats follow the last element */
    ptrdiff_t b_step, b_seg;
    float *c;
    ptrdiff_t c_row, c_y;
    const float *bias; /* [n], NULL: 0; KERNEL_SLACK applies too */
    ptrdiff_t m, n, n_y;
    enum store store;
};

/* Depthwise: out[y][x][ch] = bias[ch] + sum over t < n_taps of
 *            in[y * in_y + x * in_x + tap[t] + ch] * w[w_row[t] * channels + ch]. */
struct taps {
    const float *in;
    ptrdiff_t in_x, in_y;
    const ptrdiff_t *tap;   /* [n_taps] */
    const ptrdiff_t *w_row; /* [n_taps] */
    ptrdiff_t n_taps;
    const float *w;
    float *out;
    ptrdiff_t out_x, out_y;
    const float *bias; /* [channels], NULL: 0 */
    ptrdiff_t n_x, n_y, channels;
    enum store store;
};

/* Gradient of depthwise weights:
 * dw[t][ch] = sum over y, x of in[y * in_y + x * in_x + tap[t] + ch] * dy[(y * n_x + x) *
 * channels + ch]. */
struct taps_grad {
    const float *in;
    ptrdiff_t in_x, in_y;
    const ptrdiff_t *tap;
    ptrdiff_t n_taps;
    const float *dy;
    ptrdiff_t n_x, n_y, channels;
    float *dw;
    enum store store;
};

/* Max pooling of one image; windows are clipped to the image, none is empty. */
struct max_pool {
    ptrdiff_t in_h, in_w, out_h, out_w, channels;
    ptrdiff_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
};

/* The open interval in which a clamp passes the gradient; infinite bounds: no clamp. */
struct range {
    float lo, hi;
};

struct kernels {
    const char *name;
    void (*product)(const struct product *p);
    void (*depthwise)(const struct taps *t);
    void (*depthwise_grad)(const struct taps_grad *t);

    /* out[j] (+)= sum over rows of x[row][j]. */
    void (*column_sums)(const float *x, ptrdiff_t rows, ptrdiff_t n, float *out, enum store store);
    /* Mean and sum of squared distances from it, per column. */
    void (*moments)(const float *x, ptrdiff_t rows, ptrdiff_t n, float *mean, float *m2);
    /* y = clamp(x * scale[j] + offset[j]). */
    void (*scale)(const float *x, ptrdiff_t rows, ptrdiff_t n, const float *scale,
                  const float *offset, struct range act, float *y);
    /* g = dy where y lies inside `act`, else 0, written back to dy; sum_g[j] = sum of g,
     * sum_gx[j] = sum of g * (x - mean[j]) * inv[j]. */
    void (*norm_sums)(float *dy, const float *y, const float *x, ptrdiff_t rows, ptrdiff_t n,
                      const float *mean, const float *inv, struct range act, float *sum_g,
                      float *sum_gx);
    /* dx (+)= kg[j] * g + kx[j] * x + k1[j]; dx may be g. */
    void (*norm_grad)(const float *g, const float *x, ptrdiff_t rows, ptrdiff_t n, const float *kg,
                      const float *kx, const float *k1, float *dx, enum store store);

    /* Flat arrays of n. */
    void (*clamp)(const float *x, ptrdiff_t n, struct range act, float *y);
    void (*clamp_grad)(float *dy, const float *y, ptrdiff_t n, struct range act); /* in place */
    void (*add)(const float *a, const float *b, ptrdiff_t n, struct range act, float *y);

    void (*max_pool)(const struct max_pool *p, const float *x, float *y);
    /* dx (+)= the gradient, which goes to the first largest value of each window. STORE_SET only
     * when no two windows overlap; pixels outside all windows are left alone. */
    void (*max_pool_grad)(const struct max_pool *p, const float *x, const float *y, const float *dy,
                          float *dx, enum store store);
};

/* The fastest variant for this processor. */
const struct kernels *kernels_best(void);
/* Variant i = 0, 1, ... that this processor can run, portable first; NULL after the last. */
const struct kernels *kernels_variant(uint32_t i);
#endif
