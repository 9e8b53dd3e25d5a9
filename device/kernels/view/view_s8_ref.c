/* view_s8_ref.c - element by element in output order. SPDX-License-Identifier: Apache-2.0 */
#include "mote/view.h"

size_t mote_view_s8_ref_scratch(const struct mote_view_s8 *op)
{
    (void)op;
    return 0;
}

/* Offsets are below 2^28 in every step: the sum for each element lies inside the input. */
void mote_view_s8_ref(const struct mote_view_s8 *op, const int8_t *in, int8_t *out, void *scratch)
{
    (void)scratch;
    const int32_t n3 = (int32_t)op->n[3], step3 = op->step[3];
    for (int32_t i0 = 0; i0 < (int32_t)op->n[0]; i0++)
        for (int32_t i1 = 0; i1 < (int32_t)op->n[1]; i1++)
            for (int32_t i2 = 0; i2 < (int32_t)op->n[2]; i2++) {
                const int32_t at =
                    (int32_t)op->first + i0 * op->step[0] + i1 * op->step[1] + i2 * op->step[2];
                for (int32_t i3 = 0; i3 < n3; i3++)
                    *out++ = in[at + i3 * step3];
            }
}
