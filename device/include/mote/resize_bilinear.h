/* resize_bilinear.h - an image of another size, each pixel mixed from four, int8, NHWC.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 22, is the definition. */
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

#ifdef __cplusplus
}
#endif
#endif
