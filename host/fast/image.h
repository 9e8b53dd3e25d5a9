/* image.h - an int8 image as the inner loops read it: with its padding, in a variant's elements.
 * SPDX-License-Identifier: Apache-2.0
 *
 * For a depthwise convolution with stride s, columns stand in s phases: 0, s, 2s, ..., then 1, s + 1,
 * ... So neighbouring outputs read neighbours, whatever the stride. */
#ifndef MOTE_HOST_FAST_IMAGE_H
#define MOTE_HOST_FAST_IMAGE_H
#include "fast/kernels.h"

struct image {
    int32_t in_h, in_w, in_c;
    int32_t top, left;      /* padding in front                                     */
    int32_t h, w;           /* rows and columns that windows reach, from the padding on */
    int32_t phases;         /* 1: columns in order                                  */
    int32_t repeat;         /* each channel so often, side by side                  */
    int32_t phase_columns;  /* from one phase to the next                           */
    int8_t zero;            /* the padding                                          */
    ptrdiff_t column_bytes; /* from one column of a phase to the next               */
    ptrdiff_t row_bytes;
};

/* What is known of one dimension of a window. */
struct reach {
    int32_t out, kernel, stride, dilation, before;
};

/* False if the image would be unreasonably large. */
bool image_plan(struct image *im, const struct fast_kernels *k, struct mote_hwc in, int8_t zero,
                const struct reach *rows, const struct reach *columns, int32_t phases,
                int32_t repeat);
/* Where column ix stands in a row. */
ptrdiff_t image_column(const struct image *im, int32_t ix);
/* Bytes to be had at `to` of image_fill. */
size_t image_bytes(const struct image *im);
void image_fill(const struct image *im, const struct fast_kernels *k, const int8_t *in, void *to);
#endif
