/* lut_s16_ref.c - two look-ups for each element, and a straight line between them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "mote/lut.h"

#include "kernels/common/interpolate.h"

size_t mote_lut_s16_ref_scratch(const struct mote_lut_s16 *op)
{
    (void)op;
    return 0;
}

void mote_lut_s16_ref(const struct mote_lut_s16 *op, const int16_t *in, int16_t *out, void *scratch)
{
    (void)scratch;
    for (uint32_t i = 0; i < op->n; i++)
        out[i] = (int16_t)mote_interpolate(op->table, in[i]);
}
