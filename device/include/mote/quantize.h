/* quantize.h - between float and int8 or int16. The linker drops them where a model's ends
 * are integers. SPDX-License-Identifier: Apache-2.0 */
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
    int16_t zero;
    bool wide; /* the integers are int16, else int8 */
};

size_t mote_quantize_f32_ref_scratch(const struct mote_quantize_f32 *op);
size_t mote_dequantize_f32_ref_scratch(const struct mote_quantize_f32 *op);

/* q = clamp(round half away from zero(x / scale) + zero) in the range of the type; NaN gives `zero`. */
void mote_quantize_f32_ref(const struct mote_quantize_f32 *op, const float *in, void *out,
                           void *scratch);
void mote_dequantize_f32_ref(const struct mote_quantize_f32 *op, const void *in, float *out,
                             void *scratch);

#ifdef __cplusplus
}
#endif
#endif
