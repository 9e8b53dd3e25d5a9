/* binary_s32.h - functions of two int32 as they are, whose shapes broadcast.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 32, is the definition. */
#ifndef MOTE_BINARY_S32_H
#define MOTE_BINARY_S32_H
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_binary_s32 {
    struct mote_broadcast walk;
};

/* Each declares its two functions. `out` may be an input of its size. */
#define MOTE_BINARY_S32(name)                                                                      \
    size_t mote_##name##_s32_ref_scratch(const struct mote_binary_s32 *op);                        \
    void mote_##name##_s32_ref(const struct mote_binary_s32 *op, const int32_t *a,                 \
                               const int32_t *b, int32_t *out, void *scratch);
MOTE_BINARY_S32(add_broadcast)
MOTE_BINARY_S32(sub)
MOTE_BINARY_S32(mul)
MOTE_BINARY_S32(div)
MOTE_BINARY_S32(minimum)
MOTE_BINARY_S32(maximum)
MOTE_BINARY_S32(floor_div)
MOTE_BINARY_S32(floor_mod)
#undef MOTE_BINARY_S32

#ifdef __cplusplus
}
#endif
#endif
