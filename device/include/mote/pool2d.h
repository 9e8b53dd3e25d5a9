/* pool2d.h - average and maximum pooling, int8, NHWC. SPDX-License-Identifier: Apache-2.0
 *
 * Input and output share scale and zero point. Padded taps count neither in the sum nor in the
 * divisor. docs/spec/numerics.md is the definition. */
#ifndef MOTE_POOL2D_H
#define MOTE_POOL2D_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_pool2d_s8 {
    struct mote_hwc in, out;
    uint8_t kh, kw; /* window, 1..255 */
    uint8_t sh, sw; /* stride, 1..255 */
    uint8_t pad_top, pad_left;
    int16_t out_min, out_max;
    bool backward; /* write the last output row first: see kernels.def */
};

size_t mote_average_pool2d_s8_ref_scratch(const struct mote_pool2d_s8 *op);
size_t mote_average_pool2d_s16_ref_scratch(const struct mote_pool2d_s8 *op);
size_t mote_average_pool2d_s8_opt_scratch(const struct mote_pool2d_s8 *op);
size_t mote_average_pool2d_s8_dsp_scratch(const struct mote_pool2d_s8 *op);
size_t mote_average_pool2d_s8_mve_scratch(const struct mote_pool2d_s8 *op);
size_t mote_max_pool2d_s8_ref_scratch(const struct mote_pool2d_s8 *op);
size_t mote_max_pool2d_s16_ref_scratch(const struct mote_pool2d_s8 *op);
size_t mote_max_pool2d_s8_opt_scratch(const struct mote_pool2d_s8 *op);

void mote_average_pool2d_s8_ref(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch);
void mote_average_pool2d_s8_opt(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch);
void mote_average_pool2d_s8_dsp(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch);
void mote_average_pool2d_s8_mve(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                                void *scratch);
void mote_max_pool2d_s8_ref(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch);
void mote_max_pool2d_s8_opt(const struct mote_pool2d_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch);
void mote_average_pool2d_s16_ref(const struct mote_pool2d_s8 *op, const int16_t *in, int16_t *out,
                                 void *scratch);
void mote_max_pool2d_s16_ref(const struct mote_pool2d_s8 *op, const int16_t *in, int16_t *out,
                             void *scratch);

#ifdef __cplusplus
}
#endif
#endif
