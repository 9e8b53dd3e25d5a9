/* reduce_sum_s8_ref.c - sums and means, as docs/spec/numerics.md, section 19, writes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/reduce.h"

size_t mote_reduce_sum_s8_ref_scratch(const struct mote_reduce_s8 *op)
{
    (void)op;
    return 0;
}

static int32_t add(int32_t so_far, int32_t x)
{
    return so_far + x;
}

void mote_reduce_sum_s8_ref(const struct mote_reduce_s8 *op, const int8_t *in, int8_t *out,
                            void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < mote_reduce_outputs(op); i++) {
        const int32_t sum = mote_reduce_one(op, in, 1, i, 0, add) - op->zero_sum;
        const int32_t y = mote_requant(sum, op->mult, op->shift);
        out[i] = mote_to_s8(y, op->out_zero, INT8_MIN, INT8_MAX);
    }
}
