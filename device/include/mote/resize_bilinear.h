/* resize_bilinear.h - an image of another size, each pixel mixed from four, NHWC.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 22, is the definition for int8, docs/spec/ir.md, section 5, for
 * float; see window_f32.h on fused multiply-add. */
#ifndef MOTE_RESIZE_BILINEAR_H
#define MOTE_RESIZE_BILINEAR_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Output row i lies at i * y_step + y_first of the input, in 1/1024 of a row; columns alike. */
struct mote_resize_bilinear_s8 {
    struct mote_hwc in, out; /* one number of channels */
    int32_t y_step, x_step;
    int32_t y_first, x_first;
};

size_t mote_resize_bilinear_s8_ref_scratch(const struct mote_resize_bilinear_s8 *op);
void mote_resize_bilinear_s8_ref(const struct mote_resize_bilinear_s8 *op, const int8_t *in,
                                 int8_t *out, void *scratch);

size_t mote_resize_bilinear_s16_ref_scratch(const struct mote_resize_bilinear_s8 *op);
void mote_resize_bilinear_s16_ref(const struct mote_resize_bilinear_s8 *op, const int16_t *in,
                                  int16_t *out, void *scratch);

/* Output row i lies at i * y_scale of the input; with half_pixel at (i + 1/2) * y_scale - 1/2. Columns
 * alike. */
struct mote_resize_bilinear_f32 {
    struct mote_hwc in, out; /* one number of channels */
    float y_scale, x_scale;
    bool half_pixel;
};

size_t mote_resize_bilinear_f32_ref_scratch(const struct mote_resize_bilinear_f32 *op);
void mote_resize_bilinear_f32_ref(const struct mote_resize_bilinear_f32 *op, const float *in,
                                  float *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
