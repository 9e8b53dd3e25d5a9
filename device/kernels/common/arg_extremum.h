/* arg_extremum.h - the two functions of a kernel that finds the largest or least element.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A macro for the reason that map_f32.h gives. */
#ifndef MOTE_COMMON_ARG_EXTREMUM_H
#define MOTE_COMMON_ARG_EXTREMUM_H
#include "mote/arg_extremum.h"

#define MOTE_ARG_EXTREMUM_KERNEL(dtype, type)                                                      \
    size_t mote_arg_extremum_##dtype##_ref_scratch(const struct mote_arg_extremum *op)             \
    {                                                                                              \
        (void)op;                                                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    void mote_arg_extremum_##dtype##_ref(const struct mote_arg_extremum *op, const type *in,       \
                                         int32_t *out, void *scratch)                              \
    {                                                                                              \
        (void)scratch;                                                                             \
        for (uint32_t o = 0; o < op->outer; o++, in += (size_t)op->n * op->inner)                  \
            for (uint32_t k = 0; k < op->inner; k++) {                                             \
                type best = in[k];                                                                 \
                int32_t at = 0;                                                                    \
                for (uint32_t i = 1; i < op->n; i++) {                                             \
                    const type x = in[(size_t)i * op->inner + k];                                  \
                    if (op->least ? x < best : x > best) {                                         \
                        best = x;                                                                  \
                        at = (int32_t)i;                                                           \
                    }                                                                              \
                }                                                                                  \
                *out++ = at;                                                                       \
            }                                                                                      \
    }
#endif
