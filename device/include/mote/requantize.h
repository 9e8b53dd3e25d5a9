/* requantize.h - int8 to int8 with another scale, optionally clamped (relu, relu6).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Either side may be uint8: q in uint8 with zero point z is q - 128 in int8 with z - 128, and that is
 * the same byte with its top bit turned. */
#ifndef MOTE_REQUANTIZE_H
#define MOTE_REQUANTIZE_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_requantize_s8 {
    uint32_t n;
    int8_t in_zero, out_zero;
    int8_t out_min, out_max;
    int32_t mult; /* Q31                    */
    int8_t shift; /* positive to the left   */
    uint8_t in_flip,
        out_flip; /* 0x80 where a side is uint8, else 0; zero points and clamp in int8 */
};

size_t mote_requantize_s8_ref_scratch(const struct mote_requantize_s8 *op);
/* `out` may be `in`. */
void mote_requantize_s8_ref(const struct mote_requantize_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch);

#ifdef __cplusplus
}
#endif
#endif
