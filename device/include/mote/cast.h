/* cast.h - numbers of one type as numbers of another. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 32, is the definition. */
#ifndef MOTE_CAST_H
#define MOTE_CAST_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

enum mote_number {
    MOTE_NUMBER_S8,
    MOTE_NUMBER_U8,
    MOTE_NUMBER_S16,
    MOTE_NUMBER_S32,
    MOTE_NUMBER_U32,
    MOTE_NUMBER_F32,
    MOTE_NUMBER_BOOL /* a byte of 0 or 1 */
};

struct mote_cast {
    uint32_t n;
    uint8_t from, to; /* enum mote_number */
};

/* Between integers. */
size_t mote_cast_any_ref_scratch(const struct mote_cast *op);
void mote_cast_any_ref(const struct mote_cast *op, const void *in, void *out, void *scratch);

/* From float, to float or both. */
size_t mote_cast_f32_ref_scratch(const struct mote_cast *op);
void mote_cast_f32_ref(const struct mote_cast *op, const void *in, void *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
