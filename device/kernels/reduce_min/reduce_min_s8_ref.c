/* reduce_min_s8_ref.c - the smallest element.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/reduce.h"

size_t mote_reduce_min_s8_ref_scratch(const struct mote_reduce_s8 *op)
{
    (void)op;
    return 0;
}

static int32_t smaller(int32_t so_far, int32_t x)
{
    return mote_min_s32(so_far, x);
}

void mote_reduce_min_s8_ref(const struct mote_reduce_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < mote_reduce_outputs(op); i++) {
        out[i] = (int8_t)mote_reduce_one(op, in, 1, i, INT8_MAX, smaller);
    }
}
