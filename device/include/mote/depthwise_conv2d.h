/* depthwise_conv2d.h - depthwise convolution, int8, NHWC activations, 1HWC weights.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Output channel c reads input channel c / multiplier. docs/spec/numerics.md is the definition. */
#ifndef MOTE_DEPTHWISE_CONV2D_H
#define MOTE_DEPTHWISE_CONV2D_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_depthwise_conv2d_s8 {
    struct mote_hwc in, out; /* out.c = in.c * multiplier                       */
    uint8_t kh, kw;          /* kernel, 1..255                                  */
    uint8_t sh, sw;          /* stride, 1..255                                  */
    uint8_t dh, dw;          /* dilation, 1..255                                */
    uint8_t pad_top, pad_left;
    int8_t in_zero, out_zero;
    int16_t out_min, out_max;
    uint16_t multiplier; /* output channels per input channel               */
    bool backward;       /* write the last output row first: see kernels.def */
    bool wide;           /* s16: sums and bias have 64 bits, else 32        */
    bool is_proved;      /* variants with records: host/pack/record.h       */
    const int32_t *mult; /* [out.c] Q31 multiplier, borrowed                */
    const int8_t *shift; /* [out.c] -31..30, positive to the left, borrowed */
};

size_t mote_depthwise_conv2d_s8_ref_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s16_ref_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s16_opt_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s16_narrow_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s16_mve_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s8_opt_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s8_dsp_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s8_dsp3x3_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s8_v7m_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s8_rv32_scratch(const struct mote_depthwise_conv2d_s8 *op);
size_t mote_depthwise_conv2d_s8_mve_scratch(const struct mote_depthwise_conv2d_s8 *op);

/* w[kh][kw][out.c]; bias as for conv2d: ref takes the model's, opt the folded one. v7m, rv32: w and
 * records as host/pack/fours.h lays them out; mve: as host/pack/cells.h. */
void mote_depthwise_conv2d_s8_ref(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *bias, int8_t *out, void *scratch);
void mote_depthwise_conv2d_s8_opt(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *bias, int8_t *out, void *scratch);
/* w and records as host/pack/quads.h lays them out. */
void mote_depthwise_conv2d_s8_dsp(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const uint32_t *w, const int32_t *records, int8_t *out,
                                  void *scratch);
/* w as host/pack/nines.h lays it out; it has everything. */
void mote_depthwise_conv2d_s8_dsp3x3(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                     const uint32_t *w, const int32_t *none, int8_t *out,
                                     void *scratch);
void mote_depthwise_conv2d_s8_v7m(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *records, int8_t *out,
                                  void *scratch);
void mote_depthwise_conv2d_s8_rv32(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                   const int8_t *w, const int32_t *records, int8_t *out,
                                   void *scratch);
void mote_depthwise_conv2d_s8_mve(const struct mote_depthwise_conv2d_s8 *op, const int8_t *in,
                                  const int8_t *w, const int32_t *records, int8_t *out,
                                  void *scratch);
void mote_depthwise_conv2d_s16_ref(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const void *bias, int16_t *out, void *scratch);
void mote_depthwise_conv2d_s16_opt(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const void *bias, int16_t *out, void *scratch);
/* w as above, records as host/pack/shorts.h lays them out. */
void mote_depthwise_conv2d_s16_narrow(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                      const int8_t *w, const int32_t *records, int16_t *out,
                                      void *scratch);
/* w and records as host/pack/eights.h lays them out. */
void mote_depthwise_conv2d_s16_mve(const struct mote_depthwise_conv2d_s8 *op, const int16_t *in,
                                   const int8_t *w, const int32_t *records, int16_t *out,
                                   void *scratch);

#ifdef __cplusplus
}
#endif
#endif
