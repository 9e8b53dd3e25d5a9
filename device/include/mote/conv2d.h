/* conv2d.h - 2-D convolution of int8 or int16 with weights of int8, NHWC activations, OHWI weights.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every variant yields exactly the same bytes: docs/spec/numerics.md is the definition and
 * conv2d_s8_ref.c its plain transcription. No allocation, no global state, no libm. */
#ifndef MOTE_CONV2D_H
#define MOTE_CONV2D_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is known about one convolution before it runs. The emitter writes it as a const object, so
 * it lives in flash. */
struct mote_conv2d_s8 {
    struct mote_hwc in, out;   /* shapes; the far-side padding follows from them  */
    uint8_t kh, kw;            /* kernel, 1..255                                  */
    uint8_t sh, sw;            /* stride, 1..255                                  */
    uint8_t dh, dw;            /* dilation, 1..255                                */
    uint8_t pad_top, pad_left; /* rows and columns of padding before the image    */
    int8_t in_zero, out_zero;  /* zero points                                     */
    int16_t out_min, out_max;  /* fused activation, in output units               */
    bool backward;             /* write the last output row first: see kernels.def */
    bool wide;                 /* s16: sums and bias have 64 bits, else 32        */
    bool is_proved;            /* with records: how sums become bytes: host/pack/record.h */
    const int32_t *mult;       /* ref, opt: [out.c] Q31 multiplier, borrowed      */
    const int8_t *shift;       /* ref, opt: [out.c] -31..30, positive to the left, borrowed */
};

/* Bytes of scratch the variant needs, often 0. Built for the host too: the memory planner calls
 * this very function. */
size_t mote_conv2d_s8_ref_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s16_ref_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s16_opt_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s16_narrow_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s16_mve_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_opt_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_v7m_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_opt_w4_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_dsp_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_rv32_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_winograd_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_mve_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_dsp_w4_scratch(const struct mote_conv2d_s8 *op);
size_t mote_conv2d_s8_mve_w4_scratch(const struct mote_conv2d_s8 *op);

/* Does a variant that computes some pixels at a time take them in the order of the image, whatever row
 * they are in? Of a pointwise layer, where pixel i is made of pixel i alone. */
static inline bool mote_conv2d_s8_is_flat(const struct mote_conv2d_s8 *op)
{
    return op->kh == 1 && op->kw == 1 && op->sh == 1 && op->sw == 1 && op->in.h == op->out.h &&
           op->in.w == op->out.w;
}

/* Run one layer: in[in.h][in.w][in.c], out[out.h][out.w][out.c], w[out.c][kh][kw][in.c].
 * `out` must not overlap `scratch`, and `in` only as EITHER in kernels.def says.
 *   ref: bias[out.c] as in the model. Of s16 int64_t if op->wide, else int32_t.
 *   opt: bias[out.c] with the input zero point folded in: bias - in_zero * sum of the channel's
 *        weights.
 *   opt_w4: the same bias; w as host/pack/nibbles.h lays it out: _w4 are variants for weights that all
 *        lie in -8..7.
 *   v7m, rv32: w and records as host/pack/fours.h lays them out, for rv32 TRIPLES.
 *   dsp: w and records as host/pack/pairs.h lays them out.
 *   mve: w and records as host/pack/dots.h lays them out, DOTS_2; mve_w4: DOTS_2_W4. */
void mote_conv2d_s8_ref(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *bias, int8_t *out, void *scratch);
void mote_conv2d_s8_opt(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *bias, int8_t *out, void *scratch);
void mote_conv2d_s8_v7m(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *records, int8_t *out, void *scratch);
void mote_conv2d_s8_rv32(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                         const int32_t *records, int8_t *out, void *scratch);
void mote_conv2d_s8_opt_w4(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                           const int32_t *bias, int8_t *out, void *scratch);
void mote_conv2d_s8_dsp(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                        const int32_t *records, int8_t *out, void *scratch);
void mote_conv2d_s8_winograd(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                             const int32_t *records, int8_t *out, void *scratch);
void mote_conv2d_s8_mve_w4(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                           const int32_t *records, int8_t *out, void *scratch);
void mote_conv2d_s8_mve(const struct mote_conv2d_s8 *op, const int8_t *in, const int8_t *w,
                        const int32_t *records, int8_t *out, void *scratch);
/* dsp_w4: as dsp, but with weights as host/pack/quartets.h lays them out. */
void mote_conv2d_s8_dsp_w4(const struct mote_conv2d_s8 *op, const int8_t *in, const uint32_t *w,
                           const int32_t *records, int8_t *out, void *scratch);
void mote_conv2d_s16_ref(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                         const void *bias, int16_t *out, void *scratch);
/* w as above, records as host/pack/shorts.h lays them out. */
void mote_conv2d_s16_narrow(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                            const int32_t *records, int16_t *out, void *scratch);
/* w and records as host/pack/dots.h lays them out, DOTS_2_S16. */
void mote_conv2d_s16_mve(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                         const int32_t *records, int16_t *out, void *scratch);
void mote_conv2d_s16_opt(const struct mote_conv2d_s8 *op, const int16_t *in, const int8_t *w,
                         const void *bias, int16_t *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
