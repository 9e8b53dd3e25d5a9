/* abs.h - absolute values of int16, in another scale. (In int8 they are a table: lut.h.)
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_ABS_H
#define MOTE_ABS_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_abs_s16 {
    uint32_t n;
    int32_t mult; /* Q31                          */
    int8_t shift; /* -31..14, positive to the left */
};

size_t mote_abs_s16_ref_scratch(const struct mote_abs_s16 *op);
/* `out` may be `in`. */
void mote_abs_s16_ref(const struct mote_abs_s16 *op, const int16_t *in, int16_t *out,
                      void *scratch);

#ifdef __cplusplus
}
#endif
#endif
