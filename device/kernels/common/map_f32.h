/* map_f32.h - the two functions of a float kernel that is a function of one or two elements.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Macros, since a function of a function would be a call through a pointer where a compiler does
 * not inline it, and the stack bound could not follow it. */
#ifndef MOTE_COMMON_MAP_F32_H
#define MOTE_COMMON_MAP_F32_H
#include "kernels/common/act_f32.h"
#include "kernels/common/walk.h"
#include "mote/binary_f32.h"
#include "mote/unary_f32.h"

/* out[i] = f(in[i], alpha) */
#define MOTE_MAP_F32(name, f)                                                                      \
    size_t mote_##name##_f32_ref_scratch(const struct mote_unary_f32 *op)                          \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    void mote_##name##_f32_ref(const struct mote_unary_f32 *op, const float *in, float *out,       \
                               void *scratch)                                                      \
    {                                                                                              \
        (void)scratch;                                                                             \
        for (uint32_t i = 0; i < op->n; i++)                                                       \
            out[i] = f(in[i], op->alpha);                                                          \
    }

/* out = clamp(f(a, b)), shapes broadcast */
#define MOTE_ZIP_F32(name, f)                                                                      \
    size_t mote_##name##_f32_ref_scratch(const struct mote_binary_f32 *op)                         \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    void mote_##name##_f32_ref(const struct mote_binary_f32 *op, const float *a, const float *b,   \
                               float *out, void *scratch)                                          \
    {                                                                                              \
        (void)scratch;                                                                             \
        const struct mote_broadcast *w = &op->walk;                                                \
        const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];                  \
        for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {                               \
            const struct mote_walk_row row = mote_walk_row(w, i);                                  \
            for (uint32_t k = 0; k < n; k++)                                                       \
                out[k] = mote_act_f32(op->act, f(a[row.a + k * a_step], b[row.b + k * b_step]));   \
        }                                                                                          \
    }
#endif
