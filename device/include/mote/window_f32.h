/* window_f32.h - what slides over an image in float: convolutions, transposed too, and pooling.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition; the order of additions is part of it. Build these
 * files without contraction to fused multiply-add (-ffp-contract=off): it would skip a rounding. */
#ifndef MOTE_WINDOW_F32_H
#define MOTE_WINDOW_F32_H
#include "mote/act.h"
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_window_f32 {
    struct mote_hwc in, out;   /* shapes; the far-side padding follows from them   */
    uint8_t kh, kw;            /* kernel, 1..255                                   */
    uint8_t sh, sw;            /* stride, 1..255                                   */
    uint8_t dh, dw;            /* dilation, 1..255; of pools and transposed 1      */
    uint8_t pad_top, pad_left; /* rows and columns of padding before the image     */
    uint8_t act;               /* enum mote_act                                    */
    bool backward;             /* write the last output row first: see kernels.def */
};

size_t mote_conv2d_f32_ref_scratch(const struct mote_window_f32 *op);
size_t mote_depthwise_conv2d_f32_ref_scratch(const struct mote_window_f32 *op);
size_t mote_transpose_conv2d_f32_ref_scratch(const struct mote_window_f32 *op);
size_t mote_average_pool2d_f32_ref_scratch(const struct mote_window_f32 *op);
size_t mote_max_pool2d_f32_ref_scratch(const struct mote_window_f32 *op);

/* in[in.h][in.w][in.c], out[out.h][out.w][out.c], bias[out.c]; w[out.c][kh][kw][in.c], of
 * depthwise_conv2d w[kh][kw][out.c]. `out` may overlap `in` as EITHER in kernels.def says, of
 * transpose_conv2d not, whose padding crops the output. */
void mote_conv2d_f32_ref(const struct mote_window_f32 *op, const float *in, const float *w,
                         const float *bias, float *out, void *scratch);
void mote_depthwise_conv2d_f32_ref(const struct mote_window_f32 *op, const float *in,
                                   const float *w, const float *bias, float *out, void *scratch);
void mote_transpose_conv2d_f32_ref(const struct mote_window_f32 *op, const float *in,
                                   const float *w, const float *bias, float *out, void *scratch);
void mote_average_pool2d_f32_ref(const struct mote_window_f32 *op, const float *in, float *out,
                                 void *scratch);
void mote_max_pool2d_f32_ref(const struct mote_window_f32 *op, const float *in, float *out,
                             void *scratch);

#ifdef __cplusplus
}
#endif
#endif
