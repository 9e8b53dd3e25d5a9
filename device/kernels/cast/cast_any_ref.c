/* cast_any_ref.c - integers of one size as integers of another.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/cast.h"

#include "kernels/common/number.h"

size_t mote_cast_any_ref_scratch(const struct mote_cast *op)
{
    (void)op;
    return 0;
}

void mote_cast_any_ref(const struct mote_cast *op, const void *in, void *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++)
        mote_number_store(out, op->to, i, mote_number_load(in, op->from, i));
}
