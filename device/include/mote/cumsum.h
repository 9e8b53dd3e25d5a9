/* cumsum.h - sums of all elements so far along one dimension. SPDX-License-Identifier: Apache-2.0
 *
 * docs/spec/numerics.md, section 28, and of float docs/spec/ir.md, section 5, are the definition. */
#ifndef MOTE_CUMSUM_H
#define MOTE_CUMSUM_H
#include "mote/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* in[outer][n][inner], as out. */
struct mote_cumsum {
    uint32_t outer, n, inner;
    bool exclusive; /* without the element itself */
    bool reverse;   /* from the last element on   */
};

struct mote_cumsum_s8 {
    struct mote_cumsum of;
    int32_t in_zero, out_zero;
    int32_t mult; /* Q31: output from sums in 2^-19 of the input's scale */
    int8_t shift; /* -31..0                                              */
};

size_t mote_cumsum_s8_ref_scratch(const struct mote_cumsum_s8 *op);
size_t mote_cumsum_s32_ref_scratch(const struct mote_cumsum *op);
size_t mote_cumsum_f32_ref_scratch(const struct mote_cumsum *op);

/* `out` may be `in`. */
void mote_cumsum_s8_ref(const struct mote_cumsum_s8 *op, const int8_t *in, int8_t *out,
                        void *scratch);
void mote_cumsum_s32_ref(const struct mote_cumsum *op, const int32_t *in, int32_t *out,
                         void *scratch);
void mote_cumsum_f32_ref(const struct mote_cumsum *op, const float *in, float *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
