/* reduce_prod_s16_ref.c - products, as docs/spec/numerics.md, section 19, writes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "kernels/common/reduce.h"

size_t mote_reduce_prod_s16_ref_scratch(const struct mote_reduce_s8 *op)
{
    (void)op;
    return 0;
}

void mote_reduce_prod_s16_ref(const struct mote_reduce_s8 *op, const int16_t *in, int16_t *out,
                              void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < mote_reduce_outputs(op); i++)
        out[i] = mote_to_s16(mote_reduce_product(op, in, 2, i), INT16_MIN, INT16_MAX);
}
