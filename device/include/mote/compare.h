/* compare.h - elementwise comparison of two tensors whose shapes broadcast, to bytes 0 and 1.
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md is the definition. */
#ifndef MOTE_COMPARE_H
#define MOTE_COMPARE_H
#include "mote/broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a stands to b; exactly one of them holds. */
enum mote_relation { MOTE_LESS = 1, MOTE_EQUAL = 2, MOTE_GREATER = 4, MOTE_UNORDERED = 8 };

/* Of int8 and int16, each element times a real multiplier is compared; of the others, the elements
 * are, and only `walk` and `holds` count. */
struct mote_compare {
    struct mote_broadcast walk;
    uint8_t holds;           /* set of enum mote_relation for which the output is 1 */
    int8_t a_zero, b_zero;   /* zero points                                         */
    int8_t a_shift, b_shift; /* positive to the left, -31..14, of int16 ..7         */
    int32_t a_mult, b_mult;  /* Q31                                                 */
};

/* Each declares its two functions. In int8 `out` may be an input of its size. */
#define MOTE_COMPARE(dtype, type)                                                                  \
    size_t mote_compare_##dtype##_ref_scratch(const struct mote_compare *op);                      \
    void mote_compare_##dtype##_ref(const struct mote_compare *op, const type *a, const type *b,   \
                                    int8_t *out, void *scratch);
MOTE_COMPARE(s8, int8_t)
MOTE_COMPARE(s16, int16_t)
MOTE_COMPARE(s32, int32_t)
MOTE_COMPARE(f32, float)
#undef MOTE_COMPARE

#ifdef __cplusplus
}
#endif
#endif
