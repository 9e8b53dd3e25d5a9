/* binary_f32.h - functions of two floats, whose shapes broadcast.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/ir.md, section 5, is the definition. See window_f32.h on fused multiply-add. */
#ifndef MOTE_BINARY_F32_H
#define MOTE_BINARY_F32_H
#include "mote/act.h"
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_binary_f32 {
    struct mote_broadcast walk;
    uint8_t act; /* enum mote_act; of minimum and maximum none */
};

/* Each declares its two functions. `out` may be an input of its size. */
#define MOTE_BINARY_F32(name)                                                                      \
    size_t mote_##name##_f32_ref_scratch(const struct mote_binary_f32 *op);                        \
    void mote_##name##_f32_ref(const struct mote_binary_f32 *op, const float *a, const float *b,   \
                               float *out, void *scratch);
MOTE_BINARY_F32(add_broadcast)
MOTE_BINARY_F32(sub)
MOTE_BINARY_F32(mul)
MOTE_BINARY_F32(div)
MOTE_BINARY_F32(prelu)
MOTE_BINARY_F32(squared_difference)
MOTE_BINARY_F32(minimum)
MOTE_BINARY_F32(maximum)
MOTE_BINARY_F32(pow)
MOTE_BINARY_F32(floor_div)
MOTE_BINARY_F32(floor_mod)
#undef MOTE_BINARY_F32

#ifdef __cplusplus
}
#endif
#endif
