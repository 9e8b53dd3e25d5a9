/* window.h - which taps of a kernel window lie inside the image.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_WINDOW_H
#define MOTE_COMMON_WINDOW_H
#include "kernels/common/requant.h"
#include "mote/types.h"

/* The output row that comes i-th of n. */
static inline int32_t mote_row(int32_t i, int32_t n, bool is_backward)
{
    return is_backward ? n - 1 - i : i;
}

/* Taps first..end-1 of one dimension; empty when first == end. */
struct mote_taps {
    int32_t first, end;
};

/* The taps k in 0..kernel-1 whose position origin + k * dilation lies in 0..size-1. `origin` is
 * out * stride - pad: |origin| < 2^24. */
static inline struct mote_taps mote_taps_inside(int32_t origin, int32_t kernel, int32_t dilation,
                                                int32_t size)
{
    MOTE_ASSERT(kernel >= 1 && dilation >= 1 && size >= 1);
    struct mote_taps t = {0, kernel};
    if (origin < 0)
        t.first = mote_min_s32((-origin + dilation - 1) / dilation, kernel);
    if (origin + (kernel - 1) * dilation >= size)
        t.end = origin >= size ? 0 : (size - 1 - origin) / dilation + 1;
    t.end = mote_max_s32(t.end, t.first);
    return t;
}

/* The outputs first..end-1 of one dimension whose whole window lies inside the image; `reach` is
 * (kernel - 1) * dilation. */
static inline struct mote_taps mote_outputs_inside(int32_t out, int32_t in, int32_t stride,
                                                   int32_t pad, int32_t reach)
{
    MOTE_ASSERT(stride >= 1);
    struct mote_taps t = {mote_min_s32((pad + stride - 1) / stride, out), 0};
    const int32_t last = in - 1 - reach + pad; /* the last origin, times the stride */
    if (last >= 0)
        t.end = mote_min_s32(last / stride + 1, out);
    t.end = mote_max_s32(t.end, t.first);
    return t;
}
#endif
