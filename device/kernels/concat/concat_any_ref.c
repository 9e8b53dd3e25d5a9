/* concat_any_ref.c - concatenation: copies, no arithmetic. SPDX-License-Identifier: Apache-2.0 */
#include "mote/concat.h"

#include "kernels/common/mem.h"

size_t mote_concat_any_ref_scratch(const struct mote_concat_any *op)
{
    (void)op;
    return 0;
}

void mote_concat_any_ref(const struct mote_concat_any *op, const void *const *in, void *out,
                         void *scratch)
{
    (void)scratch;
    uint8_t *to = out;
    for (uint32_t i_outer = 0; i_outer < op->outer; i_outer++)
        for (uint32_t i_in = 0; i_in < op->n_in; i_in++) {
            const size_t bytes = op->inner[i_in];
            memcpy(to, (const uint8_t *)in[i_in] + i_outer * bytes, bytes);
            to += bytes;
        }
}
