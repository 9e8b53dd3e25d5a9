/* arg_extremum.h - where along one dimension the largest or least element is.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MOTE_ARG_EXTREMUM_H
#define MOTE_ARG_EXTREMUM_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* in[outer][n][inner], out[outer][inner]: the first of equal ones counts. */
struct mote_arg_extremum {
    uint32_t outer, n, inner;
    bool least; /* the least, else the largest */
};

/* Each declares its two functions. */
#define MOTE_ARG_EXTREMUM(dtype, type)                                                             \
    size_t mote_arg_extremum_##dtype##_ref_scratch(const struct mote_arg_extremum *op);            \
    void mote_arg_extremum_##dtype##_ref(const struct mote_arg_extremum *op, const type *in,       \
                                         int32_t *out, void *scratch);
MOTE_ARG_EXTREMUM(s8, int8_t)
MOTE_ARG_EXTREMUM(s16, int16_t)
MOTE_ARG_EXTREMUM(s32, int32_t)
MOTE_ARG_EXTREMUM(f32, float)
#undef MOTE_ARG_EXTREMUM

#ifdef __cplusplus
}
#endif
#endif
