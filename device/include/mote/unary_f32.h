/* unary_f32.h - functions of one float. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, says what each of them computes and how near. See window_f32.h on
 * fused multiply-add. */
#ifndef MOTE_UNARY_F32_H
#define MOTE_UNARY_F32_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_unary_f32 {
    uint32_t n;  /* elements                                  */
    float alpha; /* of leaky_relu: the slope below 0, else 0 */
};

/* Each declares its two functions. `out` may be `in`. */
#define MOTE_UNARY_F32(name)                                                                       \
    size_t mote_##name##_f32_ref_scratch(const struct mote_unary_f32 *op);                         \
    void mote_##name##_f32_ref(const struct mote_unary_f32 *op, const float *in, float *out,       \
                               void *scratch);
MOTE_UNARY_F32(logistic)
MOTE_UNARY_F32(tanh)
MOTE_UNARY_F32(hard_swish)
MOTE_UNARY_F32(leaky_relu)
MOTE_UNARY_F32(elu)
MOTE_UNARY_F32(exp)
MOTE_UNARY_F32(log)
MOTE_UNARY_F32(sqrt)
MOTE_UNARY_F32(rsqrt)
MOTE_UNARY_F32(square)
MOTE_UNARY_F32(abs)
MOTE_UNARY_F32(neg)
MOTE_UNARY_F32(floor)
MOTE_UNARY_F32(ceil)
MOTE_UNARY_F32(round)
MOTE_UNARY_F32(sin)
MOTE_UNARY_F32(cos)
MOTE_UNARY_F32(gelu)
MOTE_UNARY_F32(gelu_tanh)
MOTE_UNARY_F32(relu)
MOTE_UNARY_F32(relu6)
#undef MOTE_UNARY_F32

#ifdef __cplusplus
}
#endif
#endif
