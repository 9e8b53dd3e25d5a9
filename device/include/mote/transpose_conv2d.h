/* transpose_conv2d.h - transposed convolution of int8 or int16 with weights of int8, NHWC activations, OHWI weights.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each input pixel adds its filter's taps to the output, `stride` pixels further for each input
 * pixel. docs/spec/numerics.md, section 21, is the definition. */
#ifndef MOTE_TRANSPOSE_CONV2D_H
#define MOTE_TRANSPOSE_CONV2D_H
#include "mote/conv2d.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The members are those of conv2d: the output is cropped by pad_top rows and pad_left columns;
 * dh and dw are 1, `backward` is false. */
size_t mote_transpose_conv2d_s8_ref_scratch(const struct mote_conv2d_s8 *op);
size_t mote_transpose_conv2d_s16_ref_scratch(const struct mote_conv2d_s8 *op);

/* in[in.h][in.w][in.c], out[out.h][out.w][out.c], w[out.c][kh][kw][in.c], bias[out.c]. */
void mote_transpose_conv2d_s8_ref(const struct mote_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *bias, int8_t *out, void *scratch);
/* bias as for conv2d of int16. */
void mote_transpose_conv2d_s16_ref(const struct mote_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const void *bias, int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
