/* rsqrt.h - 1 / sqrt(x) of int16. (In int8 it is a table: lut.h.)
 * SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, sections 17 and 30, are the definition. */
#ifndef MOTE_RSQRT_H
#define MOTE_RSQRT_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MOTE_RSQRT_BITS 20 /* fraction bits between its two steps */

struct mote_rsqrt_s16 {
    uint32_t n;
    int32_t mult; /* Q31                           */
    int8_t shift; /* -11..30, positive to the left */
};

size_t mote_rsqrt_s16_ref_scratch(const struct mote_rsqrt_s16 *op);
/* `out` may be `in`. */
void mote_rsqrt_s16_ref(const struct mote_rsqrt_s16 *op, const int16_t *in, int16_t *out,
                        void *scratch);

#ifdef __cplusplus
}
#endif
#endif
