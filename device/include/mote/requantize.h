/* requantize.h - integers to integers of another scale, optionally clamped (relu, relu6).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Either side of bytes may be uint8: q in uint8 with zero point z is q - 128 in int8 with z - 128, and that is
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

/* The same between integers of 1, 2 and 4 bytes. */
struct mote_requantize_s32 {
    uint32_t n;
    uint8_t in_bytes, out_bytes; /* of one element                                 */
    int8_t shift;                /* positive to the left; <= 0 if in_bytes is 4    */
    int32_t in_zero, out_zero;   /* 0 where the elements have 4 bytes              */
    int32_t out_min, out_max;
    int32_t mult; /* Q31 */
};

size_t mote_requantize_s8_ref_scratch(const struct mote_requantize_s8 *op);
size_t mote_requantize_s32_ref_scratch(const struct mote_requantize_s32 *op);
/* `out` may be `in`. */
void mote_requantize_s8_ref(const struct mote_requantize_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch);
/* Elements first to last: `out` may be `in` if its elements are not larger. */
void mote_requantize_s32_ref(const struct mote_requantize_s32 *op, const void *in, void *out,
                             void *scratch);

#ifdef __cplusplus
}
#endif
#endif
