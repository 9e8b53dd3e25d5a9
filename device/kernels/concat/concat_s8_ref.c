/* concat_s8_ref.c - concatenation: copies, no arithmetic. SPDX-License-Identifier: Apache-2.0 */
#include "mote/concat.h"

#include "kernels/common/mem.h"

size_t mote_concat_s8_ref_scratch(const struct mote_concat_s8 *op)
{
    (void)op;
    return 0;
}

void mote_concat_s8_ref(const struct mote_concat_s8 *op, const int8_t *const *in, int8_t *out,
                        void *scratch)
{
    (void)scratch;
    for (uint32_t i_outer = 0; i_outer < op->outer; i_outer++)
        for (uint32_t i_in = 0; i_in < op->n_in; i_in++) {
            const size_t bytes = op->inner[i_in];
            memcpy(out, in[i_in] + i_outer * bytes, bytes);
            out += bytes;
        }
}
