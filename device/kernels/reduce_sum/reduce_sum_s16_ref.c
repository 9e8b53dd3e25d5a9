/* reduce_sum_s16_ref.c - sums and means, as docs/spec/numerics.md, sections 19 and 30, writes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/reduce.h"

size_t mote_reduce_sum_s16_ref_scratch(const struct mote_reduce_s8 *op)
{
    (void)op;
    return 0;
}

static int32_t add(int32_t so_far, int32_t x)
{
    return so_far + x;
}

void mote_reduce_sum_s16_ref(const struct mote_reduce_s8 *op, const int16_t *in, int16_t *out,
                             void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < mote_reduce_outputs(op); i++) {
        const int32_t sum = mote_reduce_one(op, in, 2, i, 0, add);
        const int32_t y = mote_requant(sum, op->mult, op->shift);
        out[i] = mote_to_s16(y, INT16_MIN, INT16_MAX);
    }
}
