/* gather_any_ref.c - slice by slice in output order. SPDX-License-Identifier: Apache-2.0 */
#include "mote/gather.h"

#include "kernels/common/mem.h"
#include "kernels/common/requant.h"

size_t mote_gather_any_ref_scratch(const struct mote_gather_any *op)
{
    (void)op;
    return 0;
}

void mote_gather_any_ref(const struct mote_gather_any *op, const void *in, const int32_t *index,
                         void *out, void *scratch)
{
    (void)scratch;
    const uint8_t *from = in;
    uint8_t *to = out;
    for (uint32_t o = 0; o < op->outer; o++, from += (size_t)op->n * op->inner)
        for (uint32_t i = 0; i < op->n_index; i++, to += op->inner) {
            const int32_t at = mote_clamp_s32(index[i], 0, (int32_t)op->n - 1);
            memcpy(to, from + (size_t)at * op->inner, op->inner);
        }
}
