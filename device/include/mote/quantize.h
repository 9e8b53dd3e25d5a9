/* quantize.h - between float and int8. The only kernels that touch floating point; the linker
 * drops them where a model's ends are int8. SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_QUANTIZE_H
#define MOTE_QUANTIZE_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* real = scale * (q - zero) */
struct mote_quantize_f32 {
    uint32_t n;
    float scale;
    int8_t zero;
};

size_t mote_quantize_f32_ref_scratch(const struct mote_quantize_f32 *op);
size_t mote_dequantize_f32_ref_scratch(const struct mote_quantize_f32 *op);

/* q = clamp(round half away from zero(x / scale) + zero, -128, 127); NaN gives `zero`. */
void mote_quantize_f32_ref(const struct mote_quantize_f32 *op, const float *in, int8_t *out,
                           void *scratch);
void mote_dequantize_f32_ref(const struct mote_quantize_f32 *op, const int8_t *in, float *out,
                             void *scratch);

#ifdef __cplusplus
}
#endif
#endif
