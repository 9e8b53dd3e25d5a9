/* map_s32.h - the two functions of a kernel that is a function of two int32 as they are.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A macro for the reason that map_f32.h gives. */
#ifndef MOTE_COMMON_MAP_S32_H
#define MOTE_COMMON_MAP_S32_H
#include "kernels/common/walk.h"
#include "mote/binary_s32.h"

/* The low 32 bits; two's complement without leaving int32. */
static inline int32_t mote_wrap_s32(uint32_t x)
{
    return x <= INT32_MAX ? (int32_t)x : (int32_t)(x - (uint32_t)INT32_MAX - 1) + INT32_MIN;
}

/* out = f(a, b), shapes broadcast */
#define MOTE_ZIP_S32(name, f)                                                                      \
    size_t mote_##name##_s32_ref_scratch(const struct mote_binary_s32 *op)                         \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    void mote_##name##_s32_ref(const struct mote_binary_s32 *op, const int32_t *a,                 \
                               const int32_t *b, int32_t *out, void *scratch)                      \
    {                                                                                              \
        (void)scratch;                                                                             \
        const struct mote_broadcast *w = &op->walk;                                                \
        const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];                  \
        for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {                               \
            const struct mote_walk_row row = mote_walk_row(w, i);                                  \
            for (uint32_t k = 0; k < n; k++)                                                       \
                out[k] = f(a[row.a + k * a_step], b[row.b + k * b_step]);                          \
        }                                                                                          \
    }
#endif
