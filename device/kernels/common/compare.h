/* compare.h - the two functions of a kernel that compares. SPDX-License-Identifier: Apache-2.0
 *
 * A macro for the reason that map_f32.h gives. */
#ifndef MOTE_COMMON_COMPARE_H
#define MOTE_COMMON_COMPARE_H
#include "kernels/common/walk.h"
#include "mote/compare.h"

/* How p stands to q, whatever their type is. */
#define MOTE_RELATION(p, q)                                                                        \
    ((p) < (q) ? MOTE_LESS : (p) == (q) ? MOTE_EQUAL : (p) > (q) ? MOTE_GREATER : MOTE_UNORDERED)

/* Elements of `type` are compared as `as`, which value(x, zero, mult, shift) makes of them. */
#define MOTE_COMPARE_KERNEL(dtype, type, as, value)                                                \
    size_t mote_compare_##dtype##_ref_scratch(const struct mote_compare *op)                       \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    void mote_compare_##dtype##_ref(const struct mote_compare *op, const type *a, const type *b,   \
                                    int8_t *out, void *scratch)                                    \
    {                                                                                              \
        (void)scratch;                                                                             \
        const struct mote_broadcast *w = &op->walk;                                                \
        const uint32_t n = w->n[3], a_step = w->a_step[3], b_step = w->b_step[3];                  \
        for (uint32_t i = 0; i < mote_walk_rows(w); i++, out += n) {                               \
            const struct mote_walk_row row = mote_walk_row(w, i);                                  \
            for (uint32_t k = 0; k < n; k++) {                                                     \
                const as p = value(a[row.a + k * a_step], op->a_zero, op->a_mult, op->a_shift);    \
                const as q = value(b[row.b + k * b_step], op->b_zero, op->b_mult, op->b_shift);    \
                out[k] = (op->holds & MOTE_RELATION(p, q)) != 0;                                   \
            }                                                                                      \
        }                                                                                          \
    }

/* |x - zero| * 2^8 is below 2^16 of int8 and 2^24 of int16: the host has proved the shift. */
#define MOTE_COMPARE_SCALED(x, zero, mult, shift) mote_requant(((x) - (zero)) * 256, mult, shift)
#define MOTE_COMPARE_PLAIN(x, zero, mult, shift)  (x)
#endif
