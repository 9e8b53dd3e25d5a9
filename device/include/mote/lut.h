/* lut.h - any function of one int8 value, as a table of 256 bytes; of int16, as 512 straight lines.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Logistic, tanh, hard swish and their like: the host computes the table by the arithmetic of
 * docs/spec/numerics.md, section 17, once for all; the device only looks up. */
#ifndef MOTE_LUT_H
#define MOTE_LUT_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_lut_s8 {
    uint32_t n;          /* elements                                                     */
    const int8_t *table; /* [256], by the byte read as unsigned: 0..127, -128..-1; borrowed */
};

/* A function of int16: docs/spec/numerics.md, section 30. */
struct mote_lut_s16 {
    uint32_t n;
    const int16_t *table; /* [513], for -2^15, -2^15 + 128, ..., 2^15; borrowed */
};

size_t mote_lut_s8_ref_scratch(const struct mote_lut_s8 *op);
size_t mote_lut_s16_ref_scratch(const struct mote_lut_s16 *op);
/* `out` may be `in`. */
void mote_lut_s8_ref(const struct mote_lut_s8 *op, const int8_t *in, int8_t *out, void *scratch);
void mote_lut_s16_ref(const struct mote_lut_s16 *op, const int16_t *in, int16_t *out,
                      void *scratch);

#ifdef __cplusplus
}
#endif
#endif
