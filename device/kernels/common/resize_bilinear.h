/* resize_bilinear.h - where an integer image takes its pixels, and how it mixes four of them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_COMMON_RESIZE_BILINEAR_H
#define MOTE_COMMON_RESIZE_BILINEAR_H
#include "kernels/common/requant.h"
#include "mote/resize_bilinear.h"

/* Two neighbours along one dimension, and how near the second is: 0..1024. */
struct mote_mix {
    int32_t first, second, part;
};

/* A position before the image, or behind it, is that of the nearest pixel. */
static inline struct mote_mix mote_mix_at(int32_t position, int32_t size)
{
    const int32_t p = mote_max_s32(position, 0);
    struct mote_mix m = {mote_min_s32(p >> 10, size - 1), mote_min_s32((p + 1023) >> 10, size - 1),
                         0};
    m.part = m.first == m.second ? 0 : p - m.first * 1024;
    return m;
}

/* The kernel for elements of `type`; `sum` holds 2^20 of them, and round_div(sum) is sum / 2^20 to the
 * nearest, halves away from zero. */
#define MOTE_RESIZE_BILINEAR_KERNEL(dtype, type, sum_type, round_div)                              \
    size_t mote_resize_bilinear_##dtype##_ref_scratch(const struct mote_resize_bilinear_s8 *op)    \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    /* One pixel: `left` and `right` of the rows above and below it. */                            \
    static void mix(const type *top, const type *bottom, size_t left, size_t right, size_t c,      \
                    sum_type y, sum_type x, type out[])                                            \
    {                                                                                              \
        for (size_t k = 0; k < c; k++) {                                                           \
            const sum_type upper = top[left + k] * (1024 - x) + top[right + k] * x;                \
            const sum_type lower = bottom[left + k] * (1024 - x) + bottom[right + k] * x;          \
            out[k] = (type)round_div(upper * (1024 - y) + lower * y);                              \
        }                                                                                          \
    }                                                                                              \
    void mote_resize_bilinear_##dtype##_ref(const struct mote_resize_bilinear_s8 *op,              \
                                            const type *in, type out[], void *scratch)             \
    {                                                                                              \
        (void)scratch;                                                                             \
        const size_t c = op->in.c, row = (size_t)op->in.w * c;                                     \
        for (int32_t oy = 0; oy < op->out.h; oy++) {                                               \
            const struct mote_mix y = mote_mix_at(oy * op->y_step + op->y_first, op->in.h);        \
            const type *top = in + (size_t)y.first * row, *bottom = in + (size_t)y.second * row;   \
            for (int32_t ox = 0; ox < op->out.w; ox++, out += c) {                                 \
                const struct mote_mix x = mote_mix_at(ox * op->x_step + op->x_first, op->in.w);    \
                mix(top, bottom, (size_t)x.first *c, (size_t)x.second *c, c, y.part, x.part, out); \
            }                                                                                      \
        }                                                                                          \
    }
#endif
