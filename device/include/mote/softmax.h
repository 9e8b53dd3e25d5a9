/* softmax.h - softmax over the last dimension, int8. SPDX-License-Identifier: Apache-2.0
 *
 * Output scale 1/256, zero point -128. docs/spec/numerics.md is the definition. */
#ifndef MOTE_SOFTMAX_H
#define MOTE_SOFTMAX_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_softmax_s8 {
    uint32_t rows, n; /* vectors, and their length                            */
    int32_t mult;     /* Q31: input scale * beta in Q5.26                     */
    int8_t shift;     /* to the left, 0..31                                   */
    int32_t diff_min; /* differences below contribute nothing                 */
};

/* Of int16. Both tables have 513 entries, in Q0.15, for -2^15, -2^15 + 128, ..., 2^15. */
struct mote_softmax_s16 {
    uint32_t rows, n;       /* vectors, and their length, 1..65535                   */
    int32_t mult;           /* Q31: input scale * beta in units of 10 / 65535        */
    int8_t shift;           /* -31..14, positive to the left                         */
    const int16_t *exp;     /* e^x for x in -10..0, borrowed                         */
    const int16_t *inverse; /* 1 / (1 + x) for x in 0..1, borrowed                   */
};

size_t mote_softmax_s8_ref_scratch(const struct mote_softmax_s8 *op);
size_t mote_softmax_s16_ref_scratch(const struct mote_softmax_s16 *op);

/* `out` may be `in`. */
void mote_softmax_s8_ref(const struct mote_softmax_s8 *op, const int8_t *in, int8_t *out,
                         void *scratch);
/* `out` may be `in`. */
void mote_softmax_s16_ref(const struct mote_softmax_s16 *op, const int16_t *in, int16_t *out,
                          void *scratch);

/* The same with an output of int16: scale 1/65536, zero point -32768. `out` overlaps nothing. */
size_t mote_softmax_to_s16_s8_ref_scratch(const struct mote_softmax_s8 *op);
void mote_softmax_to_s16_s8_ref(const struct mote_softmax_s8 *op, const int8_t *in, int16_t *out,
                                void *scratch);

#ifdef __cplusplus
}
#endif
#endif
